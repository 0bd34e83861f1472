import { describe, expect, it } from 'vitest'
import type { Review, ReviewSide } from '../../src/app/read-reviews.ts'
import { allAskedPage, type PageOptions, reviewPage } from '../../src/commands/views/review-page.ts'
import { REVIEW_KINDS } from '../../src/domain/review-kinds.ts'
import { textWidth } from '../../src/ui/text-width.ts'
import { tones } from '../../src/ui/tones.ts'

const loan = (loanId: string, values = {}) => ({ loanId, branch: 'Hosur Branch', outstandingAmount: 25_000_000, dueAmount: 1_500_000, dueDate: '2026-10-05', ...values })
const side = (values: Partial<ReviewSide>): ReviewSide => ({ customerId: 2, fullName: 'Pooja Sharma', phone: '+919812345611', rows: [{ uploadId: 1, line: 2 }], loans: [loan('LN1')], ...values })
const PAIR: Review = {
  id: '7', kind: 'POSSIBLE_SAME', rule: 'phone+spelling', score: 0.968, loanId: null, reason: 'one phone, and names that may be one',
  sides: [side({}), side({ customerId: 8, fullName: 'Puja Sharma', rows: [{ uploadId: 2, line: 3 }], loans: [loan('LN2', { outstandingAmount: 1_200_000, dueAmount: null })] })],
}
const DOUBT: Review = { id: 'r5', kind: 'PHONE_GLUED', rule: null, score: null, loanId: 'LN9', reason: '"98123456159812345616" may be two numbers', sides: [side({ phone: null })] }

const plain = tones({ colour: false })
const draw = (review: Review, options: Partial<PageOptions> = {}) => reviewPage(review, { width: 80, rows: 24, paint: plain, left: 3, ...options })
const strip = (line: string) => line.replaceAll(/\u001b\[[\d;]*m/g, '')

describe('the page of a pair', () => {
  it('has both sides in two columns, and marks what differs', () => {
    expect(draw(PAIR)).toEqual([
      'Are these one borrower?                                         3 questions left',
      'one phone, and names that may be one',
      'Both are called meanwhile, as if they were one.',
      'POSSIBLE_SAME, question 7, rule phone+spelling, score 0.97',
      '',
      '  customer  2                                  8',
      '≠ name      Pooja Sharma                       Puja Sharma',
      '  phone     +919812345611                      +919812345611',
      '≠ loan      LN1                                LN2',
      '  branch    Hosur Branch                       Hosur Branch',
      '≠ owes      ₹2,50,000.00                       ₹12,000.00',
      '≠ due       ₹15,000.00, 5 Oct 2026             –, 5 Oct 2026',
      '  from      upload 1, line 2                   upload 2, line 3',
      '',
      'm merge  a keep apart  s skip  u undo  q quit  ? help  ≠ differs',
    ])
  })

  it('has one side below the other where two columns do not fit', () => {
    expect(draw(PAIR, { width: 50, rows: 40 })).toEqual([
      'Are these one borrower?           3 questions left',
      'one phone, and names that may be one',
      'Both are called meanwhile, as if they were one.',
      'POSSIBLE_SAME, question 7, rule phone+spelling,',
      'score 0.97',
      '',
      '  customer  2',
      '≠ name      Pooja Sharma',
      '  phone     +919812345611',
      '≠ loan      LN1',
      '  branch    Hosur Branch',
      '≠ owes      ₹2,50,000.00',
      '≠ due       ₹15,000.00, 5 Oct 2026',
      '  from      upload 1, line 2',
      '',
      '  customer  8',
      '≠ name      Puja Sharma',
      '  phone     +919812345611',
      '≠ loan      LN2',
      '  branch    Hosur Branch',
      '≠ owes      ₹12,000.00',
      '≠ due       –, 5 Oct 2026',
      '  from      upload 2, line 3',
      '',
      'm merge  a keep apart  s skip  u undo  q quit',
      '? help  ≠ differs',
    ])
  })

  it('puts the loan that both name side by side, and counts loans that do not fit', () => {
    const many = Array.from({ length: 9 }, (_, at) => loan(`A${at}`))
    const lines = draw({ ...PAIR, loanId: 'SAME', sides: [side({ loans: [...many, loan('SAME')] }), side({ customerId: null, loans: [loan('SAME', { dueAmount: 100 })] })] })
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines).toContain('  loan      SAME                               SAME')
    expect(lines).toContain('≠ due       ₹15,000.00, 5 Oct 2026             ₹1.00, 5 Oct 2026')
    expect(lines.find(line => line.startsWith('  more'))).toMatch(/^ {2}more {6}[78] more loans$/)
    expect(lines).toContain('  customer  2                                  none yet, only a row')
  })

  it('leaves out what helps less where the window is low', () => {
    expect(draw(PAIR, { width: 50 }).length).toBeLessThanOrEqual(24)
    expect(draw(PAIR, { width: 50, rows: 23 }).join('\n')).toMatch(/^Are these one borrower\?[^]*question[^]*\n {2}customer {2}8\n/)
  })

  it('colours what it marks, where colour is allowed, and says the same', () => {
    const coloured = draw(PAIR, { paint: tones({ colour: true }) })
    expect(coloured.find(line => line.includes('Puja'))).toContain('\u001b[33mPuja Sharma\u001b[39m')
    expect(coloured.find(line => line.includes('+91'))).not.toContain('\u001b[33m')
    expect(coloured.map(strip)).toEqual(draw(PAIR))
  })

  it('tells what the last key did, and what each key does', () => {
    const lines = draw(PAIR, { notice: 'merged: decision 3; u takes it back', help: true })
    expect(lines).toContain('merged: decision 3; u takes it back')
    expect(lines.filter(line => /^[maSsuq?] /.test(line)).map(line => line[0])).toEqual(['m', 'a', 's', 'u', 'q', '?'])
  })
})

