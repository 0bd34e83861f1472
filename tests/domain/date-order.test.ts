import { describe, expect, it } from 'vitest'
import { openDateOrder } from '../../src/domain/date-order.ts'
import type { DateOrder } from '../../src/domain/loan-date.ts'
import { HOSTILE_TEXTS } from './hostile-text.ts'

function verdictOf(cells: (string | undefined)[], order?: DateOrder, isGiven = false) {
  const check = openDateOrder(order, isGiven)
  cells.forEach(cell => check.observe('due date', cell))
  return check.verdict('2026-11-22')
}

describe('openDateOrder', () => {
  it.each<[string[], DateOrder]>([
    [['25/11/2026', '05/11/2026'], 'dmy'],
    [['11/25/2026', '11/05/2026'], 'mdy'],
    [['2026-11-05', '5 Nov 2026', '46331', '', '-', 'soon', '00/00/0000', '01-01-1900', '31/31/2026', '01/15/1900'], 'dmy'],
    [['26/11/05', '26/11/25'], 'ymd'],
  ])('finds nothing wrong with %j in the order %s', (cells, order) => {
    expect(verdictOf(cells, order)).toEqual({ stop: null, warnings: [] })
  })

  it('case 59: stops a file that has the month first, and says what to type', () => {
    expect(verdictOf(['11/05/2026', '11/25/2026', '12/31/26'])).toEqual({ stop: { code: 'DATE_ORDER', message: 'the dates in due date look like MM/DD: 2 such as 11/25/2026, and none has the day first', hint: 'Import it with --date-order mdy' }, warnings: [] })
  })

  it.each(['११/२५/२०२६', '\u200b11/25/2026', '１１/25/2026'])('case 59: reads %j as parseLoanDate reads it', (cell) => {
    expect(verdictOf([cell]).stop).toMatchObject({ code: 'DATE_ORDER', message: expect.stringContaining('11/25/2026') })
  })

  it.each(['05/05/2026', '12-12-26'])('case 61: %s is the same day in either order', (cell) => {
    expect(verdictOf([cell])).toEqual({ stop: null, warnings: [] })
  })

  it('case 59: stops a file read month first that has the day first', () => {
    expect(verdictOf(['25/11/2026'], 'mdy', true).stop).toEqual({ code: 'DATE_ORDER', message: 'the dates in due date look like DD/MM: 1 such as 25/11/2026, and none has the month first', hint: 'Import it with --date-order dmy' })
  })

  it.each<[DateOrder, boolean]>([['dmy', false], ['mdy', true]])('case 60: stops a column of two orders, read %s', (order, isGiven) => {
    expect(verdictOf(['25/11/2026', '11/25/2026'], order, isGiven).stop).toEqual({ code: 'DATE_MIXED', message: 'the dates in due date are in two orders: 1 such as 25/11/2026, and 1 such as 11/25/2026', hint: 'Excel has changed some of them. Export the file again and do not open it in Excel before the import.' })
  })

  it('case 60: two columns may have orders of their own only where both are read right', () => {
    const check = openDateOrder()
    check.observe('due date', '25/11/2026')
    check.observe('last paid date', '11/25/2026')
    expect(check.verdict().stop).toMatchObject({ code: 'DATE_ORDER', message: expect.stringContaining('last paid date') })
  })

  it('case 61: warns with the range where every date is ambiguous', () => {
    expect(verdictOf(['05/11/2026', '03/02/2026', '12/12/2026'])).toEqual({ stop: null, warnings: [{ code: 'DATE_AMBIGUOUS', message: 'every date in due date could be day or month first; they were read day first, as 2026-02-03 to 2026-12-12' }] })
  })

  it('case 61: stops where more than half of them would lie in the future', () => {
    const cells = ['05/12/2026', '06/12/2026', '01/02/2026']
    expect(verdictOf(cells)).toEqual({ stop: { code: 'DATE_FUTURE', message: '2 of the 3 dates in due date would lie after 2026-11-22, and each could be day or month first', hint: 'Say which it is: --date-order mdy or --date-order dmy' }, warnings: [] })
    expect(verdictOf([...cells, '01/02/2026'])).toMatchObject({ stop: null, warnings: [{ code: 'DATE_AMBIGUOUS' }] })
  })

  it('case 61: asks nothing where the order was given', () => {
    expect(verdictOf(['05/12/2026', '06/12/2026'], 'dmy', true)).toEqual({ stop: null, warnings: [] })
  })

  it('is not slowed down by hostile cells', () => {
    HOSTILE_TEXTS.forEach(text => verdictOf([text, `05/11/2026${text}`]))
  })
})
