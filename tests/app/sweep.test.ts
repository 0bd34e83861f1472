import { describe, expect, it } from 'vitest'
import { sweep, sweepIfDue, type SweepTerms } from '../../src/app/sweep.ts'
import { judgeDial } from '../../src/domain/callability.ts'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { VacliError } from '../../src/errors.ts'
import { importRows, NOW, startCall } from '../db/borrowers.ts'
import { borrower } from './call-stage.ts'
import { openReconcileStage, REAL, type ReconcileStage, SETTLE_MS, TERMS } from './reconcile-stage.ts'

const SWEEP: SweepTerms = { callerId: TERMS.callerId, readEveryMs: 0, settleMs: SETTLE_MS }
const STRANGER = '+919700000011'
const before = (ms: number) => new Date(NOW.getTime() - ms).toISOString()
const HOUR = 3_600_000
const run = (stage: ReconcileStage, since?: Date) => sweep(stage.ports, SWEEP, since)
const accountCalls = (stage: ReconcileStage) => stage.look('select reference, customer_id, to_number, call_sid, status, duration_seconds, price_paise, created_at, ended_at from call_sessions where source = \'account\' order by id')

describe('a call that nobody here placed', () => {
  it('is adopted as an attempt on its phone, with its price and times, once', async () => {
    const stage = await openReconcileStage()
    const sid = stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: before(HOUR) })
    const report = await run(stage)
    expect(report).toMatchObject({ listed: 1, found: 1, attached: 0, left: 0, secondSids: [], asked: 1 })
    expect(report.orphans).toEqual([{ callId: 1, callSid: sid, number: stage.phoneOf(), customerId: stage.customerIds[0], status: 'completed', pricePaise: 50, createdAt: new Date(before(HOUR)) }])
    const adopted = [{ reference: `account-${sid}`, customer_id: stage.customerIds[0], to_number: stage.phoneOf(), call_sid: sid, status: 'completed', duration_seconds: 40, price_paise: 50, created_at: NOW.getTime() - HOUR, ended_at: NOW.getTime() - HOUR + 48_000 }]
    expect(accountCalls(stage)).toEqual(adopted)
    expect(stage.look('select status, source from call_status_updates')).toEqual([{ status: 'completed', source: 'sweep' }])

    expect(await run(stage)).toMatchObject({ listed: 1, found: 0, orphans: [] })
    expect(accountCalls(stage)).toEqual(adopted)
    expect(stage.look('select count(*) as n from call_status_updates')).toEqual([{ n: 1 }])
  })

  it('counts for the rules, and a dial that was judged before it is not placed', async () => {
    const stage = await openReconcileStage()
    const [before_] = await stage.store.readFacts(stage.customerIds, NOW)
    expect(judgeDial(before_!, DEFAULT_CALL_RULES, NOW).ok).toBe(true)
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: before(HOUR) })
    await run(stage)
    const [after] = await stage.store.readFacts(stage.customerIds, NOW)
    expect(judgeDial(after!, DEFAULT_CALL_RULES, NOW)).toMatchObject({ ok: false, code: 'COOLOFF' })
    expect(after!.phoneSeq).toBe(before_!.phoneSeq + 1)
    expect(stage.look('select judged_by, last_contact_date from customers')).toEqual([{ judged_by: null, last_contact_date: NOW.getTime() - HOUR + 48_000 }])
  })

  it('to a stranger waits for the file that names the number', async () => {
    const stage = await openReconcileStage()
    stage.sandbox.placeForeignCall({ from: STRANGER, at: before(HOUR) })
    expect((await run(stage)).orphans).toMatchObject([{ number: STRANGER, customerId: null }])
    await importRows(stage.store, [borrower('9700000011')])
    const [, stranger] = await stage.store.listCustomers({ sort: 'id' }, NOW, { limit: 0 })
    const [facts] = await stage.store.readFacts([stranger!.id], NOW)
    expect(judgeDial(facts!, DEFAULT_CALL_RULES, NOW)).toMatchObject({ ok: false, code: 'COOLOFF' })
  })

  it('to a phone of two customers is neither\'s, and counts for both', async () => {
    const stage = await openReconcileStage()
    await importRows(stage.store, [borrower(stage.phoneOf().slice(3), { name: 'Devi Rao', loan_id: 'LN-OTHER' })])
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: before(HOUR) })
    expect((await run(stage)).orphans).toMatchObject([{ customerId: null }])
    const ids = (await stage.store.listCustomers({}, NOW, { limit: 0 })).map(({ id }) => id)
    expect((await stage.store.readFacts(ids, NOW)).map(facts => facts.attempts.length)).toEqual([1, 1])
  })

  it('that goes on is adopted open, polled, and adopted later where another call is open', async () => {
    const stage = await openReconcileStage(2)
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(0) })
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(1) })
    await stage.dial({}, 1)
    expect((await run(stage)).orphans).toMatchObject([{ customerId: stage.customerIds[0] }])
    expect(stage.look('select source, status from call_sessions order by id')).toEqual([{ source: 'vacli', status: 'initiated' }, { source: 'account', status: 'initiated' }])
    stage.pass(REAL.ringMs + REAL.talkMs + REAL.billingLagMs)
    expect(await stage.reconcile()).toMatchObject({ open: 2, ended: 2 })
    expect((await run(stage)).orphans).toMatchObject([{ customerId: stage.customerIds[1], status: 'completed' }])
  })

  it('whose number is hidden is reported, and counted for nobody', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 1, shown: { numbers: 'masked' } } })
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: before(HOUR) })
    expect(await run(stage)).toMatchObject({ found: 1, orphans: [{ callId: null, number: expect.stringMatching(/^0XXXXX\d{5}$/), pricePaise: 50 }] })
    expect(accountCalls(stage)).toEqual([])
  })

  it.each([
    ['inbound', { direction: 'inbound' as const }],
    ['from the dashboard', { direction: 'outbound-dial' as const }],
    ['of another number of the lender', { caller_id: '+918047199999' }],
    ['of last week', { at: before(60 * HOUR) }],
  ])('%s is not ours to count', async (_, values) => {
    const stage = await openReconcileStage()
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: before(HOUR), ...values })
    expect(await run(stage)).toMatchObject({ listed: 0, found: 0 })
  })

  it('of last week is found where the sweep goes back so far, and never past a month', async () => {
    const stage = await openReconcileStage()
    stage.sandbox.placeForeignCall({ from: stage.phoneOf(), at: before(160 * HOUR) })
    expect(await run(stage, new Date(before(161 * HOUR)))).toMatchObject({ found: 1 })
    expect(await run(stage, new Date(before(900 * HOUR)))).toMatchObject({ found: 0 })
  })
})

