import { parseCallFilters, type CallFilters, type ListedCall } from './call-filters.ts'
import { compareKeys, keyOf, type CallIndex, type CallKey } from './call-index.ts'
import type { LedgerBook } from './ledger-book.ts'
import type { PlacedCall } from './ledger.ts'
import { callAt } from './lifecycle.ts'

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 100

export interface CallPage {
  listed: ListedCall[]
  total: number
  pageSize: number
  /** Queries of the neighbouring pages; null where there is none. */
  first: URLSearchParams
  previous: URLSearchParams | null
  next: URLSearchParams | null
}

/** One page of the bulk list (exotel.md 3.2); undefined when the query is malformed. */
export function listCalls(book: LedgerBook, query: URLSearchParams, now: Date): CallPage | undefined {
  const filters = parseCallFilters(query, now)
  const pageSize = parsePageSize(query.get('PageSize'))
  const order = parseOrder(query.get('SortBy'))
  const [after, before] = [query.get('After'), query.get('Before')].map(parseCursor)
  if (!filters || !pageSize || !order || after === undefined || before === undefined || (after && before))
    return undefined

  const found = candidates(book.calls, filters)
    .map(call => ({ call, state: callAt(call, now) }))
    .filter(filters.matches)
    .sort((a, b) => order * compareKeys(keyOf(a.call), keyOf(b.call)))

  const [start, end] = bounds(found.map(({ call }) => keyOf(call)), { order, pageSize, after, before })
  const listed = found.slice(start, end)
  return {
    listed,
    total: found.length,
    pageSize,
    first: withCursor(query),
    previous: start > 0 && listed[0] ? withCursor(query, 'Before', listed[0].call) : null,
    next: end < found.length && listed.length > 0 ? withCursor(query, 'After', listed[listed.length - 1]!.call) : null,
  }
}

// A poll names its sids or its numbers: it must not cost a walk through every call there ever was.
function candidates(calls: CallIndex, { created, sids, phones }: CallFilters): PlacedCall[] {
  if (sids === null && phones === null)
    return calls.createdBetween(created.fromMs, created.toMs)
  const named = sids === null ? phones!.flatMap(calls.callsFrom) : sids.map(calls.find).filter(call => call !== undefined)
  return named.filter(({ createdAt }) => createdAt.getTime() >= created.fromMs && createdAt.getTime() <= created.toMs)
}

interface Window { order: number, pageSize: number, after: CallKey | null, before: CallKey | null }

function bounds(keys: CallKey[], { order, pageSize, after, before }: Window): [start: number, end: number] {
  if (before) {
    const end = keys.filter(key => order * compareKeys(key, before) < 0).length
    return [Math.max(0, end - pageSize), end]
  }
  const start = after ? keys.filter(key => order * compareKeys(key, after) <= 0).length : 0
  return [start, Math.min(keys.length, start + pageSize)]
}

function withCursor(query: URLSearchParams, name?: 'Before' | 'After', call?: PlacedCall): URLSearchParams {
  const page = new URLSearchParams(query)
  page.delete('Before')
  page.delete('After')
  if (name && call)
    page.set(name, Buffer.from(`${call.createdAt.getTime()}.${call.sid}`).toString('base64url'))
  return page
}

function parseCursor(cursor: string | null): CallKey | null | undefined {
  if (cursor === null)
    return null
  const [, createdMs, sid] = /^(\d+)\.([0-9a-z]{32})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  return createdMs && sid ? { createdMs: Number(createdMs), sid } : undefined
}

function parsePageSize(text: string | null): number | undefined {
  if (text === null)
    return DEFAULT_PAGE_SIZE
  const size = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return size >= 1 && size <= MAX_PAGE_SIZE ? size : undefined
}

function parseOrder(sortBy: string | null): 1 | -1 | undefined {
  const orders: Record<string, 1 | -1> = { 'DateCreated:asc': 1, 'DateCreated:desc': -1 }
  return orders[sortBy ?? 'DateCreated:desc']
}
