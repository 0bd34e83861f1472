import type { Note } from './cell.ts'
import { mapColumns } from './columns.ts'
import { type LoanRow, parseLoanRow } from './loan-row.ts'

/** What a usable row says, as it is kept beside the raw cells: read once, and never again by other rules. */
export interface StoredRow { row: LoanRow, note: Note | null }

// The order is part of the format: a new field goes to the end.
const FIELDS = [
  'fingerprint', 'fullName', 'phone', 'phoneKind', 'state', 'language', 'email', 'loanId', 'outstandingAmount', 'dueAmount', 'dueDate', 'lastPaidDate', 'lastPaidAmount',
  'cluster', 'branch', 'branchContactNumber', 'employeeName', 'employeeId', 'employeeContactNumber',
] as const satisfies readonly (keyof LoanRow)[]

/** JSON text of the values in their order, the first note behind them. */
export function encodeStoredRow(row: LoanRow, note: Note | null): string {
  return JSON.stringify([note && [note.code, note.message], ...FIELDS.map(field => row[field])])
}

/** Reads what was stored; a row of an older database has none, and its cells are read instead. */
export function decodeStoredRow(loanValues: string | null, rawData: string): StoredRow | undefined {
  if (loanValues === null)
    return readCells(rawData)
  const [note, ...values] = JSON.parse(loanValues) as [[string, string] | null, ...LoanRow[keyof LoanRow][]]
  const row = {} as Record<string, LoanRow[keyof LoanRow]>
  for (let at = 0; at < FIELDS.length; at++)
    row[FIELDS[at]!] = values[at] ?? null
  return { row: row as unknown as LoanRow, note: note && { code: note[0], message: note[1] } }
}

function readCells(rawData: string): StoredRow | undefined {
  const raw = JSON.parse(rawData) as Record<string, string>
  const headers = Object.keys(raw)
  const { positions } = mapColumns(headers)
  const result = parseLoanRow(field => positions[field] === undefined ? undefined : raw[headers[positions[field]]!])
  return result.ok ? { row: result.loan, note: result.notes[0] ?? null } : undefined
}
