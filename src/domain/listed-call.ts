import { parseIstTimestamp } from './ist.ts'

/** What a call of Exotel's list tells of whose it is. */
export interface ListedCall {
  sid: string
  from: string | null
  /** Our reference, where the account's list shows it at all. */
  customField: string | null
  direction: string | null
  /** The lender's number. */
  exophone: string | null
  /** As if Exotel wrote Indian time, which it does. */
  createdAt: Date | null
}

/** Reads the fields that Exotel's details and list have beside a call's state. */
export function readListedCall({ sid, from, to, raw }: { sid: string, from: string | null, to: string | null, raw: Record<string, unknown> }): ListedCall {
  const text = (key: string) => {
    const value = raw[key]
    const trimmed = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
    return trimmed === '' || trimmed === 'null' ? null : trimmed
  }
  return {
    sid, from,
    customField: text('CustomField'),
    direction: text('Direction'),
    // A flow call's To is the ExoPhone, or nothing (exotel.md 2.5).
    exophone: text('PhoneNumberSid') ?? to,
    createdAt: parseIstTimestamp(text('DateCreated') ?? text('StartTime')) ?? null,
  }
}

/** A call that the API placed from our number, as far as the list says: what it leaves out speaks against nothing. */
export function mayBeOurs({ direction, exophone }: ListedCall, callerId: string): boolean {
  return (direction === null || direction === 'outbound-api') && (exophone === null || callerId === '' || mayBeNumber(exophone, callerId))
}

/** Numbers come as 0XXXXXXXXXX, +91…, 91… or masked as 0XXXXX38847: the last ten digits count, or as many as are shown. */
export function mayBeNumber(listed: string | null, number: string): boolean {
  const digits = number.replace(/\D/g, '').slice(-10)
  const shown = (listed ?? '').replace(/[^\dx*•]/gi, '').slice(-10)
  if (/^\d+$/.test(shown))
    return shown === digits
  const tail = /\d*$/.exec(shown)![0]
  return tail.length >= 4 && digits.endsWith(tail)
}

/** The number in E.164; undefined where digits are hidden, because nobody can be called under half a number. */
export function wholeNumberOf(listed: string | null): string | undefined {
  const compact = (listed ?? '').replace(/[\s().-]/g, '')
  const national = /^(?:\+?91|0)?([1-9]\d{9})$/.exec(compact)?.[1]
  if (national)
    return `+91${national}`
  return /^\+[1-9]\d{6,14}$/.test(compact) ? compact : undefined
}

/** Sources differ on the spelling that Exotel's filters compare (exotel.md 3.2), so both are asked for. */
export function spellingsOf(number: string): string[] {
  const national = /^\+91(\d{10})$/.exec(number)?.[1]
  return national ? [`0${national}`, number] : [number]
}
