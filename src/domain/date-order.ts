import { asciiDigits, cleanCell } from './cell.ts'
import { type DateOrder, parseLoanDate } from './loan-date.ts'

export interface DateProblem { code: 'DATE_ORDER' | 'DATE_MIXED' | 'DATE_FUTURE', message: string, hint: string }
export interface DateVerdict { stop: DateProblem | null, warnings: { code: 'DATE_AMBIGUOUS', message: string }[] }

export interface DateOrderCheck {
  /** Looks at one cell of a date column; cheap enough for every row. */
  observe(column: string, cell: string | undefined): void
  verdict(dataDate?: string): DateVerdict
}

interface Seen { dayFirst: number, dayFirstCell: string, monthFirst: number, monthFirstCell: string, ambiguous: Map<string, number> }

const FIGURES = /^[\s']*(\d{1,2})[-/. ](\d{1,2})[-/. ](?:(\d{4})|\d{2})(?!\d)/
// A file has a few hundred days; a column of more is no column of dates, and the first ones say enough.
const MOST_DAYS = 20_000
const LONGEST = 100
const MOST_IN_FUTURE = 0.5
const OLDEST_YEAR = 1950

/**
 * Finds out whether the dates of a file are in the order in which they are read: no row is ever guessed by itself.
 * A person who gave the order (`isGiven`) has answered what cannot be told; what contradicts it still stops the file.
 */
export function openDateOrder(order: DateOrder = 'dmy', isGiven = false): DateOrderCheck {
  const columns = new Map<string, Seen>()
  return {
    observe(column, cell) {
      const figures = cell === undefined || order === 'ymd' ? null : FIGURES.exec(readable(cell))
      if (!figures || (figures[3] !== undefined && Number(figures[3]) < OLDEST_YEAR))
        return
      let seen = columns.get(column)
      if (!seen)
        columns.set(column, seen = { dayFirst: 0, dayFirstCell: '', monthFirst: 0, monthFirstCell: '', ambiguous: new Map() })
      count(seen, Number(figures[1]), Number(figures[2]), figures[0].trim())
    },
    verdict(dataDate) {
      const warnings: DateVerdict['warnings'] = []
      for (const [column, seen] of columns) {
        const stop = judgeOrder(column, seen, order)
        if (stop)
          return { stop, warnings: [] }
        if (isGiven || seen.dayFirst + seen.monthFirst > 0)
          continue
        const { first, last, future, total } = rangeOf(seen, order, dataDate)
        if (total === 0)
          continue
        if (future / total > MOST_IN_FUTURE)
          return { stop: inFuture(column, future, total, order, dataDate!), warnings: [] }
        warnings.push({ code: 'DATE_AMBIGUOUS', message: `every date in ${column} could be day or month first; they were read ${order === 'dmy' ? 'day' : 'month'} first, as ${first} to ${last}` })
      }
      return { stop: null, warnings }
    },
  }
}

// Nearly every cell of a million begins with a plain digit; digits of other scripts and invisible marks are read as parseLoanDate reads them.
function readable(cell: string): string {
  const first = cell.charCodeAt(0)
  return (first >= 48 && first <= 57) || cell === '' ? cell : asciiDigits(cleanCell(cell.slice(0, LONGEST)))
}

// A day of zero or two figures above twelve are no date in any order, and so no evidence of one.
function count(seen: Seen, first: number, second: number, cell: string): void {
  if (first < 1 || second < 1 || first > 31 || second > 31)
    return
  if (first <= 12 && second <= 12) {
    if (seen.dayFirst + seen.monthFirst === 0 && (seen.ambiguous.size < MOST_DAYS || seen.ambiguous.has(cell)))
      seen.ambiguous.set(cell, (seen.ambiguous.get(cell) ?? 0) + 1)
    return
  }
  if (second <= 12) {
    seen.dayFirst++
    seen.dayFirstCell ||= cell
  }
  else if (first <= 12) {
    seen.monthFirst++
    seen.monthFirstCell ||= cell
  }
}

function judgeOrder(column: string, { dayFirst, dayFirstCell, monthFirst, monthFirstCell }: Seen, order: DateOrder): DateProblem | null {
  if (dayFirst > 0 && monthFirst > 0)
    return { code: 'DATE_MIXED', message: `the dates in ${column} are in two orders: ${dayFirst} such as ${dayFirstCell}, and ${monthFirst} such as ${monthFirstCell}`, hint: 'Excel has changed some of them. Export the file again and do not open it in Excel before the import.' }
  if (order === 'dmy' && monthFirst > 0)
    return { code: 'DATE_ORDER', message: `the dates in ${column} look like MM/DD: ${monthFirst} such as ${monthFirstCell}, and none has the day first`, hint: 'Import it with --date-order mdy' }
  if (order === 'mdy' && dayFirst > 0)
    return { code: 'DATE_ORDER', message: `the dates in ${column} look like DD/MM: ${dayFirst} such as ${dayFirstCell}, and none has the month first`, hint: 'Import it with --date-order dmy' }
  return null
}

function inFuture(column: string, future: number, total: number, order: DateOrder, dataDate: string): DateProblem {
  const other = order === 'dmy' ? 'mdy' : 'dmy'
  return { code: 'DATE_FUTURE', message: `${future} of the ${total} dates in ${column} would lie after ${dataDate}, and each could be day or month first`, hint: `Say which it is: --date-order ${other} or --date-order ${order}` }
}

function rangeOf({ ambiguous }: Seen, order: DateOrder, dataDate: string | undefined) {
  let [first, last, future, total] = ['9999', '', 0, 0]
  for (const [cell, times] of ambiguous) {
    const date = parseLoanDate(cell, order)
    if (!date.ok || date.value === null)
      continue
    first = date.value < first ? date.value : first
    last = date.value > last ? date.value : last
    // 05/05 is the same day in either order, so nothing needs to be asked about it.
    const other = parseLoanDate(cell, order === 'dmy' ? 'mdy' : 'dmy')
    if (other.ok && other.value === date.value)
      continue
    total += times
    future += dataDate !== undefined && date.value > dataDate ? times : 0
  }
  return { first, last, future, total }
}
