import { createCallSid } from './call-sid.ts'
import { chooseBehaviour, type Whims } from './choose-behaviour.ts'
import { parseConnectRequest, textOf, type ConnectRequest } from './connect-request.ts'
import { fateOf, isPlacedFate, type FateName, type PlacedFate } from './fates.ts'
import { ANSWER_FAULTS, type AnswerFaultName } from './faults.ts'
import type { LedgerBook } from './ledger-book.ts'
import { courseFacts, toPlacedCall, type AcceptedConnect, type AnswerFate, type PlacedCall, type RejectedConnect } from './ledger.ts'
import { planCourse, type SandboxTimings } from './lifecycle.ts'
import type { Behaviour } from './misbehaviour.ts'
import { toE164 } from './phone-spelling.ts'
import { badCredentials, badParameters, ndncNumber, notFound, paymentRequired, rateLimited, type Refusal } from './refusals.ts'
import { retryAfterOf } from './retry-after.ts'

export interface SandboxAccount { sid: string, key: string, token: string }

export interface Switchboard {
  account: SandboxAccount
  callerIds?: string[]
  clock: () => Date
  timings: SandboxTimings
  ratePerMinute: number
  retryAfterS: number
  book: LedgerBook
  whims: Whims
  /** The number of the POST that is judged now. */
  nextNth: () => number
}

export interface Caller { accountSid: string, authorization: string | undefined }

type Judgement = { request: ConnectRequest, fate: PlacedFate, behaviour: Behaviour, nthToPhone: number } | { refusal: Refusal, fate: FateName | null }

/** A call: placed and in the ledger, or only spoken of by the answer. */
export interface DecidedCall { call: PlacedCall, isPlaced: boolean, request: ConnectRequest, behaviour: Behaviour, nthToPhone: number }
export type ConnectDecision = DecidedCall | { refusal: Refusal }

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

  const { request, behaviour, nthToPhone } = judgement
  const { isPlaced = true } = behaviour
  const event = placedEvent(switchboard, judgement, factsOf(form, now))
  book.record(isPlaced ? event : unplacedEvent(event, behaviour.answer ? ANSWER_FAULTS[behaviour.answer].status : 200))
  return { call: toPlacedCall(event), isPlaced, request, behaviour, nthToPhone }
}

function judge(switchboard: Switchboard, caller: Caller, form: FormData, now: Date): Judgement {
  const { account, callerIds, book, ratePerMinute, whims } = switchboard
  const refusal = refuseCaller(account, caller) ?? (book.isRateReached(ratePerMinute, now) ? rateLimited(retryAfterOf(switchboard, now)) : undefined)
  if (refusal)
    return { refusal, fate: null }

  const request = parseConnectRequest(form, { sid: account.sid, callerIds })
  if (!request)
    return { refusal: badParameters, fate: null }

  const { from: phone, customField, statusCallback } = request
  const scriptable = { nth: switchboard.nextNth(), phone, nthToPhone: book.requestsTo(phone) + 1, customField, statusCallback, at: now }
  const scripted = whims.script?.(scriptable)
  const fate = fateOf(phone)
  const refusedByFate = scripted ? undefined : refuseByFate(switchboard, phone, fate, now)
  if (refusedByFate)
    return { refusal: refusedByFate, fate }

  const behaviour = chooseBehaviour(whims, scriptable, scripted)
  const { nthToPhone } = scriptable
  if (fate === 'answer_lost' && !scripted)
    return { request, fate, nthToPhone, behaviour: { ...behaviour, answer: undefined, isPlaced: true } }
  return { request, fate: isPlacedFate(fate) ? fate : 'answered', nthToPhone, behaviour }
}

function refuseByFate(switchboard: Switchboard, phone: string, fate: FateName, now: Date): Refusal | undefined {
  if (fate === 'unpaid')
    return paymentRequired
  if (fate === 'ndnc')
    return ndncNumber(phone)
  return fate === 'throttled_once' && !switchboard.book.wasThrottled(phone) ? rateLimited(retryAfterOf(switchboard, now)) : undefined
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

function placedEvent({ timings }: Switchboard, { request, fate, behaviour }: Extract<Judgement, { request: ConnectRequest }>, facts: ReturnType<typeof factsOf>): AcceptedConnect {
  const { answer, isPlaced = true, endsAs } = behaviour
  return {
    ...facts,
    http_status: (answer && ANSWER_FAULTS[answer].status) ?? 200,
    outcome: 'accepted',
    sid: createCallSid(),
    from: request.from,
    caller_id: request.callerId,
    answer: answerFateOf(fate === 'answer_lost' && !answer ? 'lost' : answer),
    fate,
    ...(endsAs && { ends_as: endsAs }),
    to: request.to,
    record: request.record,
    ...courseFacts(planCourse(timings, request)),
    ...((answer || !isPlaced) && { fault: `${answer ?? 'none'}-${isPlaced ? 'placed' : 'unplaced'}` }),
  }
}

function unplacedEvent({ event, at, from, caller_id, custom_field, status_callback, answer, fate, fault }: AcceptedConnect, httpStatus: number | null): RejectedConnect {
  return { event, at, from, caller_id, custom_field, status_callback, outcome: 'rejected', sid: null, http_status: httpStatus, answer, fate, fault }
}

const UNSENT: Partial<Record<AnswerFaultName, AnswerFate>> = { lost: 'lost', reset: 'lost', byte: 'cut', cut: 'cut' }

function answerFateOf(answer: AnswerFaultName | undefined): AnswerFate {
  return (answer && UNSENT[answer]) ?? 'sent'
}
