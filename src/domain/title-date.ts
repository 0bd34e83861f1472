import { parseLoanDate } from './loan-date.ts'

// Titles are short; a cell of a megabyte is none, and must not be searched.
const LONGEST = 500
const AS_ON = /\bas (?:on|of|at|per)(?: date)? ?:?-? ?(\d{1,4})(?:st|nd|rd|th)?([-/., ])([a-z]{3,9}|\d{1,2})[-/., ]{1,2}(\d{1,4})\b/i

/** The day of "as on 22-Nov-2026" in the lines above a header, as `YYYY-MM-DD`; null where none says one. */
export function findDataDate(titles: readonly string[][]): string | null {
  for (const cells of titles) {
    const text = cells.filter(cell => cell.length < LONGEST).join(' ').slice(0, LONGEST).replace(/\s+/g, ' ')
    const [, first, mark, month, last] = AS_ON.exec(text) ?? []
    const date = first === undefined ? undefined : parseLoanDate([first, month, last].join(mark === ',' ? ' ' : mark))
    if (date?.ok && date.value)
      return date.value
  }
  return null
}
