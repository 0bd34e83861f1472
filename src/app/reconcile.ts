import type { CallSession } from '../db/call-lookup.ts'
import type { Store } from '../db/store.ts'
import { callStatusOf, isOpen } from '../domain/call.ts'
import { PATIENCE_MS } from '../domain/reconcile.ts'
import { expireLeases } from './expire-leases.ts'
import { type Doubt, findLostCalls, type LostTerms } from './find-lost-calls.ts'
import { openReads, type ReadPorts, type Reads } from './reads.ts'
import { recordDetails } from './record-details.ts'

const SIDS_A_READ = 100
const FILL_AFTER_MS = 3 * 60_000
const FILL_WITHIN_MS = 48 * 3_600_000
const FILL_AT_ONCE = 1000

export interface ReconcileTerms extends LostTerms {
  /** An open call of which nothing was heard for so long is asked for. */
  pollAfterMs: number
  /** The pace of questions to Exotel. */
  readEveryMs: number
}

export interface ReconcilePorts extends ReadPorts {
  onProgress?: (done: string) => void
  /** When each call was last asked for, where one process reconciles again and again. */
  asked?: Map<number, Date>
}

/** What became of the calls that were open: `open` is the sum of `ended`, `notPlaced`, `waiting` and `forPerson`. */
export interface ReconcileReport {
  open: number
  ended: number
  notPlaced: number
  waiting: number
  forPerson: number
  /** How many of them were found under a CallSid. */
  attached: number
  /** Calls with two ends that Exotel's details decided. */
  corrected: number
  /** Ended calls that lacked something: `late` is the sum of `filled` and those that Exotel has not billed yet. */
  late: number
  filled: number
  /** Requests to Exotel. */
  asked: number
  doubts: Doubt[]
}

interface Work { ports: ReconcilePorts, terms: ReconcileTerms, reads: Reads }

/**
 * Brings every open call as far as Exotel's details and list prove, and fills what came late (calls.md, "Reconcile").
 * Where Exotel does not answer, throws `unavailable` after everything that could be done without it.
 */
export async function reconcile(ports: ReconcilePorts, terms: ReconcileTerms): Promise<ReconcileReport> {
  const { store, now } = ports
  const reads = openReads(ports, terms.readEveryMs)
  const work = { ports, terms, reads }
  await expireLeases(store, now())
  const open = await store.findEveryOpenCall()
  const due = await dueOf(work, open)
  const withSid = due.filter(({ callSid }) => callSid !== null)
  const lost = due.filter(({ callSid, status }) => callSid === null && status !== 'dialing' && status !== 'scheduled')
  await pollCalls(work, withSid)
  ports.onProgress?.(`${withSid.length} calls asked for`)
  const doubts = await findLostCalls({ store, reads, now }, lost, terms)
  const corrected = await decideEnds(work)
  const { late, filled } = await fillCalls(work)
  await clearSettledDoubts(store)
  const report = { ...await standing(work, open), doubts, corrected, late, filled, asked: reads.asked() }
  const failure = reads.failure()
  if (failure)
    throw failure
  return report
}

/** Open calls that have been silent for long, and were not asked for just now. */
async function dueOf({ ports: { store, now, asked }, terms: { pollAfterMs } }: Work, open: CallSession[]): Promise<CallSession[]> {
  const heard = await store.findLastHeard(open.map(({ id }) => id))
  const at = now()
  const due = open.filter(({ id, createdAt, settleAt }) => {
    const askedAt = asked?.get(id)
    const isPastSettle = settleAt !== null && at >= settleAt && (askedAt === undefined || askedAt < settleAt)
    return isPastSettle || at.getTime() - Math.max((heard.get(id) ?? createdAt).getTime(), askedAt?.getTime() ?? 0) >= pollAfterMs
  })
  due.forEach(({ id }) => asked?.set(id, at))
  return due
}

