import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPhone, parsePhone } from '../../src/domain/phone.ts'
import { anyText, HOSTILE_TEXTS } from './hostile-text.ts'

/** What became of a cell, without the wording. */
function told(cell: string | undefined) {
  const phone = parsePhone(cell)
  return phone.ok ? { ...phone.value, notes: phone.notes.map(({ code }) => code), ...(phone.review && { review: phone.review }) } : { refused: phone.code }
}

const mobile = (national: string, ...notes: string[]) => ({ number: `+91${national}`, kind: 'mobile', alternate: null as string | null, notes })
const landline = (national: string) => ({ number: `+91${national}`, kind: 'landline', alternate: null, notes: ['LANDLINE'] })
const NO_PHONE = { number: null, kind: 'mobile', alternate: null, notes: [] }

describe('parsePhone', () => {
  it.each([
    [25, '9812345678'],
    [25, '98123 45678'],
    [25, '098123-45678'],
    [25, '09812345678'],
    [25, '+91 98123 45678'],
    [25, '+91-98123-45678'],
    [25, '+91 (0) 98123 45678'],
    [25, '(+91) 98123 45678'],
    [25, '91-98123-45678'],
    [25, '919812345678'],
    [25, '0919812345678'],
    [25, '00919812345678'],
    [25, '0091 98123 45678'],
    [25, '9109812345678'],
    [25, '09812-345678'],
    [25, '98.12.34.56.78'],
    [28, '9.812345678E+09'],
    [28, '9.812345678e9'],
    [28, '9.19812345678E+11'],
    [29, '9812345678.0'],
    [29, '919812345678.00'],
    [30, '\'9812345678'],
    [30, '98123\u00a045678'],
    [30, '98123\u200b45678'],
    [30, '\u202a+91 98123 45678\u202c'],
    [31, '९८१२३४५६७८'],
    [31, '９８１２３４５６７８'],
    [31, '+९१ ९८१२३ ४५६७८'],
  ])('phone %i: reads %j as +919812345678', (_, cell) => {
    expect(told(cell)).toEqual(mobile('9812345678'))
  })

  it.each([
    ['9198123456', '9198123456'],
    ['09198123456', '9198123456'],
    ['919198123456', '9198123456'],
    ['+91 91981 23456', '9198123456'],
    ['9123456780', '9123456780'],
  ])('phone 26: ten digits that begin with 91 are whole: %s is +91%s', (cell, national) => {
    expect(told(cell)).toEqual(mobile(national))
  })

  it.each([
    [27, '9.81235E+09', 'PHONE_SCI_LOST'],
    [27, '9.19812E+11', 'PHONE_SCI_LOST'],
    [27, '9,81235E+09', 'PHONE_SCI_LOST'],
    [27, '9.8123456E+09/9911223344', 'PHONE_SCI_LOST'],
    [27, '9.87654E9', 'PHONE_SCI_LOST'],
    [28, '9.81234567E+09', 'PHONE_SCI_LOST'],
    [28, '9.812345600E+09', 'PHONE_SCI_LOST'],
    [28, '9.812345678E+11', 'PHONE_SCI_LOST'],
    [28, '9.812345678E+10', 'PHONE_SCI_LOST'],
    [35, '981234567', 'PHONE_LENGTH'],
    [35, '98123456789', 'PHONE_LENGTH'],
    [35, '91981234567', 'PHONE_LENGTH'],
    [35, '9198123456789', 'PHONE_LENGTH'],
    [35, '9812345678.5', 'PHONE_LENGTH'],
    [36, '0123456789', 'PHONE_NOT_MOBILE'],
    [36, '5812345678', 'PHONE_NOT_MOBILE'],
    [36, '+91 2212345678', 'PHONE_NOT_MOBILE'],
    [36, '1600123456', 'PHONE_NOT_MOBILE'],
    [36, '1401234567', 'PHONE_NOT_MOBILE'],
    [38, '9999999999', 'PHONE_DUMMY'],
    [38, '0000000000', 'PHONE_DUMMY'],
    [38, '1234567890', 'PHONE_DUMMY'],
    [38, '+91 99999 99999', 'PHONE_DUMMY'],
    [38, '9999999912', 'PHONE_DUMMY'],
    [38, '9999899991', 'PHONE_DUMMY'],
    [38, '080-88888888', 'PHONE_DUMMY'],
    [41, '98XXXXX678', 'PHONE_MASKED'],
    [41, '98*****678', 'PHONE_MASKED'],
    [41, 'xxxxxx5678', 'PHONE_MASKED'],
    [41, '98•••••678', 'PHONE_MASKED'],
    [42, '+971501234567', 'PHONE_FOREIGN'],
    [42, '00971501234567', 'PHONE_FOREIGN'],
    [42, '+65 8123 4567', 'PHONE_FOREIGN'],
    [42, '(+1) 781 234 5678', 'PHONE_FOREIGN'],
    [42, '+9812345678', 'PHONE_FOREIGN'],
  ])('phone %i: refuses %j as %s', (_, cell, code) => {
    expect(told(cell)).toEqual({ refused: code })
  })

  it.each([
    ['+9198123456', 'the country code is written out, and eight digits are left'],
    ['009198123456', 'the country code is written out, and eight digits are left'],
    ['91-98123456', 'the country code stands apart, and eight digits are left'],
    ['981234567.8', 'a fraction is no digit'],
    ['98123ab45678', 'letters stand among the digits'],
    ['H.No 9 b 812345678', 'a house number is no digit'],
    ['98123\n45678', 'two halves on two lines may be two numbers'],
    ['98123/45678', 'two halves may be two numbers'],
    ['98123+45678', 'a plus begins a number'],
  ])('never dials a stranger: refuses %j, for %s', (cell) => {
    expect(told(cell)).toEqual({ refused: 'PHONE_LENGTH' })
  })

  it.each(['9812345678/9911223344', '9812345678, 9911223344', '9812345678\n9911223344', '9812345678\r\n9911223344', '9812345678 or 9911223344', '9812345678;9911223344', '9812345678 & 9911223344'])('phone 32: takes the first number of %j and keeps the second as the alternate', (cell) => {
    expect(told(cell)).toEqual({ ...mobile('9812345678', 'PHONE_SECOND'), alternate: '+919911223344' })
  })

  it.each([
    ['9812345678/991122334', null],
    ['9812345678/9999999999/9911223344', '+919911223344'],
    ['9812345678/0522-2612345', '+915222612345'],
  ])('phone 32: the alternate of %j is %s', (cell, alternate) => {
    expect(told(cell)).toEqual({ ...mobile('9812345678', 'PHONE_SECOND'), alternate })
  })

  it.each(['9812345678/09812345678', '9812345678, +91 98123 45678', '9812345678/9812345678'])('phone 32: %j is one number written twice, and no second one', (cell) => {
    expect(told(cell)).toEqual(mobile('9812345678'))
  })

  it('phone 32: names the second number in the note, and not the first again', () => {
    expect(parsePhone('9812345678/09812345678/9911223344')).toMatchObject({ value: { alternate: '+919911223344' }, notes: [{ code: 'PHONE_SECOND', message: 'a second number (9911223344) is kept in the row and not dialled' }] })
  })

  it('phone 32: names the second number in the note', () => {
    expect(parsePhone('9812345678 / 9911223344')).toEqual({
      ok: true,
      value: { number: '+919812345678', kind: 'mobile', alternate: '+919911223344' },
      notes: [{ code: 'PHONE_SECOND', message: 'a second number (9911223344) is kept in the row and not dialled' }],
    })
  })

  it('phone 28: one closing zero may be the number\'s own', () => {
    expect(told('9.812345670E+09')).toEqual(mobile('9812345670'))
  })

  it.each(['98123456789911223344', '9812345678 9911223344', '9812345678-9911223344', '919812345678919911223344'])('phone 33: calls neither number of %j and proposes where to part them', (cell) => {
    expect(parsePhone(cell)).toEqual({
      ok: true,
      value: { number: null, kind: 'mobile', alternate: null },
      notes: [],
      review: { code: 'PHONE_GLUED', message: `"${cell}" may be two numbers, 9812345678 and 9911223344; neither is called until a person says so`, proposal: '9812345678/9911223344' },
    })
  })

  it.each(['9812345678 (husband)', '9812345678 husband', 'wife: 9812345678', '9812345678 (पति)'])('phone 34: notes the words of %j', (cell) => {
    expect(told(cell)).toEqual(mobile('9812345678', 'PHONE_NOTE'))
  })

  it.each(['Ph: 9812345678', 'Mob.9812345678', 'mobile 9812345678'])('phone 34: the heading in %j is no note', (cell) => {
    expect(told(cell)).toEqual(mobile('9812345678'))
  })

  it.each([
    ['0522-2612345', '5222612345'],
    ['080-22221234', '8022221234'],
    ['(080) 22221234', '8022221234'],
    ['080 2222 1234', '8022221234'],
    ['04344-123456', '4344123456'],
  ])('phone 37: takes %s for a landline', (cell, national) => {
    expect(told(cell)).toEqual(landline(national))
  })

  it.each(['8022221234', '08022221234', '0 80222 21234'])('phone 37: %s cannot be told from a mobile', (cell) => {
    expect(told(cell)).toEqual(mobile('8022221234'))
  })

  it('phone 39: accepts 9876543210 with a note that it is a common sample', () => {
    expect(told('9876543210')).toEqual(mobile('9876543210', 'PHONE_PLACEHOLDER'))
  })

  it.each([undefined, '', '   ', '\n', '\u00a0', 'NA', 'n/a', '-', '0', '०', '########'])('phone 43: reads %j as a loan without a phone', (cell) => {
    expect(told(cell)).toEqual(NO_PHONE)
  })

  it('says what was wrong, with the value, and what to do', () => {
    expect(parsePhone('98XXXXX678')).toEqual({ ok: false, code: 'PHONE_MASKED', message: '"98XXXXX678" is masked' })
  })

  const national = fc.stringMatching(/^[6-9]\d{9}$/).filter(digits => parsePhone(digits).ok)
  const gap = fc.constantFrom('', ' ', '-', '.', '\u00a0', '\u200b')

  it('reads a number the same whatever stands before it and between its digits', () => {
    const prefix = fc.constantFrom('', '0', '91', '910', '+91', '+91 ', '+91-', '0091', '091', '(+91) ')
    fc.assert(fc.property(national, prefix, gap, (digits, before, between) => {
      expect(parsePhone(`${before}${digits.slice(0, 5)}${between}${digits.slice(5)}`)).toEqual(parsePhone(digits))
    }))
  })

  it('reads its own result again as the same number', () => {
    fc.assert(fc.property(national, (digits) => {
      const number = findPhone(digits)
      expect(number).toBe(`+91${digits}`)
      expect(findPhone(number!)).toBe(number)
    }))
  })

  it('never makes a number whose ten digits do not stand in the cell in a row', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'0123456789', ...'0123456789', ' ', '-', '.', '+', '/', 'E', '(', 'x') }), (cell) => {
      const phone = parsePhone(cell)
      if (phone.ok && phone.value.number !== null)
        expect(cell.replace(/[^\dEx/]/g, '')).toContain(phone.value.number.slice(3))
    }), { numRuns: 2000 })
  })

  it('never throws, and what it accepts is E.164 or nothing', () => {
    fc.assert(fc.property(anyText, (cell) => {
      const phone = parsePhone(cell)
      if (phone.ok)
        expect(phone.value.number ?? '+910000000000').toMatch(/^\+91\d{10}$/)
    }), { numRuns: 1000 })
  })

  it('is not slowed down by hostile cells', () => {
    HOSTILE_TEXTS.forEach(text => parsePhone(text))
  })
})

describe('findPhone', () => {
  it.each([
    ['9812345678', '+919812345678'],
    ['+91 98123-45678', '+919812345678'],
    ['098123 45678', '+919812345678'],
    ['0522-2612345', '+915222612345'],
    ['1234567890', undefined],
    ['42', undefined],
    ['', undefined],
    ['LN9812345678', undefined],
    ['9.8123456E+09', undefined],
    ['9812345678 9911223344', undefined],
  ])('finds in %j: %s', (text, number) => {
    expect(findPhone(text)).toBe(number)
  })
})
