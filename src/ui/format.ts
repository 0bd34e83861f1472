// Before three digits, and before each two in front of them. Not Intl, whose tables take 15 ms to load, which every command would wait for.
const INDIAN_GROUPS = /\B(?=(?:\d{2})*\d{3}$)/g
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

// India has kept one offset and no summer time since 1945.
const IST_OFFSET_MS = (5 * 60 + 30) * 60 * 1000

/** `₹2,50,000.00` from whole paise; exact for every safe integer. */
export function rupees(paise: number): string {
  const size = Math.abs(paise)
  const rest = size % 100
  return `${paise < 0 ? '-' : ''}₹${count((size - rest) / 100)}.${twoDigits(rest)}`
}

/** Rupees as JSON carries them: `250000`, `15000.5`. */
export function rupeesNumber(paise: number): number {
  return paise / 100
}

/** `98•••••210`: enough to recognise a number, too little to call it. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  const national = /^91\d{10}$/.test(digits) ? digits.slice(2) : digits
  if (national.length < 8)
    return '•'.repeat(national.length)
  return national.slice(0, 2) + '•'.repeat(national.length - 5) + national.slice(-3)
}

/** Text in which every run of ten digits or more, however it is spaced, is masked. */
export function maskPhones(text: string): string {
  return text.replace(/\d(?:[ -]?\d){9,}/g, found => maskPhone(found.replace(/\D/g, '').slice(-10)))
}

/** `23 Nov 2026, 10:30` in India, whatever the host's zone. */
export function istTime(date: Date): string {
  const ist = shiftToIst(date)
  return `${ist.getUTCDate()} ${MONTHS[ist.getUTCMonth()]} ${ist.getUTCFullYear()}, ${istClock(date)}`
}

/** `10:30` */
export function istClock(date: Date): string {
  return shiftToIst(date).toISOString().slice(11, 16)
}

/** `10:30:05`, for timelines. */
export function istSeconds(date: Date): string {
  return shiftToIst(date).toISOString().slice(11, 19)
}

/** `2026-11-23T10:30:00+05:30`; milliseconds only when there are any. Both spellings sort as text: `+` comes before `.`. */
export function rfc3339(date: Date): string {
  return `${shiftToIst(date).toISOString().replace(/(?:\.000)?Z$/, '')}+05:30`
}

/** `45 s`, `1 m 02 s`, `2 h 05 m 00 s` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (hours > 0)
    return `${count(hours)} h ${twoDigits(minutes)} m ${twoDigits(rest)} s`
  return minutes > 0 ? `${minutes} m ${twoDigits(rest)} s` : `${rest} s`
}

/** `1,00,000` */
export function count(n: number): string {
  return String(n).replace(INDIAN_GROUPS, ',')
}

/** `1 row`, `1,200 rows`; the third word for plurals that do not just add an s. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

function shiftToIst(date: Date) {
  return new Date(date.getTime() + IST_OFFSET_MS)
}

function twoDigits(n: number) {
  return String(n).padStart(2, '0')
}
