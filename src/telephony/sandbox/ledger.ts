import { callAt, type CallState, type DatedCourse } from './lifecycle.ts'
import type { FateName, PlacedFate } from './fates.ts'
import type { CallEventType } from './callback-payload.ts'

// The ledger is read by programs in any language, so its keys are in snake case, its times in UTC and its phones in E.164.

interface ConnectFacts {
  event: 'connect'
  at: string
  from: string | null
  caller_id: string | null
  custom_field: string | null
  status_callback: string | null
  http_status: number
}

export interface AcceptedConnect extends ConnectFacts {
  outcome: 'accepted'
  sid: string
  from: string
  caller_id: string
  answer: 'sent' | 'lost'
  fate: PlacedFate
  /** The second number; null when the call goes to a flow. */
  to: string | null
  record: boolean
  ring_ms: number
  talk_ms: number
  billing_lag_ms: number
}

export interface RejectedConnect extends ConnectFacts {
  outcome: 'rejected'
  sid: null
  answer: 'sent'
  /** Null when the request was refused before anybody looked at its number. */
  fate: FateName | null
}

export interface CallbackDelivery {
  event: 'callback'
  at: string
  sid: string
  event_type: CallEventType
  status: string
  attempt: number
  http_status: number | null
  error: string | null
}

export type ConnectEvent = AcceptedConnect | RejectedConnect
export type LedgerEvent = ConnectEvent | CallbackDelivery

export interface PlacedCall extends DatedCourse {
  sid: string
  from: string
  to: string | null
  callerId: string
  customField: string | null
  isRecorded: boolean
  isAnswerLost: boolean
}

export interface LedgerCall {
  sid: string
  from: string
  to: string | null
  caller_id: string
  custom_field: string | null
  fate: PlacedFate
  answer: 'sent' | 'lost'
  status: CallState['status']
  created_at: string
  answered_at: string | null
  ended_at: string | null
  duration_seconds: number | null
  price: string | null
}

/** What truly happened, whoever was told: `billed` counts the calls that have cost money by now, `requests` every POST to connect. */
export interface Ledger {
  calls: LedgerCall[]
  requests: number
  rejected: RejectedConnect[]
  callbacks: CallbackDelivery[]
  billed: number
}

export function summarise(events: { connects: ConnectEvent[], callbacks: CallbackDelivery[], calls: PlacedCall[] }, now: Date): Ledger {
  const calls = events.calls.map(call => describe(call, callAt(call, now)))
  return {
    calls,
    requests: events.connects.length,
    rejected: events.connects.filter(connect => connect.outcome === 'rejected'),
    callbacks: [...events.callbacks],
    billed: calls.filter(({ price }) => Number(price) > 0).length,
  }
}

export function toPlacedCall(event: AcceptedConnect): PlacedCall {
  return {
    sid: event.sid,
    createdAt: new Date(event.at),
    fate: event.fate,
    course: { ringMs: event.ring_ms, talkMs: event.talk_ms, billingLagMs: event.billing_lag_ms },
    from: event.from,
    to: event.to,
    callerId: event.caller_id,
    customField: event.custom_field,
    isRecorded: event.record,
    isAnswerLost: event.answer === 'lost',
  }
}

function describe(call: PlacedCall, state: CallState): LedgerCall {
  return {
    sid: call.sid,
    from: call.from,
    to: call.to,
    caller_id: call.callerId,
    custom_field: call.customField,
    fate: call.fate,
    answer: call.isAnswerLost ? 'lost' : 'sent',
    status: state.status,
    created_at: call.createdAt.toISOString(),
    answered_at: state.answeredAt?.toISOString() ?? null,
    ended_at: state.endedAt?.toISOString() ?? null,
    duration_seconds: state.durationSeconds,
    price: state.price,
  }
}
