import type { BlockCode } from '../domain/call-rules.ts'
import { judgeDial } from '../domain/callability.ts'
import { isWithinHours } from '../domain/window.ts'
import { type CallPorts, type CallTerms, placeCall, type PlacedCall } from './place-call.ts'

const CHUNK = 500
const MAX_REPLANS = 3
const SLICE_MS = 500

export interface RunLimits {
  /** At most so many calls; undefined for no limit of its own. */
  max?: number
  perMinute: number
  concurrency: number
  signal?: AbortSignal
}

/** What became of everybody a run selected: `selected` is the sum of all the others. */
export interface RunResult {
  selected: number
  /** How many could be called when the run began; another run may have been faster since. */
  callable: number
  blocked: Partial<Record<BlockCode, number>>
  placed: number
  failed: number
  unknown: number
  notCalled: number
  calls: PlacedCall[]
  /** Why the run ended before its list, if it did. */
  stop: string | null
}

export interface RunPorts extends CallPorts {
  wait: (ms: number) => Promise<void>
  onCall?: (call: PlacedCall, result: RunResult) => void
}

/** Calls the customers in order, one request each, at the pace that was set. Everybody is judged again right before the dial. */
export async function placeCalls(ports: RunPorts, terms: CallTerms, customerIds: number[], limits: RunLimits): Promise<RunResult> {
  const { max = Number.POSITIVE_INFINITY, concurrency, perMinute, signal } = limits
  const result = emptyResult(customerIds.length)
  const run: Run = { ports, terms, result, openedWithinHours: isWithinHours(ports.now(), terms.rules), isOver: () => result.stop !== null || Boolean(signal?.aborted) }
  const { callable, blocked } = await judgeAll(ports, terms, customerIds)
  blocked.forEach(code => count(result, code))
  result.callable = callable.length

  const dialling = new Set<Promise<void>>()
  let taken = 0
  const freePlace = async () => {
    // A place within --max is free again when whoever took it turns out blocked.
    while (!run.isOver() && dialling.size > 0 && (dialling.size >= concurrency || taken >= max))
      await Promise.race(dialling)
  }
  for (const customerId of callable) {
    if (taken > 0 && !run.isOver())
      await Promise.all([freePlace(), taken < max ? pause(run, 60_000 / perMinute) : undefined])
    if (run.isOver() || taken >= max) {
      result.notCalled++
      continue
    }
    taken++
    const one = dial(run, customerId).then((isCalled) => { taken -= isCalled ? 0 : 1 }).finally(() => dialling.delete(one))
    dialling.add(one)
  }
  await Promise.all(dialling)
  if (run.fault !== undefined)
    throw run.fault
  return result
}

interface Run {
  ports: RunPorts
  terms: CallTerms
  result: RunResult
  openedWithinHours: boolean
  /** Nothing new is dialled any more. */
  isOver: () => boolean
  fault?: unknown
}

/** False when nobody was called, so that another may be in this one's place. */
async function dial(run: Run, customerId: number): Promise<boolean> {
  const { ports, result, openedWithinHours } = run
  try {
    const placement = await placeUntilTaken(run, customerId)
    if (!('blocked' in placement)) {
      tally(result, placement)
      ports.onCall?.(placement, result)
      return true
    }
    // The day's window closing in the middle of a run is no fault of the borrower's.
    if (placement.blocked === 'OUTSIDE_HOURS' && openedWithinHours)
      result.notCalled++
    else
      count(result, placement.blocked)
    return false
  }
  catch (error) {
    // Where the database or the disk fails, no further call could be recorded: those on the wire end, none begins.
    run.fault ??= error
    result.stop ??= error instanceof Error ? error.message : String(error)
    return true
  }
}

/** The verdict on everybody, without placing anything. */
export async function judgeAll({ store, now }: Pick<CallPorts, 'store' | 'now'>, { rules }: Pick<CallTerms, 'rules'>, customerIds: number[]): Promise<{ callable: number[], blocked: BlockCode[] }> {
  const callable: number[] = []
  const blocked: BlockCode[] = []
  for (let at = 0; at < customerIds.length; at += CHUNK) {
    const ids = customerIds.slice(at, at + CHUNK)
    const facts = new Map((await store.readFacts(ids, now())).map(one => [one.customerId, one]))
    for (const id of ids) {
      const one = facts.get(id)
      const verdict = one && judgeDial(one, rules, now())
      if (verdict?.ok)
        callable.push(id)
      else
        blocked.push(verdict?.code ?? 'ABSENT')
    }
  }
  return { callable, blocked }
}

// Only what Exotel never took up is planned anew, as a session of its own, after the wait that Exotel asked for.
async function placeUntilTaken(run: Run, customerId: number) {
  const { ports, terms, result } = run
  for (let plan = 0; ; plan++) {
    const placement = await placeCall(ports, terms, customerId)
    if ('blocked' in placement || placement.outcome.kind !== 'not_placed' || placement.outcome.retryAfterMs === null || plan >= MAX_REPLANS)
      return placement
    ports.onCall?.(placement, result)
    await pause(run, placement.outcome.retryAfterMs)
    if (run.isOver())
      return placement
  }
}

// In slices, so that a run which is stopped ends at once and not after the quarter of an hour that Exotel may ask for.
async function pause({ ports, isOver }: Run, ms: number) {
  for (let left = ms; left > 0 && !isOver(); left -= SLICE_MS)
    await ports.wait(Math.min(left, SLICE_MS))
}

function tally(result: RunResult, call: PlacedCall) {
  result.calls.push(call)
  if (call.outcome.kind === 'accepted')
    result.placed++
  else if (call.outcome.kind === 'unknown')
    result.unknown++
  else
    result.failed++
  if (call.outcome.kind === 'rejected' && call.outcome.stopsRun)
    result.stop ??= call.outcome.message
  if (call.outcome.kind === 'not_placed' && call.outcome.retryAfterMs === null)
    result.stop ??= call.outcome.message
}

function count(result: RunResult, code: BlockCode) {
  result.blocked[code] = (result.blocked[code] ?? 0) + 1
}

function emptyResult(selected: number): RunResult {
  return { selected, callable: 0, blocked: {}, placed: 0, failed: 0, unknown: 0, notCalled: 0, calls: [], stop: null }
}
