import { branchKey } from './branch-key.ts'
import type { KnownLoan, LoanValues } from './known.ts'
import type { Customer } from './plan-borrower.ts'

/** A loan while rows are being decided. */
export interface Loan { known: KnownLoan | null, values: LoanValues, customer: Customer, /** Whose it was, where these rows give it to another. */ former?: Customer, /** Its newest row, 0 where none of these speaks of it. */ rowId: number, isUpdated: boolean }

/** A loan to write: with the fingerprint its customer ends with, the customer's id where it was known, its newest row, and its branch as snapshots compare it. */
export interface PlannedLoan extends LoanValues { fingerprint: string, customerId: number | null, rowId: number, branchKey: string }

export function plannedLoan({ values, customer, rowId }: Loan): PlannedLoan {
  const { loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount, cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber } = values
  return { loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount, cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber, fingerprint: customer.values.fingerprint, customerId: customer.id, rowId, branchKey: branchKey(branch) }
}

// Written out: all loans then have one shape, and copying the rest of an object takes ten times as long.
export function loanValues({ loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount, cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber }: LoanValues): LoanValues {
  return { loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount, cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber }
}

/** Figures and dates are the new file's, also when it gives none; descriptions it leaves out are kept. */
export function mergeLoan(old: LoanValues, next: LoanValues): LoanValues {
  return {
    loanId: next.loanId,
    outstandingAmount: next.outstandingAmount,
    dueAmount: next.dueAmount,
    dueDate: next.dueDate,
    lastPaidDate: next.lastPaidDate,
    lastPaidAmount: next.lastPaidAmount,
    cluster: next.cluster ?? old.cluster,
    branch: next.branch ?? old.branch,
    branchContactNumber: next.branchContactNumber ?? old.branchContactNumber,
    employeeName: next.employeeName ?? old.employeeName,
    employeeId: next.employeeId ?? old.employeeId,
    employeeContactNumber: next.employeeContactNumber ?? old.employeeContactNumber,
  }
}

/** What rows that contradict each other agree on: a figure or date that they do not is left empty until a person decides. */
export function agreedValues([first, ...others]: [LoanValues, ...LoanValues[]]): LoanValues {
  return others.reduce((agreed, next) => {
    const merged = mergeLoan(agreed, next)
    const common = <Key extends 'outstandingAmount' | 'dueAmount' | 'dueDate' | 'lastPaidDate' | 'lastPaidAmount'>(key: Key) => agreed[key] === next[key] ? next[key] : null
    return { ...merged, outstandingAmount: common('outstandingAmount'), dueAmount: common('dueAmount'), dueDate: common('dueDate'), lastPaidDate: common('lastPaidDate'), lastPaidAmount: common('lastPaidAmount') }
  }, loanValues(first))
}

/** Of the loans, those that are new and those that were known: unchanged, with another amount, with less due, and with another phone of the borrower. */
export function countLoans(loans: readonly Loan[]) {
  const known = loans.flatMap(({ known, values, customer, isUpdated }) => known && isUpdated ? [{ before: loanValues(known), values, customer }] : [])
  const updated = known.filter(({ before, values }) => !isSame(values, before))
  const isOther = (key: 'dueAmount' | 'outstandingAmount') => ({ before, values }: typeof known[number]) => before[key] !== values[key]
  return {
    loansCreated: loans.filter(loan => !loan.known).length,
    loansUpdated: updated.length,
    loansUnchanged: known.filter(({ before, values, customer }) => isSame(values, before) && !customer.hasMoved).length,
    amountsChanged: updated.filter(loan => isOther('dueAmount')(loan) || isOther('outstandingAmount')(loan)).length,
    paidDown: updated.filter(({ before, values }) => before.dueAmount !== null && values.dueAmount !== null && values.dueAmount < before.dueAmount).length,
    phonesChanged: known.filter(({ customer }) => customer.hasMoved).length,
    phonesOnly: known.filter(({ before, values, customer }) => customer.hasMoved && isSame(values, before)).length,
  }
}

export function isSame<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every(key => a[key] === b[key])
}
