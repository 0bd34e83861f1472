import type { BlockCode } from '../domain/call-rules.ts'
import type { PlacedCall } from './call-ports.ts'

/** Why a run ended before its list. */
export interface RunStop {
  /** `setup`: Exotel refused the account. `unavailable`: nobody answered. `asked`: a person stopped it, or the time was over. `paused`: nobody may be called. `fault`: it could not be recorded. */
  kind: 'setup' | 'unavailable' | 'asked' | 'paused' | 'fault'
  reason: string
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
  stop: RunStop | null
}

export function emptyResult(selected: number): RunResult {
  return { selected, callable: 0, blocked: {}, placed: 0, failed: 0, unknown: 0, notCalled: 0, calls: [], stop: null }
}

export function countBlocked(result: RunResult, code: BlockCode): void {
  result.blocked[code] = (result.blocked[code] ?? 0) + 1
}

export function tally(result: RunResult, call: PlacedCall): void {
  result.calls.push(call)
  if (call.outcome.kind === 'accepted')
    result.placed++
  else if (call.outcome.kind === 'unknown')
    result.unknown++
  else
    result.failed++
}
