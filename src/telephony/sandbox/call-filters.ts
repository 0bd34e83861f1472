import { shownStatus } from './call-resource.ts'
import { parseIstTimestamp } from '../../domain/ist.ts'
import type { PlacedCall } from './ledger.ts'
import type { CallState } from './lifecycle.ts'
import { toE164 } from './phone-spelling.ts'

const DAY_MS = 86_400_000
const MAX_RANGE_MS = 31 * DAY_MS
const MAX_AGE_MS = 184 * DAY_MS
const MAX_SIDS = 100
const MAX_PHONES = 5

export interface ListedCall { call: PlacedCall, state: CallState }
type CallFilter = (listed: ListedCall) => boolean

export interface CallFilters {
  /** Whole seconds, both counted. */
  created: { fromMs: number, toMs: number }
  sids: string[] | null
  phones: string[] | null
  matches: CallFilter
}

/** The filters of exotel.md 3.2; undefined when one of them is malformed or asks for more than is allowed. */
export function parseCallFilters(query: URLSearchParams, now: Date, zoneShiftMs = 0): CallFilters | undefined {
  const created = createdRange(query.get('DateCreated'), now, zoneShiftMs)
  const [sids, phones] = [listOf(query.get('Sid'), sid => sid), listOf(query.get('From'), comparable)]
  const filters = [
    memberFilter(sids, MAX_SIDS, ({ call }) => call.sid),
    memberFilter(phones, MAX_PHONES, ({ call }) => comparable(call.from)),
    memberFilter(listOf(query.get('To'), comparable), MAX_PHONES, ({ call }) => comparable(call.to ?? call.callerId)),
    memberFilter(listOf(query.get('PhoneNumber'), comparable), MAX_PHONES, ({ call }) => comparable(call.callerId)),
    memberFilter(listOf(query.get('Status'), status => status), Infinity, ({ state }) => shownStatus(state)),
    memberFilter(listOf(query.get('Direction'), direction => direction), Infinity, ({ call }) => call.direction),
  ]
  const sound = filters.filter(filter => filter !== undefined)
  if (!created || sound.length < filters.length)
    return undefined
  return { created, sids, phones, matches: listed => sound.every(matches => matches(listed)) }
}

// Sources differ on the spelling that is compared, so any is taken (exotel.md 3.2).
function comparable(phone: string): string {
  return toE164(phone) ?? phone
}

function listOf(list: string | null, normalise: (text: string) => string): string[] | null {
  return list === null ? null : [...new Set(list.split(',').map(each => normalise(each.trim())))]
}

function memberFilter(list: string[] | null, max: number, read: (listed: ListedCall) => string): CallFilter | undefined {
  if (list === null)
    return () => true
  const wanted = new Set(list)
  return wanted.size <= max ? listed => wanted.has(read(listed)) : undefined
}

/** `gte:…;lte:…` in IST. Without it the last 31 days; never more than a month at once, nor further back than six. */
function createdRange(range: string | null, now: Date, zoneShiftMs: number): CallFilters['created'] | undefined {
  const bounds = new Map((range ?? '').split(';').filter(Boolean).map(bound => [bound.slice(0, 4), parseIstTimestamp(bound.slice(4).trim())]))
  const known = [...bounds].filter(([name, time]) => time && ['gte:', 'lte:'].includes(name))
  if (known.length !== bounds.size)
    return undefined

  const toMs = bounds.has('lte:') ? bounds.get('lte:')!.getTime() - zoneShiftMs : now.getTime()
  const fromMs = bounds.has('gte:') ? bounds.get('gte:')!.getTime() - zoneShiftMs : toMs - MAX_RANGE_MS
  if (toMs - fromMs > MAX_RANGE_MS || now.getTime() - fromMs > MAX_AGE_MS)
    return undefined
  // Exotel keeps whole seconds, so a call of 10:00:00.7 is within lte:10:00:00, and so is one of 10:00:00.2 within gte:10:00:00.
  return { fromMs: Math.ceil(fromMs / 1000) * 1000, toMs: Math.floor(toMs / 1000) * 1000 + 999 }
}
