import { parse } from 'csv-parse/sync'
import { countKnown, HEADER_WITHIN, type MapColumns } from '../domain/find-header.ts'
import { findRejectColumns } from '../domain/reject-columns.ts'
import { VacliError } from '../errors.ts'
import { countLineEnds, type CsvRecord, MAX_COLUMNS } from './record-reader.ts'

export const DELIMITERS = [',', ';', '\t', '|'] as const
const NAMES: Record<string, string> = { tab: '\t', '\\t': '\t', comma: ',', semicolon: ';', pipe: '|' }

/** Reads a delimiter as people type it: the character itself, or its name; fails on anything else. */
export function parseDelimiter(text: string): string {
  const word = text.toLowerCase()
  const delimiter = Object.hasOwn(NAMES, word) ? NAMES[word]! : text
  if (!/^[^"\r\n\p{L}\p{N}\0\ufeff\u0080-\uffff]$/u.test(delimiter))
    throw new VacliError('invalid', `the delimiter cannot be "${text}"`, { hint: 'It is one character: --delimiter ";" or --delimiter tab' })
  return delimiter
}

/** The delimiter that makes a header of one of the first lines: the one by which most columns are known; a comma where none is. What heads rejected rows is known whatever the file that they came from was like. */
export function sniffDelimiter(head: Buffer, map?: MapColumns): string {
  const tops = DELIMITERS.map(delimiter => firstRecords(head, delimiter))
  const known = tops.map(top => hasRejectColumns(top) ? Infinity : countKnown(top, map))
  return DELIMITERS[known.indexOf(Math.max(...known))]!
}

export function hasRejectColumns(top: CsvRecord[]): boolean {
  return top.some(({ cells }) => findRejectColumns(cells) !== undefined)
}

/** The first records of a file's beginning. A record that the beginning cuts off is left out, or cut. */
export function firstRecords(head: Buffer, delimiter: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let line = 1
  try {
    parse(head, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      to: HEADER_WITHIN,
      on_record: (cells: string[]) => {
        records.push({ cells: cells.slice(0, MAX_COLUMNS), line })
        line += 1 + countLineEnds(cells)
        return null
      },
    })
  }
  catch {
    // With the wrong delimiter, or at the end of the beginning, a quote may stay open; what was read tells enough.
  }
  return records
}
