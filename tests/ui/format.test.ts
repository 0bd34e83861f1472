import { expect, it } from 'vitest'
import { count, duration, istClock, istSeconds, istTime, maskPhone, plural, rfc3339, rupees, rupeesNumber } from '../../src/ui/format.ts'

it.each([
  [0, '₹0.00'],
  [-0, '₹0.00'],
  [5, '₹0.05'],
  [99_900, '₹999.00'],
  [100_000, '₹1,000.00'],
  [25_000_000, '₹2,50,000.00'],
  [1_234_567_890, '₹1,23,45,678.90'],
  [-120_000, '-₹1,200.00'],
  [-1, '-₹0.01'],
  [Number.MAX_SAFE_INTEGER, '₹9,00,71,99,25,47,409.91'],
])('shows %i paise as %s', (paise, shown) => {
  expect(rupees(paise)).toBe(shown)
})

it.each([
  [25_000_000, '250000'],
  [1_500_050, '15000.5'],
  [-5, '-0.05'],
  [1_999, '19.99'],
  [99_999_999_999_999, '999999999999.99'],
])('writes %i paise in JSON as %s', (paise, written) => {
  expect(JSON.stringify(rupeesNumber(paise))).toBe(written)
})

it.each([
  ['+919876543210', '98•••••210'],
  ['9876543210', '98•••••210'],
  ['+91 98765 43210', '98•••••210'],
  ['+14155550123', '14••••••123'],
  ['12345', '•••••'],
  ['', ''],
])('masks %s as %s', (phone, masked) => {
  expect(maskPhone(phone)).toBe(masked)
})

it.each([
  ['2026-11-23T05:00:00Z', '23 Nov 2026, 10:30', '10:30', '10:30:00', '2026-11-23T10:30:00+05:30'],
  ['2026-11-23T05:00:00.250Z', '23 Nov 2026, 10:30', '10:30', '10:30:00', '2026-11-23T10:30:00.250+05:30'],
  ['2026-12-31T18:30:00Z', '1 Jan 2027, 00:00', '00:00', '00:00:00', '2027-01-01T00:00:00+05:30'],
  ['2026-09-04T18:29:59Z', '4 Sep 2026, 23:59', '23:59', '23:59:59', '2026-09-04T23:59:59+05:30'],
])('shows %s in India', (utc, time, clock, seconds, rfc) => {
  const date = new Date(utc)
  expect({ time: istTime(date), clock: istClock(date), seconds: istSeconds(date), rfc: rfc3339(date) }).toEqual({ time, clock, seconds, rfc })
  expect(new Date(rfc)).toEqual(date)
})

it('shows Indian time in any zone of the host', () => {
  const zone = process.env.TZ
  try {
    process.env.TZ = 'America/New_York'
    expect(istTime(new Date('2026-11-23T05:00:00Z'))).toBe('23 Nov 2026, 10:30')
  }
  finally {
    process.env.TZ = zone
  }
})

it.each([
  [0, '0 s'],
  [45, '45 s'],
  [59.6, '1 m 00 s'],
  [62, '1 m 02 s'],
  [3600, '1 h 00 m 00 s'],
  [7505, '2 h 05 m 05 s'],
  [-3, '0 s'],
])('spells %d seconds as %s', (seconds, spelled) => {
  expect(duration(seconds)).toBe(spelled)
})

it.each([
  [count(100_000), '1,00,000'],
  [plural(1, 'row'), '1 row'],
  [plural(0, 'row'), '0 rows'],
  [plural(120_000, 'row'), '1,20,000 rows'],
  [plural(2, 'entry', 'entries'), '2 entries'],
])('counts %s', (shown, expected) => {
  expect(shown).toBe(expected)
})
