import type { Snapshot } from '../db/snapshot-store.ts'
import type { Store } from '../db/store.ts'

type AbsenceStore = Pick<Store, 'findSnapshots' | 'markMissingLoans' | 'forgetAbsences'>

/** Stands where an undo has its upload: what was written anew counts as absent until the snapshots have been asked. */
export const NO_UPLOAD = 0

/** Lets every snapshot that stands say which loans it no longer names; what an undone upload holds back is there to be said anew. */
export async function markAbsences(store: Pick<AbsenceStore, 'findSnapshots' | 'markMissingLoans'>, undone: number): Promise<void> {
  for (const snapshot of await store.findSnapshots())
    await store.markMissingLoans(snapshot, undone)
}

/** Lets these snapshots say it, or all that stand, and then free what was held back. */
export async function settleAbsences(store: AbsenceStore, snapshots?: Snapshot[]): Promise<void> {
  for (const snapshot of snapshots ?? await store.findSnapshots())
    await store.markMissingLoans(snapshot, NO_UPLOAD)
  await store.forgetAbsences(NO_UPLOAD)
}
