import { describe, expect, it } from 'vitest'
import { createStore } from '../../src/db/store.ts'
import { claimContract } from './contract/claims.ts'
import { factsContract } from './contract/facts.ts'
import { inboxContract } from './contract/inbox.ts'
import { matchContract } from './contract/matching.ts'
import { moveContract } from './contract/moves.ts'
import { uploadContract } from './contract/uploads.ts'
import { BACKENDS, useStage } from './open-stores.ts'

describe.each(BACKENDS)('the store on $name', (backend) => {
  const stage = useStage(backend)

  uploadContract(stage)
  matchContract(stage)
  factsContract(stage)
  claimContract(stage)
  moveContract(stage)
  inboxContract(stage)

  it('has no method that these tests leave out', () => {
    const methods = Object.keys(createStore(stage.backend)).filter(name => name !== 'close')
    expect(methods.filter(name => !stage.called.has(name))).toEqual([])
  })
})
