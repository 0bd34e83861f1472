import { describe, expect, it } from 'vitest'
import { dayOfDate, isCalendarDate, istDate, istDay, istTimeOfDay, msIntoIstDay, parseIstTimestamp, startOfIstDay, weekday } from '../../src/domain/ist.ts'
import { HOST_ZONES, inHostZone } from './host-zone.ts'

describe('ist', () => {
  it.each([
    ['2026-11-23T18:29:59.999Z', '2026-11-23', '23:59', 86_399_999],
    ['2026-11-23T18:30:00Z', '2026-11-24', '00:00', 0],
    ['2026-11-24T00:00:00Z', '2026-11-24', '05:30', 19_800_000],
    ['2026-12-31T18:30:00Z', '2027-01-01', '00:00', 0],
    ['1969-12-31T18:30:00Z', '1970-01-01', '00:00', 0],
    ['1969-12-31T18:29:00Z', '1969-12-31', '23:59', 86_340_000],
  ])('%s is %s %s in India', (utc, date, time, ms) => {
    const at = new Date(utc)
    expect({ date: istDate(at), time: istTimeOfDay(at), ms: msIntoIstDay(at), start: startOfIstDay(istDay(at)).getTime() + ms, day: istDay(at) })
      .toEqual({ date, time, ms, start: at.getTime(), day: dayOfDate(date) })
  })

  it.each([
    ['2026-11-22', 0],
    ['2026-11-23', 1],
    ['2026-11-28', 6],
    ['1970-01-01', 4],
    ['1969-12-28', 0],
  ])('%s has the weekday %i', (date, day) => {
    expect(weekday(dayOfDate(date))).toBe(day)
  })

  it.each([
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-02-30', false],
    ['2026-13-01', false],
    ['2026-00-01', false],
    ['soon', false],
  ])('%s is in the calendar: %s', (date, exists) => {
    expect(isCalendarDate(date)).toBe(exists)
  })

  it.each([
    ['2026-11-23 10:15:30', '2026-11-23T04:45:30.000Z'],
    ['2026-11-23T10:15:30', '2026-11-23T04:45:30.000Z'],
    [' 2026-11-23 00:00:00 ', '2026-11-22T18:30:00.000Z'],
    ['2026-02-30 10:00:00', undefined],
    ['2026-11-23 25:00:00', undefined],
    ['2026-11-23', undefined],
    ['2026-11-23 10:15:30 +0530', undefined],
    ['0000-00-00 00:00:00', undefined],
    ['null', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('reads %j of Exotel as %s', (text, utc) => {
    expect(parseIstTimestamp(text)?.toISOString()).toBe(utc)
  })

  it.each(HOST_ZONES)('does not ask for the zone of the host, here %s', (zone, offset) => {
    inHostZone(zone, () => {
      const at = new Date('2026-03-08T18:30:00Z')
      expect(at.getTimezoneOffset()).toBe(offset)
      expect([istDate(at), istTimeOfDay(at), istDay(at), parseIstTimestamp('2026-03-08 02:30:00')?.toISOString()]).toEqual(['2026-03-09', '00:00', 20_521, '2026-03-07T21:00:00.000Z'])
    })
  })
})
