import type { LoanFile } from '../csv/loan-file.ts'
import type { StagedValues } from '../db/row-store.ts'
import type { Store } from '../db/store.ts'
import { branchKey } from '../domain/branch-key.ts'
import { isAbsent } from '../domain/cell.ts'
import type { Field } from '../domain/columns.ts'
import type { MapColumns } from '../domain/find-header.ts'
import { loanKey } from '../domain/fingerprint.ts'
import { rejectOrigin } from '../domain/reject-columns.ts'
import { REJECT_FIXES } from '../domain/reject-fixes.ts'
import { openSeenRows, type SeenRows } from '../domain/seen-rows.ts'
import { type FileChecks, type FileVerdict, openFileChecks } from '../domain/file-checks.ts'
import type { DateOrder } from '../domain/loan-date.ts'
import { mendCell, readText } from '../domain/row-cells.ts'
import { type Sheet, stageRow } from '../domain/stage-row.ts'
import { addReject, addWarning, noRemarks, type Remarks } from './import-report.ts'
import { openSheet } from './open-sheet.ts'

// Rows that wait longer outlive the collector's first look, and are copied.
const CHUNK = 1000

/** Where the rejected rows of an upload go. */
export interface RejectsPlace {
  absolute: string
  open(headers: string[], origin: string): RejectsOut
}

/** Rejected rows, to be corrected and imported again. */
export interface RejectsOut {
  add(row: { cells: string[], code: string, reason: string, line: number }): void
  close(): { path: string | null, warning: string | null }
  /** Takes the file away: the import that it belongs to was refused. */
  discard(): void
}

export interface StagePorts {
  store: Pick<Store, 'stageRows'>
  rejects?: RejectsPlace | undefined
  onProgress?: (rowsDone: number) => void
  signal?: AbortSignal
}

/** What the whole file turned out to be. */
export interface StagedFile {
  total: number
  remarks: Remarks
  sheet: Sheet
  isCorrection: boolean
  /** `YYYY-MM-DD`, where the file says as of when it speaks. */
  dataDate: string | null
  /** What only all rows together can tell. */
  verdict: FileVerdict
  rejectsFile: string | null
  /** Branches whose rows could all be read, and those of which a row could not be told whose loan it is. */
  branches: { sure: Set<string>, unsure: Set<string> }
}

/** How the cells are read, beside what the file itself says. */
export interface StageTerms { map: MapColumns, dateOrder: DateOrder | null, /** Day of the data, where the file does not say it. */ dataDate: string }

type Tally = Pick<StagedFile, 'total' | 'remarks' | 'branches'> & { seen: SeenRows, rejects: RejectsOut | undefined, checks: FileChecks }

/** Reads a file to its end and keeps every row as it came, judged by itself. What is there already stays. */
export async function stageFile(ports: StagePorts, file: LoanFile, upload: { id: number, sha256: string }, { map, dateOrder, dataDate }: StageTerms): Promise<StagedFile> {
  const { sheet: columns, headers, header, isCorrection, rows } = await openSheet(file, map)
  const sheet: Sheet = { ...columns, dataDate: header.dataDate ?? dataDate, ...(dateOrder && { dateOrder }) }
  const tally: Tally = { checks: openFileChecks(sheet, { isOrderGiven: dateOrder !== null }), total: 0, remarks: noRemarks(), branches: { sure: new Set(), unsure: new Set() }, seen: openSeenRows(), rejects: ports.rejects?.open(headers, rejectOrigin(upload)) }
  for (const repeated of sheet.columns.repeated)
    addWarning(tally.remarks, { line: header.line, code: 'COLUMN_REPEATED', message: `column "${repeated}" repeats an earlier one; it is kept in the rows and not used` })
  if (sheet.columns.alternate !== null)
    addWarning(tally.remarks, { line: header.line, code: 'PHONE_ALTERNATE', message: `column "${sheet.columns.alternate}" is a second phone; it is kept and not dialled` })
  await stageRows(ports, rows, upload.id, sheet, tally)
  for (const notice of file.notices())
    addWarning(tally.remarks, notice)
  if (tally.total === 0)
    addWarning(tally.remarks, { line: header.line, code: 'NO_ROWS', message: 'there is no row below the header' })
  const { path: rejectsFile, warning } = tally.rejects?.close() ?? { path: null, warning: null }
  if (warning)
    addWarning(tally.remarks, { line: null, code: 'REJECTS_FILE', message: warning })
  const { total, remarks, branches } = tally
  const verdict = tally.checks.verdict()
  verdict.warnings.forEach(note => addWarning(remarks, { line: null, ...note }))
  return { verdict, total, remarks, branches, sheet, isCorrection, dataDate: header.dataDate, rejectsFile }
}

async function stageRows({ store, onProgress, signal }: StagePorts, rows: AsyncIterable<{ cells: string[], line: number }[]>, uploadId: number, sheet: Sheet, tally: Tally) {
  let chunk: StagedValues[] = []
  const flush = async () => {
    await store.stageRows(uploadId, chunk)
    onProgress?.(tally.total)
    chunk = []
  }
  for await (const batch of rows) {
    signal?.throwIfAborted()
    for (const { cells, line } of batch)
      chunk.push(stageOne(cells, line, sheet, tally))
    if (chunk.length >= CHUNK)
      await flush()
  }
  if (chunk.length > 0)
    await flush()
}

function stageOne(cells: string[], line: number, sheet: Sheet, tally: Tally): StagedValues {
  // What a person must decide is told when the row is decided, once.
  const staged = stageRow(cells, sheet)
  const { reject, notes, loan } = staged
  tally.checks.observe({ line, cells, staged })
  tally.total++
  for (const note of notes)
    addWarning(tally.remarks, { line, ...note })
  if (reject) {
    addReject(tally.remarks, { line, ...reject })
    tally.rejects?.add({ cells, code: reject.code, reason: `${reject.message}; ${REJECT_FIXES[reject.code]}`, line })
  }
  const isNew = tally.seen.isNew(staged.rowFingerprint)
  if (staged.status === 'pending' && !isNew)
    return stagedValues({ ...staged, status: 'skipped', code: 'DUPLICATE_ROW', message: 'an exact copy of an earlier row' }, line, staged.loanKey)
  const loanId = staged.loanKey ?? (reject ? readLoanKey(cells, sheet) : null)
  if (staged.status !== 'skipped')
    tally.branches[loanId === null ? 'unsure' : 'sure'].add(branchKey(loan ? loan.branch : readBranch(cells, sheet)))
  return stagedValues(staged, line, loanId)
}

// Written out: copying the rest of an object takes ten times as long.
function stagedValues({ rawData, rowFingerprint, phoneNormalized, loanValues, status, code, message }: Omit<StagedValues, 'lineNumber'>, lineNumber: number, loanKey: string | null): StagedValues {
  return { lineNumber, rawData, rowFingerprint, phoneNormalized, loanKey, loanValues, status, code, message }
}

// A rejected row whose loan can be read still says that the loan is in the file.
function readLoanKey(cells: string[], sheet: Sheet): string | null {
  const key = loanKey(cellOf(cells, sheet, 'loan_id'))
  return cells.length !== sheet.headers.length || isAbsent(key) || /E\+/.test(key) ? null : key
}

// As the loan of a usable row has it.
function readBranch(cells: string[], sheet: Sheet): string | null {
  const cell = cellOf(cells, sheet, 'branch')
  return readText(mendCell(cell) ?? cell)
}

function cellOf(cells: string[], { columns }: Sheet, field: Field): string {
  const at = columns.positions[field]
  return at === undefined ? '' : cells[at] ?? ''
}
