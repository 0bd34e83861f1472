import type { Store } from '../db/store.ts'

/** Lets every snapshot that stands say which loans it no longer names. */
export async function markAbsences(store: Pick<Store, 'findSnapshots' | 'markMissingLoans'>): Promise<void> {
  for (const snapshot of await store.findSnapshots())
    await store.markMissingLoans(snapshot)
}
