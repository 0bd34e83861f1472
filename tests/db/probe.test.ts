import { describe, it, expect } from 'vitest'
import { BACKENDS, useStage } from './open-stores.ts'
describe.each(BACKENDS)('$name', (b) => {
  const stage = useStage(b)
  it('x', async () => {
    await stage.store.bearMeta('mode', 'live')
    expect(await stage.store.findMeta('mode')).toBe('live')
  })
})
