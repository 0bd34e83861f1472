import type { Store } from '../db/store.ts'

/** Lets every snapshot that stands say which loans it no longer names; what an undone upload holds back is there to be said anew. */
export async function markAbsences(store: Pick<Store, 'findSnapshots' | 'markMissingLoans'>, undone: number): Promise<void> {
  for (const snapshot of await store.findSnapshots())
    await store.markMissingLoans(snapshot, undone)
}
