import { type FollowPorts, type FollowTerms, followCalls } from './follow-calls.ts'
import { judgeCustomers } from './judge-customers.ts'
import type { CallTerms } from './place-call.ts'
import { placeCalls, type RunLimits, type RunPorts, type RunResult } from './place-calls.ts'

export interface CallRun {
  name: string | null
  reason: string | null
  /** The filter as it was given, so that the record says who was meant. */
  filter: Record<string, unknown>
  customerIds: number[]
  limits: RunLimits
  /** How to follow the calls to their end; null leaves that to the listener. */
  follow: FollowTerms | null
  /** Calls that end with this process are followed to their end also when the person wants to stop: they take a second. */
  endsWithProcess: boolean
}

export interface RunCallsPorts extends RunPorts, Pick<FollowPorts, 'onOpen'> {
  /** Resolves once every callback that arrived is written. */
  settled: () => Promise<void>
}

export interface RunReport { runId: number, result: RunResult, unknownLeft: number }

/** One run from its record to its end: who was called, and what is still not known of them. */
export async function runCalls(ports: RunCallsPorts, terms: Omit<CallTerms, 'runId'>, run: CallRun): Promise<RunReport> {
  const { store, now } = ports
  const runId = await store.startRun({ name: run.name, operator: terms.operator, reason: run.reason, filter: run.filter, terms: {}, startedAt: now(), aliveUntil: now() })
  const result = await placeCalls(ports, { ...terms, runId }, run.customerIds, run.limits).catch(async (fault: unknown) => {
    await store.endRun(runId, { fault: fault instanceof Error ? fault.message : String(fault) }, now())
    throw fault
  })
  const unknownLeft = run.follow
    ? (await followCalls({ ...ports, signal: run.endsWithProcess ? undefined : run.limits.signal }, result.calls.map(({ callId }) => callId), run.follow)).length
    : result.unknown
  await ports.settled()
  const { calls: _, ...counts } = result
  await store.endRun(runId, counts, now())
  await judgeCustomers(store, terms.rules, now())
  return { runId, result, unknownLeft }
}
