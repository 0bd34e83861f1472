import { headerKey } from './columns.ts'

/** The columns that a rejects file has beyond those of the file it came from. */
export const REJECT_COLUMNS = ['reject_code', 'reject_reason', 'reject_line'] as const

// What a spreadsheet takes for a formula, and so write-csv sets a ' before it; the marks of one that had some already.
const MARKED = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/
const RAGGED = 'COLUMN_COUNT'

/** Where the three columns stand among the headers of a corrected rejects file; undefined in any other file. */
export function findRejectColumns(headers: string[]): number[] | undefined {
  const keys = headers.map(headerKey)
  const places = REJECT_COLUMNS.map(name => keys.indexOf(headerKey(name)))
  return places.every(place => place >= 0) ? places : undefined
}

/** A cell as it goes into a CSV: one that has a mark already gets another, so that taking one off gives back the cell. */
export function markedCell(cell: string): string {
  return MARKED.test(cell) ? `'${cell}` : cell
}

/** A cell without the mark that keeps a spreadsheet from running it. */
export function unmarkedCell(cell: string): string {
  return MARKED.test(cell) ? cell.slice(1) : cell
}

/**
 * A row of a corrected rejects file as it stood in the first file: without the three columns and the marks.
 * Undefined where the code is not at its place: the row had too few or too many cells, and nobody mended it.
 */
export function originalRow(cells: string[], places: number[]): string[] | undefined {
  const code = (cells[places[0]!] ?? '').trim()
  if ((code !== '' && !CODE.test(code)) || cells.slice(0, places[0]).includes(RAGGED))
    return undefined
  return withoutRejectColumns(cells, places)
}

/** The cells without the three columns and the marks; of a header, as it stood in the first file. */
export function withoutRejectColumns(cells: string[], places: number[]): string[] {
  return cells.filter((_, at) => !places.includes(at)).map(unmarkedCell)
}
