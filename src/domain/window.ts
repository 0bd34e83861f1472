import type { CallRules } from './call-rules.ts'
import { istDay, istTimeOfDay, msIntoIstDay, startOfIstDay } from './ist.ts'
import { isHoliday } from './working-hours.ts'

const MINUTE_MS = 60_000

/** The hours in which calls may start; the end leaves room so that no call rings past the window. */
export function dialHours(rules: CallRules): { openMin: number, closeMin: number } {
  return { openMin: rules.windowOpenMin, closeMin: rules.windowCloseMin - rules.closeGuardMin }
}

/** True when a call may start at this moment, by the hour and the day. */
export function isWithinHours(at: Date, rules: CallRules): boolean {
  const { openMin, closeMin } = dialHours(rules)
  const minutes = msIntoIstDay(at) / MINUTE_MS
  return minutes >= openMin && minutes < closeMin && !isHoliday(at, rules.holidays)
}

/** The next moment at or after `at` at which a call may start. */
export function nextDialTime(at: Date, rules: CallRules): Date {
  if (isWithinHours(at, rules))
    return at
  const today = istDay(at)
  for (let day = today; ; day++) {
    const opening = new Date(startOfIstDay(day).getTime() + dialHours(rules).openMin * MINUTE_MS)
    if (opening >= at && !isHoliday(opening, rules.holidays))
      return opening
  }
}

/** `09:00-17:50`. */
export function hoursText(rules: CallRules): string {
  const { openMin, closeMin } = dialHours(rules)
  const text = (min: number) => istTimeOfDay(new Date(startOfIstDay(0).getTime() + min * MINUTE_MS))
  return `${text(openMin)}-${text(closeMin)}`
}
