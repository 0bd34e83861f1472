import type { CallRules } from './call-rules.ts'
import { istDate, istDay, msIntoIstDay, startOfIstDay, weekday } from './ist.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** When data of `dataDate` is too old to be called upon: hours of Sundays and holidays do not count. */
export function dataExpiry(dataDate: Date, rules: Pick<CallRules, 'maxDataAgeH' | 'holidays'>): Date {
  // All loans of a file share its date.
  if (last?.rules !== rules || last.dataDate.getTime() !== dataDate.getTime())
    last = { rules, dataDate, expiry: findExpiry(dataDate, rules) }
  return last.expiry
}

let last: { rules: object, dataDate: Date, expiry: Date } | undefined

function findExpiry(dataDate: Date, { maxDataAgeH, holidays }: Pick<CallRules, 'maxDataAgeH' | 'holidays'>): Date {
  let at = dataDate
  let left = maxDataAgeH * HOUR_MS
  for (;;) {
    const rest = DAY_MS - msIntoIstDay(at)
    const counts = isWorkingDay(at, holidays)
    if (counts && left < rest)
      return new Date(at.getTime() + left)
    left -= counts ? rest : 0
    at = startOfIstDay(istDay(at) + 1)
  }
}

export function isHoliday(at: Date, holidays: string[]): boolean {
  return holidays.includes(istDate(at).slice(5))
}

function isWorkingDay(at: Date, holidays: string[]): boolean {
  return weekday(istDay(at)) !== 0 && !isHoliday(at, holidays)
}
