import type { LoanListed } from '../../db/borrower-list.ts'
import { dayOfDate, istDay } from '../../domain/ist.ts'
import { maskPhone } from '../../ui/format.ts'
import { money, rupeesOrNull, statusTone } from './customers-view.ts'
import { type ListView, listView, orDash } from './list-view.ts'

/** Days past due: today in India minus the due date, while the loan is in the file and anything is due or the amount is not known; else null. */
export function daysPastDue({ dueDate, dueAmount, absentBy }: Pick<LoanListed, 'dueDate' | 'dueAmount' | 'absentBy'>, now: Date): number | null {
  return dueDate === null || absentBy !== null || (dueAmount !== null && dueAmount <= 0) ? null : istDay(now) - dayOfDate(dueDate)
}

export function loansView(now: Date): ListView<LoanListed> {
  return listView(loanFields(now), exact => [
    { key: 'loan_id', title: 'loan', priority: 1, text: row => row.loanId },
    { key: 'customer_id', title: 'customer', align: 'right', priority: 3, text: row => String(row.customerId) },
    { key: 'full_name', title: 'name', priority: 1, min: 10, text: row => row.fullName },
    { key: 'primary_phone', title: 'phone', priority: 2, text: row => row.primaryPhone ? maskPhone(row.primaryPhone) : '–' },
    { key: 'dpd', title: 'dpd', align: 'right', priority: 1, text: row => orDash(daysPastDue(row, now)) },
    { key: 'due_amount', title: 'due', align: 'right', priority: 1, text: row => money(row.dueAmount, exact) },
    { key: 'due_date', title: 'due date', priority: 3, text: row => orDash(row.dueDate) },
    { key: 'status', title: 'status', priority: 2, text: row => row.status, tone: row => statusTone(row.status) },
    { key: 'outstanding_amount', title: 'outstanding', align: 'right', priority: 4, text: row => money(row.outstandingAmount, exact) },
    { key: 'branch', title: 'branch', priority: 4, min: 8, text: row => orDash(row.branch) },
    { key: 'employee_name', title: 'employee', priority: 5, min: 8, text: row => orDash(row.employeeName) },
    { key: 'last_paid_date', title: 'last paid', priority: 6, text: row => orDash(row.lastPaidDate) },
    { key: 'state', title: 'state', priority: 7, min: 6, text: row => orDash(row.state) },
  ])
}

function loanFields(now: Date): Record<string, (row: LoanListed) => unknown> {
  return {
    loan_id: row => row.loanId,
    customer_id: row => row.customerId,
    full_name: row => row.fullName,
    primary_phone: row => row.primaryPhone,
    outstanding_amount: row => rupeesOrNull(row.outstandingAmount),
    due_amount: row => rupeesOrNull(row.dueAmount),
    due_date: row => row.dueDate,
    dpd: row => daysPastDue(row, now),
    state: row => row.state,
    cluster: row => row.cluster,
    branch: row => row.branch,
    branch_contact_number: row => row.branchContactNumber,
    employee_name: row => row.employeeName,
    employee_id: row => row.employeeId,
    employee_contact_number: row => row.employeeContactNumber,
    last_paid_date: row => row.lastPaidDate,
    last_paid_amount: row => rupeesOrNull(row.lastPaidAmount),
    status: row => row.status,
    absent: row => row.absentBy !== null,
  }
}
