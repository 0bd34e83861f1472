/** Every state of a call session with its rank. A session only moves to a higher rank. */
export const CALL_RANKS = {
  scheduled: 0, dialing: 1, unknown: 2, initiated: 3, ringing: 4, in_progress: 5,
  completed: 9, busy: 9, no_answer: 9, failed: 9, canceled: 9, not_placed: 9, rejected: 9,
} as const

export type CallStatus = keyof typeof CALL_RANKS
export const CALL_STATUSES = Object.keys(CALL_RANKS) as [CallStatus, ...CallStatus[]]

const TERMINAL_RANK = 9

/** Statuses of a call whose end is not known yet. */
export const OPEN_STATUSES = CALL_STATUSES.filter(status => CALL_RANKS[status] < TERMINAL_RANK)

export const UPDATE_SOURCES = ['vacli', 'webhook', 'poll', 'sweep', 'person'] as const
export type UpdateSource = (typeof UPDATE_SOURCES)[number]

/** Who placed a call: vacli, or somebody else on the account, found by the sweep. */
export const CALL_SOURCES = ['vacli', 'account'] as const

/**
 * Why a call must be looked at: two different ends were told; a second CallSid proves that a reference was dialled twice; a call that seemed
 * not placed has a CallSid after all; several calls of the account could be this one; Exotel's list could not be read for a day.
 */
export const ATTENTIONS = ['ENDS_DIFFER', 'SECOND_SID', 'SID_AFTER_NOT_PLACED', 'TWO_CANDIDATES', 'NO_LIST'] as const
export type Attention = (typeof ATTENTIONS)[number]

export function isOpen(status: CallStatus): boolean {
  return CALL_RANKS[status] < TERMINAL_RANK
}

/** Statuses that a move to `status` may start from. A CallSid proves a call, so it also lifts `not_placed`. */
export function statusesBelow(status: CallStatus, hasSid = false): CallStatus[] {
  const below = CALL_STATUSES.filter(from => CALL_RANKS[from] < CALL_RANKS[status])
  return hasSid && status !== 'not_placed' && status !== 'rejected' ? [...below, 'not_placed'] : below
}

/** Length from which an answered call counts as a conversation, in seconds. */
export const CONVERSATION_SECONDS = 8

// Exotel's words for our states; anything else is kept in the timeline and moves nothing.
const EXOTEL_STATUSES: Record<string, CallStatus> = {
  queued: 'initiated', initiated: 'initiated', ringing: 'ringing', 'in-progress': 'in_progress',
  completed: 'completed', busy: 'busy', 'no-answer': 'no_answer', failed: 'failed', canceled: 'canceled', cancelled: 'canceled',
}

/** Reads Exotel's status; undefined for one it has not told us of. */
export function callStatusOf(exotelStatus: string): CallStatus | undefined {
  const key = exotelStatus.trim().toLowerCase().replaceAll('_', '-')
  return Object.hasOwn(EXOTEL_STATUSES, key) ? EXOTEL_STATUSES[key] : undefined
}
