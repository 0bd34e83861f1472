import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMoney } from '../../src/domain/money.ts'
import { anyText, HOSTILE_TEXTS } from './hostile-text.ts'

describe('parseMoney', () => {
  it.each([
    [46, '2,50,000.00', 25_000_000],
    [46, '250,000.00', 25_000_000],
    [46, '250000', 25_000_000],
    [46, '1,234,567.89', 123_456_789],
    [46, '12,34,567.89', 123_456_789],
    [46, '2,50,00,000', 2_500_000_000],
    [46, '15000.5', 1_500_050],
    [46, '15000.', 1_500_000],
    [46, '15000.0000', 1_500_000],
    [46, '0', 0],
    [46, '0.01', 1],
    [46, '1000000000000', 1e14],
    [46, '\'2,50,000', 25_000_000],
    [46, '२,५०,०००', 25_000_000],
    [47, '₹ 2,50,000', 25_000_000],
    [47, '₹2,50,000', 25_000_000],
    [47, '₹\u00a02,50,000', 25_000_000],
    [47, '2\u00a050\u00a0000', 25_000_000],
    [47, 'Rs. 5000', 500_000],
    [47, 'Rs.5000/-', 500_000],
    [47, 'RS 5,000.00 /-', 500_000],
    [47, '₨ 5000', 500_000],
    [47, 'INR 5,000', 500_000],
    [51, '(1,200.00)', -120_000],
    [51, '-1200', -120_000],
    [51, '- ₹1,200', -120_000],
    [51, '₹ -1,200', -120_000],
    [51, '1,200.00 Cr', -120_000],
    [51, '1,200.00CR.', -120_000],
    [51, '(1200 Cr)', -120_000],
    [51, '1,200.00 Dr', 120_000],
    [51, '1,200.00-', -120_000],
    [51, '1200.50-', -120_050],
    [51, '0.00-', 0],
    [51, '-0', 0],
    [53, '2.50000E+05', 25_000_000],
    [53, '1.5E+00', 150],
  ])('amount %i: reads %j as %i paise', (_, cell, paise) => {
    expect(parseMoney(cell)).toEqual({ ok: true, value: paise, notes: [] })
  })

  it.each([undefined, '', '  ', 'NA', 'n/a', 'null', 'None', '#N/A', '#REF!', '########'])('amount 50: reads %j as unknown', (cell) => {
    expect(parseMoney(cell)).toEqual({ ok: true, value: null, notes: [] })
  })

  it.each([
    ['-', '-'],
    [' - ', '-'],
    ['--', '--'],
    ['–', '–'],
    ['NIL', 'NIL'],
  ])('amount 49: reads %j as zero, with a note', (cell, clean) => {
    expect(parseMoney(cell)).toEqual({ ok: true, value: 0, notes: [{ code: 'AMOUNT_DASH', message: `"${clean}" was read as zero` }] })
  })

  it.each([
    [48, '2,5,000', 'AMOUNT_GROUPING'],
    [48, '25,0000', 'AMOUNT_GROUPING'],
    [48, '2,50,00', 'AMOUNT_GROUPING'],
    [48, ',500', 'AMOUNT_GROUPING'],
    [48, '2500,000', 'AMOUNT_GROUPING'],
    [52, '1.2L', 'AMOUNT_WORDS'],
    [52, '1.2 Lac', 'AMOUNT_WORDS'],
    [52, '₹ 1.2 lakhs', 'AMOUNT_WORDS'],
    [52, '50K', 'AMOUNT_WORDS'],
    [52, '50 thousand', 'AMOUNT_WORDS'],
    [52, '2 Crore', 'AMOUNT_WORDS'],
    [53, '1E+05', 'AMOUNT_SCI'],
    [53, '2.5E+05', 'AMOUNT_SCI'],
    [53, '2.5e5', 'AMOUNT_SCI'],
    [54, '1234.567', 'AMOUNT_PRECISION'],
    [54, '5.000', 'AMOUNT_PRECISION'],
    [54, '1234.5670', 'AMOUNT_PRECISION'],
  ])('amount %i: refuses %j as %s', (_, cell, code) => {
    expect(parseMoney(cell)).toMatchObject({ ok: false, code })
  })

  it.each([
    ['5000 2000', 'two amounts in one cell'],
    ['5000\n2000', 'two amounts on two lines'],
    ['5000/- 2000/-', 'two amounts'],
    ['1200 (3)', 'a remark in brackets'],
    ['5.000,00', 'another country\'s spelling'],
    ['1.2.3', 'two dots'],
    ['Rs .50', 'a dot that may belong to the currency or to the figure'],
    ['(1200', 'half a bracket'],
    ['(1200) Dr', 'credit and debit at once'],
    ['-1200 Dr', 'credit and debit at once'],
    ['1,200.00- Dr', 'credit and debit at once'],
    ['-1,200.00-', 'two signs'],
    ['5000-', 'a minus, or half of /-'],
    ['Rs.5000.00-', 'a minus, or half of /-'],
    ['1,200.00 -', 'a minus, or a dash of the sheet'],
    ['1.5E-2', 'a negative power'],
    ['=A2', 'a formula'],
    ['12abc', 'letters'],
    ['9'.repeat(13), 'more than any loan'],
  ])('never speaks a wrong sum: refuses %j, %s', (cell) => {
    expect(parseMoney(cell)).toMatchObject({ ok: false, code: 'AMOUNT_INVALID' })
  })

  it('says what was wrong, with the value, and what to do', () => {
    expect(parseMoney('2,5,000')).toEqual({ ok: false, code: 'AMOUNT_GROUPING', message: 'the commas in "2,5,000" fit neither thousands nor lakhs' })
  })

  const paise = fc.integer({ min: 0, max: 1e14 })

  it('reads every amount back from each way of writing it', () => {
    const rupees = (amount: number) => ({ whole: Math.floor(amount / 100), fraction: String(amount % 100).padStart(2, '0') })
    const written = fc.constantFrom(
      (amount: number) => `${rupees(amount).whole}.${rupees(amount).fraction}`,
      (amount: number) => `${rupees(amount).whole.toLocaleString('en-IN')}.${rupees(amount).fraction}`,
      (amount: number) => `${rupees(amount).whole.toLocaleString('en-US')}.${rupees(amount).fraction}`,
      (amount: number) => `₹ ${rupees(amount).whole.toLocaleString('en-IN')}.${rupees(amount).fraction}/-`,
      (amount: number) => `Rs. ${rupees(amount).whole.toLocaleString('en-IN')}.${rupees(amount).fraction} Dr`,
    )
    fc.assert(fc.property(paise, written, (amount, write) => {
      expect(parseMoney(write(amount))).toEqual({ ok: true, value: amount, notes: [] })
    }))
  })

  it('reads a credit as the negative of the same figure', () => {
    fc.assert(fc.property(paise.filter(amount => amount > 0), fc.constantFrom('(x)', '-x', 'x Cr'), (amount, credit) => {
      const figure = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
      expect(parseMoney(credit.replace('x', figure))).toEqual({ ok: true, value: -amount, notes: [] })
    }))
  })

  it('never throws, and what it accepts is whole paise or nothing', () => {
    fc.assert(fc.property(anyText, (cell) => {
      const money = parseMoney(cell)
      if (money.ok)
        expect(Number.isSafeInteger(money.value ?? 0)).toBe(true)
    }), { numRuns: 1000 })
  })

  it('is not slowed down by hostile cells', () => {
    HOSTILE_TEXTS.forEach(text => parseMoney(text))
  })
})
