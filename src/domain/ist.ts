// India has one zone and no daylight saving, so plain arithmetic is exact; the host's zone never enters.
const IST_OFFSET_MS = 5.5 * 3_600_000
const DAY_MS = 86_400_000

/** Days since 1970-01-01 in Asia/Kolkata. */
export function istDay(at: Date): number {
  return Math.floor((at.getTime() + IST_OFFSET_MS) / DAY_MS)
}

/** 00:00 Asia/Kolkata of the given day (days since 1970-01-01). */
export function startOfIstDay(day: number): Date {
  return new Date(day * DAY_MS - IST_OFFSET_MS)
}

/** `YYYY-MM-DD` in Asia/Kolkata. */
export function istDate(at: Date): string {
  const day = istDay(at)
  // Most borrowers of a file share its date.
  if (day !== lastDay)
    [lastDay, lastDate] = [day, new Date(day * DAY_MS).toISOString().slice(0, 10)]
  return lastDate
}

let [lastDay, lastDate] = [Number.NaN, '']

/** `HH:MM` in Asia/Kolkata. */
export function istTimeOfDay(at: Date): string {
  return new Date(at.getTime() + IST_OFFSET_MS).toISOString().slice(11, 16)
}

/** Minutes since 00:00 of a time such as `17:30`; undefined when it is none. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

/** Milliseconds since 00:00 Asia/Kolkata. */
export function msIntoIstDay(at: Date): number {
  return at.getTime() - startOfIstDay(istDay(at)).getTime()
}

/** Day number of a `YYYY-MM-DD` calendar date. */
export function dayOfDate(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS)
}

/** False for a day that no calendar has, such as `2026-02-30`, which Date would roll over in silence. */
export function isCalendarDate(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date)
}

/** 0 = Sunday … 6 = Saturday, for a day number. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/** Reads Exotel's `YYYY-MM-DD HH:mm:ss`, which is Indian time without a zone; undefined when it is not one. */
export function parseIstTimestamp(text: string | null | undefined): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/.exec(text?.trim() ?? '')
  if (!match || !isCalendarDate(match[1]!))
    return undefined
  const at = new Date(`${match[1]}T${match[2]}+05:30`)
  return Number.isNaN(at.getTime()) ? undefined : at
}

/** Writes a time as Exotel does: `YYYY-MM-DD HH:mm:ss` in India, without a zone. */
export function toIstTimestamp(at: Date): string {
  return new Date(at.getTime() + IST_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
}
