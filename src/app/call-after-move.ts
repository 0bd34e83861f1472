import type { CalledSession } from '../db/inbox-store.ts'
import type { CallMove } from '../db/move-store.ts'
import { isOpen, statusesBelow } from '../domain/call.ts'

/** The call as its move leaves it, by rank alone. Undefined where the database decides more than the rank: whose CallSid it is, or whether another call to that phone is open. */
export function callAfterMove(call: CalledSession, { status, fields }: Pick<CallMove, 'status' | 'fields'>): CalledSession | undefined {
  const sid = fields?.callSid ?? null
  if (call.status === 'not_placed' || (sid !== null && sid !== call.callSid))
    return undefined
  if (status === null || !(status === call.status || statusesBelow(status).includes(call.status)))
    return call
  return { ...call, status, endedAt: call.endedAt ?? (isOpen(status) ? null : fields?.endedAt ?? null) }
}
