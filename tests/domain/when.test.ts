import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSpanMs, parseWhen } from '../../src/domain/when.ts'
import { anyText } from './hostile-text.ts'

// 01:00 on Monday 23 November in India, still Sunday in UTC.
const NOW = new Date('2026-11-22T19:30:00Z')

describe('parseWhen', () => {
  it.each([
    ['today', '2026-11-22T18:30:00.000Z'],
    ['yesterday', '2026-11-21T18:30:00.000Z'],
    ['week', '2026-11-15T18:30:00.000Z'],
    ['7d', '2026-11-15T18:30:00.000Z'],
    ['0d', '2026-11-22T18:30:00.000Z'],
    ['36h', '2026-11-21T07:30:00.000Z'],
    ['2026-11-21', '2026-11-20T18:30:00.000Z'],
    ['21/11/2026', '2026-11-20T18:30:00.000Z'],
    ['5/11/2026', '2026-11-04T18:30:00.000Z'],
    ['2026-11-21T10:00:00+05:30', '2026-11-21T04:30:00.000Z'],
    ['2026-11-21T10:00:00.250Z', '2026-11-21T10:00:00.250Z'],
    ['  Today ', '2026-11-22T18:30:00.000Z'],
    ['YESTERDAY', '2026-11-21T18:30:00.000Z'],
  ])('reads %j', (text, utc) => {
    expect(parseWhen(text, NOW)?.toISOString()).toBe(utc)
  })

  it.each(['', '-', 'NA', 'soon', 'constructor', '__proto__', 'toString', '7', '46331', '7w', '-7d', '1.5h', '31/02/2026', '2026-02-30', '2026-02-30T10:00:00Z', '2026-11-21T10:00:00', '2026-11-21T25:00:00Z', '0000-00-00'])('finds no time in %j', (text) => {
    expect(parseWhen(text, NOW)).toBeUndefined()
  })

  it('never throws, and gives a time or nothing', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype))), (text) => {
      expect(parseWhen(text, NOW)?.getTime()).not.toBeNaN()
    }))
  })
})

describe('parseSpanMs', () => {
  it.each([
    ['36h', 129_600_000],
    ['7d', 604_800_000],
    ['90m', 5_400_000],
    [' 1H ', 3_600_000],
    ['0d', 0],
  ])('reads %j', (text, ms) => {
    expect(parseSpanMs(text)).toBe(ms)
  })

  it.each(['', '7', 'd', '7w', '-1d', '1.5h', '999999d', 'today'])('finds no span in %j', (text) => {
    expect(parseSpanMs(text)).toBeUndefined()
  })
})
