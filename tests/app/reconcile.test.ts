import { describe, expect, it } from 'vitest'
import { reconcile } from '../../src/app/reconcile.ts'
import { VacliError } from '../../src/errors.ts'
import type { CallQuery } from '../../src/telephony/port.ts'
import { ANSWER_FAULTS, type AnswerFaultName } from '../../src/telephony/sandbox/faults.ts'
import { moveOne, NOW, startCall } from '../db/borrowers.ts'
import { lastOf, openReconcileStage, REAL, type ReconcileStage, SETTLE_MS, TERMS } from './reconcile-stage.ts'

const NOTHING = { open: 0, ended: 0, notPlaced: 0, waiting: 0, forPerson: 0, attached: 0, corrected: 0, late: 0, filled: 0, asked: 0, doubts: [] }
const DAY_MS = 86_400_000

async function failing(work: Promise<unknown>) {
  return work.then(() => undefined, (error: unknown) => error instanceof VacliError ? error.code : error)
}

/** The questions that Exotel was asked, as the client put them. */
function questions(stage: ReconcileStage) {
  const asked: CallQuery[] = []
  const { listCalls } = stage.telephony
  stage.telephony.listCalls = (query, beforePage) => {
    asked.push(query)
    return listCalls(query, beforePage)
  }
  return asked
}

it('asks nothing where nothing is open', async () => {
  const stage = await openReconcileStage()
  expect(await stage.reconcile()).toEqual(NOTHING)
  expect(stage.sandbox.reads()).toEqual([])
})

describe('a call whose CallSid is known', () => {
  it('is brought to its end with what Exotel says of it, a hundred to a question', async () => {
    const stage = await openReconcileStage(101)
    for (let at = 0; at < 101; at++)
      await stage.dial({}, at)
    stage.pass(REAL.ringMs + REAL.talkMs + REAL.billingLagMs)
    const asked = questions(stage)

    expect(await stage.reconcile()).toEqual({ ...NOTHING, open: 101, ended: 101, asked: 2 })

    expect(asked.map(({ sids }) => sids!.length)).toEqual([100, 1])
    expect(stage.look('select distinct status, duration_seconds, price_paise, attention from call_sessions')).toEqual([{ status: 'completed', duration_seconds: 40, price_paise: 50, attention: null }])
    expect(stage.look('select count(*) as n from call_sessions where details_at is null')).toEqual([{ n: 0 }])
  })

  it('is left to its callbacks until it has been silent for long', async () => {
    const stage = await openReconcileStage()
    await stage.dial()
    stage.pass(TERMS.pollAfterMs - 1)
    expect(await stage.reconcile()).toEqual({ ...NOTHING, open: 1, waiting: 1 })
    stage.pass(1)
    expect(await stage.reconcile()).toMatchObject({ ended: 1, asked: 1 })
  })

  it('is asked for by itself once it should have ended and the list does not have it', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 1, reads: { lagMs: DAY_MS } } })
    const id = await stage.dial()
    stage.passSettle()
    expect(await stage.reconcile()).toMatchObject({ ended: 1, waiting: 0, asked: 2 })
    expect(await stage.call(id)).toMatchObject({ status: 'completed', durationSeconds: 40 })
  })

  it('goes to a person when Exotel has not known it for a day', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial()
    await moveOne(stage.store, { id, status: 'ringing', told: 'ringing', source: 'webhook', at: NOW })
    stage.telephony.listCalls = async () => ({ calls: [], isWhole: true })
    stage.telephony.findCall = async () => undefined
    stage.passSettle(DAY_MS - 1)
    expect(await stage.reconcile()).toMatchObject({ waiting: 1, forPerson: 0 })
    stage.passSettle(DAY_MS)
    expect(await stage.reconcile()).toMatchObject({ waiting: 0, forPerson: 1 })
    expect(await stage.call(id)).toMatchObject({ status: 'ringing', attention: 'NO_LIST' })
  })

  it.each(['completed', 'busy'] as const)('ends as Exotel says where a callback told %s while it was asked', async (told) => {
    const stage = await openReconcileStage()
    const id = await stage.dial()
    stage.pass(REAL.ringMs + REAL.talkMs + REAL.billingLagMs)
    const { listCalls } = stage.telephony
    stage.telephony.listCalls = async (query) => {
      await moveOne(stage.store, { id, status: told, told, fields: { durationSeconds: 38, endedAt: NOW }, source: 'webhook', at: NOW })
      return listCalls(query)
    }
    await stage.reconcile()
    expect(await stage.call(id)).toMatchObject({ status: 'completed', durationSeconds: 40 })
  })
})

