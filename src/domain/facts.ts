import type { CallRules } from './call-rules.ts'
import type { CallStatus } from './call.ts'

/** What the rules need to know of one borrower: nothing else decides whether a call may be placed. */
export interface BorrowerFacts {
  customerId: number
  fullName: string
  phone: string | null
  phoneKind: 'mobile' | 'landline'
  /** Why Exotel will not call the number (NDNC), when it has said so. */
  phoneRefusal: string | null
  /** The number is one of the lender's own staff or branches. */
  isStaffPhone: boolean
  /** A person has said that the borrowers may be called on it all the same. */
  isAllowedAsStaff: boolean
  /** Borrowers of whom rows speak and whose phone this is, this one included, and how many a person has allowed. */
  sharers: number
  allowedSharers: number | null
  /** A person must say first whether the borrower is another one. */
  isAsked: boolean
  loans: LoanFacts[]
  /** Calls of the last days (see `attemptDays`) to the phone, the customer or one of the loans, oldest first. */
  attempts: Attempt[]
}

/** How many days of calls the rules look back on: a week, and the longest rest after a conversation. */
export function attemptDays({ cooloffDays }: Pick<CallRules, 'cooloffDays'>): number {
  return Math.max(7, cooloffDays) + 1
}

export interface LoanFacts {
  id: number
  loanId: string
  /** Paise; null when the file gave none: the loan is callable and no figure is spoken. */
  dueAmount: number | null
  outstandingAmount: number | null
  dueDate: string | null
  /** As of when the newest row of the loan speaks. */
  dataDate: Date
  inReview: boolean
  /** The newest file that covers the loan no longer names it, or its rows were taken back. */
  isAbsent: boolean
  latestRowId: number
  latestUploadId: number
}

export interface Attempt {
  /** Null for a call that somebody else on the account made to the number. */
  customerId: number | null
  loanId: number | null
  toNumber: string
  status: CallStatus
  at: Date
  endedAt: Date | null
  durationSeconds: number | null
  refusal: Refusal | null
}

/** What Exotel refused: this number for good (NDNC), this request, or the account itself, which says nothing about the borrower. */
export const REFUSALS = ['ndnc', 'request', 'account'] as const
export type Refusal = (typeof REFUSALS)[number]

// What Exotel refused never rang and counts towards no cap; what may have rung counts (domain rule 11).
const COUNTED: CallStatus[] = ['scheduled', 'dialing', 'unknown', 'initiated', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer', 'canceled']

/** Attempts that count towards the caps. */
export function countedAttempts(attempts: Attempt[]): Attempt[] {
  return attempts.filter(attempt => COUNTED.includes(attempt.status))
}

/** Attempts that count towards the retry limit: all but those that failed for reasons of ours. */
export function triedAttempts(attempts: Attempt[]): Attempt[] {
  return attempts.filter(attempt => attempt.status !== 'not_placed' && attempt.refusal !== 'account')
}

/** What a person has said of a number, and since when it is known as one of staff or a branch. */
export interface PhoneWord { allowedSharers: number | null, allowedAt: Date | null, staffSince: Date | null }

/** Leave to call a number of staff counts where it was given while the number was known as one: leave to share a phone says nothing of whose it is. */
export function isAllowedAsStaff({ allowedSharers, allowedAt, staffSince }: PhoneWord): boolean {
  return staffSince !== null && allowedSharers !== null && allowedAt !== null && allowedAt >= staffSince
}
