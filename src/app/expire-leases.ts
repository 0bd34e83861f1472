import type { Store } from '../db/store.ts'

/** A dial whose process died may have rung: nobody knows, and it is never sent again. */
export async function expireLeases(store: Store, now: Date): Promise<number> {
  const abandoned = await store.findAbandonedCalls(now)
  await store.moveCalls(abandoned.map(({ id }) => ({ id, status: 'unknown', told: 'unknown', message: 'the process that was dialling ended; the call may have rung', source: 'vacli', at: now })))
  return abandoned.length
}
