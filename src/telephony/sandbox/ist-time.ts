import { DateTime } from 'luxon'

const ZONE = 'Asia/Kolkata'
const WALL_CLOCK = 'yyyy-MM-dd HH:mm:ss'

/** The wall clock of India without a zone, as the v1 API writes every time (exotel.md 3.4). */
export function toIst(instant: Date): string {
  return DateTime.fromJSDate(instant, { zone: ZONE }).toFormat(WALL_CLOCK)
}

export function parseIst(text: string): Date | undefined {
  const time = DateTime.fromFormat(text, WALL_CLOCK, { zone: ZONE })
  return time.isValid ? time.toJSDate() : undefined
}
