import type { LoanFile } from '../csv/loan-file.ts'
import type { StagedValues } from '../db/row-store.ts'
import type { Store } from '../db/store.ts'
import { branchKey } from '../domain/branch-key.ts'
import { cleanCell, isAbsent } from '../domain/cell.ts'
import { distinctHeaders, type Field, mapColumns } from '../domain/columns.ts'
import { loanKey } from '../domain/fingerprint.ts'
import { type Sheet, stageRow } from '../domain/stage-row.ts'
import { VacliError } from '../errors.ts'
import { addReject, addWarning, noRemarks, type Remarks } from './import-report.ts'

const CHUNK = 1000

export interface StagePorts { store: Pick<Store, 'stageRows'>, onProgress?: (rowsDone: number) => void, signal?: AbortSignal }

/** What the whole file turned out to be. */
export interface StagedFile {
  total: number
  remarks: Remarks
  sheet: Sheet
  /** Branches whose rows could all be read, and those of which a row could not be told whose loan it is. */
  branches: { sure: Set<string>, unsure: Set<string> }
}

/** Reads a file to its end and keeps every row as it came, judged by itself. What is there already stays. */
export async function stageFile({ store, onProgress, signal }: StagePorts, file: LoanFile, uploadId: number): Promise<StagedFile> {
  const staged = { total: 0, remarks: noRemarks(), branches: { sure: new Set<string>(), unsure: new Set<string>() } }
  const seen = new Set<string>()
  let sheet: Sheet | undefined
  let chunk: StagedValues[] = []
  for await (const { cells, line } of file.records()) {
    signal?.throwIfAborted()
    if (!sheet) {
      sheet = readHeader(cells, file.name, staged.remarks)
      continue
    }
    chunk.push(stageOne(cells, line, sheet, seen, staged))
    if (chunk.length >= CHUNK) {
      await store.stageRows(uploadId, chunk)
      onProgress?.(staged.total)
      chunk = []
    }
  }
  if (!sheet)
    throw new VacliError('invalid', `${file.name} is empty`, { hint: 'Export the file again; its first line must name the columns.' })
  if (chunk.length > 0)
    await store.stageRows(uploadId, chunk)
  if (staged.total === 0)
    addWarning(staged.remarks, { line: 1, code: 'NO_ROWS', message: 'the file has a header and no rows' })
  return { ...staged, sheet }
}

function readHeader(cells: string[], name: string, remarks: Remarks): Sheet {
  const headers = distinctHeaders(cells)
  const columns = mapColumns(headers)
  if (columns.missing.length > 0) {
    throw new VacliError('invalid', `${name} has no column for ${columns.missing.join(', ')}; its first line reads: ${headers.slice(0, 20).join(', ')}`, {
      hint: 'The first line must name the columns: name, phone, loan_id, amount, due_date, …',
    })
  }
  for (const header of columns.repeated)
    addWarning(remarks, { line: 1, code: 'COLUMN_REPEATED', message: `column "${header}" repeats an earlier one; it is kept in the rows and not used` })
  return { headers, columns }
}

type Tally = Pick<StagedFile, 'total' | 'remarks' | 'branches'>

function stageOne(cells: string[], line: number, sheet: Sheet, seen: Set<string>, tally: Tally): StagedValues {
  const { reject, notes, ...row } = stageRow(cells, sheet)
  tally.total++
  for (const note of notes)
    addWarning(tally.remarks, { line, ...note })
  if (reject)
    addReject(tally.remarks, { line, ...reject })
  // Half of the hash tells copies apart as surely as the whole, at half the memory of a million rows.
  const half = row.rowFingerprint.slice(0, 32)
  if (row.status === 'pending' && seen.has(half))
    return { ...row, lineNumber: line, status: 'skipped', code: 'DUPLICATE_ROW', message: 'an exact copy of an earlier row' }
  seen.add(half)
  const loan = row.loanKey ?? (reject ? readLoanKey(cells, sheet) : null)
  if (row.status !== 'skipped')
    tally.branches[loan === null ? 'unsure' : 'sure'].add(branchKey(cleanCell(cellOf(cells, sheet, 'branch'))))
  return { ...row, loanKey: loan, lineNumber: line }
}

// A rejected row whose loan can be read still says that the loan is in the file.
function readLoanKey(cells: string[], sheet: Sheet): string | null {
  const key = loanKey(cellOf(cells, sheet, 'loan_id'))
  return cells.length !== sheet.headers.length || isAbsent(key) || /E\+/.test(key) ? null : key
}

function cellOf(cells: string[], { columns }: Sheet, field: Field): string {
  const at = columns.positions[field]
  return at === undefined ? '' : cells[at] ?? ''
}
