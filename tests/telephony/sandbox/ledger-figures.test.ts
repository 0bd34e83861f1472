import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findOverlaps, maxInAnyWindow } from '../../../src/telephony/sandbox/ledger-figures.ts'
import { insertSorted } from '../../../src/telephony/sandbox/sorted.ts'

describe('the most in any window', () => {
  it.each([
    ['nothing', [], 0],
    ['one', [5], 1],
    ['two a whole window apart', [0, 60_000], 1],
    ['two just within one', [0, 59_999], 2],
    ['two minutes of the calendar that one window straddles', [59_000, 59_500, 60_500, 61_000], 4],
    ['times out of order', [120_000, 0, 59_999, 1], 3],
    ['times at once', [7, 7, 7], 3],
  ])('of %s', (_name, times, max) => {
    expect(maxInAnyWindow(times)).toBe(max)
  })

  it('is what counting from each moment finds', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 60 }), (times) => {
      const counted = times.map(start => times.filter(time => time >= start && time < start + 60_000).length)
      expect(maxInAnyWindow(times)).toBe(Math.max(0, ...counted))
    }))
  })
})

describe('overlaps', () => {
  const span = (sid: string, phone: string, startMs: number, endMs: number) => ({ sid, phone, startMs, endMs })

  it('are pairs of calls to one phone, whatever lies between them', () => {
    const spans = [span('a', '1', 0, 100), span('b', '1', 10, 20), span('c', '1', 50, 60), span('d', '2', 0, 100), span('e', '1', 100, 110)]

    expect(findOverlaps(spans)).toEqual([{ phone: '1', sids: ['a', 'b'] }, { phone: '1', sids: ['a', 'c'] }])
  })
})

it('entries are kept in order, whatever the order they come in, equal ones as they came', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
    const entries = times.map((time, index) => ({ time, index }))
    const sorted: typeof entries = []
    entries.forEach(entry => insertSorted(sorted, entry, (a, b) => a.time - b.time))
    expect(sorted).toEqual(entries.toSorted((a, b) => a.time - b.time))
  }))
})
