import { describe, expect, it } from 'vitest'
import { CALL_RANKS, CALL_STATUSES, type CallStatus, callStatusOf, isOpen, OPEN_STATUSES, statusesBelow } from '../../src/domain/call.ts'

const OPEN: CallStatus[] = ['scheduled', 'dialing', 'unknown', 'initiated', 'ringing', 'in_progress']
const ENDED: CallStatus[] = ['completed', 'busy', 'no_answer', 'failed', 'canceled', 'not_placed', 'rejected']

describe('the states of a call', () => {
  it('stand in one order, and every end has the same rank', () => {
    expect(CALL_RANKS).toEqual({
      scheduled: 0, dialing: 1, unknown: 2, initiated: 3, ringing: 4, in_progress: 5,
      completed: 9, busy: 9, no_answer: 9, failed: 9, canceled: 9, not_placed: 9, rejected: 9,
    })
  })

  it.each(OPEN)('%s is open', (status) => {
    expect([isOpen(status), OPEN_STATUSES.includes(status)]).toEqual([true, true])
  })

  it.each(ENDED)('%s is an end', (status) => {
    expect([isOpen(status), OPEN_STATUSES.includes(status)]).toEqual([false, false])
  })

  it('are all named above', () => {
    expect([...OPEN, ...ENDED].toSorted()).toEqual(CALL_STATUSES.toSorted())
  })
})

describe('statusesBelow', () => {
  it.each<[CallStatus, CallStatus[]]>([
    ['scheduled', []],
    ['dialing', ['scheduled']],
    ['unknown', ['scheduled', 'dialing']],
    ['initiated', ['scheduled', 'dialing', 'unknown']],
    ['ringing', ['scheduled', 'dialing', 'unknown', 'initiated']],
    ['in_progress', ['scheduled', 'dialing', 'unknown', 'initiated', 'ringing']],
    ...ENDED.map((end): [CallStatus, CallStatus[]] => [end, OPEN]),
  ])('a call moves to %s from %j', (status, below) => {
    expect(statusesBelow(status)).toEqual(below)
  })

  it.each<[CallStatus, boolean]>([
    ['initiated', true], ['ringing', true], ['in_progress', true], ['completed', true], ['busy', true], ['no_answer', true], ['failed', true], ['canceled', true],
    ['not_placed', false], ['rejected', false],
  ])('a CallSid that tells of %s lifts not_placed: %s', (status, lifts) => {
    expect(statusesBelow(status, true).includes('not_placed')).toBe(lifts)
  })

  it('never lets an end follow another end, but for that', () => {
    const moves = CALL_STATUSES.flatMap(to => [false, true].flatMap(hasSid => statusesBelow(to, hasSid).map(from => [from, to] as const)))
    expect(moves.filter(([from, to]) => CALL_RANKS[from] >= CALL_RANKS[to] && from !== 'not_placed')).toEqual([])
  })
})

describe('callStatusOf', () => {
  it.each([
    ['queued', 'initiated'],
    ['initiated', 'initiated'],
    ['ringing', 'ringing'],
    ['in-progress', 'in_progress'],
    ['in_progress', 'in_progress'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['cancelled', 'canceled'],
    [' Completed ', 'completed'],
    ['NO-ANSWER', 'no_answer'],
  ])('reads %j of Exotel as %s', (told, status) => {
    expect(callStatusOf(told)).toBe(status)
  })

  it.each(['', 'null', 'answered', 'terminal', 'rejected', 'not-placed', 'unknown', 'scheduled', 'dialing', 'toString', 'constructor', '__proto__', 'hasOwnProperty'])('knows no status %j', (told) => {
    expect(callStatusOf(told)).toBeUndefined()
  })
})
