import type { CallView } from './call-view.ts'
import type { PlacedCall } from './ledger.ts'
import { isAnswered, type CallState } from './lifecycle.ts'
import type { Resource } from './resource.ts'

/** Exotel says `in-progress` from the first moment, also while the phone only rings (exotel.md 2.5). */
export function shownStatus({ status }: CallState): string {
  return status === 'ringing' ? 'in-progress' : status
}

/** The To of a flow call is the ExoPhone (exotel.md 2.5). */
export function shownTo({ to, callerId }: PlacedCall, view: Pick<CallView, 'number'>): string {
  return view.number(to ?? callerId)
}

export function recordingUrl(call: PlacedCall, accountSid: string): string | null {
  if (!call.isRecorded || !isAnswered(call))
    return null
  return `https://recordings.exotel.com/exotelrecordings/${accountSid}/${call.sid}.mp3`
}

/** The keys of exotel.md 2.5 in their order; the XML form writes its own address and adds one to the legs. */
export function callResource(call: PlacedCall, state: CallState, view: CallView): Resource {
  const { accountSid, isJson, time } = view
  const calls = `/v1/Accounts/${accountSid}/Calls`
  const isRated = state.price !== null
  return {
    Sid: call.sid,
    ParentCallSid: null,
    DateCreated: time(call.createdAt),
    DateUpdated: time(state.updatedAt),
    AccountSid: accountSid,
    To: shownTo(call, view),
    From: view.number(call.from),
    PhoneNumberSid: view.number(call.callerId),
    Status: shownStatus(state),
    StartTime: time(call.createdAt),
    EndTime: isRated && state.endedAt ? time(state.endedAt) : null,
    Duration: isRated ? String(state.durationSeconds) : null,
    Price: state.price,
    Direction: call.direction,
    AnsweredBy: state.answeredAt ? 'human' : null,
    ForwardedFrom: null,
    CallerName: null,
    Uri: isJson ? `${calls}.json/${call.sid}` : `${calls}/${call.sid}`,
    RecordingUrl: isRated ? recordingUrl(call, accountSid) : null,
    ...(view.showsCustomField && { CustomField: call.customField }),
    ...(!isJson && { SubResourceUris: { Legs: `${calls}/${call.sid}/Legs` } }),
  }
}

/** `Details` of exotel.md 3.1: the legs appear with the end, and a flow call has no second one. */
export function callDetails(call: PlacedCall, state: CallState): Resource {
  const seconds = state.durationSeconds ?? 0
  const legStatus = state.endedAt || state.answeredAt ? shownStatus(state) : null
  const legs = call.to === null ? [1] : [1, 2]
  return {
    ConversationDuration: seconds,
    Leg1Status: legStatus,
    Leg2Status: call.to === null || !isAnswered(call) ? null : legStatus,
    Legs: state.endedAt ? legs.map(Id => ({ Leg: { Id, OnCallDuration: seconds } })) : [],
  }
}
