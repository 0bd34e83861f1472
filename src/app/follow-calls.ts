import type { CallSession } from '../db/call-lookup.ts'
import { SECOND_READ_MS } from '../domain/reconcile.ts'
import { VacliError } from '../errors.ts'
import type { ReadPorts } from './reads.ts'
import { reconcile, type ReconcilePorts, type ReconcileTerms } from './reconcile.ts'

const READ_EVERY_MS = 1500
const HTTP_TIMEOUT_MS = 65_000

export interface FollowPorts extends ReadPorts {
  onOpen?: (open: number) => void
}

export interface FollowTerms extends Partial<ReconcileTerms> {
  /** How often the database is asked how far the calls are. */
  everyMs: number
  /** A call of which nothing was heard for so long is looked up with Exotel, and again each time as much has passed. */
  pollAfterMs: number
}

/**
 * Waits until every call has ended, by what the listener brings and by asking Exotel, whether a listener runs or not.
 * Returns the calls that are still open when their fate should have been known.
 */
export async function followCalls(ports: FollowPorts, callIds: number[], terms: FollowTerms): Promise<CallSession[]> {
  const { store, now, wait, signal } = ports
  const asked = new Map<number, Date>()
  const everyMs = Math.max(terms.everyMs, terms.pollAfterMs / 10)
  // Two lists must lack a lost call, the first of them at settle_at or after.
  const patienceMs = SECOND_READ_MS + terms.pollAfterMs + everyMs
  let reconciledAt = Number.NEGATIVE_INFINITY
  for (;;) {
    const open = await store.findOpenCalls(callIds)
    ports.onOpen?.(open.length)
    const waiting = open.filter(call => call.settleAt && call.attention === null && now().getTime() < call.settleAt.getTime() + patienceMs)
    if (waiting.length === 0 || signal?.aborted)
      return open
    if (now().getTime() - reconciledAt >= everyMs) {
      reconciledAt = now().getTime()
      await pollOpenCalls({ ...ports, asked }, terms)
    }
    await wait(terms.everyMs)
  }
}

/** Brings every open call as far as Exotel tells, whoever placed it. A question that is not answered is asked again later: the listener hears meanwhile. */
export async function pollOpenCalls(ports: ReconcilePorts, terms: Omit<FollowTerms, 'everyMs'>): Promise<void> {
  try {
    await reconcile(ports, { readEveryMs: READ_EVERY_MS, callerId: '', httpTimeoutMs: HTTP_TIMEOUT_MS, ...terms })
  }
  catch (error) {
    if (!(error instanceof VacliError) || error.code !== 'unavailable')
      throw error
  }
}
