import type { Store } from '../db/store.ts'
import { type FollowPorts, pollOpenCalls } from './follow-calls.ts'

/** What earlier processes left behind: dials that were cut off become unknown, and open calls that have been silent for long are looked up. */
export async function catchUp(ports: Pick<FollowPorts, 'store' | 'telephony' | 'now'>, pollAfterMs: number): Promise<void> {
  await expireLeases(ports.store, ports.now())
  await pollOpenCalls(ports, pollAfterMs)
}

/** A dial whose process died may have rung: nobody knows, and it is never sent again. */
async function expireLeases(store: Store, now: Date) {
  for (const { id } of await store.findAbandonedCalls(now))
    await store.moveCalls([{ id, status: 'unknown', told: 'unknown', message: 'the process that was dialling ended; the call may have rung', source: 'vacli', at: now }])
}
