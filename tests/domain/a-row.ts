import type { Field } from '../../src/domain/columns.ts'
import { type LoanRow, parseLoanRow } from '../../src/domain/loan-row.ts'

const CELLS: Partial<Record<Field, string>> = {
  name: 'Rajesh Kumar', phone: '9812345678', loan_id: 'LN1', amount: '25000', due_date: '05/11/2026', state: 'Bihar', cluster: 'East', branch: 'Patna',
  branch_contact_number: '0612-1234567', employee: 'Alok Sinha', employee_id: 'E1', employee_contact_number: '7000092201', last_paid_date: '05/10/2026', last_paid_amount: '500', due_amount: '2,500',
}

/** A row as its cells are read. */
export function aRow(changes: Partial<Record<Field, string>> = {}): LoanRow {
  const cells = { ...CELLS, ...changes }
  const row = parseLoanRow(field => cells[field])
  if (!row.ok)
    throw new Error(row.reject.message)
  return row.loan
}
