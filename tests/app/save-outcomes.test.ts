import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ClaimedCall } from '../../src/app/call-ports.ts'
import { saveOutcomes } from '../../src/app/save-outcomes.ts'
import type { CallMove } from '../../src/db/move-store.ts'
import { NOW } from '../db/borrowers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const call = (callId: number): ClaimedCall => ({ callId, customerId: callId, reference: `ref${callId}`, to: '+919810000011' })
const unknown = { kind: 'unknown', message: 'no answer' } as const

/** Answers of so many calls on the wire, and which of them each commit took. */
function gather(onWire: number) {
  const commits: number[][] = []
  const moveCalls = (moves: CallMove[]) => {
    commits.push(moves.map(({ id }) => id))
    return Promise.resolve(moves.map(({ id }) => ({ id, moved: true, status: 'unknown' as const, callSid: null })))
  }
  const save = saveOutcomes({ store: { moveCalls } as never, now: () => NOW, spool: async () => {} }, () => onWire)
  return { commits, answer: (callId: number) => void save(call(callId), unknown) }
}

it('writes the answers of calls that were sent together in one commit, at once when the last is there', () => {
  const { commits, answer } = gather(3)

  for (const callId of [2, 1, 3])
    answer(callId)

  expect(commits).toEqual([[2, 1, 3]])
})

it('waits no longer than a moment for those that are not answered yet', () => {
  const { commits, answer } = gather(3)

  answer(1)
  answer(2)
  vi.advanceTimersByTime(39)
  expect(commits).toEqual([])
  vi.advanceTimersByTime(1)
  answer(3)
  vi.advanceTimersByTime(40)

  expect(commits).toEqual([[1, 2], [3]])
})

it('writes the answer of a call that is alone on the wire at once', () => {
  const { commits, answer } = gather(1)

  answer(1)
  answer(2)

  expect(commits).toEqual([[1], [2]])
})
