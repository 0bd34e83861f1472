import type { CallTerms } from './call-ports.ts'
import { type FollowPorts, type FollowTerms, followCalls, pollOpenCalls } from './follow-calls.ts'
import { judgeCustomers } from './judge-customers.ts'
import { placeCalls, type RunLimits, type RunPorts } from './place-calls.ts'
import type { RunResult } from './run-result.ts'

const ALIVE_MS = 20_000
const RENEW_MS = 5000

export interface CallRun {
  name: string | null
  reason: string | null
  /** The filter as it was given: a resumed run selects by it again. */
  filter: Record<string, unknown>
  customerIds: number[]
  limits: RunLimits
  /** How calls are looked up that nobody tells of. */
  follow: FollowTerms
  /** Whether the run waits until all its calls have ended, or leaves that to the listener. */
  waits: boolean
  /** Calls that end with this process are followed to their end also when the person wants to stop: they take a second. */
  endsWithProcess: boolean
}

export interface RunCallsPorts extends RunPorts, Pick<FollowPorts, 'onOpen'> {
  /** Resolves once every callback that arrived is written. */
  settled: () => Promise<void>
  /** Says beside the database that a run dials: at its start, every few seconds, and at its end. */
  noteDispatch: () => { note(): Promise<void>, end(): Promise<void> }
}

export interface RunReport { runId: number, result: RunResult, unknownLeft: number }

/** One run from its record to its end: who was called, and what is still not known of them. */
export async function runCalls(ports: RunCallsPorts, terms: Omit<CallTerms, 'runId'>, run: CallRun): Promise<RunReport> {
  const { store, now } = ports
  const { max = null, perMinute, concurrency, stopAt = null } = run.limits
  const runId = await store.startRun({
    name: run.name, operator: terms.operator, reason: run.reason, filter: run.filter, startedAt: now(), aliveUntil: new Date(now().getTime() + ALIVE_MS),
    terms: { max, per_minute: Number.isFinite(perMinute) ? perMinute : null, concurrency, stop_at: stopAt?.toISOString() ?? null },
  })
  const notes = ports.noteDispatch()
  const alive = keepAlive(ports, runId, notes)
  try {
    await notes.note()
    const result = await placeCalls({ ...ports, ...alive.ports, noteClaims: notes.note, whileFull: pollNowAndThen(ports, run.follow) }, { ...terms, runId }, run.customerIds, run.limits)
    const unknownLeft = run.waits
      ? (await followCalls({ ...ports, signal: run.endsWithProcess ? undefined : run.limits.signal }, result.calls.map(({ callId }) => callId), run.follow)).length
      : result.unknown
    await ports.settled()
    alive.stop()
    await notes.end()
    await store.endRun(runId, countsOf(result), now())
    await judgeCustomers(store, terms.rules, now())
    return { runId, result, unknownLeft }
  }
  catch (fault) {
    alive.stop()
    // Where nothing can be written any more, the run shows as interrupted; what went wrong first is what is told.
    await store.endRun(runId, { ...alive.counts(), fault: fault instanceof Error ? fault.message : String(fault) }, now()).catch(() => undefined)
    throw fault
  }
}

/** Writes every few seconds that the run lives and how far it is; a run that was killed shows by its silence. */
function keepAlive({ store, now, onCall }: RunCallsPorts, runId: number, notes: ReturnType<RunCallsPorts['noteDispatch']>) {
  let counts: Record<string, unknown> = {}
  // A run whose database cannot take this now says so at the next dial; here it only looks silent.
  const timer = setInterval(() => void Promise.all([store.renewRun(runId, new Date(now().getTime() + ALIVE_MS), counts), notes.note()]).catch(() => undefined), RENEW_MS)
  const ports: Pick<RunPorts, 'onCall'> = {
    onCall(call, result) {
      counts = countsOf(result)
      onCall?.(call, result)
    },
  }
  return { ports, counts: () => counts, stop: () => clearInterval(timer) }
}

/** Full lines come free when calls end, and without a listener only Exotel knows. */
function pollNowAndThen(ports: RunCallsPorts, follow: FollowTerms): () => Promise<void> {
  const asked = new Map<number, Date>()
  let nextAt = 0
  return async () => {
    if (ports.now().getTime() < nextAt)
      return
    await pollOpenCalls({ ...ports, asked }, follow)
    nextAt = ports.now().getTime() + follow.pollAfterMs / 10
  }
}

export function countsOf({ calls: _, ...counts }: RunResult): Record<string, unknown> {
  return { ...counts }
}
