import type { CallSession } from '../db/call-lookup.ts'
import type { Store } from '../db/store.ts'
import { callStatusOf, isOpen, type UpdateSource } from '../domain/call.ts'
import type { CallDetails } from '../telephony/port.ts'

/** Writes what Exotel's details say of a call, once they say how it ended. "in-progress" there may only mean that it is being dialled. */
export async function recordDetails(store: Store, call: CallSession, details: CallDetails, source: UpdateSource, now: Date): Promise<boolean> {
  const status = callStatusOf(details.status)
  if (!status || isOpen(status))
    return false
  const [stands] = await store.moveCalls([{
    id: call.id,
    status,
    told: status,
    message: 'from call details',
    source,
    at: now,
    fields: { callSid: details.sid, durationSeconds: details.durationSeconds, pricePaise: details.pricePaise, recordingUrl: details.recordingUrl, startedAt: details.startedAt, endedAt: details.endedAt ?? now },
    exotelDetails: details.raw,
    extraData: details.raw,
    ...(status === 'completed' ? { contactAt: now } : {}),
  }])
  return stands?.moved ?? false
}
