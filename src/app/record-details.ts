import type { CallSession } from '../db/call-lookup.ts'
import type { CallMove } from '../db/move-store.ts'
import type { Store } from '../db/store.ts'
import { callStatusOf, isOpen, type UpdateSource } from '../domain/call.ts'
import type { CallDetails } from '../telephony/port.ts'

const HOUR_MS = 3_600_000

/**
 * Writes what Exotel's details say of a call, once they say how it ended. "in-progress" there may only mean that it is being dialled.
 * Where another end was told before, Exotel's own word stands. Returns whether the call moved.
 */
export async function recordDetails(store: Store, call: CallSession, details: CallDetails, source: UpdateSource, now: Date, message = 'from call details'): Promise<boolean> {
  const status = callStatusOf(details.status)
  if (!status || isOpen(status))
    return false
  const move: CallMove = {
    id: call.id,
    status,
    told: status,
    message,
    source,
    at: now,
    fields: { callSid: details.sid, durationSeconds: details.durationSeconds, pricePaise: details.pricePaise, recordingUrl: details.recordingUrl, startedAt: details.startedAt, endedAt: details.endedAt ?? call.endedAt ?? now },
    exotelDetails: details.raw,
    extraData: details.raw,
    detailsAt: isComplete(details) || isLongOver(call, now) ? now : null,
    ...(status === 'completed' ? { contactAt: details.endedAt ?? call.endedAt ?? now } : {}),
  }
  const [stands] = await store.moveCalls([move])
  const isAnotherEnd = stands && !isOpen(stands.status) && stands.status !== status && stands.callSid === details.sid
  if (!isAnotherEnd)
    return stands?.moved ?? false
  return store.correctEnd({ ...move, message: `two ends were told, ${stands.status} and ${status}; Exotel's details decide` })
}

/** Duration and price come about two minutes after the end; a recording only where there is one. */
function isComplete({ durationSeconds, pricePaise }: CallDetails): boolean {
  return durationSeconds !== null && pricePaise !== null
}

/** What has not come an hour after the end will not come. */
function isLongOver({ endedAt }: CallSession, now: Date): boolean {
  return endedAt !== null && now.getTime() - endedAt.getTime() >= HOUR_MS
}