describe('the page of a row', () => {
  it('has one side, its reason, and the keys that answer it', () => {
    expect(draw(DOUBT, { left: 1 })).toEqual([
      'Is this row right?                                               1 question left',
      '"98123456159812345616" may be two numbers',
      'Nobody is called about it until it is answered.',
      'PHONE_GLUED, question r5, loan LN9',
      '',
      '  customer  2',
      '  name      Pooja Sharma',
      '  phone     none',
      '  loan      LN1',
      '  branch    Hosur Branch',
      '  owes      ₹2,50,000.00',
      '  due       ₹15,000.00, 5 Oct 2026',
      '  from      upload 1, line 2',
      '',
      'y accept  n reject  p type the phone  s skip  u undo  q quit  ? help',
    ])
  })

  it('asks for a phone only where a phone is in doubt', () => {
    expect(draw({ ...DOUBT, kind: 'LOAN_TWICE' }).at(-1)).toBe('y accept  n reject  s skip  u undo  q quit  ? help')
  })
})

describe('every page', () => {
  const NAMES = ['श्रीमती लक्ष्मी नारायणस्वामी', 'Venkatanarasimharajuvaripeta Satyanarayana Murthy', '井上 美咲', 'A', '']
  const cases = REVIEW_KINDS.flatMap(kind => NAMES.map(name => ({ kind, name })))

  it.each([120, 80, 71, 70, 69, 50, 30])('is no wider than %i columns, with and without help', (width) => {
    for (const { kind, name } of cases) {
      const sides = [side({ fullName: name }), side({ customerId: null, fullName: `${name} Rao`, loans: [] })]
      const review = { ...PAIR, kind, sides: kind.startsWith('PHONE') || ['LOAN_TWICE', 'LOAN_ID_ZEROS', 'LOAN_ID_SEPARATORS'].includes(kind) ? sides.slice(0, 1) : sides }
      for (const help of [false, true]) {
        const lines = draw(review, { width, rows: 60, help, notice: `question of ${name}` })
        expect(lines.filter(line => textWidth(line) > width)).toEqual([])
        expect(lines.join(' ').replaceAll(/\s/g, '')).toContain(name.slice(0, 3).replaceAll(/\s/g, ''))
      }
    }
    expect(allAskedPage({ width, rows: 24, paint: plain, left: 2 }).filter(line => textWidth(line) > width)).toEqual([])
  })

  it('shows nothing of a file but text', () => {
    const evil = 'Mala \u001b]0;owned\u0007\u001b[2J\u009b31m\u202eBai\nUjala'
    const review: Review = { ...PAIR, reason: evil, loanId: evil, sides: [side({ fullName: evil, loans: [loan(evil, { branch: evil })] }), side({ phone: evil })] }
    const text = draw(review, { notice: evil, rows: 60 }).join('\n')
    expect(text).toContain('Mala Bai Ujala')
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|owned/)
  })
})