describe('a call of ours', () => {
  it('is claimed by its CallSid and left alone', async () => {
    const stage = await openReconcileStage()
    await stage.dial()
    expect(await run(stage)).toMatchObject({ listed: 1, found: 0 })
  })

  it('is attached by its reference, where the list shows it', async () => {
    const stage = await openReconcileStage(2, { misbehave: { seed: 1, shown: { customField: true } } })
    const [open, ended] = [await stage.dial({ answer: 'lost' }, 0), await stage.dial({ answer: 'lost' }, 1)]
    stage.pass(300_000)
    await stage.store.moveCalls([{ id: ended, status: 'not_placed', told: 'not_placed', source: 'person', at: stage.clock.now }])
    expect(await run(stage)).toMatchObject({ found: 2, attached: 2, orphans: [] })
    expect([await stage.call(open), await stage.call(ended)]).toMatchObject([{ status: 'completed', attention: null, pricePaise: 50 }, { status: 'completed', attention: 'SID_AFTER_NOT_PLACED' }])
  })

  it('whose CallSid is not known is left to reconciling', async () => {
    const stage = await openReconcileStage()
    const id = await stage.dial({ answer: 'lost' })
    expect(await run(stage)).toMatchObject({ found: 1, left: 1, orphans: [] })
    expect(await stage.call(id)).toMatchObject({ status: 'unknown', callSid: null })
  })

  it('that rings while its session still dials is left alone', async () => {
    const stage = await openReconcileStage()
    await startCall(stage.store, stage.customerIds[0]!)
    stage.sandbox.placeForeignCall({ from: stage.phoneOf() })
    expect(await run(stage)).toMatchObject({ left: 1, orphans: [] })
  })

  it('with a second CallSid stops all dialling, and counts for its phone', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 1, shown: { customField: true } } })
    const id = await stage.dial()
    const { reference, callSid } = await stage.call(id)
    const told = stage.sandbox.placeForeignCall({ from: stage.phoneOf(), custom_field: reference })
    stage.pass(300_000)
    await stage.reconcile()

    expect(await run(stage)).toMatchObject({ found: 1, secondSids: [{ callId: id, known: callSid, told }], orphans: [] })

    expect(await stage.call(id)).toMatchObject({ callSid, attention: 'SECOND_SID' })
    expect((await stage.store.readStanding()).pause).toMatchObject({ reason: `call ${id} has two CallSids, ${callSid} and ${told}: somebody was dialled twice` })
    expect(accountCalls(stage)).toMatchObject([{ call_sid: told, price_paise: 50 }])
    expect(await run(stage)).toMatchObject({ found: 0, secondSids: [] })
  })
})

