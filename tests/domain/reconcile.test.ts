import { describe, expect, it } from 'vitest'
import type { ListedCall } from '../../src/domain/listed-call.ts'
import { decideFate, isNearInTime, type LostCall, planReads } from '../../src/domain/reconcile.ts'

const POSTED = new Date('2026-11-23T06:30:00Z')
const at = (seconds: number) => new Date(POSTED.getTime() + seconds * 1000)
const SETTLES = 845

const lost = (values: Partial<LostCall> = {}): LostCall => ({ reference: 'ref1', postStartedAt: POSTED, settleAt: at(SETTLES), absentAt: null, attention: null, ...values })
const candidate = (sid: string, values: Partial<ListedCall> = {}): ListedCall => ({ sid, from: null, customField: null, direction: null, exophone: null, createdAt: at(1), ...values })
const fate = (call: LostCall, candidates: ListedCall[], seconds: number, isWhole = true) => decideFate(call, candidates, { now: at(seconds), httpTimeoutMs: 65_000, isWhole })

describe('a lost call', () => {
  const early = SETTLES - 1
  it.each<[string, LostCall, ListedCall[], number, object]>([
    ['is the one that carries its reference', lost(), [candidate('a'), candidate('b', { customField: 'ref1' })], 0, { kind: 'attach', sid: 'b' }],
    ['is that one also when a person was asked', lost({ attention: 'TWO_CANDIDATES' }), [candidate('a', { customField: 'ref1' })], 0, { kind: 'attach', sid: 'a' }],
    ['is not the one that carries another', lost(), [candidate('a', { customField: 'ref2' })], early, { kind: 'wait', isSeen: false }],
    ['is the sole one beside another\'s', lost(), [candidate('a'), candidate('b', { customField: 'ref2' })], 0, { kind: 'attach', sid: 'a' }],
    ['is the sole one that fits in time, two seconds early', lost(), [candidate('a', { createdAt: at(-2) })], 0, { kind: 'attach', sid: 'a' }],
    ['is the sole one that fits in time, a minute after the timeout', lost(), [candidate('a', { createdAt: at(125) })], 130, { kind: 'attach', sid: 'a' }],
    ['waits beside a sole one of before the request', lost(), [candidate('a', { createdAt: at(-3) })], early, { kind: 'wait', isSeen: true }],
    ['waits beside a sole one that is a second too late', lost(), [candidate('a', { createdAt: at(126) })], early, { kind: 'wait', isSeen: true }],
    ['waits beside a sole one without a time', lost(), [candidate('a', { createdAt: null })], early, { kind: 'wait', isSeen: true }],
    ['is a sole one of any time once it is settled', lost(), [candidate('a', { createdAt: at(-3600) })], SETTLES, { kind: 'attach', sid: 'a' }],
    ['is ambiguous between two', lost(), [candidate('a'), candidate('b', { createdAt: at(9000) })], 0, { kind: 'ambiguous', sids: ['a', 'b'] }],
    ['stays ambiguous when one of two is gone', lost({ attention: 'TWO_CANDIDATES' }), [candidate('a')], SETTLES, { kind: 'ambiguous', sids: ['a'] }],
    ['waits for a person when both are gone', lost({ attention: 'TWO_CANDIDATES', absentAt: at(0) }), [], SETTLES + 60, { kind: 'wait', isSeen: false }],
    ['waits while it may go on', lost(), [], early, { kind: 'wait', isSeen: false }],
    ['waits while it may go on, whatever was absent', lost({ absentAt: at(0) }), [], early, { kind: 'wait', isSeen: false }],
    ['is absent once', lost(), [], SETTLES, { kind: 'absent' }],
    ['is not absent twice within a minute', lost({ absentAt: at(SETTLES) }), [], SETTLES + 59.999, { kind: 'wait', isSeen: false }],
    ['was not placed when it is absent twice', lost({ absentAt: at(SETTLES) }), [], SETTLES + 60, { kind: 'not_placed' }],
    ['was not placed when only others\' are there', lost({ absentAt: at(SETTLES) }), [candidate('a', { customField: 'ref2' })], SETTLES + 60, { kind: 'not_placed' }],
  ])('%s', (_, call, candidates, seconds, expected) => {
    expect(fate(call, candidates, seconds)).toEqual(expected)
  })

  it.each([lost(), lost({ absentAt: at(SETTLES) })])('is not absent from a list that lost some of its calls', (call) => {
    expect(fate(call, [], SETTLES + 60, false)).toEqual({ kind: 'wait', isSeen: false })
  })

  it.each([[0, true], [6 * 3600, true], [-6 * 3600, true], [6 * 3600 + 1, false], [-6 * 3600 - 1, false]])('may be one created %i s later, by the zone: %s', (seconds, near) => {
    expect(isNearInTime(at(seconds), POSTED)).toBe(near)
  })
})

describe('reading for lost calls', () => {
  const calls = (...seconds: number[]) => seconds.map((second, id) => ({ id, postStartedAt: at(second) }))
  const plan = (...seconds: number[]) => planReads(calls(...seconds)).map(({ calls, ofNumbers, createdFrom, createdTo }) => [calls.map(({ id }) => id), ofNumbers, (createdFrom.getTime() - POSTED.getTime()) / 1000, (createdTo.getTime() - POSTED.getTime()) / 1000])
  const H = 3600

  it('asks for two numbers at once, each with its zone\'s doubt', () => {
    expect(plan(20, 0, 10)).toEqual([[[1, 2], true, -6 * H, 6 * H + 10], [[0], true, 20 - 6 * H, 6 * H + 20]])
  })

  it('asks for calls of different days apart', () => {
    expect(plan(0, 24 * H + 1)).toEqual([[[0], true, -6 * H, 6 * H], [[1], true, 18 * H + 1, 30 * H + 1]])
  })

  it('asks for everybody where there are twenty', () => {
    expect(plan(...Array.from({ length: 19 }, (_, second) => second))).toHaveLength(10)
    expect(plan(...Array.from({ length: 20 }, (_, second) => second))).toEqual([[Array.from({ length: 20 }, (_, id) => id), false, -6 * H, 6 * H + 19]])
  })

  it('asks nothing for nobody', () => {
    expect(planReads([])).toEqual([])
  })
})