describe('an answer that told no CallSid', () => {
  const UNCLEAR = (Object.keys(ANSWER_FAULTS) as AnswerFaultName[]).filter(name => !/^http-4(?!08)|kyc|ndnc/.test(name))

  it.each(UNCLEAR)('%s, of a call that was placed, is followed to the end of that call', async (answer) => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer, isPlaced: true })
    expect(stage.statuses()).toEqual(['unknown'])
    stage.pass(300_000)
    expect(await stage.reconcile()).toMatchObject({ open: 1, ended: 1, attached: 1 })
    const [truth] = stage.sandbox.ledger().calls
    expect(await stage.call(id)).toMatchObject({ status: 'completed', callSid: truth!.sid, durationSeconds: 40, pricePaise: 50 })
  })

  it.each(UNCLEAR)('%s, of a call that was not placed, is not placed after settle_at and no sooner', async (answer) => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer, isPlaced: false })
    stage.passSettle(-1)
    for (let read = 0; read < 3; read++)
      expect(await stage.reconcile({ pollAfterMs: 0 })).toMatchObject({ notPlaced: 0, waiting: 1 })
    expect((await stage.call(id)).absentAt).toBe(null)

    stage.passSettle()
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 0, waiting: 1 })
    stage.passSettle(59_999)
    expect(await stage.reconcile({ pollAfterMs: 0 })).toMatchObject({ notPlaced: 0, waiting: 1 })
    stage.passSettle(60_000)
    expect(await stage.reconcile({ pollAfterMs: 0 })).toMatchObject({ notPlaced: 1, waiting: 0 })
    expect([stage.statuses(), (await lastOf(stage, id)).source]).toEqual([['not_placed'], 'poll'])
  })
})

