import type { Field } from '../domain/columns.ts'
import type { RejectCode } from '../domain/reject-fixes.ts'
import { NO_MATCHES } from '../domain/match-counts.ts'
import type { MatchCounts } from '../domain/plan-match.ts'
import type { BlockedPhones } from './blocked-phones.ts'
import { NO_ROWS, type RowCounts, type UploadStatus } from '../domain/upload.ts'

/** How many remarks of a file are listed; the others are counted. */
export const LISTED = 100
/** How many of each code are kept in any case, so that no group is without an example. */
export const EXAMPLES = 3

/** `line` is null where the file as a whole is meant. */
export interface Remark { line: number | null, code: string, message: string }
export interface RowRemark extends Remark { line: number }
export interface RowReject extends RowRemark { code: RejectCode, column: Field | null, value: string }

/** Remarks on the rows of a file: the first hundred of each kind and the first few of each code as they are, and all of them counted by code. */
export interface Remarks {
  rejects: RowReject[]
  rejectedByCode: Partial<Record<RejectCode, number>>
  warnings: Remark[]
  warningsByCode: Record<string, number>
}

/** What a snapshot did: how many loans it covers, and how many of them it no longer names. */
export interface SnapshotResult { covered: number, absent: number }

/** What became of a file. The row counts add up to its rows. */
export interface ImportReport extends Remarks {
  id: number
  filename: string
  sha256: string
  status: UploadStatus | 'unchanged'
  dataDate: Date | null
  rows: RowCounts
  counts: MatchCounts
  snapshot: SnapshotResult | null
  rejectsFile: string | null
  /** What a person is asked about the upload's rows; known once they were decided. */
  questions?: number
  /** Borrowers whose number is not called until a person allows it; known once everybody was judged. */
  blocked?: BlockedPhones[]
}

export function noRemarks(): Remarks {
  return { rejects: [], rejectedByCode: {}, warnings: [], warningsByCode: {} }
}

export function addWarning(remarks: Remarks, warning: Remark): void {
  const count = (remarks.warningsByCode[warning.code] ?? 0) + 1
  remarks.warningsByCode[warning.code] = count
  if (remarks.warnings.length < LISTED || count <= EXAMPLES)
    remarks.warnings.push(warning)
}

/** What must not be lost behind a hundred others. */
export function addFirst(remarks: Remarks, warnings: Remark[]): void {
  remarks.warnings.unshift(...warnings)
  const counted: Record<string, number> = {}
  for (const { code } of warnings)
    counted[code] = (counted[code] ?? 0) + 1
  remarks.warningsByCode = { ...counted, ...remarks.warningsByCode }
}

export function addReject(remarks: Remarks, reject: RowReject): void {
  const count = (remarks.rejectedByCode[reject.code] ?? 0) + 1
  remarks.rejectedByCode[reject.code] = count
  if (remarks.rejects.length < LISTED || count <= EXAMPLES)
    remarks.rejects.push(reject)
}

/** The report of bytes that were imported before: nothing was done. `otherwise` says how they were, where that differs. */
export function unchangedReport(upload: { id: number, sha256: string, dataDate: Date }, filename: string, otherwise?: string): ImportReport {
  const remarks = noRemarks()
  if (otherwise)
    addWarning(remarks, { line: null, code: 'IMPORTED_OTHERWISE', message: otherwise })
  return { id: upload.id, filename, sha256: upload.sha256, status: 'unchanged', dataDate: upload.dataDate, rows: NO_ROWS, counts: NO_MATCHES, snapshot: null, rejectsFile: null, ...remarks }
}
