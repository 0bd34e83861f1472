import type { ListedCall } from './listed-call.ts'
import type { Attention } from './call.ts'

/** The times of the list may be of another zone than India's. */
export const ZONE_DOUBT_MS = 6 * 3_600_000
/** A call is absent only where two lists lack it that were read so far apart: one page may have moved while it was read. */
export const SECOND_READ_MS = 60_000
/** After so long without an answer a person must look. */
export const PATIENCE_MS = 24 * 3_600_000
const FIT_SPARE_MS = 60_000
// Exotel writes whole seconds, and two clocks never agree.
const EARLY_MS = 2000

/** A call that was perhaps placed, and whose CallSid nobody told. */
export interface LostCall {
  reference: string
  postStartedAt: Date
  settleAt: Date
  absentAt: Date | null
  attention: Attention | null
}

export type Fate =
  | { kind: 'attach', sid: string }
  /** Several calls could be this one, and none of them says so. */
  | { kind: 'ambiguous', sids: string[] }
  | { kind: 'absent' }
  | { kind: 'not_placed' }
  /** `isSeen`: something is there that may be it. */
  | { kind: 'wait', isSeen: boolean }

/** What a list, read at `now`, proves of a lost call (calls.md, "Reconcile"). The candidates are on its number, near its time, and of no other session. */
export function decideFate(call: LostCall, candidates: ListedCall[], { now, httpTimeoutMs, isWhole }: { now: Date, httpTimeoutMs: number, isWhole: boolean }): Fate {
  const named = candidates.find(({ customField }) => customField === call.reference)
  if (named)
    return { kind: 'attach', sid: named.sid }

  const nameless = candidates.filter(({ customField }) => customField === null)
  const [sole] = nameless
  // Where two were seen once, a list that shows one of them proves nothing.
  if (nameless.length > 1 || (sole && call.attention === 'TWO_CANDIDATES'))
    return { kind: 'ambiguous', sids: nameless.map(({ sid }) => sid) }
  const isSettled = now >= call.settleAt
  if (sole)
    return isSettled || fitsTightly(call, sole, httpTimeoutMs) ? { kind: 'attach', sid: sole.sid } : { kind: 'wait', isSeen: true }

  // The list omits ongoing calls, so before the call must have ended its absence says nothing.
  if (!isSettled || !isWhole || call.attention === 'TWO_CANDIDATES')
    return { kind: 'wait', isSeen: false }
  if (call.absentAt === null)
    return { kind: 'absent' }
  return now.getTime() - call.absentAt.getTime() >= SECOND_READ_MS ? { kind: 'not_placed' } : { kind: 'wait', isSeen: false }
}

function fitsTightly({ postStartedAt }: LostCall, { createdAt }: ListedCall, httpTimeoutMs: number): boolean {
  const late = createdAt === null ? Number.NaN : createdAt.getTime() - postStartedAt.getTime()
  // A call of before our request is somebody else's, however near.
  return late >= -EARLY_MS && late <= httpTimeoutMs + FIT_SPARE_MS
}

export function isNearInTime(createdAt: Date | null, postStartedAt: Date): boolean {
  return createdAt === null || Math.abs(createdAt.getTime() - postStartedAt.getTime()) <= ZONE_DOUBT_MS
}

/** One list that is to be read: of these numbers, or of everybody. */
export interface PlannedRead<Call> { calls: Call[], ofNumbers: boolean, createdFrom: Date, createdTo: Date }

// A From takes five numbers, and each is asked for in two spellings.
const NUMBERS_A_READ = 2
const WHOLE_LIST_FROM = 20
const LONGEST_SPAN_MS = 86_400_000

/** Few lost calls are asked for by number, many of one day by one list of everybody's. */
export function planReads<Call extends { postStartedAt: Date }>(calls: Call[]): PlannedRead<Call>[] {
  return inSpans(calls).flatMap((span) => {
    if (span.length >= WHOLE_LIST_FROM)
      return [readOf(span, false)]
    const pairs = Array.from({ length: Math.ceil(span.length / NUMBERS_A_READ) }, (_, at) => span.slice(at * NUMBERS_A_READ, (at + 1) * NUMBERS_A_READ))
    return pairs.map(pair => readOf(pair, true))
  })
}

function inSpans<Call extends { postStartedAt: Date }>(calls: Call[]): Call[][] {
  const spans: Call[][] = []
  for (const call of calls.toSorted((a, b) => a.postStartedAt.getTime() - b.postStartedAt.getTime())) {
    const span = spans.at(-1)
    if (span && call.postStartedAt.getTime() - span[0]!.postStartedAt.getTime() <= LONGEST_SPAN_MS)
      span.push(call)
    else
      spans.push([call])
  }
  return spans
}

function readOf<Call extends { postStartedAt: Date }>(calls: Call[], ofNumbers: boolean): PlannedRead<Call> {
  const times = calls.map(({ postStartedAt }) => postStartedAt.getTime())
  return { calls, ofNumbers, createdFrom: new Date(Math.min(...times) - ZONE_DOUBT_MS), createdTo: new Date(Math.max(...times) + ZONE_DOUBT_MS) }
}