describe('a lost call', () => {
  it('is found while it goes on, as initiated, and followed to its end', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'lost' })
    stage.pass(10_000)
    expect(await stage.reconcile({ pollAfterMs: 0 })).toMatchObject({ open: 1, waiting: 1, attached: 1 })
    expect((await stage.call(id)).status).toBe('initiated')
    stage.pass(300_000)
    expect(await stage.reconcile()).toMatchObject({ ended: 1 })
  })

  it.each(['local', 'plus91', 'bare91', 'masked', 'mixed'] as const)('is found in the spelling %s', async (numbers) => {
    const stage = await openReconcileStage(3, { misbehave: { seed: 7, shown: { numbers } } })
    for (let at = 0; at < 3; at++)
      await stage.dial({ answer: 'cut' }, at)
    stage.pass(300_000)
    expect(await stage.reconcile()).toMatchObject({ open: 3, ended: 3, attached: 3 })
  })

  it('behind hidden digits is found among numbers that end alike, by being asked for alone', async () => {
    const stage = await openReconcileStage(21, { misbehave: { seed: 7, shown: { numbers: 'masked' } } })
    const ids = []
    for (const at of [0, 10, 20])
      ids.push(await stage.dial({ answer: 'lost' }, at))
    stage.pass(300_000)
    expect(await stage.reconcile()).toMatchObject({ open: 3, ended: 3, attached: 3, forPerson: 0 })
    const byPhone = new Map(stage.sandbox.ledger().calls.map(({ from, sid }) => [from, sid]))
    for (const id of ids) {
      const { toNumber, callSid } = await stage.call(id)
      expect(callSid).toBe(byPhone.get(toNumber))
    }
  })

  it('of another zone is found once no other call can be it', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 7, shown: { zoneMinutes: 0 } } })
    await stage.dial({ answer: 'lost' })
    stage.passSettle(-1)
    expect(await stage.reconcile()).toMatchObject({ waiting: 1, attached: 0 })
    stage.passSettle()
    expect(await stage.reconcile()).toMatchObject({ ended: 1, attached: 1 })
  })

  it('that the list omits while it goes on, and has minutes later, is never taken for not placed', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 7, reads: { omitOngoing: true, lagMs: 300_000 } } })
    await stage.dial({ answer: 'http-504' })
    for (let minute = 0; minute < 5; minute++) {
      expect(await stage.reconcile({ pollAfterMs: 0 })).toMatchObject({ waiting: 1 })
      stage.pass(60_000)
    }
    expect(await stage.reconcile()).toMatchObject({ ended: 1, attached: 1 })
  })

  it('is not taken for absent by a list that failed, and goes to a person after a day of such lists', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 7, reads: { errors: 1 } } })
    const id = await stage.dial({ answer: 'http-500', isPlaced: false })
    stage.passSettle()
    expect(await failing(stage.reconcile())).toBe('unavailable')
    stage.passSettle(120_000)
    expect(await failing(stage.reconcile())).toBe('unavailable')
    expect(await stage.call(id)).toMatchObject({ status: 'unknown', absentAt: null, attention: null })
    stage.passSettle(DAY_MS)
    expect(await failing(stage.reconcile())).toBe('unavailable')
    expect(await stage.call(id)).toMatchObject({ status: 'unknown', attention: 'NO_LIST' })
  })

  it('that seemed absent is not when something turns up that may be it', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'http-500', isPlaced: false })
    stage.passSettle()
    await stage.reconcile()
    expect((await stage.call(id)).absentAt).not.toBe(null)
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: NOW.toISOString() })
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: NOW.toISOString() })
    stage.passSettle(60_000)
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 0, forPerson: 1 })
    expect((await stage.call(id)).absentAt).toBe(null)
  })

  it('is not taken for absent by a list that lost some of its calls, and found on the pages of one that moves', async () => {
    const stage = await openReconcileStage(2, { misbehave: { seed: 7, reads: { skip: 30 } } })
    const missing = await stage.dial({ answer: 'lost', isPlaced: false }, 0)
    for (let call = 0; call < 150; call++)
      stage.sandbox.placeForeignCall({ from: stage.phoneOf(0), custom_field: `order${call}`, caller_id: '+918047199999', at: NOW.toISOString() })
    stage.passSettle()
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 0, waiting: 1, asked: 2 })
    expect((await stage.call(missing)).absentAt).toBe(null)
    stage.passSettle(DAY_MS)
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 0, forPerson: 1 })
  })

  it('is told from others by CustomField, where the list shows it', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 7, shown: { customField: true } } })
    const id = await stage.dial({ answer: 'lost' })
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), custom_field: 'order_12345', at: NOW.toISOString() })
    stage.pass(300_000)
    expect(await stage.reconcile()).toMatchObject({ ended: 1, attached: 1 })
    expect((await stage.call(id)).callSid).toBe(stage.sandbox.ledger().calls.find(({ foreign }) => !foreign)!.sid)
  })

  it('with another\'s CustomField is another call', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 7, shown: { customField: true } } })
    await stage.dial({ answer: 'lost', isPlaced: false })
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), custom_field: 'order_12345', at: NOW.toISOString() })
    stage.passSettle()
    await stage.reconcile()
    stage.passSettle(60_000)
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 1, attached: 0 })
  })

  it('that two calls could be waits for a person, also when one of them is listed no more', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'lost' })
    const other = stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: NOW.toISOString() })
    const own = stage.sandbox.ledger().calls.find(({ foreign }) => !foreign)!.sid
    stage.pass(300_000)
    const { doubts, ...report } = await stage.reconcile()
    expect(report).toMatchObject({ open: 1, forPerson: 1, attached: 0 })
    expect(doubts).toEqual([{ callId: id, sids: expect.toSatisfy((sids: string[]) => [own, other].every(sid => sids.includes(sid))) }])
    expect(await stage.call(id)).toMatchObject({ status: 'unknown', callSid: null, attention: 'TWO_CANDIDATES' })

    const { listCalls } = stage.telephony
    stage.telephony.listCalls = async query => ({ calls: (await listCalls(query)).calls.filter(({ sid }) => sid === own), isWhole: true })
    stage.passSettle(120_000)
    expect(await stage.reconcile()).toMatchObject({ forPerson: 1, attached: 0 })
  })

  it.each([
    ['an inbound call', { direction: 'inbound' as const }],
    ['a call from the dashboard', { direction: 'outbound-dial' as const }],
    ['a call of another number of the lender', { caller_id: '+918047199999' }],
    ['a call of another day', { at: new Date(NOW.getTime() - 7 * 3600_000).toISOString() }],
  ])('is not %s', async (_, values) => {
    const stage = await openReconcileStage()
    await stage.dial({ answer: 'lost', isPlaced: false })
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: NOW.toISOString(), ...values })
    stage.passSettle()
    await stage.reconcile()
    stage.passSettle(60_000)
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 1, attached: 0 })
  })

  it('is not a call of another time, also where one list is read for calls of a whole day', async () => {
    const stage = await openReconcileStage(2)
    await stage.dial({ answer: 'lost', isPlaced: false }, 0)
    stage.pass(13 * 3600_000)
    await stage.dial({ answer: 'lost', isPlaced: false }, 1)
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(0) })
    stage.pass(60_000)
    expect(await stage.reconcile()).toMatchObject({ open: 2, attached: 0, asked: 1 })
    stage.pass(60_000)
    expect(await stage.reconcile()).toMatchObject({ notPlaced: 1, attached: 0 })
  })

  it('is not a call that another session has', async () => {
    const stage = await openReconcileStage()
    const first = await stage.dial()
    stage.pass(REAL.ringMs + REAL.talkMs + REAL.billingLagMs + 60_000)
    await stage.reconcile()
    expect((await stage.call(first)).status).toBe('completed')
    const second = await stage.dial({ answer: 'lost', isPlaced: false })
    stage.pass(SETTLE_MS)
    await stage.reconcile()
    stage.pass(60_000)
    expect(await stage.reconcile()).toMatchObject({ open: 1, notPlaced: 1, attached: 0 })
    expect((await stage.call(second)).callSid).toBe(null)
  })

  it('is asked for by number with one other, or with everybody where there are many', async () => {
    const few = await openReconcileStage(3)
    const many = await openReconcileStage(25)
    for (let at = 0; at < 25; at++) {
      await many.dial({ answer: 'lost' }, at)
      if (at < 3)
        await few.dial({ answer: 'lost' }, at)
    }
    few.pass(300_000)
    many.pass(300_000)
    const [fewAsked, manyAsked] = [questions(few), questions(many)]

    expect(await few.reconcile()).toMatchObject({ ended: 3, asked: 2 })
    expect(await many.reconcile()).toMatchObject({ ended: 25, asked: 1 })
    expect(fewAsked.map(({ numbers }) => numbers!.length)).toEqual([4, 2])
    expect(manyAsked.map(({ numbers, direction }) => [numbers, direction])).toEqual([[undefined, 'outbound-api']])
  })

  it('is not asked for while its process says that it dials', async () => {
    const stage = await openReconcileStage()
    await startCall(stage.store, stage.customerIds[0]!, { leaseUntil: new Date(NOW.getTime() + 600_000), settleAt: new Date(NOW.getTime() + SETTLE_MS) })
    stage.pass(300_000)
    expect(await stage.reconcile()).toEqual({ ...NOTHING, open: 1, waiting: 1 })
  })
})

