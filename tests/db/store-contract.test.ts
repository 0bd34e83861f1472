import { describe, expect, it } from 'vitest'
import { createStore } from '../../src/db/store.ts'
import { borrowerListContract } from './contract/borrower-lists.ts'
import { claimContract } from './contract/claims.ts'
import { factsContract } from './contract/facts.ts'
import { inboxContract } from './contract/inbox.ts'
import { matchContract } from './contract/matching.ts'
import { moveContract } from './contract/moves.ts'
import { recordListContract } from './contract/record-lists.ts'
import { phoneContract } from './contract/phones.ts'
import { adoptContract } from './contract/adopting.ts'
import { reconcileContract } from './contract/reconciling.ts'
import { reviewContract } from './contract/reviews.ts'
import { runContract } from './contract/runs.ts'
import { statusContract } from './contract/statuses.ts'
import { undoContract } from './contract/undoing.ts'
import { uploadContract } from './contract/uploads.ts'
import { BACKENDS, useStage } from './open-stores.ts'

describe.each(BACKENDS)('the store on $name', (backend) => {
  const stage = useStage(backend)

  uploadContract(stage)
  matchContract(stage)
  factsContract(stage)
  claimContract(stage)
  moveContract(stage)
  reconcileContract(stage)
  adoptContract(stage)
  runContract(stage)
  inboxContract(stage)
  borrowerListContract(stage)
  statusContract(stage)
  recordListContract(stage)
  phoneContract(stage)
  undoContract(stage)
  reviewContract(stage)

  it('has no method that these tests leave out', () => {
    const methods = Object.keys(createStore(stage.backend)).filter(name => name !== 'close')
    expect(methods.filter(name => !stage.called.has(name))).toEqual([])
  })
})
