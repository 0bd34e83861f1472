import type { Verdict } from '../../app/decide-review.ts'
import type { LoanStanding } from '../../app/loan-standing.ts'
import { plainText } from '../../ui/plain-text.ts'

/** What follows from an answer about two borrowers. */
export function answerText(verdict: Verdict, loan: LoanStanding | null): string {
  if (verdict === 'merge')
    return 'one customer now'
  return loan === null ? 'two customers, and not asked again' : `two borrowers, and not asked again; ${loanText(loan)}`
}

/** Whose a loan is of which a person said that it is not one borrower's and the other's. */
export function loanText({ loanId, fullName, isOpen }: LoanStanding): string {
  const [loan, owner] = [plainText(loanId), plainText(fullName)]
  return isOpen
    ? `loan ${loan} stays with ${owner} and nobody is called about it, because its newest file names more than one: a file that names one of them alone gives it to that one`
    : `loan ${loan} is ${owner}'s, whom alone its newest file names`
}
