import { parseCallFilters, type CallFilters, type ListedCall } from './call-filters.ts'
import { compareKeys, keyOf, type CallIndex } from './call-index.ts'
import type { LedgerBook } from './ledger-book.ts'
import type { PlacedCall } from './ledger.ts'
import { callAt } from './lifecycle.ts'
import type { ReadMisbehaviour } from './misbehaviour.ts'
import { boundsOf, parseCursor, writeCursor, type Cursor } from './page-cursor.ts'

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

export interface ListContext { now: Date, zoneShiftMs: number, misbehave: ReadMisbehaviour }

/** One page of the bulk list (exotel.md 3.2); undefined when the query is malformed. */
export function listCalls(book: LedgerBook, query: URLSearchParams, { now, zoneShiftMs, misbehave }: ListContext): CallPage | undefined {
  const filters = parseCallFilters(query, now, zoneShiftMs)
  const pageSize = parsePageSize(query.get('PageSize'))
  const order = parseOrder(query.get('SortBy'))
  const [after, before] = [query.get('After'), query.get('Before')].map(parseCursor)
  if (!filters || !pageSize || !order || after === undefined || before === undefined || (after !== null && before !== null))
    return undefined

  const found = candidates(book.calls, filters)
    .map(call => ({ call, state: callAt(call, now) }))
    .filter(listed => isListed(listed, now, misbehave) && filters.matches(listed))
    .sort((a, b) => order * compareKeys(keyOf(a.call), keyOf(b.call)))

  const bounds = boundsOf(found.map(({ call }) => call), { order, pageSize, after, before }, misbehave)
  return {
    listed: found.slice(bounds.start, bounds.end),
    total: found.length,
    pageSize,
    first: withCursor(query),
    previous: bounds.previous === null ? null : withCursor(query, 'Before', bounds.previous),
    next: bounds.next === null ? null : withCursor(query, 'After', bounds.next),
  }
}

function isListed({ call, state }: ListedCall, now: Date, { lagMs = 0, omitOngoing }: ReadMisbehaviour): boolean {
  return call.createdAt.getTime() + lagMs <= now.getTime() && !(omitOngoing && state.endedAt === null)
}

// A poll names its sids or its numbers: it must not cost a walk through every call there ever was.
function candidates(calls: CallIndex, { created, sids, phones }: CallFilters): PlacedCall[] {
  if (sids === null && phones === null)
    return calls.createdBetween(created.fromMs, created.toMs)
  const named = sids === null ? phones!.flatMap(calls.callsFrom) : sids.map(calls.find).filter(call => call !== undefined)
  return named.filter(({ createdAt }) => createdAt.getTime() >= created.fromMs && createdAt.getTime() <= created.toMs)
}

function withCursor(query: URLSearchParams, name?: 'Before' | 'After', cursor?: Cursor): URLSearchParams {
  const page = new URLSearchParams(query)
  page.delete('Before')
  page.delete('After')
  if (name && cursor !== undefined)
    page.set(name, writeCursor(cursor))
  return page
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
