import { headerKey } from './columns.ts'

/** The columns that a rejects file has beyond those of the file it came from. */
export const REJECT_COLUMNS = ['reject_code', 'reject_reason', 'reject_line', 'reject_upload'] as const
// A person may have deleted the last: the file is known by the others.
const KNOWN_BY = 3

// What a spreadsheet takes for a formula, and so write-csv sets a ' before it; the marks of one that had some already.
const MARKED = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/
const RAGGED = 'COLUMN_COUNT'
// It begins with a letter, so that no spreadsheet takes it for a number, a day or a formula.
const ORIGIN = /^upload-(\d{1,9})-([0-9a-f]{8})$/

/** The upload that rows were rejected in, by its id and the bytes it came from: another database has another upload of that id. */
export interface RejectOrigin { uploadId: number, sha256: string }

/** Where the columns stand among the headers of a corrected rejects file; undefined in any other file. */
export function findRejectColumns(headers: string[]): number[] | undefined {
  const keys = headers.map(headerKey)
  const places = REJECT_COLUMNS.map(name => keys.indexOf(headerKey(name)))
  return places.slice(0, KNOWN_BY).every(place => place >= 0) ? places.filter(place => place >= 0) : undefined
}

/** What stands in the last column. */
export function rejectOrigin(upload: { id: number, sha256: string }): string {
  return `upload-${upload.id}-${upload.sha256.slice(0, 8)}`
}

/** The upload that a row says it was rejected in; in a row of too many cells it stands further behind. Undefined where it says none. */
export function findRejectOrigin(cells: string[]): RejectOrigin | undefined {
  const [, id, sha256] = cells.map(cell => ORIGIN.exec(cell.trim())).findLast(found => found !== null) ?? []
  return id === undefined ? undefined : { uploadId: Number(id), sha256: sha256! }
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
 * A row of a corrected rejects file as it stood in the first file: without those columns and the marks.
 * Undefined where the code is not at its place: the row had too few or too many cells, and nobody mended it.
 */
export function originalRow(cells: string[], places: number[]): string[] | undefined {
  const code = (cells[places[0]!] ?? '').trim()
  if ((code !== '' && !CODE.test(code)) || cells.slice(0, places[0]).includes(RAGGED))
    return undefined
  return withoutRejectColumns(cells, places)
}

/** The cells without those columns and the marks; of a header, as it stood in the first file. */
export function withoutRejectColumns(cells: string[], places: number[]): string[] {
  return cells.filter((_, at) => !places.includes(at)).map(unmarkedCell)
}
