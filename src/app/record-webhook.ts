import type { CallSession } from '../db/call-lookup.ts'
import type { KeptEvent } from '../db/inbox-store.ts'
import type { Store } from '../db/store.ts'
import { callStatusOf, isOpen, statusesBelow } from '../domain/call.ts'
import type { CallbackEvent } from '../telephony/callback.ts'

const CHUNK = 500

export interface InboxPorts {
  store: Store
  now: () => Date
  parse: (body: string | Buffer, contentType: string) => Promise<CallbackEvent | undefined>
  onEvent?: (event: { callId: number, status: string, moved: boolean }) => void
}

/**
 * Understands what the inbox holds, in the order of arrival. An event of a call that is not ours stays, marked as such.
 * One that cannot be written keeps nobody behind it waiting: it is left for the next time, and its failure thrown at the end.
 */
export async function drainInbox(ports: InboxPorts): Promise<number> {
  let drained = 0
  const failures: unknown[] = []
  for (let afterId = 0; ;) {
    const events = await ports.store.findWaitingEvents(afterId, CHUNK)
    for (const event of events) {
      afterId = event.id
      try {
        await ports.store.settleEvent(event.id, ports.now(), await recordEvent(ports, event))
        drained++
      }
      catch (error) {
        failures.push(error)
      }
    }
    if (events.length < CHUNK)
      break
  }
  if (failures.length > 0)
    throw failures[0]
  return drained
}

/** Returns why nothing came of the event, or null. */
async function recordEvent({ store, now, parse, onEvent }: InboxPorts, kept: KeptEvent): Promise<string | null> {
  const event = await parse(kept.bodyEncoding === 'base64' ? Buffer.from(kept.body, 'base64') : kept.body, kept.contentType)
  if (!event)
    return 'the body cannot be read'
  const call = await store.findCallByReference(kept.reference)
  if (!call)
    return 'no call of ours has this reference'
  const told = event.status ?? event.eventType
  if (told === null)
    return 'the body names no status'

  const other = event.callSid && !call.callSid ? await store.findCallBySid(event.callSid) : undefined
  const move = moveFor(call, event, { told, receivedAt: kept.receivedAt, sidIsTaken: other !== undefined })
  const [stands] = await store.moveCalls([{ ...move, source: 'webhook', at: now() }])
  const moved = stands?.moved ?? false
  onEvent?.({ callId: call.id, status: move.told, moved })
  return null
}

function moveFor(call: CallSession, event: CallbackEvent, { told, receivedAt, sidIsTaken }: { told: string, receivedAt: Date, sidIsTaken: boolean }) {
  const base = { id: call.id, message: event.eventType, extraData: event.fields }
  if (sidIsTaken || (call.callSid && event.callSid && call.callSid !== event.callSid))
    return { ...base, status: null, told, message: `speaks of another CallSid, ${event.callSid}` }

  const status = callStatusOf(told)
  if (!status)
    return { ...base, status: null, told, fields: { callSid: event.callSid } }
  const goesUp = statusesBelow(status, event.callSid !== null).includes(call.status)
  // What comes late, or contradicts the first end, is recorded and changes nothing; the same end told again may fill a gap.
  if (!goesUp && status !== call.status)
    return { ...base, status, told: status, fields: { callSid: event.callSid } }

  const ended = !isOpen(status)
  const reached = goesUp && (status === 'in_progress' || status === 'completed')
  return {
    ...base,
    status,
    told: status,
    fields: {
      callSid: event.callSid,
      recordingUrl: event.recordingUrl,
      startedAt: event.startedAt,
      ...(ended ? { durationSeconds: event.durationSeconds, endedAt: event.endedAt ?? call.endedAt ?? receivedAt } : {}),
    },
    ...(ended ? { exotelDetails: event.fields } : {}),
    ...(reached ? { contactAt: receivedAt } : {}),
  }
}
