import { describe, expect, it } from 'vitest'
import { zerolessId, zeroSpellings } from '../../src/domain/zero-spellings.ts'

describe('the spellings of an id', () => {
  it.each([
    ['000123', '123'], ['123', '123'], ['0', '0'], ['000', '0'], ['1000', '1000'],
    ['LN00123', undefined], ['00-123', undefined], ['', undefined], ['१२३', undefined], [`0${'1'.repeat(20)}`, undefined],
  ])('of %j share %j', (id, zeroless) => {
    expect(zerolessId(id)).toBe(zeroless)
  })

  it('are all others of up to twenty digits', () => {
    const of123 = zeroSpellings('000123')
    expect([of123.length, of123.slice(0, 4), of123.at(-1)]).toEqual([17, ['123', '0123', '00123', '0000123'], `${'0'.repeat(17)}123`])
    expect([zeroSpellings('LN123'), zeroSpellings('1'.repeat(20))]).toEqual([[], []])
  })

  it('find each other', () => {
    for (const id of ['7', '007', '0', '00', '12345678901234567890'])
      expect(zeroSpellings(id).every(other => zeroSpellings(other).includes(id) && zerolessId(other) === zerolessId(id))).toBe(true)
  })
})
