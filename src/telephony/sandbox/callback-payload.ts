import { recordingUrl, shownStatus, shownTo } from './call-resource.ts'
import { toIstTimestamp } from '../../domain/ist.ts'
import type { PlacedCall } from './ledger.ts'
import { callAt, endOf, isAnswered, type CallState } from './lifecycle.ts'
import { toExotelSpelling } from './phone-spelling.ts'

export type CallEventType = 'ringing' | 'answered' | 'terminal'

export interface CallMoment { eventType: CallEventType, at: Date }

type PayloadValue = string | number | null
export type CallbackPayload = Record<string, PayloadValue | Record<string, PayloadValue>[]>

/** The moments of a call that somebody asked to hear of, in their order. */
export function callMoments(call: PlacedCall, asked: string[], { ringingEvent }: { ringingEvent: boolean }): CallMoment[] {
  const { createdAt, course } = call
  const moments: CallMoment[] = []

  // Half-way, not at the start, so that it follows the connect answer as long as that takes less than half the ring.
  if (ringingEvent && asked.length > 0)
    moments.push({ eventType: 'ringing', at: new Date(createdAt.getTime() + course.ringMs / 2) })
  if (asked.includes('answered') && isAnswered(call))
    moments.push({ eventType: 'answered', at: new Date(createdAt.getTime() + course.ringMs) })
  if (asked.includes('terminal') || asked.length === 0)
    moments.push({ eventType: 'terminal', at: endOf(call) })
  return moments
}

/** What every callback carries when no events were asked for (exotel.md 7.2). */
export function fourFieldPayload(call: PlacedCall, moment: CallMoment, accountSid: string): CallbackPayload {
  const state = callAt(call, moment.at)
  return {
    CallSid: call.sid,
    Status: callbackStatus(state, moment),
    RecordingUrl: state.endedAt && recordingUrl(call, accountSid),
    DateUpdated: toIstTimestamp(moment.at),
  }
}

/** The fields of exotel.md 7.2 with events: durations are numbers, the rest is text, CustomField comes at the end only. */
export function extendedPayload(call: PlacedCall, moment: CallMoment, accountSid: string): CallbackPayload {
  const state = callAt(call, moment.at)
  return {
    CallSid: call.sid,
    EventType: moment.eventType,
    DateCreated: toIstTimestamp(call.createdAt),
    DateUpdated: toIstTimestamp(moment.at),
    Status: callbackStatus(state, moment),
    To: shownTo(call),
    From: toExotelSpelling(call.from),
    PhoneNumberSid: toExotelSpelling(call.callerId),
    StartTime: toIstTimestamp(call.createdAt),
    EndTime: state.endedAt && toIstTimestamp(state.endedAt),
    ConversationDuration: state.durationSeconds ?? 0,
    Direction: 'outbound-api',
    ...(moment.eventType === 'terminal' && { CustomField: call.customField }),
    RecordingUrl: state.endedAt && recordingUrl(call, accountSid),
    Legs: legsOf(call, state, moment),
  }
}

/** Form mode: one part a key, all text, PHP-style keys for the legs; null is an empty text (exotel.md 7.1, U7). */
export function toForm(payload: CallbackPayload): FormData {
  const form = new FormData()
  for (const [key, value] of Object.entries(payload)) {
    if (!Array.isArray(value)) {
      form.append(key, textOf(value))
      continue
    }
    value.forEach((entry, index) => Object.entries(entry).forEach(([inner, each]) => form.append(`${key}[${index}][${inner}]`, textOf(each))))
  }
  return form
}

function textOf(value: PayloadValue): string {
  return value === null ? '' : String(value)
}

function callbackStatus(state: CallState, { eventType }: CallMoment): string {
  return eventType === 'ringing' ? 'ringing' : shownStatus(state)
}

// The second number is picked up in the same moment as the first: one `answered` for both, though real two-number calls may send two.
function legsOf(call: PlacedCall, state: CallState, moment: CallMoment): Record<string, PayloadValue>[] {
  const status = callbackStatus(state, moment)
  const first = { OnCallDuration: state.durationSeconds ?? 0, Status: status, AnsweredBy: 'NA' }
  if (call.to === null)
    return [first]
  return [first, { ...first, Status: state.answeredAt ? status : null, AnsweredBy: state.answeredAt ? 'HUMAN' : 'NA' }]
}
