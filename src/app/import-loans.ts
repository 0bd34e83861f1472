import type { LoanFile } from '../csv/loan-file.ts'
import type { StagedValues } from '../db/upload-store.ts'
import { distinctHeaders, type Field, mapColumns } from '../domain/columns.ts'
import type { MatchCounts } from '../domain/plan-match.ts'
import { type Sheet, stageRow } from '../domain/stage-row.ts'
import { NO_ROWS, type RowCounts, type UploadStatus } from '../domain/upload.ts'
import { VacliError } from '../errors.ts'
import { type MatchPorts, matchUpload, NOTHING_MATCHED } from './match-rows.ts'

const CHUNK = 1000
const LISTED = 100

export interface ImportOptions { source: string, operator: string, asOf?: Date, match: boolean, force: boolean }

export interface RowRemark { line: number, code: string, message: string }
export interface RowReject extends RowRemark { column: Field | null, value: string }

/** What became of a file. The row counts add up to its rows. */
export interface ImportReport {
  id: number
  filename: string
  sha256: string
  status: UploadStatus | 'unchanged'
  rows: RowCounts
  counts: MatchCounts
  /** The first hundred of each; all are counted by code. */
  rejects: RowReject[]
  rejectedByCode: Record<string, number>
  warnings: RowRemark[]
  warningsByCode: Record<string, number>
}

type ImportPorts = MatchPorts

interface Tally { total: number, rejects: RowReject[], rejectedByCode: Record<string, number>, warnings: RowRemark[], warningsByCode: Record<string, number> }

/** Stages every row of a file, then matches them. The same bytes again change nothing; an import that was cut off goes on where it stopped. */
export async function importLoans(ports: ImportPorts, file: LoanFile, options: ImportOptions): Promise<ImportReport> {
  const { store, now } = ports
  const earlier = await store.findUploadOfBytes(file.sha256, options.source)
  if (earlier?.status === 'completed' && !options.force)
    return { id: earlier.id, filename: file.name, sha256: file.sha256, status: 'unchanged', rows: NO_ROWS, counts: NOTHING_MATCHED.counts, ...remarks(emptyTally()) }

  const upload = earlier?.status === 'processing'
    ? earlier
    : await store.startUpload({ filename: file.name, sha256: file.sha256, source: options.source, uploadedBy: options.operator, dataDate: options.asOf ?? now(), createdAt: now() })
  try {
    const tally = await stageFile(ports, file, upload.id)
    await file.verifyUnchanged()
    await store.finishStaging(upload.id, tally.total)
    const matched = options.match ? await matchUpload(ports, upload) : NOTHING_MATCHED
    for (const note of matched.remarks)
      remark(tally, note)
    if (options.match)
      await store.finishUpload(upload.id, { status: 'completed', error: null, completedAt: now() })
    return { id: upload.id, filename: file.name, sha256: file.sha256, status: options.match ? 'completed' : 'processing', rows: await store.countRows(upload.id), counts: matched.counts, ...remarks(tally) }
  }
  catch (error) {
    // What the file itself did wrong ends the upload; anything else leaves it to be taken up again.
    if (error instanceof VacliError && error.code === 'invalid')
      await store.finishUpload(upload.id, { status: 'failed', error: error.message, completedAt: now() })
    throw error
  }
}

async function stageFile({ store, onProgress, signal }: ImportPorts, file: LoanFile, uploadId: number): Promise<Tally> {
  const tally = emptyTally()
  const seen = new Set<string>()
  let sheet: Sheet | undefined
  let chunk: StagedValues[] = []
  for await (const { cells, line } of file.records()) {
    signal?.throwIfAborted()
    if (!sheet) {
      sheet = readHeader(cells, file.name, tally)
      continue
    }
    chunk.push(stageOne(cells, line, sheet, seen, tally))
    if (chunk.length >= CHUNK) {
      await store.stageRows(uploadId, chunk)
      onProgress?.(tally.total)
      chunk = []
    }
  }
  if (!sheet)
    throw new VacliError('invalid', `${file.name} is empty`, { hint: 'Export the file again; its first line must name the columns.' })
  if (chunk.length > 0)
    await store.stageRows(uploadId, chunk)
  if (tally.total === 0)
    remark(tally, { line: 1, code: 'NO_ROWS', message: 'the file has a header and no rows' })
  return tally
}

function readHeader(cells: string[], name: string, tally: Tally): Sheet {
  const headers = distinctHeaders(cells)
  const columns = mapColumns(headers)
  if (columns.missing.length > 0) {
    throw new VacliError('invalid', `${name} has no column for ${columns.missing.join(', ')}; its first line reads: ${headers.slice(0, 20).join(', ')}`, {
      hint: 'The first line must name the columns: name, phone, loan_id, amount, due_date, …',
    })
  }
  for (const header of columns.repeated)
    remark(tally, { line: 1, code: 'COLUMN_REPEATED', message: `column "${header}" repeats an earlier one; it is kept in the rows and not used` })
  return { headers, columns }
}

function stageOne(cells: string[], line: number, sheet: Sheet, seen: Set<string>, tally: Tally): StagedValues {
  const { reject, notes, ...row } = stageRow(cells, sheet)
  tally.total++
  for (const note of notes)
    remark(tally, { line, ...note })
  if (reject) {
    tally.rejectedByCode[reject.code] = (tally.rejectedByCode[reject.code] ?? 0) + 1
    if (tally.rejects.length < LISTED)
      tally.rejects.push({ line, ...reject })
  }
  // Half of the hash tells copies apart as surely as the whole, at half the memory of a million rows.
  const half = row.rowFingerprint.slice(0, 32)
  if (row.status === 'pending' && seen.has(half))
    return { ...row, lineNumber: line, status: 'skipped', code: 'DUPLICATE_ROW', message: 'an exact copy of an earlier row' }
  seen.add(half)
  return { ...row, lineNumber: line }
}

function remark(tally: Tally, warning: RowRemark) {
  tally.warningsByCode[warning.code] = (tally.warningsByCode[warning.code] ?? 0) + 1
  if (tally.warnings.length < LISTED)
    tally.warnings.push(warning)
}

function remarks({ total: _, ...rest }: Tally) {
  return rest
}

function emptyTally(): Tally {
  return { total: 0, rejects: [], rejectedByCode: {}, warnings: [], warningsByCode: {} }
}
