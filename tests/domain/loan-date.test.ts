import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DateOrder, parseLoanDate } from '../../src/domain/loan-date.ts'
import { anyText, HOSTILE_TEXTS } from './hostile-text.ts'

const MONTH_NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

describe('parseLoanDate', () => {
  it.each([
    [57, '05/11/2026'],
    [57, '5/11/2026'],
    [57, '5-11-26'],
    [57, '05.11.2026'],
    [57, '05-Nov-26'],
    [57, '5-nov-2026'],
    [57, '5 Nov 2026'],
    [57, '5 November, 2026'],
    [57, '2026-11-05'],
    [57, '2026/11/05'],
    [57, '2026-11-05 00:00:00'],
    [57, '2026-11-05T00:00:00'],
    [57, '05/11/2026 00:00'],
    [57, '05/11/2026 12:00:00 AM'],
    [57, '5/11/26 12:00 am'],
    [57, '05-11-2026 11:59:59PM'],
    [57, '5-Nov-2026 00:00'],
    [57, '05 Nov 2026 12:00:00 AM'],
    [57, '2026-11-05 00:00:00.000'],
    [57, ' 05/11/2026 '],
    [57, '०५/११/२०२६'],
    [58, '46331'],
    [58, '46331.0'],
    [58, '46331.5'],
    [58, '46331.99998842593'],
  ])('dates %i: reads %j day first as 5 November 2026', (_, cell) => {
    expect(parseLoanDate(cell)).toEqual({ ok: true, value: '2026-11-05', notes: [] })
  })

  it.each([
    ['40000', '2009-07-06'],
    ['45292', '2024-01-01'],
    ['46348', '2026-11-22'],
    ['46388', '2027-01-01'],
    ['60000', '2064-04-08'],
  ])('dates 58: reads the serial %s as %s', (cell, date) => {
    expect(parseLoanDate(cell)).toEqual({ ok: true, value: date, notes: [] })
  })

  it.each(['39999', '60001', '9812', '20261105', '60000.', '46331,5', '-46331'])('dates 58: %s is no serial of ours', (cell) => {
    expect(parseLoanDate(cell)).toMatchObject({ ok: false, code: 'DATE_INVALID' })
  })

  it.each([undefined, '', '-', 'NIL', 'NA', '#N/A', '0', '00/00/0000', '00-00-0000', '1/0/1900', '01-01-1900', '01/01/1900 00:00', '00-01-1900', '00-Jan-00', '0000-00-00'])('dates 62: reads %j as no date', (cell) => {
    expect(parseLoanDate(cell)).toEqual({ ok: true, value: null, notes: [] })
  })

  it.each(['31/02/2026', '29/02/2026', '31-Apr-2026', '00/11/2026', '05/00/2026', '05/13/2026', '11/25/2026', '2026-13-01', '32/01/2026', '05/11/0026', '05/11/1899'])('dates 63: refuses %s, which is in no calendar or in another order', (cell) => {
    expect(parseLoanDate(cell)).toMatchObject({ ok: false, code: 'DATE_INVALID' })
  })

  it.each(['tomorrow', '5', '05/11', '5 Marchx 2026', '5 Mayhem 2026', '5 Ma 2026', '5//11/2026', '05/11/202', '05/11/20266', '2026-11-04T18:30:00.000Z', '2026-11-04T18:30:00+00:00', '05/11/2026 25:00', '05/11/2026 10:61', '05/11/2026 13:00 PM', '05/11/2026 00:00 AM', '05/11/2026 12', '5-Nov-2026 0', '05/11/2026 (part)', '05/11/2026, 06/11/2026'])('never guesses a date in %j', (cell) => {
    expect(parseLoanDate(cell)).toMatchObject({ ok: false, code: 'DATE_INVALID' })
  })

  it.each([
    ['29/02/2024', '2024-02-29'],
    ['02/01/1900', '1900-01-02'],
    ['31/12/2099', '2099-12-31'],
  ])('reads %s, the edge of a calendar', (cell, date) => {
    expect(parseLoanDate(cell)).toEqual({ ok: true, value: date, notes: [] })
  })

  it.each<[DateOrder, string, string]>([
    ['mdy', '11/05/2026', '2026-11-05'],
    ['mdy', '11-5-26', '2026-11-05'],
    ['mdy', '11/25/2026', '2026-11-25'],
    ['mdy', '5 Nov 2026', '2026-11-05'],
    ['mdy', '2026-11-05', '2026-11-05'],
    ['mdy', '46331', '2026-11-05'],
    ['ymd', '26/11/05', '2026-11-05'],
    ['ymd', '26.11.5', '2026-11-05'],
    ['ymd', '2026/11/05', '2026-11-05'],
    ['dmy', '2026-11-05', '2026-11-05'],
  ])('dates 59: in the order %s reads %s as %s', (order, cell, date) => {
    expect(parseLoanDate(cell, order)).toEqual({ ok: true, value: date, notes: [] })
  })

  it.each<[DateOrder, string, string]>([
    ['mdy', '25/11/2026', '"25/11/2026" does not exist in the calendar'],
    ['ymd', '05/11/2026', '"05/11/2026" is not a date; write it as YYYY-MM-DD'],
    ['ymd', '26/13/05', '"26/13/05" does not exist in the calendar'],
    ['mdy', 'soon', '"soon" is not a date; write it as MM/DD/YYYY'],
  ])('dates 59: in the order %s refuses %s', (order, cell, message) => {
    expect(parseLoanDate(cell, order)).toEqual({ ok: false, code: 'DATE_INVALID', message })
  })

  it('dates 64: reads a date to come', () => {
    expect(parseLoanDate('05/11/2099')).toEqual({ ok: true, value: '2099-11-05', notes: [] })
  })

  it.each(MONTH_NAMES.flatMap((name, at) => [[name, at + 1], [name.slice(0, 3), at + 1], [name.slice(0, 3).toUpperCase(), at + 1]] as const).concat([['Sept', 9]]))('reads the month %s', (name, month) => {
    expect(parseLoanDate(`7-${name}-26`)).toEqual({ ok: true, value: `2026-${String(month).padStart(2, '0')}-07`, notes: [] })
  })

  it('says what was wrong, with the value, and what to do', () => {
    const notADate = ['soon', '5 Marchx 2026', '5//11/2026']
    expect(notADate.map(cell => parseLoanDate(cell))).toEqual(notADate.map(cell => ({ ok: false, code: 'DATE_INVALID', message: `"${cell}" is not a date; write it as DD/MM/YYYY` })))
    expect(parseLoanDate('31/02/2026')).toEqual({ ok: false, code: 'DATE_INVALID', message: '"31/02/2026" does not exist in the calendar' })
  })

  const day = fc.integer({ min: Date.UTC(2000, 0, 1) / 86_400_000, max: Date.UTC(2099, 11, 31) / 86_400_000 }).map(days => new Date(days * 86_400_000).toISOString().slice(0, 10))

  it('reads every day back from each way of writing it', () => {
    const written = fc.constantFrom(
      (y: string, m: string, d: string) => `${y}-${m}-${d}`,
      (y: string, m: string, d: string) => `${d}/${m}/${y}`,
      (y: string, m: string, d: string) => `${Number(d)}-${Number(m)}-${y.slice(2)}`,
      (y: string, m: string, d: string) => `${d}-${MONTH_NAMES[Number(m) - 1]!.slice(0, 3)}-${y.slice(2)}`,
      (y: string, m: string, d: string) => `${Number(d)} ${MONTH_NAMES[Number(m) - 1]} ${y}`,
    )
    fc.assert(fc.property(day, written, (date, write) => {
      const [y, m, d] = date.split('-') as [string, string, string]
      expect(parseLoanDate(write(y, m, d))).toEqual({ ok: true, value: date, notes: [] })
    }))
  })

  it('never throws, and what it accepts is a day of the calendar or nothing', () => {
    fc.assert(fc.property(anyText, (cell) => {
      const date = parseLoanDate(cell)
      if (date.ok && date.value !== null)
        expect(new Date(`${date.value}T00:00:00Z`).toISOString().slice(0, 10)).toBe(date.value)
    }), { numRuns: 1000 })
  })

  it('is not slowed down by hostile cells', () => {
    HOSTILE_TEXTS.forEach(text => parseLoanDate(text))
  })
})
