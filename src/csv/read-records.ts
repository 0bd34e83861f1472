import { createReadStream } from 'node:fs'
import { type CsvError, parse } from 'csv-parse'
import { VacliError } from '../errors.ts'

/** One record of a CSV file with the physical line on which it starts, counted from 1. */
export interface CsvRecord { cells: string[], line: number }

// One record larger than this is an unclosed quote or no CSV at all; it must not be read into memory to its end.
const MAX_RECORD_BYTES = 1_000_000

/** Streams the records of a UTF-8 CSV file. Blank lines are records too, so that counts add up. */
export async function* readRecords(path: string, name: string): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_BYTES,
  })
  const input = createReadStream(path)
  input.on('error', error => parser.destroy(error))
  input.pipe(parser)
  let lastLine = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[], info: { lines: number } }>) {
      yield { cells: record, line: lastLine + 1 }
      lastLine = info.lines
    }
  }
  catch (error) {
    throw unreadable(error, name, lastLine + 1)
  }
  finally {
    input.destroy()
  }
}

function unreadable(error: unknown, name: string, line: number): unknown {
  const { code } = error as CsvError
  const problems: Partial<Record<string, [string, string]>> = {
    CSV_QUOTE_NOT_CLOSED: ['a quote opened here is never closed', 'Close or remove the quote on that line, then import again.'],
    CSV_MAX_RECORD_SIZE: ['a record is larger than 1 MB', 'Look for a quote that is opened and never closed on that line.'],
    CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: ['there is text between a closing quote and the next comma', 'Double the quotes inside the cell, then import again.'],
  }
  const [problem, hint] = problems[code] ?? []
  return problem ? new VacliError('invalid', `${name}, line ${line}: ${problem}`, { hint, cause: error }) : error
}
