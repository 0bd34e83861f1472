import type { LoanFile } from '../csv/loan-file.ts'
import type { CsvRecord } from '../csv/record-reader.ts'
import { type FoundHeader, findHeader, HEADER_WITHIN, type MapColumns } from '../domain/find-header.ts'
import { findRejectColumns, originalRow, withoutRejectColumns } from '../domain/reject-columns.ts'
import type { Sheet } from '../domain/stage-row.ts'
import { mappingHint } from '../domain/suggest-headers.ts'
import { VacliError } from '../errors.ts'

/** A file whose header was found: what its columns are, and the rows below it. */
export interface OpenedSheet {
  sheet: Sheet
  /** The headers as they stand in the file. */
  headers: string[]
  header: FoundHeader
  /** The file is one of rejected rows, corrected: it names only those. */
  isCorrection: boolean
  rows: AsyncIterable<CsvRecord[]>
}

/** Finds the header among the first records, and gives out what stands below it. Of a corrected rejects file the rows are those of the file it came from. */
export async function openSheet(file: LoanFile, map: MapColumns): Promise<OpenedSheet> {
  const batches = file.recordBatches()[Symbol.asyncIterator]()
  const top: CsvRecord[] = []
  while (top.length < HEADER_WITHIN) {
    const { value, done } = await batches.next()
    if (done)
      break
    top.push(...value)
  }
  if (top.length === 0)
    throw new VacliError('invalid', `${file.name} is empty`, { hint: 'Export the file again; its first line must name the columns.' })
  const header = findHeader(top, map)
  if (!header.ok)
    throw new VacliError('invalid', `${file.name} has ${header.message}`, { hint: mappingHint(header.headers, map(header.headers)) ?? 'One of the first lines must name the columns: name, phone, loan_id, amount, due_date, …; or say which is which: --map "Cell No=phone"' })

  const places = findRejectColumns(header.headers)
  const headers = places ? withoutRejectColumns(header.headers, places) : header.headers
  return {
    header, headers, isCorrection: places !== undefined,
    sheet: { headers, columns: places ? map(headers) : header.columns },
    rows: rowsBelow(top.slice(header.index + header.rows), batches, places),
  }
}

async function* rowsBelow(first: CsvRecord[], batches: AsyncIterator<CsvRecord[]>, places: number[] | undefined): AsyncGenerator<CsvRecord[]> {
  // A ragged row that nobody mended stays as long as it is, and is rejected for it again.
  const restored = (records: CsvRecord[]) => places ? records.map(({ cells, line }) => ({ cells: originalRow(cells, places) ?? cells, line })) : records
  try {
    if (first.length > 0)
      yield restored(first)
    for (let next = await batches.next(); !next.done; next = await batches.next())
      yield restored(next.value)
  }
  finally {
    await batches.return?.()
  }
}
