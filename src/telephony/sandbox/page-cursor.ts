import { compareKeys, keyOf, type CallKey } from './call-index.ts'
import type { PlacedCall } from './ledger.ts'
import type { ReadMisbehaviour } from './misbehaviour.ts'

/** Where a page begins or ends: at a call, whatever is placed meanwhile, or after so many, as a list does that moves. */
export type Cursor = CallKey | number

export interface PageRequest { order: number, pageSize: number, after: Cursor | null, before: Cursor | null }
export interface PageBounds { start: number, end: number, previous: Cursor | null, next: Cursor | null }

/** The page in a list of sorted calls, and the cursors of its neighbours; null where there is none. */
export function boundsOf(calls: PlacedCall[], page: PageRequest, { offsets, repeat = 0, skip = 0 }: ReadMisbehaviour): PageBounds {
  const [start, end] = startAndEnd(calls.map(keyOf), page)
  if (!offsets && repeat === 0 && skip === 0) {
    const [first, last] = [calls[start], calls[end - 1]]
    return { start, end, previous: start > 0 && first ? keyOf(first) : null, next: end < calls.length && last ? keyOf(last) : null }
  }
  // A page must not begin where the one before began, or a walk has no end.
  const nextStart = Math.max(start + 1, end - repeat + skip)
  return { start, end, previous: start > 0 ? start : null, next: end < calls.length && nextStart < calls.length ? nextStart : null }
}

function startAndEnd(keys: CallKey[], { order, pageSize, after, before }: PageRequest): [start: number, end: number] {
  if (before !== null) {
    const end = typeof before === 'number' ? Math.min(before, keys.length) : keys.filter(key => order * compareKeys(key, before) < 0).length
    return [Math.max(0, end - pageSize), end]
  }
  const start = typeof after === 'number' ? Math.min(after, keys.length) : after ? keys.filter(key => order * compareKeys(key, after) <= 0).length : 0
  return [start, Math.min(keys.length, start + pageSize)]
}

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(typeof cursor === 'number' ? `@${cursor}` : `${cursor.createdMs}.${cursor.sid}`).toString('base64url')
}

/** Null when none is given, undefined when it is none of ours. */
export function parseCursor(cursor: string | null): Cursor | null | undefined {
  if (cursor === null)
    return null
  const [, offset, createdMs, sid] = /^(?:@(\d{1,9})|(\d+)\.([0-9a-z]{32}))$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (offset)
    return Number(offset)
  return createdMs && sid ? { createdMs: Number(createdMs), sid } : undefined
}
