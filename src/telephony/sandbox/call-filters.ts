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
export type CallFilter = (listed: ListedCall) => boolean

/** The filters of exotel.md 3.2; undefined when one of them is malformed or asks for more than is allowed. */
export function parseCallFilters(query: URLSearchParams, now: Date): CallFilter[] | undefined {
  const filters = [
    createdFilter(query.get('DateCreated'), now),
    memberFilter(query.get('Sid'), MAX_SIDS, ({ call }) => call.sid, sid => sid),
    memberFilter(query.get('From'), MAX_PHONES, ({ call }) => call.from, comparable),
    memberFilter(query.get('To'), MAX_PHONES, ({ call }) => comparable(call.to ?? call.callerId), comparable),
    memberFilter(query.get('PhoneNumber'), MAX_PHONES, ({ call }) => comparable(call.callerId), comparable),
    memberFilter(query.get('Status'), Infinity, ({ state }) => shownStatus(state), status => status),
    memberFilter(query.get('Direction'), Infinity, () => 'outbound-api', direction => direction),
  ]
  const sound = filters.filter(filter => filter !== undefined)
  return sound.length === filters.length ? sound : undefined
}

// Sources differ on the spelling that is compared, so any is taken (exotel.md 3.2).
function comparable(phone: string): string {
  return toE164(phone) ?? phone
}

function memberFilter(list: string | null, max: number, read: (listed: ListedCall) => string, normalise: (text: string) => string): CallFilter | undefined {
  if (list === null)
    return () => true
  const wanted = new Set(list.split(',').map(each => normalise(each.trim())))
  return wanted.size <= max ? listed => wanted.has(read(listed)) : undefined
}

/** `gte:…;lte:…` in IST. Without it the last 31 days; never more than a month at once, nor further back than six. */
function createdFilter(range: string | null, now: Date): CallFilter | undefined {
  const bounds = new Map((range ?? '').split(';').filter(Boolean).map(bound => [bound.slice(0, 4), parseIstTimestamp(bound.slice(4).trim())]))
  const [gte, lte] = [bounds.get('gte:'), bounds.get('lte:')]
  const known = [...bounds].filter(([name, time]) => time && ['gte:', 'lte:'].includes(name))
  if (known.length !== bounds.size)
    return undefined

  const to = lte ?? now
  const from = gte ?? new Date(to.getTime() - MAX_RANGE_MS)
  if (to.getTime() - from.getTime() > MAX_RANGE_MS || now.getTime() - from.getTime() > MAX_AGE_MS)
    return undefined
  // Exotel keeps whole seconds, so a call of 10:00:00.7 is within lte:10:00:00.
  return ({ call: { createdAt } }) => {
    const created = Math.floor(createdAt.getTime() / 1000) * 1000
    return created >= from.getTime() && created <= to.getTime()
  }
}
