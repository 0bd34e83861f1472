import { recordingUrl, shownStatus, shownTo } from './call-resource.ts'
import type { CallView } from './call-view.ts'
import type { PlacedCall } from './ledger.ts'
import { callAt, endOf, isAnswered, type CallState } from './lifecycle.ts'

/** Exotel documents `answered` and `terminal`, for some calls `ringing`; `leg-updated` is made up. */
export type CallEventType = 'ringing' | 'answered' | 'terminal' | 'leg-updated'

export interface CallMoment {
  eventType: CallEventType
  at: Date
  /** Of two `answered`: the second leg is still ringing, or not. */
  isSecondLegRinging?: boolean
}

type PayloadValue = string | number | null
export type CallbackPayload = Record<string, PayloadValue | Record<string, PayloadValue>[]>
export type PayloadView = Pick<CallView, 'accountSid' | 'time' | 'number'>

/** The moments of a call that somebody asked to hear of, in their order. */
export function callMoments(call: PlacedCall, asked: string[], { ringingEvent, twoAnswered }: { ringingEvent: boolean, twoAnswered: boolean }): CallMoment[] {
  const { createdAt, course } = call
  const pickUpMs = createdAt.getTime() + course.ringMs
  const moments: CallMoment[] = []

  // Half-way, not at the start, so that it follows the connect answer as long as that takes less than half the ring.
  if (ringingEvent && asked.length > 0)
    moments.push({ eventType: 'ringing', at: new Date(createdAt.getTime() + course.ringMs / 2) })
  if (asked.includes('answered') && isAnswered(call)) {
    moments.push({ eventType: 'answered', at: new Date(pickUpMs), ...(twoAnswered && { isSecondLegRinging: true }) })
    if (twoAnswered)
      moments.push({ eventType: 'answered', at: new Date(pickUpMs + course.talkMs / 4), isSecondLegRinging: false })
  }
  if (asked.includes('terminal') || asked.length === 0)
    moments.push({ eventType: 'terminal', at: endOf(call) })
  return moments
}

/** What every callback carries when no events were asked for (exotel.md 7.2). */
export function fourFieldPayload(call: PlacedCall, moment: CallMoment, view: PayloadView): CallbackPayload {
  const state = callAt(call, moment.at)
  return {
    CallSid: call.sid,
    Status: callbackStatus(state, moment),
    RecordingUrl: state.endedAt && recordingUrl(call, view.accountSid),
    DateUpdated: view.time(moment.at),
  }
}

/** The fields of exotel.md 7.2 with events: durations are numbers, the rest is text, CustomField comes at the end only. */
export function extendedPayload(call: PlacedCall, moment: CallMoment, view: PayloadView): CallbackPayload {
  const state = callAt(call, moment.at)
  return {
    CallSid: call.sid,
    EventType: moment.eventType,
    DateCreated: view.time(call.createdAt),
    DateUpdated: view.time(moment.at),
    Status: callbackStatus(state, moment),
    To: shownTo(call, view),
    From: view.number(call.from),
    PhoneNumberSid: view.number(call.callerId),
    StartTime: view.time(call.createdAt),
    EndTime: state.endedAt && view.time(state.endedAt),
    ConversationDuration: state.durationSeconds ?? 0,
    Direction: 'outbound-api',
    ...(moment.eventType === 'terminal' && { CustomField: call.customField }),
    RecordingUrl: state.endedAt && recordingUrl(call, view.accountSid),
    Legs: legsOf(call, state, moment),
  }
}

function callbackStatus(state: CallState, { eventType }: CallMoment): string {
  return eventType === 'ringing' ? 'ringing' : shownStatus(state)
}

// Both numbers are picked up in the same moment, unless two `answered` are staged: then a flow call shows two legs, too (exotel.md 7.3).
function legsOf(call: PlacedCall, state: CallState, moment: CallMoment): Record<string, PayloadValue>[] {
  const status = callbackStatus(state, moment)
  const first = { OnCallDuration: state.durationSeconds ?? 0, Status: status, AnsweredBy: 'NA' }
  if (moment.isSecondLegRinging !== undefined)
    return [first, { ...first, Status: moment.isSecondLegRinging ? '' : status }]
  if (call.to === null)
    return [first]
  return [first, { ...first, Status: state.answeredAt ? status : null, AnsweredBy: state.answeredAt ? 'HUMAN' : 'NA' }]
}
