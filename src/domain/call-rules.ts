/** The settings that say when a borrower may be called. Minutes are counted from 00:00 Asia/Kolkata. */
export interface CallRules {
  windowOpenMin: number
  windowCloseMin: number
  /** No call starts this close to the window's end, so that none rings past it. */
  closeGuardMin: number
  /** Days without calls, as `MM-DD`. */
  holidays: string[]
  caps: { phoneDay: number, loanDay: number, customerDay: number, phone7d: number, loan7d: number }
  retryMax: number
  gapMin: { noAnswer: number, busy: number, failed: number }
  cooloffDays: number
  maxDataAgeH: number
  /** Borrowers who may share one phone before a person must look. */
  phoneMaxCustomers: number
}

export const RULE_SET = 'IN-2022'

/**
 * The narrow window is lawful for every lender, microfinance included, before and after 1 Jan 2027 (RBI/2022-23/108, RBI/DOR/2021-22/89).
 * No Indian rule gives a number of calls: the caps are policy, set after the 7-in-7 of US Reg F.
 */
export const DEFAULT_CALL_RULES: CallRules = {
  windowOpenMin: 9 * 60,
  windowCloseMin: 18 * 60,
  closeGuardMin: 10,
  holidays: ['01-26', '08-15', '10-02'],
  caps: { phoneDay: 2, loanDay: 2, customerDay: 2, phone7d: 7, loan7d: 7 },
  retryMax: 1,
  gapMin: { noAnswer: 120, busy: 30, failed: 30 },
  cooloffDays: 3,
  maxDataAgeH: 36,
  phoneMaxCustomers: 5,
}

/** The widest window that a setting may ask for: 08:00–19:00 (RBI/2022-23/108). */
export const OUTER_WINDOW_MIN = { open: 8 * 60, close: 19 * 60 } as const

export const BLOCK_CODES = ['ABSENT', 'CAP_CUSTOMER_DAY', 'CAP_LOAN_DAY', 'CAP_PHONE_DAY', 'CAP_PHONE_7D', 'CAP_LOAN_7D', 'COOLOFF', 'CREDIT_BALANCE', 'DECEASED', 'GAP', 'HOLD', 'LANDLINE', 'NO_PHONE', 'OUTSIDE_HOURS', 'PAUSED', 'PHONE_SHARED', 'PRE_DUE', 'RETRY_LIMIT', 'REVIEW', 'STAFF_PHONE', 'STALE_DATA', 'SUPPRESSED', 'UNKNOWN_CALL', 'ZERO_DUE'] as const
export type BlockCode = (typeof BLOCK_CODES)[number]
