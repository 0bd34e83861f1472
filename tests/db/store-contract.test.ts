import { describe, expect, it } from 'vitest'
import { createStore } from '../../src/db/store.ts'
import { matchContract } from './contract/matching.ts'
import { uploadContract } from './contract/uploads.ts'
import { BACKENDS, useStage } from './open-stores.ts'

describe.each(BACKENDS)('the store on $name', (backend) => {
  const stage = useStage(backend)

  uploadContract(stage)
  matchContract(stage)

  it('has no method that these tests leave out', () => {
    const methods = Object.keys(createStore(stage.backend)).filter(name => name !== 'close')
    expect(methods.filter(name => !stage.called.has(name))).toEqual([])
  })
})
