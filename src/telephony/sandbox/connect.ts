import { createCallSid } from './call-sid.ts'
import { parseConnectRequest, textOf, type ConnectRequest } from './connect-request.ts'
import { fateOf, type FateName, type PlacedFate } from './fates.ts'
import type { LedgerBook } from './ledger-book.ts'
import { toPlacedCall, type AcceptedConnect, type PlacedCall } from './ledger.ts'
import { planCourse, type SandboxTimings } from './lifecycle.ts'
import { toE164 } from './phone-spelling.ts'
import { badCredentials, badParameters, ndncNumber, notFound, paymentRequired, rateLimited, type Refusal } from './refusals.ts'

export interface SandboxAccount { sid: string, key: string, token: string }

export interface Switchboard {
  account: SandboxAccount
  callerIds?: string[]
  clock: () => Date
  timings: SandboxTimings
  ratePerMinute: number
  retryAfterS: number
  book: LedgerBook
}

export interface Caller { accountSid: string, authorization: string | undefined }

type Judgement = { request: ConnectRequest, fate: PlacedFate } | { refusal: Refusal, fate: FateName | null }
export type ConnectDecision = { call: PlacedCall, request: ConnectRequest } | { refusal: Refusal }

export function refuseCaller(account: SandboxAccount, { accountSid, authorization }: Caller): Refusal | undefined {
  const expected = `Basic ${Buffer.from(`${account.key}:${account.token}`).toString('base64')}`
  if (authorization !== expected)
    return badCredentials
  return accountSid === account.sid ? undefined : notFound
}

/** Judges one POST and writes it into the ledger before anybody is told: an answer that is lost finds its call there. */
export function decideConnect(switchboard: Switchboard, caller: Caller, form: FormData): ConnectDecision {
  const { book, clock } = switchboard
  // Another process may have refused this number, or used up the minute, a moment ago.
  book.catchUp()
  const now = clock()
  const judgement = judge(switchboard, caller, form, now)

  if ('refusal' in judgement) {
    const { refusal, fate } = judgement
    book.record({ ...factsOf(form, now), http_status: refusal.status, outcome: 'rejected', sid: null, answer: 'sent', fate })
    return { refusal }
  }

  const event = acceptedEvent(switchboard, judgement, factsOf(form, now))
  book.record(event)
  return { call: toPlacedCall(event), request: judgement.request }
}

function judge(switchboard: Switchboard, caller: Caller, form: FormData, now: Date): Judgement {
  const { account, callerIds, book, ratePerMinute, retryAfterS } = switchboard
  const refusal = refuseCaller(account, caller) ?? (book.isRateReached(ratePerMinute, now) ? rateLimited(retryAfterS) : undefined)
  if (refusal)
    return { refusal, fate: null }

  const request = parseConnectRequest(form, { sid: account.sid, callerIds })
  if (!request)
    return { refusal: badParameters, fate: null }

  const fate = fateOf(request.from)
  if (fate === 'unpaid')
    return { refusal: paymentRequired, fate }
  if (fate === 'ndnc')
    return { refusal: ndncNumber(request.from), fate }
  if (fate === 'throttled_once' && !book.wasThrottled(request.from))
    return { refusal: rateLimited(retryAfterS), fate }
  return { request, fate }
}

function factsOf(form: FormData, now: Date) {
  const callerId = textOf(form, 'CallerId')
  return {
    event: 'connect' as const,
    at: now.toISOString(),
    from: toE164(textOf(form, 'From') ?? '') ?? null,
    caller_id: callerId && (toE164(callerId) ?? callerId),
    custom_field: textOf(form, 'CustomField'),
    status_callback: textOf(form, 'StatusCallback'),
  }
}

function acceptedEvent(
  { timings }: Switchboard,
  { request, fate }: { request: ConnectRequest, fate: PlacedFate },
  facts: ReturnType<typeof factsOf>,
): AcceptedConnect {
  const course = planCourse(timings, request)
  return {
    ...facts,
    http_status: 200,
    outcome: 'accepted',
    sid: createCallSid(),
    from: request.from,
    caller_id: request.callerId,
    answer: fate === 'answer_lost' ? 'lost' : 'sent',
    fate,
    to: request.to,
    record: request.record,
    ring_ms: course.ringMs,
    talk_ms: course.talkMs,
    billing_lag_ms: course.billingLagMs,
  }
}
