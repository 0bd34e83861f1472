import type { CallStatus } from '../../src/domain/call.ts'
import type { Attempt, BorrowerFacts, LoanFacts } from '../../src/domain/facts.ts'

export const PHONE = '+919812345678'

/** A moment by the clock of India. */
export const ist = (text: string) => new Date(`${text.replace(' ', 'T')}${text.length === 10 ? 'T00:00' : ''}+05:30`)

// Tuesday 24 November 2026, 10:00: in hours, no holiday, the data of this morning.
export const NOW = ist('2026-11-24 10:00')

export function aLoan(changes: Partial<LoanFacts> = {}): LoanFacts {
  return { id: 1, loanId: 'LN1', dueAmount: 1_500_000, outstandingAmount: 25_000_000, dueDate: '2026-11-05', dataDate: ist('2026-11-24 08:00'), inReview: false, isAbsent: false, latestRowId: 11, latestUploadId: 3, ...changes }
}

export function anAttempt(at: string, status: CallStatus, changes: Partial<Attempt> = {}): Attempt {
  return { customerId: 1, loanId: 1, toNumber: PHONE, status, at: ist(at), endedAt: ist(at), durationSeconds: null, refusal: null, ...changes }
}

/** A borrower who may be called now, but for the changes. */
export function aBorrower(changes: Partial<BorrowerFacts> = {}): BorrowerFacts {
  return { customerId: 1, fullName: 'Rajesh Kumar', phone: PHONE, phoneKind: 'mobile', phoneRefusal: null, isStaffPhone: false, isAllowedAsStaff: false, sharers: 1, allowedSharers: null, isAsked: false, loans: [aLoan()], attempts: [], ...changes }
}