describe('two ends of one call', () => {
  async function withTwoEnds(told: 'busy' | 'completed') {
    const stage = await openReconcileStage()
    const id = await stage.dial()
    await moveOne(stage.store, { id, status: told, told, source: 'webhook', at: NOW, fields: { endedAt: NOW, durationSeconds: 3 }, attention: 'ENDS_DIFFER' })
    stage.pass(REAL.ringMs + REAL.talkMs + REAL.billingLagMs)
    return { stage, id }
  }

  it('are decided by Exotel\'s details against the one that stood', async () => {
    const { stage, id } = await withTwoEnds('busy')
    expect(await stage.reconcile()).toMatchObject({ corrected: 1 })
    expect(await stage.call(id)).toMatchObject({ status: 'completed', startedAt: NOW, durationSeconds: 40, pricePaise: 50, attention: null })
    expect(await lastOf(stage, id)).toMatchObject({ status: 'completed', source: 'poll', message: 'two ends were told, busy and completed; Exotel\'s details decide' })
    expect(stage.look('select last_contact_date is not null as reached from customers')).toEqual([{ reached: 1 }])
  })

  it('are decided for the one that stood', async () => {
    const { stage, id } = await withTwoEnds('completed')
    expect(await stage.reconcile()).toMatchObject({ corrected: 1 })
    expect(await stage.call(id)).toMatchObject({ status: 'completed', attention: null })
    expect(await stage.reconcile()).toMatchObject({ corrected: 0, asked: 0 })
  })

  it('wait while Exotel does not answer', async () => {
    const { stage, id } = await withTwoEnds('busy')
    stage.telephony.findCall = () => Promise.reject(new VacliError('unavailable', 'Exotel answered 503'))
    expect(await failing(stage.reconcile())).toBe('unavailable')
    expect(await stage.call(id)).toMatchObject({ status: 'busy', attention: 'ENDS_DIFFER' })
  })
})

