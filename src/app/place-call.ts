import type { Store } from '../db/store.ts'
import type { BlockCode, CallRules } from '../domain/call-rules.ts'
import { RULE_SET } from '../domain/call-rules.ts'
import { judgeDial, type Verdict } from '../domain/callability.ts'
import type { CallStatus } from '../domain/call.ts'
import type { ReadFacts } from '../db/facts-store.ts'
import type { ConnectOutcome, Telephony } from '../telephony/port.ts'

const LEASE_MS = 15_000
const RENEW_MS = 5000
const MAX_READS = 10

export interface CallPorts {
  store: Store
  telephony: Telephony
  /** Where Exotel may report on a call; null where nothing listens. */
  callbackUrl: (reference: string) => string | null
  newReference: () => string
  now: () => Date
}

export interface CallTerms {
  rules: CallRules
  runId: number | null
  operator: string
  owner: string
  callerId: string
  /** How long after the request the fate of a call is certain to be known. */
  settleMs: number
}

export interface PlacedCall { callId: number, customerId: number, status: CallStatus, callSid: string | null, outcome: ConnectOutcome }
export type Placement = { blocked: BlockCode } | PlacedCall

/** One call to one customer: judge, write the intent, send the one request, save what came of it (calls.md, steps 1–5). */
export async function placeCall(ports: CallPorts, terms: CallTerms, customerId: number): Promise<Placement> {
  const claimed = await claim(ports, terms, customerId)
  if ('blocked' in claimed)
    return claimed
  const outcome = await whileLeased(ports, claimed, () => ports.telephony.connect({ reference: claimed.reference, to: claimed.to, callbackUrl: ports.callbackUrl(claimed.reference) }))
  const { status, callSid } = await saveOutcome(ports, claimed, outcome)
  return { callId: claimed.callId, customerId, status, callSid, outcome }
}

/** As long as this process lives it says so; one that died is seen by its silence. */
async function whileLeased<Outcome>({ store, now }: CallPorts, { callId }: Claimed, work: () => Promise<Outcome>): Promise<Outcome> {
  // A renewal that fails only lets the lease run out, and the call's outcome lifts it again.
  const renew = () => void store.renewLeases([callId], new Date(now().getTime() + LEASE_MS)).catch(() => undefined)
  const timer = setInterval(renew, RENEW_MS)
  try {
    return await work()
  }
  finally {
    clearInterval(timer)
  }
}

interface Claimed { callId: number, reference: string, to: string }

/** The intent is committed before a socket opens; where a fact moved since it was read, everything is read and judged again. */
async function claim({ store, now, newReference }: CallPorts, terms: CallTerms, customerId: number): Promise<Claimed | { blocked: BlockCode }> {
  for (let read = 0; read < MAX_READS; read++) {
    const at = now()
    const [facts] = await store.readFacts([customerId], at)
    const verdict = facts && judgeDial(facts, terms.rules, at)
    if (!facts?.phone || !verdict?.ok)
      return { blocked: verdict && !verdict.ok ? verdict.code : 'ABSENT' }

    const reference = newReference()
    const { epoch } = await store.readStanding()
    const [born] = await store.claimCalls([{
      reference,
      customerId,
      loanId: verdict.loan.id,
      uploadId: verdict.loan.latestUploadId,
      rowId: verdict.loan.latestRowId,
      toNumber: facts.phone,
      metadata: describeIntent(facts, verdict, terms),
      phoneSeq: facts.phoneSeq,
    }], {
      runId: terms.runId,
      fromNumber: terms.callerId,
      owner: terms.owner,
      now: at,
      leaseUntil: new Date(at.getTime() + LEASE_MS),
      settleAt: new Date(at.getTime() + terms.settleMs),
      epoch,
      slots: { concurrency: 1000, unknownSince: at },
    })
    if (born)
      return { callId: born.id, reference, to: facts.phone }
  }
  // The phone's facts never stood still: somebody else is working on it, and that is reason enough to leave it.
  return { blocked: 'GAP' }
}

function describeIntent(facts: ReadFacts, verdict: Verdict, { operator }: CallTerms): Record<string, unknown> {
  return {
    operator,
    loans: facts.loans.map(({ loanId, dueAmount, outstandingAmount, dueDate }) => ({ loan_id: loanId, due_paise: dueAmount, outstanding_paise: outstandingAmount, due_date: dueDate })),
    verdict: { rule_set: RULE_SET, checks: verdict.checks },
  }
}

async function saveOutcome({ store, now }: CallPorts, { callId }: Claimed, outcome: ConnectOutcome): Promise<{ status: CallStatus, callSid: string | null }> {
  const base = { id: callId, source: 'vacli' as const, at: now() }
  if (outcome.kind === 'accepted') {
    await store.moveCalls([{ ...base, status: 'initiated', told: 'initiated', fields: { callSid: outcome.sid }, extraData: outcome.answer }])
    return { status: 'initiated', callSid: outcome.sid }
  }
  const refusal = outcome.kind === 'rejected' ? outcome.refusal : null
  await store.moveCalls([{ ...base, status: outcome.kind, told: outcome.kind, message: outcome.message, fields: { refusal, ...(outcome.kind === 'unknown' ? {} : { endedAt: base.at }) } }])
  return { status: outcome.kind, callSid: null }
}
