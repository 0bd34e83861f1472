import { describe, expect, it } from 'vitest'
import { decideCall, type Decision, parseDecision } from '../../src/app/decide-call.ts'
import { VacliError } from '../../src/errors.ts'
import { lastOf, openReconcileStage, type ReconcileStage } from './reconcile-stage.ts'

const NOT_PLACED: Decision = { kind: 'not_placed' }
const placed = (sid: string): Decision => ({ kind: 'placed', sid })
const decide = async (stage: ReconcileStage, id: number, decision: Decision) => decideCall({ store: stage.store, telephony: stage.telephony, now: () => stage.clock.now, operator: 'asha' }, id, decision)
  .then(({ status }) => status, (error: unknown) => error instanceof VacliError ? error.code : error)
const sidOf = (stage: ReconcileStage, at = 0) => stage.sandbox.ledger().calls[at]!.sid

it.each([
  ['placed:abc1', { kind: 'placed', sid: 'abc1' }], ['not-placed', NOT_PLACED], ['placed', undefined], ['placed:', undefined], ['placed:a/b', undefined], ['not_placed', undefined], ['', undefined],
])('reads %j', (text, decision) => {
  expect(parseDecision(text)).toEqual(decision)
})

describe('a person\'s word', () => {
  it('attaches a call to its CallSid, once Exotel has said that it was to that number', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'lost' })
    await stage.store.raiseDoubt([id], 'TWO_CANDIDATES')
    expect(await decide(stage, id, placed(sidOf(stage)))).toBe('initiated')
    expect(await stage.call(id)).toMatchObject({ callSid: sidOf(stage), attention: null })
    expect(await lastOf(stage, id)).toMatchObject({ source: 'person', message: 'asha decided: placed' })
  })

  it('brings a call that has ended to its end, also one that seemed not placed', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'lost' })
    stage.passSettle()
    expect(await decide(stage, id, NOT_PLACED)).toBe('not_placed')
    expect(await decide(stage, id, placed(sidOf(stage)))).toBe('completed')
    expect(await stage.call(id)).toMatchObject({ durationSeconds: 40, pricePaise: 50, attention: null })
  })

  it('is that nothing was placed, when that can be known', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'lost', isPlaced: false })
    stage.passSettle(-1)
    expect(await decide(stage, id, NOT_PLACED)).toBe('refused')
    stage.passSettle()
    expect(await decide(stage, id, NOT_PLACED)).toBe('not_placed')
    expect(await lastOf(stage, id)).toMatchObject({ source: 'person', message: 'asha decided: not placed' })
  })

  it('does not overrule what is known', async () => {
    const stage = await openReconcileStage(2)
    const [first, second] = [await stage.dial({}, 0), await stage.dial({ answer: 'lost' }, 1)]
    expect([
      await decide(stage, first, placed(sidOf(stage, 1))),
      await decide(stage, second, placed(sidOf(stage, 0))),
      await decide(stage, second, placed('0'.repeat(32))),
      await decide(stage, 99, NOT_PLACED),
    ]).toEqual(['conflict', 'conflict', 'not_found', 'not_found'])
    const stranger = stage.sandbox.placeForeignCall({ from: '+919700000011' })
    expect(await decide(stage, second, placed(stranger))).toBe('invalid')
    stage.pass(300_000)
    await stage.reconcile()
    expect([await decide(stage, first, NOT_PLACED), await decide(stage, second, NOT_PLACED)]).toEqual(['conflict', 'conflict'])
    expect(stage.statuses()).toEqual(['completed', 'completed'])
  })

  it('acknowledges what somebody had to see', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial()
    await stage.store.markAttention(id, 'SECOND_SID')
    expect(await decide(stage, id, placed(sidOf(stage)))).toBe('initiated')
    expect((await stage.call(id)).attention).toBe(null)
  })
})