describe('what comes late', () => {
  async function withoutPrice() {
    const stage = await openReconcileStage()
    const id = await stage.dial()
    const endedAt = new Date(NOW.getTime() + REAL.ringMs + REAL.talkMs)
    await moveOne(stage.store, { id, status: 'completed', told: 'completed', source: 'webhook', at: endedAt, fields: { endedAt, durationSeconds: 40 } })
    stage.clock.now = endedAt
    return { stage, id }
  }

  it('is asked for three minutes after the end, once', async () => {
    const { stage, id } = await withoutPrice()
    stage.pass(179_999)
    expect(await stage.reconcile()).toEqual(NOTHING)
    stage.pass(1)
    expect(await stage.reconcile()).toEqual({ ...NOTHING, late: 1, filled: 1, asked: 1 })
    expect(await stage.call(id)).toMatchObject({ status: 'completed', pricePaise: 50, durationSeconds: 40, detailsAt: stage.clock.now })
    expect(await stage.reconcile()).toEqual(NOTHING)
  })

  it('and never comes is given up after an hour', async () => {
    const { stage, id } = await withoutPrice()
    const { listCalls } = stage.telephony
    stage.telephony.listCalls = async query => ({ calls: (await listCalls(query)).calls.map(call => ({ ...call, pricePaise: null })), isWhole: true })
    stage.pass(3600_000 - 1)
    expect(await stage.reconcile()).toMatchObject({ late: 1, filled: 0 })
    stage.pass(1)
    expect(await stage.reconcile()).toMatchObject({ late: 1, filled: 1 })
    expect((await stage.call(id)).pricePaise).toBe(null)
  })
})

describe('questions', () => {
  it('keep to their budget, whoever asks', async () => {
    const stage = await openReconcileStage(6)
    for (let at = 0; at < 6; at++)
      await stage.dial({ answer: 'lost' }, at)
    stage.pass(300_000)
    expect(await stage.reconcile({ readEveryMs: 1500 })).toMatchObject({ ended: 6, asked: 3 })
    expect(stage.ports.waits).toEqual([500, 500, 500, 500, 500, 500])
    expect((await stage.store.takePlace('reads', 1500, stage.clock.now)).getTime() - stage.clock.now.getTime()).toBe(1500)
  })

  it('end when somebody wants to stop', async () => {
    const stage = await openReconcileStage(6)
    for (let at = 0; at < 6; at++)
      await stage.dial({ answer: 'lost' }, at)
    stage.pass(300_000)
    const controller = new AbortController()
    const ports = { ...stage.ports, signal: controller.signal, wait: async () => controller.abort() }
    expect(await reconcile(ports, { ...TERMS, readEveryMs: 1500 })).toMatchObject({ ended: 2, waiting: 4, asked: 1 })
  })

  it('stop after three that nobody answered, and what is known is written all the same', async () => {
    const stage = await openReconcileStage(12)
    for (let at = 0; at < 12; at++)
      await stage.dial({ answer: 'lost' }, at)
    stage.pass(300_000)
    let asked = 0
    const { listCalls } = stage.telephony
    stage.telephony.listCalls = (query, beforePage) => {
      asked++
      return asked === 1 ? listCalls(query, beforePage) : Promise.reject(new VacliError('unavailable', 'Exotel answered 503'))
    }
    expect(await failing(stage.reconcile())).toBe('unavailable')
    expect([asked, stage.statuses().filter(status => status === 'completed').length]).toEqual([4, 2])
  })
})
