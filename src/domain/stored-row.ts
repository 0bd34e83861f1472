import type { Note, Review } from './cell.ts'
import { mapColumns } from './columns.ts'
import { type LoanRow, parseLoanRow } from './loan-row.ts'

/** What a usable row says, as it is kept beside the raw cells: read once, and never again by other rules. `review` is what a person must decide first. */
export interface StoredRow { row: LoanRow, note: Note | null, review?: Review | null }

// The order is part of the format: a new field goes to the end.
const FIELDS = [
  'fingerprint', 'fullName', 'phone', 'phoneKind', 'state', 'language', 'email', 'loanId', 'outstandingAmount', 'dueAmount', 'dueDate', 'lastPaidDate', 'lastPaidAmount',
  'cluster', 'branch', 'branchContactNumber', 'employeeName', 'employeeId', 'employeeContactNumber', 'alternatePhone', 'coBorrower',
] as const satisfies readonly (keyof LoanRow)[]

type ValuesOf<Fields extends readonly (keyof LoanRow)[]> = { -readonly [At in keyof Fields]: LoanRow[Fields[At]] }

/** JSON text of the values in their order. Before them stands the first note, or with a proposal behind it what a person must decide. */
export function encodeStoredRow(row: LoanRow, note: Note | null, review: Review | null = null): string {
  const head = review ? [review.code, review.message, review.proposal ?? null] : note && [note.code, note.message]
  return JSON.stringify([head, ...FIELDS.map(field => row[field])])
}

/** Reads what was stored; a row of an older database has none, and its cells are read instead. */
export function decodeStoredRow(loanValues: string | null, rawData: string): StoredRow | undefined {
  if (loanValues === null)
    return readCells(rawData)
  const [head, ...values] = JSON.parse(loanValues) as [[string, string, (string | null)?] | null, ...LoanRow[keyof LoanRow][]]
  const note = head && { code: head[0], message: head[1] }
  return { row: rowOf(values), note, review: note && head[2] !== undefined ? { ...note, ...(head[2] !== null && { proposal: head[2] }) } : null }
}

// Written out, so that all rows have one shape: filled field by field they took three times as long.
function rowOf(values: unknown[]): LoanRow {
  const [fingerprint, fullName, phone, phoneKind, state, language, email, loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount,
    cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber, alternatePhone, coBorrower] = values as ValuesOf<typeof FIELDS>
  return {
    fingerprint, fullName, phone, phoneKind, state, language, email, loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount,
    cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber, alternatePhone: alternatePhone ?? null, coBorrower: coBorrower ?? null,
  }
}

function readCells(rawData: string): StoredRow | undefined {
  const raw = JSON.parse(rawData) as Record<string, string>
  const headers = Object.keys(raw)
  const { positions } = mapColumns(headers)
  const result = parseLoanRow(field => positions[field] === undefined ? undefined : raw[headers[positions[field]]!])
  return result.ok ? { row: result.loan, note: result.review ?? result.notes[0] ?? null, review: result.review } : undefined
}
