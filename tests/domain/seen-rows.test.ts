import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openSeenRows } from '../../src/domain/seen-rows.ts'

it('tells first rows from copies as a set of the whole fingerprints does, however many they are', () => {
  const [seen, known] = [openSeenRows(), new Set<string>()]
  for (let at = 0; at < 30_000; at++) {
    const fingerprint = hash('sha256', String((at * 7919) % 17_000))
    expect(seen.isNew(fingerprint)).toBe(!known.has(fingerprint))
    known.add(fingerprint)
  }
})

it('keeps apart what differs in any of its words', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), { minLength: 1 }), (rows) => {
    const [seen, known] = [openSeenRows(), new Set<string>()]
    for (const words of rows) {
      const fingerprint = words.map(word => (word + 1).toString(16).padStart(8, '0')).join('').padEnd(64, '0')
      expect(seen.isNew(fingerprint)).toBe(!known.has(fingerprint))
      known.add(fingerprint)
    }
  }))
})
