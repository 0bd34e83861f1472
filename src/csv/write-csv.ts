import { stringify } from 'csv-stringify/sync'

export type CsvCell = string | number | boolean | null | undefined

// https://owasp.org/www-community/attacks/CSV_Injection; the wide forms count where the input method is Japanese or Chinese.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const NUMBER_OR_PHONE = /^[+-]\d[\d,]*(?:\.\d+)?$/

/**
 * One line of a CSV file (RFC 4180: CRLF at its end, quotes where needed) that no spreadsheet runs as a formula:
 * such a cell gets a leading `'`. Plain numbers and phones stay as they are.
 *
 * `bom` is for the first line of a file: without it Excel takes Hindi for Latin-1.
 */
export function csvLine(cells: readonly CsvCell[], { bom = false }: { bom?: boolean } = {}): string {
  return stringify([cells.map(cellText)], {
    bom,
    record_delimiter: '\r\n',
    quoted_match: /^[\s\ufeff]|[\r\n]|\s$/, // for readers that trim, that take any line end for a record's, or the first character for a BOM
    quoted_empty: cells.length === 1, // an empty line is no record to most readers
  })
}

function cellText(cell: CsvCell) {
  const text = cell === null || cell === undefined ? '' : String(cell)
  return FORMULA.test(text) && !NUMBER_OR_PHONE.test(text) ? `'${text}` : text
}
