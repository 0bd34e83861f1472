import type { CallSession } from '../db/call-lookup.ts'
import type { Store } from '../db/store.ts'
import { callStatusOf, isOpen, type UpdateSource } from '../domain/call.ts'
import { mayBeNumber, mayBeOurs, readListedCall, spellingsOf, wholeNumberOf } from '../domain/listed-call.ts'
import { decideFate, type Fate, isNearInTime, type LostCall, PATIENCE_MS, planReads } from '../domain/reconcile.ts'
import type { CallDetails } from '../telephony/port.ts'
import type { Reads } from './reads.ts'
import { recordDetails } from './record-details.ts'

export interface LostTerms { callerId: string, httpTimeoutMs: number }

/** A call that a person must decide, and which calls of the list it could be. */
export interface Doubt { callId: number, sids: string[] }

interface Lost extends LostCall { call: CallSession }

/** Looks for open calls without a CallSid in Exotel's list, by number and time; each ends up attached, not placed, waiting, or with a person. */
export async function findLostCalls({ store, reads, now }: { store: Store, reads: Reads, now: () => Date }, calls: CallSession[], terms: LostTerms): Promise<Doubt[]> {
  const lost = calls.map((call): Lost => {
    const postStartedAt = call.postStartedAt ?? call.createdAt
    return { call, reference: call.reference, postStartedAt, settleAt: call.settleAt ?? new Date(postStartedAt.getTime() + 3_600_000), absentAt: call.absentAt, attention: call.attention }
  })
  const doubts: Doubt[] = []
  const plan = planReads(lost)
  for (let read = plan.shift(); read; read = plan.shift()) {
    const { calls: group, ofNumbers, createdFrom, createdTo } = read
    const list = await reads.list({ createdFrom, createdTo, ...(ofNumbers ? { numbers: group.flatMap(({ call }) => spellingsOf(call.toNumber)) } : { direction: 'outbound-api' }) })
    const unclaimed = list ? await leaveOutClaimed(store, list.calls) : []
    for (const one of list ? group : []) {
      const candidates = candidatesOf(one, unclaimed, terms)
      // Half a number may be somebody else's. Asked for by itself, Exotel's own filter compares the whole.
      if (candidates.some(({ from }) => wholeNumberOf(from) === undefined) && !(ofNumbers && group.length === 1))
        plan.push(...planReads([one]))
      else
        doubts.push(...await settle({ store, now }, one, candidates, { ...terms, now: list!.at, isWhole: list!.isWhole }))
    }
    // A list that could not be read whole proves nothing, for a day; then somebody must look elsewhere.
    if (!list?.isWhole)
      await store.raiseDoubt(group.filter(({ settleAt }) => now().getTime() - settleAt.getTime() >= PATIENCE_MS).map(({ call }) => call.id), 'NO_LIST')
  }
  return doubts
}

async function leaveOutClaimed(store: Store, calls: CallDetails[]): Promise<CallDetails[]> {
  const claimed = new Set((await store.findCallsBySids(calls.map(({ sid }) => sid))).map(({ callSid }) => callSid))
  return calls.filter(({ sid }) => !claimed.has(sid))
}

function candidatesOf({ call, postStartedAt }: Lost, unclaimed: CallDetails[], { callerId }: LostTerms) {
  return unclaimed.filter((details) => {
    const listed = readListedCall(details)
    return mayBeOurs(listed, call.fromNumber ?? callerId) && mayBeNumber(listed.from, call.toNumber) && isNearInTime(listed.createdAt, postStartedAt)
  })
}

async function settle({ store, now }: { store: Store, now: () => Date }, lost: Lost, candidates: CallDetails[], terms: { now: Date, httpTimeoutMs: number, isWhole: boolean }): Promise<Doubt[]> {
  const { call } = lost
  const fate = decideFate(lost, candidates.map(readListedCall), terms)
  // Whatever may be the call makes an earlier absence void.
  if (call.absentAt !== null && (fate.kind === 'attach' || fate.kind === 'ambiguous' || (fate.kind === 'wait' && fate.isSeen)))
    await store.markAbsent([call.id], null)
  const write: Record<Fate['kind'], () => Promise<unknown>> = {
    attach: async () => attachCall(store, call, candidates.find(({ sid }) => sid === (fate as { sid: string }).sid)!, 'poll', now()),
    ambiguous: async () => store.raiseDoubt([call.id], 'TWO_CANDIDATES'),
    absent: async () => store.markAbsent([call.id], terms.now),
    not_placed: async () => store.moveCalls([{ id: call.id, status: 'not_placed', told: 'not_placed', message: 'two whole lists of Exotel\'s, read after every call must have ended, do not have it', source: 'poll', at: now(), fields: { endedAt: now() } }]),
    wait: async () => undefined,
  }
  await write[fate.kind]()
  return fate.kind === 'ambiguous' ? [{ callId: call.id, sids: fate.sids }] : []
}

/** Gives a call the CallSid that it was found under, with its end where it has ended. "in-progress" in the list may only mean that it rings. */
export async function attachCall(store: Store, call: CallSession, details: CallDetails, source: UpdateSource, now: Date, message = 'found in Exotel\'s list'): Promise<void> {
  const status = callStatusOf(details.status)
  if (status && !isOpen(status)) {
    await recordDetails(store, call, details, source, now, message)
    return
  }
  await store.moveCalls([{ id: call.id, status: 'initiated', told: 'initiated', message, source, at: now, fields: { callSid: details.sid }, extraData: details.raw }])
}
