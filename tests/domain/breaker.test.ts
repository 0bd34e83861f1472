import { describe, expect, it } from 'vitest'
import { afterAnswer, type Breaker, CLOSED_BREAKER, trialAt } from '../../src/domain/breaker.ts'

const NOW = new Date('2026-11-23T06:30:00Z')
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)
const after = (answers: string, breaker: Breaker = CLOSED_BREAKER, now = NOW) => [...answers].reduce((all, answer) => afterAnswer(all, answer === '?', now), breaker)

describe('the breaker', () => {
  it.each([['', null], ['????', null], ['.'.repeat(50), null], ['?????', later(5)], ['?.?.?.?.?', later(5)], [`????${'.'.repeat(15)}?`, later(5)], [`????${'.'.repeat(16)}?`, null]])('after %s is open until %s', (answers, until) => {
    expect(trialAt(after(answers))).toEqual(until)
  })

  it('closes with one good answer, and forgets', () => {
    const closed = after('.', after('?????'), later(5))
    expect(closed).toEqual(CLOSED_BREAKER)
    expect(trialAt(after('????', closed))).toBeNull()
  })

  it('stays open five minutes more after a trial that told nothing', () => {
    expect(trialAt(after('?', after('?????'), later(5)))).toEqual(later(10))
  })
})
