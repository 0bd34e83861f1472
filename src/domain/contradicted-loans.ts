import type { LoanRow } from './loan-row.ts'

/** Loans of which one file tells two stories: another figure, another date. Whose the loan is, and on which phone, the matching decides. */
export function contradictedLoans(rows: LoanRow[]): Set<string> {
  const told = new Map<string, string>()
  const contradicted = new Set<string>()
  for (const row of rows) {
    const story = JSON.stringify([row.outstandingAmount, row.dueAmount, row.lastPaidAmount, row.dueDate, row.lastPaidDate])
    const first = told.get(row.loanId)
    if (first !== undefined && first !== story)
      contradicted.add(row.loanId)
    told.set(row.loanId, first ?? story)
  }
  return contradicted
}
