import { mayBeNumber, type ListedCall, wholeNumberOf } from './listed-call.ts'
import { isNearInTime } from './reconcile.ts'

/** A session that a call of the list may belong to. */
export interface Claimant { id: number, reference: string, toNumber: string, callSid: string | null, postStartedAt: Date }

export type Finding =
  /** Its session has learned the CallSid meanwhile. */
  | { kind: 'known' }
  /** It carries the reference of a session that has no CallSid. */
  | { kind: 'attach', sessionId: number }
  /** It carries the reference of a session that has another: somebody was dialled twice. */
  | { kind: 'second_sid', sessionId: number, known: string, number: string | undefined }
  /** An open session may be this call; reconciling decides. */
  | { kind: 'leave' }
  /** Nobody here knows of it; without a number where the list hides its digits. */
  | { kind: 'orphan', number: string | undefined }

/** Whose a listed call is that no session has under its CallSid. */
export function judgeListed(listed: ListedCall, named: Claimant | undefined, openWithoutSid: Claimant[]): Finding {
  const number = wholeNumberOf(listed.from)
  if (named?.callSid === listed.sid)
    return { kind: 'known' }
  if (named?.callSid)
    return { kind: 'second_sid', sessionId: named.id, known: named.callSid, number: number ?? named.toNumber }
  if (named)
    return { kind: 'attach', sessionId: named.id }
  const isAnothers = listed.customField !== null
  const mayBeOpen = !isAnothers && openWithoutSid.some(open => mayBeNumber(listed.from, open.toNumber) && isNearInTime(listed.createdAt, open.postStartedAt))
  return mayBeOpen ? { kind: 'leave' } : { kind: 'orphan', number }
}
