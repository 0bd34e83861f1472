import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataExpiry, isHoliday } from '../../src/domain/working-hours.ts'
import { ist } from './a-borrower.ts'
import { HOST_ZONES, inHostZone } from './host-zone.ts'

const HOLIDAYS = ['01-26', '08-15', '10-02']
const RULES = { maxDataAgeH: 36, holidays: HOLIDAYS }

describe('dataExpiry', () => {
  it.each([
    ['within the week', '2026-11-24 08:00', '2026-11-25 20:00'],
    ['over a Sunday, from Friday evening', '2026-11-20 18:00', '2026-11-23 06:00'],
    ['over a Sunday, from Saturday', '2026-11-21 12:00', '2026-11-24 00:00'],
    ['from a Sunday', '2026-11-22 12:00', '2026-11-24 12:00'],
    ['over a holiday, Monday 26 January', '2026-01-24 18:00', '2026-01-28 06:00'],
    ['over a holiday, Friday 2 October, and the Sunday after', '2026-10-01 12:00', '2026-10-05 00:00'],
    ['ending with the week: the age stands still on Sunday', '2026-11-20 12:00', '2026-11-23 00:00'],
    ['at midnight', '2026-11-24 00:00', '2026-11-25 12:00'],
    ['over the new year', '2026-12-31 20:00', '2027-01-02 08:00'],
  ])('counts 36 hours %s', (_, from, until) => {
    expect(dataExpiry(ist(from), RULES)).toEqual(ist(until))
  })

  it('counts as many hours as the rules say', () => {
    expect([dataExpiry(ist('2026-11-24 08:00'), { maxDataAgeH: 1, holidays: [] }), dataExpiry(ist('2026-11-24 08:00'), { maxDataAgeH: 24 * 7, holidays: [] })])
      .toEqual([ist('2026-11-24 09:00'), ist('2026-12-02 08:00')])
  })

  it('is never earlier than the plain hours, and newer data never expires before older', () => {
    const moment = fc.integer({ min: ist('2026-01-01').getTime(), max: ist('2027-12-31').getTime() }).map(ms => new Date(ms))
    fc.assert(fc.property(moment, moment, (a, b) => {
      expect(dataExpiry(a, RULES).getTime()).toBeGreaterThanOrEqual(a.getTime() + 36 * 3_600_000)
      if (a <= b)
        expect(dataExpiry(a, RULES).getTime()).toBeLessThanOrEqual(dataExpiry(b, RULES).getTime())
    }))
  })

  it.each(HOST_ZONES)('does not ask for the zone of the host, here %s', (zone) => {
    inHostZone(zone, () => {
      expect(dataExpiry(new Date('2026-11-20T12:30:00Z'), RULES).toISOString()).toBe('2026-11-23T00:30:00.000Z')
    })
  })
})

describe('isHoliday', () => {
  it.each([
    ['2026-10-01 23:59', false],
    ['2026-10-02 00:00', true],
    ['2026-10-02 23:59', true],
    ['2026-10-03 00:00', false],
    ['2027-01-26 10:00', true],
    ['2026-08-15 10:00', true],
    ['2026-11-22 10:00', false],
  ])('%s is a holiday: %s', (at, holiday) => {
    expect(isHoliday(ist(at), HOLIDAYS)).toBe(holiday)
  })
})
