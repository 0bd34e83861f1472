import type { Note, Review } from './cell.ts'
import type { ColumnMap, Field } from './columns.ts'
import { rowFingerprint } from './fingerprint.ts'
import { type LoanRow, parseLoanRow, type Reject, type RowTerms } from './loan-row.ts'
import { rawJson } from './raw-json.ts'
import { findSkipReason } from './skip-reason.ts'
import { encodeStoredRow } from './stored-row.ts'
import type { RowStatus } from './upload.ts'

/** A row as it is staged: what it says, and whether it can be used. */
export interface StagedRowFacts {
  rawData: string
  rowFingerprint: string
  phoneNormalized: string | null
  loanKey: string | null
  /** The usable row as it was read; see stored-row. */
  loanValues: string | null
  status: Extract<RowStatus, 'pending' | 'rejected' | 'skipped'>
  /** The review's, else the first note's. */
  code: string | null
  message: string | null
  reject: Reject | null
  notes: Note[]
  /** What a person must decide before the loan is called. */
  review: Review | null
  loan: LoanRow | null
}

export interface Sheet extends RowTerms { headers: string[], columns: ColumnMap }

/** Judges one record by itself; what needs its neighbours (exact copies, two truths for one loan) is judged where they are known. */
export function stageRow(record: string[], sheet: Sheet): StagedRowFacts {
  const { headers, columns: { positions } } = sheet
  // No text column of PostgreSQL takes a NUL.
  const cells = record.some(cell => cell.includes('\0')) ? record.map(cell => cell.replaceAll('\0', '')) : record
  const cellOf = (field: Field) => {
    const at = positions[field]
    return at === undefined ? undefined : cells[at]
  }
  const skip = findSkipReason(cells, headers, cellOf)
  if (skip)
    return unusedRow(headers, cells, 'skipped', skip, null)
  if (!fits(cells, headers)) {
    const reject: Reject = { code: 'COLUMN_COUNT', column: null, value: String(cells.length), message: `the row has ${cells.length} cells and the header ${headers.length}${cells.length < headers.length ? '; is it cut off?' : ''}` }
    return unusedRow(headers, cells, 'rejected', reject, reject)
  }
  const result = parseLoanRow(cellOf, sheet)
  if (!result.ok)
    return unusedRow(headers, cells, 'rejected', result.reject, result.reject)

  const { loan, notes, review } = result
  const note = notes[0] ?? null
  const remark = review ?? note
  return {
    rawData: rawJson(headers, cells), rowFingerprint: rowFingerprint(cells), phoneNormalized: loan.phone, loanKey: loan.loanId, loanValues: encodeStoredRow(loan, note, review),
    status: 'pending', code: remark?.code ?? null, message: remark?.message ?? null, reject: null, notes, review, loan,
  }
}

function unusedRow(headers: string[], cells: string[], status: 'skipped' | 'rejected', { code, message }: Note, reject: Reject | null): StagedRowFacts {
  return { rawData: rawJson(headers, cells), rowFingerprint: rowFingerprint(cells), phoneNormalized: null, loanKey: null, loanValues: null, status, code, message, reject, notes: [], review: null, loan: null }
}

// Blank cells beyond the header shift nothing, unless they were pushed there by an amount that its own commas cut.
function fits(cells: string[], headers: string[]): boolean {
  return cells.length === headers.length
    || (cells.length > headers.length && cells.slice(headers.length).every(cell => cell.trim() === '') && !hasCutAmount(cells))
}

function hasCutAmount(cells: string[]): boolean {
  return cells.some((cell, at) => /^\D{0,5}\d{1,3}$/.test(cell.trim()) && /^\d{2,3}(?:\.\d{1,2})?(?:\/-)?$/.test((cells[at + 1] ?? '').trim()))
}
