import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Field } from '../../src/domain/columns.ts'
import { type LoanRow, parseLoanRow } from '../../src/domain/loan-row.ts'
import { markedCell } from '../../src/domain/reject-columns.ts'
import { SEED, tell } from '../faults/tell.ts'
import { anyText } from './hostile-text.ts'

tell(`cells read, written and read again: seed ${SEED}`)

type Cells = Partial<Record<Field, string>>

const text = fc.oneof(anyText, fc.constantFrom('Gaya', '=1+1', '\'=1', '@x', '-', 'NA', '\u00ad', 'Ｋarnataka', 'KA', 'à¤¸'))
const rupees = fc.oneof(fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }).map(paise => String(paise / 100)), fc.constantFrom('', '-', '2,50,000.00', '₹ 1,200/-', 'NA'))
const day = fc.oneof(fc.date({ min: new Date('2000-01-01'), max: new Date('2035-12-31'), noInvalidDate: true }).map(date => date.toISOString().slice(0, 10)), fc.constantFrom('', '05/11/2026', '5-Nov-26', '46331'))
// Not a landline: its E.164 could as well be a mobile number with a wrong digit, and is refused.
const phone = fc.oneof(fc.integer({ min: 6_000_000_000, max: 9_999_999_999 }).map(String), fc.constantFrom('', '9812345678/9911223344', '+91 98123 45678', '९८१२३४५६७८'))
const row: fc.Arbitrary<Cells> = fc.record({
  name: fc.oneof(text, fc.constantFrom('Rajesh Kumar', '\' Asha Rao.', 'Rajesh Kumar & Sunita Devi', 'Late Ram Prasad')), phone, loan_id: fc.oneof(text, fc.constant('LN1')),
  amount: rupees, due_amount: rupees, last_paid_amount: rupees, due_date: day, last_paid_date: day,
  state: text, cluster: text, branch: text, branch_contact_number: text, employee: text, employee_id: text, employee_contact_number: text, email: text,
})

/** The row as an export writes it: what begins like a formula has its mark. */
function written(loan: LoanRow): Cells {
  const money = (paise: number | null) => paise === null ? '' : String(paise / 100)
  const cells: Record<string, string | null> = {
    name: loan.fullName, phone: loan.phone, loan_id: loan.loanId, amount: money(loan.outstandingAmount), due_amount: money(loan.dueAmount), last_paid_amount: money(loan.lastPaidAmount),
    due_date: loan.dueDate, last_paid_date: loan.lastPaidDate, state: loan.state, cluster: loan.cluster, branch: loan.branch, branch_contact_number: loan.branchContactNumber,
    employee: loan.employeeName, employee_id: loan.employeeId, employee_contact_number: loan.employeeContactNumber, email: loan.email,
  }
  return Object.fromEntries(Object.entries(cells).map(([field, cell]) => [field, inert(markedCell(cell ?? ''))]))
}

// What write-csv does to a cell.
const inert = (cell: string) => /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) && !/^[+-]\d[\d,]*(?:\.\d+)?$/.test(cell) ? `'${cell}` : cell

const read = (cells: Cells) => parseLoanRow(field => cells[field])

it('what was read once is read again as the same, whatever stood in the cells', () => {
  let taken = 0
  fc.assert(fc.property(row, (cells) => {
    const first = read(cells)
    if (!first.ok)
      return
    taken++
    const again = read(written(first.loan))
    // Neither the second borrower nor the second phone is written; all else is.
    expect(again.ok ? { ...again.loan, coBorrower: null, alternatePhone: null } : again).toEqual({ ...first.loan, coBorrower: null, alternatePhone: null })
  }), { numRuns: 5000, seed: SEED })
  expect(taken).toBeGreaterThan(300)
})
