import { type Parser, parse } from 'csv-parse'
import type { VacliError } from '../errors.ts'
import { parserRefusal, quoteRefusal, tooLarge, tooManyColumns } from './record-faults.ts'

/** One record of a file with the physical line on which it starts, counted from 1. */
export interface CsvRecord { cells: string[], line: number }

// Larger is an unclosed quote or no table at all; it must not be read into memory to its end.
export const MAX_RECORD_BYTES = 1_000_000
export const MAX_COLUMNS = 1000
// A blank line is a record as well: larger pieces could make a hundred thousand at once.
export const PIECE = 16_384

export interface RecordReader {
  /** The records that these bytes complete; give a `PIECE` at a time. Blank lines are records too, so that counts add up. */
  write(chunk: Buffer): Promise<CsvRecord[]>
  end(): Promise<CsvRecord[]>
}

/** Reads records from chunks of UTF-8. It holds a chunk and a record at most, and fails naming the line. */
export function createRecordReader(name: string, delimiter: string): RecordReader {
  const parser = createParser(delimiter)
  const pending = createPending()
  let records: CsvRecord[] = []
  let failure: VacliError | undefined
  let line = 1
  let linesParsed = 0

  // A stream hands its records on one by one, at two microseconds each; here they are taken where the parser gives them.
  parser.push = (cells: string[] | null) => {
    if (cells === null || failure)
      return true
    const { lines, bytes } = parser.info
    const isOneLine = lines - linesParsed === 1
    if (cells.length > MAX_COLUMNS)
      failure = tooManyColumns({ name, line }, cells.length, MAX_COLUMNS)
    else if (pending.length(bytes) > MAX_RECORD_BYTES)
      failure = tooLarge({ name, line, bytes: pending.bytes(bytes), delimiter })
    else if (!isOneLine)
      failure = quoteRefusal({ name, line, bytes: pending.bytes(bytes), delimiter })
    records.push({ cells, line })
    linesParsed = lines
    line += isOneLine ? 1 : 1 + countLineEnds(cells)
    pending.recordEnded(bytes)
    expectLength(parser, cells.length)
    return true
  }

  async function take(step: (done: (error?: Error | null) => void) => void): Promise<CsvRecord[]> {
    records = []
    const error = await new Promise<Error | null | undefined>(step)
    const fault = () => ({ name, line, bytes: pending.bytes(), delimiter })
    if (!failure && error)
      failure = parserRefusal(error, fault())
    if (!failure && pending.length() > MAX_RECORD_BYTES)
      failure = tooLarge(fault())
    if (failure)
      throw failure
    pending.forget()
    return records
  }

  return {
    write(chunk) {
      pending.add(chunk)
      return take(done => parser.write(chunk, done))
    },
    end: () => take((done) => {
      parser.once('error', done)
      parser.end(() => done())
    }),
  }
}

/** The bytes since the last record ended: the only ones that a fault can still lie in. */
function createPending() {
  const chunks: Buffer[] = []
  let chunksStart = 0
  let recordStart = 0
  let fed = 0
  return {
    add(chunk: Buffer) {
      chunks.push(chunk)
      fed += chunk.length
    },
    recordEnded(at: number) { recordStart = at },
    bytes: (end = fed) => Buffer.concat(chunks).subarray(recordStart - chunksStart, end - chunksStart),
    length: (end = fed) => end - recordStart,
    forget() {
      while (chunks.length > 0 && chunksStart + chunks[0]!.length <= recordStart)
        chunksStart += chunks.shift()!.length
    },
  }
}

/** The line ends within the cells of a record, however they are written. */
export function countLineEnds(cells: string[]): number {
  return cells.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
}

function createParser(delimiter: string): Parser {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    record_delimiter: ['\r\n', '\n', '\r'],
  })
  parser.on('error', () => {}) // told through the callback of the write
  return parser
}

// The parser builds an error with a stack for every record that is not as long as the first, at 20 microseconds each: under a title that is all of them.
function expectLength(parser: Parser, length: number) {
  const { state } = parser as unknown as { state: { expectedRecordLength: number } }
  state.expectedRecordLength = length
}
