import type { CallRules } from '../domain/call-rules.ts'
import type { CallPorts, CallTerms } from './call-ports.ts'

/** What a run must do and leave at this moment. */
export interface Orders {
  /** Read first: what changes after it makes the next claim fail. */
  epoch: string
  rules: CallRules
  /** Why nobody may be called any more. */
  stop: { code: 'PAUSED' | 'STOPPED', reason: string } | null
}

/** Reads pause, stop and settings; the settings and the run only where something changed since. */
export async function readOrders({ store, readRules }: Pick<CallPorts, 'store' | 'readRules'>, { runId, rules }: Pick<CallTerms, 'runId' | 'rules'>, last?: Orders): Promise<Orders> {
  const { epoch, pause } = await store.readStanding()
  if (last?.epoch === epoch)
    return last
  const run = runId === null ? undefined : await store.findRun(runId)
  return { epoch, rules: readRules ? readRules() : rules, stop: stopOf(pause, run) }
}

function stopOf(pause: Awaited<ReturnType<CallPorts['store']['readStanding']>>['pause'], run: Awaited<ReturnType<CallPorts['store']['findRun']>>): Orders['stop'] {
  if (pause)
    return { code: 'PAUSED', reason: `dialling is paused by ${pause.by}: ${pause.reason}` }
  return run?.stopRequestedAt ? { code: 'STOPPED', reason: `the run was stopped by ${run.stopRequestedBy}` } : null
}
