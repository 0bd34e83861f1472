import type { CallMove } from '../db/move-store.ts'
import type { CalledSession } from '../db/inbox-store.ts'
import { callStatusOf, isOpen, statusesBelow } from '../domain/call.ts'
import type { CallbackEvent } from '../telephony/callback.ts'

export interface HeardEvent { event: CallbackEvent, told: string, receivedAt: Date }

/** What a callback does to its call. What comes late, contradicts the first end or speaks of another CallSid is recorded and changes nothing. */
export function planCallbackMove(call: CalledSession, { event, told, receivedAt }: HeardEvent, { sidOwner, now }: { sidOwner?: CalledSession, now: Date }): CallMove {
  const status = callStatusOf(told) ?? null
  const base = { id: call.id, status, told: status ?? told, message: event.eventType, source: 'webhook' as const, at: now, extraData: event.fields }
  const isForeign = event.callSid !== null && (call.callSid ? call.callSid !== event.callSid : sidOwner !== undefined && sidOwner.id !== call.id)
  if (isForeign)
    return { ...base, status: null, told, message: `speaks of another CallSid, ${event.callSid}`, fields: { callSid: event.callSid } }
  const goesUp = status !== null && statusesBelow(status, event.callSid !== null).includes(call.status)
  if (status === null || (!goesUp && status !== call.status))
    return { ...base, fields: { callSid: event.callSid } }

  const hasEnded = !isOpen(status)
  const isReached = goesUp && (status === 'in_progress' || status === 'completed')
  return {
    ...base,
    fields: {
      callSid: event.callSid,
      recordingUrl: event.recordingUrl,
      startedAt: event.startedAt,
      ...(hasEnded ? { durationSeconds: event.durationSeconds, endedAt: event.endedAt ?? call.endedAt ?? receivedAt } : {}),
    },
    ...(hasEnded ? { exotelDetails: event.fields } : {}),
    ...(isReached ? { contactAt: receivedAt } : {}),
  }
}
