/** The most of these moments that lie in any stretch of this length, its end not counted: exact, whatever their order. */
export function maxInAnyWindow(timesMs: readonly number[], windowMs = 60_000): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  let max = 0
  let first = 0
  sorted.forEach((time, last) => {
    while (sorted[first]! <= time - windowMs)
      first += 1
    max = Math.max(max, last - first + 1)
  })
  return max
}

export interface CallSpan { sid: string, phone: string, startMs: number, endMs: number }
export interface Overlap { phone: string, sids: [string, string] }

/** Pairs of calls to one phone of which the second was placed before the first had ended. */
export function findOverlaps(spans: readonly CallSpan[]): Overlap[] {
  const open = new Map<string, CallSpan[]>()
  return spans.toSorted((a, b) => a.startMs - b.startMs).flatMap((span) => {
    const still = (open.get(span.phone) ?? []).filter(({ endMs }) => endMs > span.startMs)
    open.set(span.phone, [...still, span])
    return still.map(({ phone, sid }): Overlap => ({ phone, sids: [sid, span.sid] }))
  })
}

export function countBy<Entry>(entries: Iterable<Entry>, keyOf: (entry: Entry) => string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const entry of entries)
    counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + 1)
  return Object.fromEntries(counts)
}
