import { adoptStore } from './adopt-store.ts'
import { answerStore } from './answer-store.ts'
import type { Backend } from './backend.ts'
import { borrowerLists } from './borrower-list.ts'
import { callLookup } from './call-lookup.ts'
import { claimStore } from './claim-store.ts'
import { componentStore } from './component-store.ts'
import { factsStore } from './facts-store.ts'
import { inboxStore } from './inbox-store.ts'
import { matchStore } from './match-store.ts'
import { metaStore } from './meta-store.ts'
import { moveStore } from './move-store.ts'
import { ownerStore } from './owner-store.ts'
import { paceStore } from './pace-store.ts'
import { phoneStore } from './phone-store.ts'
import { recordLists } from './record-list.ts'
import { reconcileStore } from './reconcile-store.ts'
import { rowStore } from './row-store.ts'
import { reviewLists } from './review-list.ts'
import { reviewStore } from './review-store.ts'
import { runStore } from './run-store.ts'
import { snapshotStore } from './snapshot-store.ts'
import { standingStore } from './standing-store.ts'
import { tangleStore } from './tangle-store.ts'
import { undoStore } from './undo-store.ts'
import { uploadStore } from './upload-store.ts'

/** Everything that is read from or written to the database. Each method is one statement or one batch. */
export function createStore(backend: Backend) {
  return {
    ...uploadStore(backend),
    ...rowStore(backend),
    ...tangleStore(backend),
    ...componentStore(backend),
    ...ownerStore(backend),
    ...matchStore(backend),
    ...snapshotStore(backend),
    ...undoStore(backend),
    ...phoneStore(backend),
    ...reviewStore(backend),
    ...answerStore(backend),
    ...reviewLists(backend),
    ...factsStore(backend),
    ...runStore(backend),
    ...claimStore(backend),
    ...moveStore(backend),
    ...standingStore(backend),
    ...paceStore(backend),
    ...callLookup(backend),
    ...reconcileStore(backend),
    ...adoptStore(backend),
    ...inboxStore(backend),
    ...metaStore(backend),
    ...borrowerLists(backend),
    ...recordLists(backend),
    findBrokenPages: backend.findBrokenPages,
    findDamage: backend.findDamage,
    close: backend.close,
  }
}

export type Store = ReturnType<typeof createStore>