/** Calls whose CallSid is known, a hundred to a question. The list omits ongoing ones, so one that should have ended is asked for by itself. */
async function pollCalls({ ports: { store, now, onProgress }, reads }: Work, calls: CallSession[]) {
  const overdue: CallSession[] = []
  for (const chunk of chunksOf(calls)) {
    const bySid = new Map(chunk.map(call => [call.callSid!, call]))
    const list = await reads.list({ sids: [...bySid.keys()] })
    for (const listed of list?.calls ?? []) {
      // While Exotel was asked, a callback may have told the end.
      const call = await store.findCallById(bySid.get(listed.sid)?.id ?? 0)
      if (call)
        await recordDetails(store, call, listed, 'poll', now())
      const status = callStatusOf(listed.status)
      if (status && !isOpen(status))
        bySid.delete(listed.sid)
    }
    overdue.push(...[...bySid.values()].filter(({ settleAt }) => settleAt !== null && now() >= settleAt))
    onProgress?.(`${chunk.length} calls asked for`)
  }
  for (const call of overdue)
    await askForOverdue({ store, now, reads }, call)
}

async function askForOverdue({ store, now, reads }: Pick<ReconcilePorts, 'store' | 'now'> & { reads: Reads }, call: CallSession) {
  const found = await reads.find(call.callSid!)
  if (found?.call)
    await recordDetails(store, call, found.call, 'poll', now())
  // Exotel does not know it, says that it goes on, or says nothing: after a day somebody must look.
  if (now().getTime() - call.settleAt!.getTime() >= PATIENCE_MS)
    await store.raiseDoubt([call.id], 'NO_LIST')
}

/** Of two ends that were told, the one that Exotel's details name stands. */
async function decideEnds({ ports: { store, now }, reads }: Work): Promise<number> {
  let decided = 0
  for (const call of (await store.findCallsWithAttention()).filter(({ attention, callSid }) => attention === 'ENDS_DIFFER' && callSid !== null)) {
    const found = await reads.find(call.callSid!)
    const status = found?.call && callStatusOf(found.call.status)
    if (!found?.call || !status || isOpen(status))
      continue
    await recordDetails(store, call, found.call, 'poll', now())
    await store.clearAttention(call.id)
    decided++
  }
  return decided
}

/** A call that has found its end, or its CallSid, is no longer looked for. */
async function clearSettledDoubts(store: Store) {
  const settled = (await store.findCallsWithAttention()).filter(({ attention, status, callSid }) => attention === 'NO_LIST' ? !isOpen(status) : attention === 'TWO_CANDIDATES' && (callSid !== null || !isOpen(status)))
  for (const { id } of settled)
    await store.clearAttention(id)
}

/** Duration and price appear about two minutes after the end. */
async function fillCalls({ ports: { store, now }, reads }: Work): Promise<{ late: number, filled: number }> {
  const calls = await store.findCallsToFill(new Date(now().getTime() - FILL_WITHIN_MS), new Date(now().getTime() - FILL_AFTER_MS), FILL_AT_ONCE)
  for (const chunk of chunksOf(calls)) {
    const bySid = new Map(chunk.map(call => [call.callSid!, call]))
    const list = await reads.list({ sids: [...bySid.keys()] })
    for (const listed of list?.calls ?? []) {
      const call = bySid.get(listed.sid)
      if (call)
        await recordDetails(store, call, listed, 'poll', now())
    }
  }
  const filled = (await store.findCalls(calls.map(({ id }) => id))).filter(({ detailsAt }) => detailsAt !== null).length
  return { late: calls.length, filled }
}

async function standing({ ports: { store } }: Work, before: CallSession[]) {
  const after = await store.findCalls(before.map(({ id }) => id))
  const hadSid = new Set(before.flatMap(({ id, callSid }) => callSid === null ? [] : [id]))
  const open = after.filter(({ status }) => isOpen(status))
  const notPlaced = after.filter(({ status }) => status === 'not_placed').length
  const forPerson = open.filter(({ attention }) => attention !== null).length
  return {
    open: after.length,
    ended: after.length - open.length - notPlaced,
    notPlaced,
    forPerson,
    waiting: open.length - forPerson,
    attached: after.filter(({ id, callSid }) => callSid !== null && !hadSid.has(id)).length,
  }
}

function chunksOf(calls: CallSession[]): CallSession[][] {
  return Array.from({ length: Math.ceil(calls.length / SIDS_A_READ) }, (_, at) => calls.slice(at * SIDS_A_READ, (at + 1) * SIDS_A_READ))
}
