import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { dialHours, hoursText, isWithinHours, nextDialTime } from '../../src/domain/window.ts'
import { ist } from './a-borrower.ts'
import { HOST_ZONES, inHostZone } from './host-zone.ts'

const RULES = DEFAULT_CALL_RULES

describe('the calling window', () => {
  it('is 09:00 to 18:00 with ten minutes kept free at its end, and three holidays', () => {
    expect({ hours: dialHours(RULES), text: hoursText(RULES), holidays: RULES.holidays }).toEqual({ hours: { openMin: 540, closeMin: 1070 }, text: '09:00-17:50', holidays: ['01-26', '08-15', '10-02'] })
  })

  it.each([
    ['2026-11-24 08:59:59', false],
    ['2026-11-24 08:59:59.999', false],
    ['2026-11-24 09:00:00', true],
    ['2026-11-24 12:00:00', true],
    ['2026-11-24 17:49:59', true],
    ['2026-11-24 17:49:59.999', true],
    ['2026-11-24 17:50:00', false],
    ['2026-11-24 18:00:00', false],
    ['2026-11-24 20:10:00', false],
    ['2026-11-24 00:00:00', false],
    ['2026-11-22 12:00:00', true],
    ['2026-10-02 12:00:00', false],
    ['2026-08-15 12:00:00', false],
    ['2027-01-26 12:00:00', false],
  ])('%s is within it: %s', (at, within) => {
    expect(isWithinHours(ist(at), RULES)).toBe(within)
  })

  it('follows the settings', () => {
    const wide = { ...RULES, windowOpenMin: 8 * 60, windowCloseMin: 19 * 60, closeGuardMin: 5, holidays: [] }
    expect([hoursText(wide), isWithinHours(ist('2026-10-02 08:00'), wide), isWithinHours(ist('2026-11-24 18:54:59'), wide), isWithinHours(ist('2026-11-24 18:55'), wide)])
      .toEqual(['08:00-18:55', true, true, false])
  })

  it.each([
    ['before it opens', '2026-11-24 06:00', '2026-11-24 09:00'],
    ['within it', '2026-11-24 12:34:56', '2026-11-24 12:34:56'],
    ['at its end', '2026-11-24 17:50', '2026-11-25 09:00'],
    ['on the eve of a holiday', '2026-10-01 18:00', '2026-10-03 09:00'],
    ['on a holiday', '2026-10-02 12:00', '2026-10-03 09:00'],
    ['at the end of the year', '2026-12-31 23:00', '2027-01-01 09:00'],
  ])('opens next, asked %s', (_, at, next) => {
    expect(nextDialTime(ist(at), RULES)).toEqual(ist(next))
  })

  it('opens next at a moment that lies within it and not before the one asked', () => {
    fc.assert(fc.property(fc.integer({ min: ist('2026-01-01').getTime(), max: ist('2027-12-31').getTime() }), (ms) => {
      const next = nextDialTime(new Date(ms), RULES)
      expect([isWithinHours(next, RULES), next.getTime() >= ms]).toEqual([true, true])
    }))
  })

  it.each(HOST_ZONES)('does not ask for the zone of the host, here %s', (zone) => {
    inHostZone(zone, () => {
      expect([isWithinHours(new Date('2026-11-24T03:30:00Z'), RULES), isWithinHours(new Date('2026-11-24T14:40:00Z'), RULES), nextDialTime(new Date('2026-11-24T14:40:00Z'), RULES).toISOString()])
        .toEqual([true, false, '2026-11-25T03:30:00.000Z'])
    })
  })
})
