import type { CallEventType } from './callback-payload.ts'
import type { FateName, PlacedFate } from './fates.ts'
import { countBy, findOverlaps, maxInAnyWindow, type Overlap } from './ledger-figures.ts'
import { callAt, endOf, type CallCourse, type CallState, type DatedCourse, type FinalStatus } from './lifecycle.ts'
import type { Misbehaviour } from './misbehaviour.ts'

// The ledger is read by programs in any language, so its keys are in snake case, its times in UTC and its phones in E.164.

interface ConnectFacts {
  event: 'connect'
  at: string
  from: string | null
  caller_id: string | null
  custom_field: string | null
  status_callback: string | null
  /** The misbehaviour that the answer showed; absent where there was none. */
  fault?: string
}

/** What one POST became: `sent` whole, `cut` in its body, or `lost` before a byte of it. */
export type AnswerFate = 'sent' | 'cut' | 'lost'

/** When a call was placed, and how it goes on: enough to tell its state at any moment. */
interface PlacedFacts {
  at: string
  sid: string
  from: string
  /** The second number; null when the call goes to a flow. */
  to: string | null
  caller_id: string
  custom_field: string | null
  fate: PlacedFate
  ends_as?: FinalStatus
  record: boolean
  ring_ms: number
  talk_ms: number
  billing_lag_ms: number
}

/** A POST that placed a call, whatever its answer said. */
export interface AcceptedConnect extends ConnectFacts, PlacedFacts {
  outcome: 'accepted'
  from: string
  caller_id: string
  custom_field: string | null
  at: string
  http_status: number
  answer: AnswerFate
}

/** A POST that placed nothing, whatever its answer said. */
export interface RejectedConnect extends ConnectFacts {
  outcome: 'rejected'
  sid: null
  /** Null when nothing was answered. */
  http_status: number | null
  answer: AnswerFate
  /** Null when the request was refused before anybody looked at its number. */
  fate: FateName | null
}

export const DIRECTIONS = ['outbound-api', 'outbound-dial', 'inbound'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** A call that another program, the dashboard or a borrower made on the account. */
export interface ForeignCall extends PlacedFacts {
  event: 'foreign'
  direction: Direction
}

/** The first event of a simulator that misbehaves: with it the same run can be had again. */
export interface SandboxStart {
  event: 'start'
  at: string
  seed: number
  misbehave: Misbehaviour
}

export interface CallbackDelivery {
  event: 'callback'
  at: string
  sid: string
  event_type: CallEventType
  status: string
  attempt: number
  /** Of several copies, which one. */
  copy?: number
  http_status: number | null
  error: string | null
}

export type ConnectEvent = AcceptedConnect | RejectedConnect
export type LedgerEvent = SandboxStart | ConnectEvent | ForeignCall | CallbackDelivery

export interface PlacedCall extends DatedCourse {
  sid: string
  from: string
  to: string | null
  callerId: string
  customField: string | null
  isRecorded: boolean
  answer: AnswerFate | null
  /** What the POST was answered; null for a call that came another way. */
  httpStatus: number | null
  direction: Direction
  isForeign: boolean
}

export interface LedgerCall {
  sid: string
  from: string
  to: string | null
  caller_id: string
  custom_field: string | null
  direction: Direction
  /** Placed by somebody else on the account. */
  foreign: boolean
  fate: PlacedFate
  answer: AnswerFate | null
  http_status: number | null
  status: CallState['status']
  created_at: string
  answered_at: string | null
  ended_at: string | null
  duration_seconds: number | null
  price: string | null
}

/** What truly happened, whoever was told. */
export interface Ledger {
  calls: LedgerCall[]
  /** Every POST to connect, however it was answered. */
  requests: number
  /** The most of them in any 60 seconds. */
  max_requests_per_minute: number
  /** The most of them in any 60 seconds that were not refused with 429. */
  max_admitted_per_minute: number
  /** POSTs that placed nothing. */
  rejected: RejectedConnect[]
  callbacks: CallbackDelivery[]
  /** Calls that have cost money by now. */
  billed: number
  /** Calls by number dialled; foreign ones are left out here and below. */
  calls_by_phone: Record<string, number>
  /** Two calls to one phone at once. */
  overlaps: Overlap[]
}

export interface LedgerFacts {
  calls: Iterable<PlacedCall>
  rejected: RejectedConnect[]
  callbacks: CallbackDelivery[]
  requestsMs: number[]
  admittedMs: number[]
}

export function summarise({ calls, rejected, callbacks, requestsMs, admittedMs }: LedgerFacts, now: Date): Ledger {
  const placed = [...calls]
  const own = placed.filter(({ isForeign }) => !isForeign)
  const described = placed.map(call => describe(call, callAt(call, now)))
  return {
    calls: described,
    requests: requestsMs.length,
    max_requests_per_minute: maxInAnyWindow(requestsMs),
    max_admitted_per_minute: maxInAnyWindow(admittedMs),
    rejected: [...rejected],
    callbacks: [...callbacks],
    billed: described.filter(({ price }) => Number(price) > 0).length,
    calls_by_phone: countBy(own, ({ from }) => from),
    overlaps: findOverlaps(own.map(call => ({ sid: call.sid, phone: call.from, startMs: call.createdAt.getTime(), endMs: endOf(call).getTime() }))),
  }
}

/** A course as events write it. */
export function courseFacts({ ringMs, talkMs, billingLagMs }: CallCourse) {
  return { ring_ms: ringMs, talk_ms: talkMs, billing_lag_ms: billingLagMs }
}

export function toPlacedCall(event: AcceptedConnect | ForeignCall): PlacedCall {
  const isForeign = event.event === 'foreign'
  return {
    sid: event.sid,
    createdAt: new Date(event.at),
    fate: event.fate,
    ...(event.ends_as && { endsAs: event.ends_as }),
    course: { ringMs: event.ring_ms, talkMs: event.talk_ms, billingLagMs: event.billing_lag_ms },
    from: event.from,
    to: event.to,
    callerId: event.caller_id,
    customField: event.custom_field,
    isRecorded: event.record,
    answer: isForeign ? null : event.answer,
    httpStatus: isForeign ? null : event.http_status,
    direction: isForeign ? event.direction : 'outbound-api',
    isForeign,
  }
}

function describe(call: PlacedCall, state: CallState): LedgerCall {
  return {
    sid: call.sid,
    from: call.from,
    to: call.to,
    caller_id: call.callerId,
    custom_field: call.customField,
    direction: call.direction,
    foreign: call.isForeign,
    fate: call.fate,
    answer: call.answer,
    http_status: call.httpStatus,
    status: state.status,
    created_at: call.createdAt.toISOString(),
    answered_at: state.answeredAt?.toISOString() ?? null,
    ended_at: state.endedAt?.toISOString() ?? null,
    duration_seconds: state.durationSeconds,
    price: state.price,
  }
}
