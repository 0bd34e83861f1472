import type { LoanFile } from '../csv/loan-file.ts'
import type { CsvRecord } from '../csv/record-reader.ts'
import type { Store } from '../db/store.ts'
import type { ColumnMapping } from '../domain/column-mapping.ts'
import { HEADER_WITHIN } from '../domain/find-header.ts'
import type { DateOrder } from '../domain/loan-date.ts'
import { findRejectColumns, findRejectOrigin, type RejectOrigin } from '../domain/reject-columns.ts'
import { VacliError } from '../errors.ts'
import { formatOf, type Reading } from './source-reading.ts'

/** What a person says of a file. */
export interface SaidOfFile { source: string | null, asOf?: Date, reading: Reading }

/** Whose a file is, of when its data is, and how its columns are read. */
export interface ImportTerms { source: string, asOf?: Date, mapping: ColumnMapping, dateOrder: DateOrder | null, format: ReturnType<typeof formatOf>, isCorrection: boolean }

type Upload = NonNullable<Awaited<ReturnType<Store['findUpload']>>>

/**
 * As a person says; else, of corrected rejects, as the upload that rejected them was; else as the files of the source are (`recalled`).
 * Rejects that do not say where they come from could make old data look new, so without a date they are refused.
 */
export async function findTerms(store: Pick<Store, 'findUpload'>, file: LoanFile, { source, asOf, reading }: SaidOfFile, recalled: Reading): Promise<ImportTerms> {
  const origins = await findOrigins(file)
  const upload = origins && await findOriginUpload(store, file.name, origins, asOf !== undefined)
  const settings = upload?.settings as { mapping?: ColumnMapping, date_order?: DateOrder | null } | null | undefined
  const date = asOf ?? upload?.dataDate
  return {
    source: source ?? upload?.source ?? '',
    ...(date && { asOf: date }),
    mapping: { ...recalled.mapping, ...settings?.mapping, ...reading.mapping },
    dateOrder: reading.dateOrder ?? settings?.date_order ?? recalled.dateOrder ?? null,
    format: formatOf(origins ? reading : recalled),
    isCorrection: origins !== null,
  }
}

type Origins = (RejectOrigin & { line: number })[]

async function findOriginUpload(store: Pick<Store, 'findUpload'>, name: string, [first, other]: Origins, isDated: boolean): Promise<Upload | null> {
  if (first && other)
    throw new VacliError('invalid', `${name} has rejects of more than one upload: line ${first.line} is of upload ${first.uploadId}, and line ${other.line} of upload ${other.uploadId}`, { hint: 'Put the rows of each upload into a file of its own, and import those.' })
  const upload = first && await store.findUpload(first.uploadId)
  if (first && upload?.sha256.startsWith(first.sha256))
    return upload
  if (isDated)
    return null
  const problem = first ? `has rejects of upload ${first.uploadId} of another database; this one does not know it` : 'has corrected rejects and does not say of which upload (its column reject_upload)'
  throw new VacliError('invalid', `${name} ${problem}`, { hint: 'Say the date of the data yourself, and its source if it had one: --as-of 2026-11-21 --source axis' })
}

/** The uploads that the rows of a rejects file come from, each with the line that names it first; null for any other file. */
async function findOrigins(file: LoanFile): Promise<Origins | null> {
  const origins = new Map<string, Origins[number]>()
  let isCorrection = false
  let seen = 0
  try {
    for await (const batch of file.recordBatches()) {
      isCorrection ||= batch.slice(0, HEADER_WITHIN - seen).some(({ cells }) => findRejectColumns(cells) !== undefined)
      seen += batch.length
      if (!isCorrection && seen >= HEADER_WITHIN)
        return null
      if (isCorrection)
        addOrigins(origins, batch)
    }
  }
  catch (error) {
    // What is wrong with the file is told when its rows are read.
    if (!(error instanceof VacliError))
      throw error
  }
  return isCorrection ? [...origins.values()] : null
}

function addOrigins(origins: Map<string, Origins[number]>, batch: CsvRecord[]) {
  for (const { cells, line } of batch) {
    const origin = findRejectOrigin(cells)
    const key = `${origin?.uploadId} ${origin?.sha256}`
    if (origin && !origins.has(key))
      origins.set(key, { ...origin, line })
  }
}
