import type { Verdict } from '../../app/decide-review.ts'
import type { LoanStanding } from '../../app/loan-standing.ts'
import { istTime, maskPhone } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'

/** An answer about a row as it is kept. */
interface KeptAnswer { answer: string, field: string | null, value: string | null, decidedBy: string, decidedAt: Date }
interface TakenBack { undoneBy: string | null, undoneAt: Date | null }

/** `accepted by asha on 23 Nov 2026, 10:30` */
export function givenText({ decidedBy, decidedAt, ...answer }: KeptAnswer): string {
  return `${wordOf(answer)} by ${plainText(decidedBy)} on ${istTime(decidedAt)}`
}

/** `accepted`, `set phone=98•••••210` */
export function wordOf({ answer, field, value }: Pick<KeptAnswer, 'answer' | 'field' | 'value'>): string {
  return answer === 'set' ? `set ${field}=${field === 'phone' ? maskPhone(value ?? '') : plainText(value ?? '')}` : `${answer}ed`
}

/** `was taken back by asha on 23 Nov 2026, 10:30` */
export function takenBackText({ undoneBy, undoneAt }: TakenBack): string {
  return `was taken back by ${plainText(undoneBy ?? '')}${undoneAt === null ? '' : ` on ${istTime(undoneAt)}`}`
}

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