describe('sweeping', () => {
  it('finds three calls among ten thousand', async () => {
    const stage = await openReconcileStage(3)
    const own = Array.from({ length: 9997 }, (_, at) => ({ sid: stage.sandbox.placeForeignCall({ from: `+9198${String(at).padStart(6, '0')}11`, at: before(HOUR + at * 1000) }), at }))
    await stage.store.adoptCalls(own.map(({ sid, at }) => ({ reference: `ours${at}`, callSid: sid, toNumber: `+9198${String(at).padStart(6, '0')}11`, fromNumber: null, status: 'completed', durationSeconds: 1, pricePaise: 1, recordingUrl: null, exotelDetails: {}, createdAt: NOW, startedAt: null, endedAt: NOW, settleAt: NOW, detailsAt: NOW })), NOW)
    const planted = [0, 1, 2].map(at => stage.sandbox.placeForeignCall({ from: stage.phoneOf(at), at: before((at + 2) * HOUR) }))

    const report = await run(stage)

    expect(report).toMatchObject({ listed: 10_000, found: 3, asked: 100 })
    expect(report.orphans.map(({ callSid, pricePaise }) => [callSid, pricePaise]).sort()).toEqual(planted.map(sid => [sid, 50]).sort())
  })

  it('fails where a list cannot be read, and is due until one was', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 1, reads: { errors: 1 } } })
    await expect(run(stage)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await stage.store.findMeta('last_sweep_at')).toBe(undefined)
  })

  it('writes what it found and fails where pages lost some calls', async () => {
    const stage = await openReconcileStage(1, { misbehave: { seed: 1, reads: { skip: 30 } } })
    for (let call = 0; call < 150; call++)
      stage.sandbox.placeForeignCall({ from: `+9198${String(call).padStart(6, '0')}11`, at: before(HOUR) })
    const error = await run(stage).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(VacliError)
    expect(accountCalls(stage)).toHaveLength(120)
    expect(await stage.store.findMeta('last_sweep_at')).toBe(undefined)
  })

  it('is due after a quarter of an hour', async () => {
    const stage = await openReconcileStage()
    const due = async () => await sweepIfDue(stage.ports, SWEEP) !== undefined
    expect(await due()).toBe(true)
    stage.pass(15 * 60_000)
    expect(await due()).toBe(false)
    stage.pass(1)
    expect(await due()).toBe(true)
    stage.pass(-HOUR)
    expect(await due()).toBe(true)
  })
})
