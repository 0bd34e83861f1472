import { dayOfDate, isCalendarDate, istDay, startOfIstDay } from './ist.ts'
import { parseLoanDate } from './loan-date.ts'

const HOUR_MS = 3_600_000

/**
 * Reads a point in time as people type it: `today`, `yesterday`, `week`, `7d`, `36h`, `2026-11-21`, `21/11/2026`, or RFC 3339.
 * Days begin at 00:00 Asia/Kolkata. Undefined when it is none of these.
 */
export function parseWhen(text: string, now: Date): Date | undefined {
  const word = text.trim().toLowerCase()
  const today = istDay(now)
  const daysAgo: Record<string, number> = { today: 0, yesterday: 1, week: 7 }
  if (Object.hasOwn(daysAgo, word))
    return startOfIstDay(today - daysAgo[word]!)

  const span = /^(\d{1,5})([dh])$/.exec(word)
  if (span)
    return span[2] === 'd' ? startOfIstDay(today - Number(span[1])) : new Date(now.getTime() - Number(span[1]) * HOUR_MS)

  if (/^\d{4}-\d{2}-\d{2}t.*(z|[+-]\d{2}:\d{2})$/.test(word)) {
    const at = new Date(text.trim())
    return Number.isNaN(at.getTime()) || !isCalendarDate(word.slice(0, 10)) ? undefined : at
  }

  // A bare number is an id in the wrong place, not a day of Excel's; a time without its zone is not the beginning of its day.
  const date = parseLoanDate(/^\d+$|\d:\d/.test(word) ? undefined : text)
  return date.ok && date.value ? startOfIstDay(dayOfDate(date.value)) : undefined
}

/** Reads a length of time such as `36h` or `7d` in milliseconds; undefined when it is none. */
export function parseSpanMs(text: string): number | undefined {
  const span = /^(\d{1,5})([dhm])$/.exec(text.trim().toLowerCase())
  if (!span)
    return undefined
  return Number(span[1]) * { d: 24 * HOUR_MS, h: HOUR_MS, m: 60_000 }[span[2] as 'd' | 'h' | 'm']
}
