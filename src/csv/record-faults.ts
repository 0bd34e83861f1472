import type { CsvError } from 'csv-parse'
import { VacliError } from '../errors.ts'
import { findQuoteFault } from './quotes.ts'

/** The record in which something went wrong: its first line and its bytes, as far as they were read. */
export interface FaultyRecord { name: string, line: number, bytes: Buffer, delimiter: string }

export function tooManyColumns({ name, line }: Pick<FaultyRecord, 'name' | 'line'>, columns: number, most: number): VacliError {
  return new VacliError('invalid', `${name}, line ${line}: the record has ${columns.toLocaleString('en-IN')} columns; at most ${most.toLocaleString('en-IN')} are read`, { hint: 'Is this the file of loans? Export only the columns that are needed.' })
}

/** Words for what stopped the parser. */
export function parserRefusal(error: Error, record: FaultyRecord): VacliError {
  const { code } = error as CsvError
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return quoteRefusal(record) ?? neverClosed(record.name, record.line)
  return new VacliError('invalid', `${record.name}, line ${record.line}: the record cannot be read: ${error.message}`, { hint: 'Look at that line, mend it, then import again.', cause: error })
}

export function tooLarge(record: FaultyRecord): VacliError {
  return quoteRefusal(record)
    ?? new VacliError('invalid', `${record.name}, line ${record.line}: the record is larger than 1 MB`, { hint: 'No row of loans is that long. Is this the file of loans, and does each row end its line?' })
}

/** Names the line of a quote that swallowed what follows it; undefined where the record's quotes are in order. */
export function quoteRefusal({ name, line, bytes, delimiter }: FaultyRecord): VacliError | undefined {
  const fault = findQuoteFault(bytes, delimiter)
  return fault && neverClosed(name, line + fault.linesBefore)
}

function neverClosed(name: string, line: number): VacliError {
  return new VacliError('invalid', `${name}, line ${line}: a quote opened here is never closed`, { hint: 'Close or remove the quote on that line, or double the quotes inside the cell, then import again.' })
}
