import { describe, expect, it } from 'vitest'
import { followCalls, type FollowTerms } from '../../src/app/follow-calls.ts'
import { placeCalls } from '../../src/app/place-calls.ts'
import { VacliError } from '../../src/errors.ts'
import type { CallQuery, Telephony } from '../../src/telephony/port.ts'
import { moveOne, NOW, startCall } from '../db/borrowers.ts'
import { parseCallPage } from '../../src/telephony/call-details.ts'
import { borrowers, openExchange, openStage, portsOf, type Stage, TERMS, UNPACED } from './call-stage.ts'

const EVERY: FollowTerms = { everyMs: 1000, pollAfterMs: 60_000, readEveryMs: 0 }

/** Exotel as far as a poll goes: what it says to each question, the last answer for ever. */
function listing(...answers: (object[] | Error)[]) {
  const asked: CallQuery[] = []
  const telephony = {
    async listCalls(query) {
      asked.push(query)
      const answer = answers[Math.min(asked.length, answers.length) - 1]!
      if (answer instanceof Error)
        throw answer
      return { calls: parseCallPage({ Calls: answer }).calls, isWhole: true }
    },
  } as Pick<Telephony, 'listCalls'> as Telephony
  return { telephony, asked }
}

/** A call that Exotel has accepted a moment ago. */
async function openCall(stage: Stage, sid: string | null = 'sid00001', customer = 0) {
  const id = await startCall(stage.store, stage.customerIds[customer]!, { settleAt: new Date(NOW.getTime() + TERMS.settleMs) })
  await moveOne(stage.store, { id, status: sid ? 'initiated' : 'unknown', told: 'x', fields: { callSid: sid }, source: 'vacli', at: NOW })
  return id
}

const secondsOf = (stage: Stage) => (stage.clock.now.getTime() - NOW.getTime()) / 1000

describe('calls without a callback', () => {
  it('end by polling, each with what Exotel says of it', async () => {
    const stage = await openStage([...borrowers(2, '0005'), ...borrowers(1, '0002').map(row => ({ ...row, phone: '9822200002' }))])
    const { sandbox, telephony } = await openExchange(stage)
    const ports = portsOf(stage, telephony)
    const { calls } = await placeCalls(ports, TERMS, stage.customerIds, UNPACED)

    expect(await followCalls(ports, calls.map(({ callId }) => callId), EVERY)).toEqual([])

    const { calls: listed } = sandbox.ledger()
    expect(stage.look('select call_sid, status, duration_seconds, price_paise from call_sessions order by call_sid')).toEqual(
      listed.map(({ sid, status, duration_seconds, price }) => ({ call_sid: sid, status, duration_seconds, price_paise: Number(price) * 100 })).sort((a, b) => a.call_sid < b.call_sid ? -1 : 1),
    )
    expect((await stage.store.findTimeline(1)).at(-1)).toMatchObject({ status: 'completed', source: 'poll', message: 'from call details' })
  })

  it('are asked for only once they have been silent, and no more often than that', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const { telephony, asked } = listing([{ Sid: 'sid00001', Status: 'in-progress' }], [{ Sid: 'sid00001', Status: 'in-progress' }], [{ Sid: 'sid00001', Status: 'busy' }])

    await followCalls(portsOf(stage, telephony), [await openCall(stage)], EVERY)

    expect([asked, secondsOf(stage)]).toEqual([[{ sids: ['sid00001'] }, { sids: ['sid00001'] }, { sids: ['sid00001'] }], 181])
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'x', 'busy'])
  })

  it('are asked for a hundred at a time', async () => {
    const stage = await openStage(borrowers(101, '0011'))
    const ids = []
    for (let customer = 0; customer < 101; customer++)
      ids.push(await openCall(stage, `sid${String(customer).padStart(5, '0')}`, customer))
    const { telephony, asked } = listing([])
    const ports = portsOf(stage, telephony)

    expect(await followCalls({ ...ports, wait: async (ms) => { stage.clock.now = new Date(stage.clock.now.getTime() + ms * 700) } }, ids, EVERY)).toHaveLength(101)

    expect(asked.map(({ sids }) => sids!.length)).toEqual([100, 1])
  })

  it('stay open while Exotel cannot be asked, and are asked for again', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const { telephony, asked } = listing(new VacliError('unavailable', 'Exotel answered 503'), [{ Sid: 'sid00001', Status: 'completed', Duration: '62' }])

    expect(await followCalls(portsOf(stage, telephony), [await openCall(stage)], EVERY)).toEqual([])

    expect([asked.length, stage.statuses()]).toEqual([2, ['completed']])
  })

  it.each([new VacliError('setup', 'Exotel refused the account'), new Error('a fault of ours')])('are not asked for in vain: %s ends the waiting', async (error) => {
    const stage = await openStage(borrowers(1, '0011'))

    await expect(followCalls(portsOf(stage, listing(error).telephony), [await openCall(stage)], EVERY)).rejects.toBe(error)
  })
})

describe('the waiting ends', () => {
  it('at once when every call has', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const { telephony, asked } = listing([])

    expect(await followCalls(portsOf(stage, telephony), [], EVERY)).toEqual([])
    expect([asked, secondsOf(stage)]).toEqual([[], 0])
  })

  it('when a call that no list has cannot be going on any more: it was not placed', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const id = await openCall(stage, null)
    const { telephony, asked } = listing([])

    expect(await followCalls(portsOf(stage, telephony), [id], EVERY)).toEqual([])
    expect([stage.statuses(), secondsOf(stage), asked.length]).toEqual([['not_placed'], 781, 13])
  })

  it('when the fate of a call could have been known, and names that call', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const id = await openCall(stage, null)
    const { telephony } = listing(new VacliError('unavailable', 'Exotel answered 503'))

    expect((await followCalls(portsOf(stage, telephony), [id], EVERY)).map(({ id, status }) => [id, status])).toEqual([[id, 'unknown']])
    expect(secondsOf(stage)).toBe(846)
  })

  it('when it is told to', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const controller = new AbortController()
    const ports = portsOf(stage, listing([]).telephony)
    const wait = async (ms: number) => {
      await ports.wait(ms)
      if (ports.waits.length === 5)
        controller.abort()
    }

    expect(await followCalls({ ...ports, wait, signal: controller.signal }, [await openCall(stage)], EVERY)).toHaveLength(1)
    expect(secondsOf(stage)).toBe(5)
  })

  it('and tells meanwhile how many are open', async () => {
    const stage = await openStage(borrowers(2, '0011'))
    const ids = [await openCall(stage, 'sid00001', 0), await openCall(stage, 'sid00002', 1)]
    const { telephony } = listing([{ Sid: 'sid00002', Status: 'failed' }], [{ Sid: 'sid00001', Status: 'failed' }])
    const told: number[] = []

    await followCalls({ ...portsOf(stage, telephony), onOpen: open => void told.push(open) }, ids, { everyMs: 60_000, pollAfterMs: 60_000 })

    expect(told).toEqual([2, 2, 1, 0])
  })
})
