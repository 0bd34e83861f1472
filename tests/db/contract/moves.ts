import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { CallMove } from '../../../src/db/move-store.ts'
import type { Store } from '../../../src/db/store.ts'
import { CALL_STATUSES, type CallStatus } from '../../../src/domain/call.ts'
import { ASHA, BALA, claimFor, claimOne, customerId, importRows, minutesLater, moveOne, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

// calls.md, "States only move up".
const RANKS: Record<CallStatus, number> = { scheduled: 0, dialing: 1, unknown: 2, initiated: 3, ringing: 4, in_progress: 5, completed: 9, busy: 9, no_answer: 9, failed: 9, canceled: 9, not_placed: 9, rejected: 9 }

export function moveContract(stage: Stage) {
  const move = (id: number, status: CallStatus, values: Partial<CallMove> = {}) => moveOne(stage.store, { id, status, told: status, source: 'webhook', at: minutesLater(1), ...values })
  const statusOf = async (id: number) => (await stage.store.findCallById(id))!.status
  const resetTo = (status: CallStatus) => query(stage.backend, `update call_sessions set status = '${status}', call_sid = null`)

  describe('moving a call', () => {
    it.each(CALL_STATUSES)('moves a call that is %s only up, and records whatever is told', async (from) => {
      const id = await oneCall(stage.store)
      const moved: CallStatus[] = []
      for (const to of CALL_STATUSES) {
        await resetTo(from)
        const didMove = await move(id, to)
        expect([to, await statusOf(id)]).toEqual([to, didMove ? to : from])
        if (didMove)
          moved.push(to)
      }
      expect(moved).toEqual(CALL_STATUSES.filter(to => RANKS[to] > RANKS[from]))
      expect((await stage.store.findTimeline(id)).map(({ status }) => status)).toEqual(['scheduled', 'dialing', ...CALL_STATUSES])
    })

    it.each(CALL_STATUSES)('lets a CallSid lift not_placed to %s, unless that says that nothing was placed', async (to) => {
      const id = await oneCall(stage.store)
      await resetTo('not_placed')
      const proves = !['not_placed', 'rejected'].includes(to)
      expect(await move(id, to, { fields: { callSid: 'sid1' } })).toBe(proves)
      expect(await stage.store.findCallBySid('sid1')).toMatchObject({ id, status: proves ? to : 'not_placed' })
    })

    it('does not reopen a call whose phone is on another call, and ends it when that is told', async () => {
      const { store } = stage
      const first = await oneCall(store)
      await move(first, 'not_placed')
      const second = await startCall(store, await customerId(store, 'Asha Verma'))
      expect(await move(first, 'in_progress', { fields: { callSid: 'sid1' } })).toBe(false)
      expect([await statusOf(first), await statusOf(second)]).toEqual(['not_placed', 'dialing'])
      expect(await move(first, 'completed', { fields: { callSid: 'sid1' } })).toBe(true)
      expect((await store.findTimeline(first)).map(({ status }) => status)).toEqual(['scheduled', 'dialing', 'not_placed', 'in_progress', 'completed'])
    })

    it('records words that are no status of ours, and what came with them', async () => {
      const { store } = stage
      const id = await oneCall(store)
      const fields = { Status: 'in a queue', Legs: { 0: { Note: 'का "q" \'s' } } }
      expect(await move(id, 'initiated', { status: null, told: 'in a queue', message: 'answered', extraData: fields })).toBe(false)
      expect((await store.findTimeline(id)).at(-1)).toEqual({ id: expect.any(Number), callSessionId: id, status: 'in a queue', message: 'answered', source: 'webhook', timestamp: minutesLater(1), extraData: fields })
      expect(await statusOf(id)).toBe('dialing')
    })

    it('fills what is told and erases nothing by what is not', async () => {
      const { store } = stage
      const id = await oneCall(store)
      const before = await store.findCallById(id)
      await move(id, 'completed', { fields: { callSid: 'sid1', durationSeconds: 62, pricePaise: 9_000_000_000, recordingUrl: 'https://example.in/r?a=1&b="2"', startedAt: NOW, endedAt: minutesLater(1) }, exotelDetails: { Price: '0.5' } })
      const full = { ...before, status: 'completed', callSid: 'sid1', durationSeconds: 62, pricePaise: 9_000_000_000, recordingUrl: 'https://example.in/r?a=1&b="2"', startedAt: NOW, endedAt: minutesLater(1), exotelDetails: { Price: '0.5' }, updatedAt: minutesLater(1) }
      expect(await store.findCallById(id)).toEqual(full)

      await move(id, 'completed', { at: minutesLater(2), fields: { callSid: null, durationSeconds: null, pricePaise: null, recordingUrl: null, startedAt: null, endedAt: null, refusal: null } })
      await move(id, 'ringing', { at: minutesLater(3) })
      expect(await store.findCallById(id)).toEqual({ ...full, updatedAt: minutesLater(3) })

      await move(id, 'completed', { at: minutesLater(4), fields: { durationSeconds: 0, pricePaise: 50 } })
      expect(await store.findCallById(id)).toEqual({ ...full, updatedAt: minutesLater(4) })
    })

    it('lets Exotel\'s details replace what a callback said, in whichever order they come', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const ids = [await startCall(store, await customerId(store, 'Asha Verma')), await startCall(store, await customerId(store, 'Bala Nair'))]
      const told = [(id: number) => move(id, 'completed', { fields: { durationSeconds: 62, recordingUrl: 'https://example.in/r' } }), (id: number) => move(id, 'completed', { source: 'poll', fields: { durationSeconds: 61, pricePaise: 50 } })]
      for (const tell of told)
        await tell(ids[0]!)
      for (const tell of told.toReversed())
        await tell(ids[1]!)
      const values = (await store.findCalls(ids)).map(({ durationSeconds, pricePaise, recordingUrl }) => [durationSeconds, pricePaise, recordingUrl])
      expect(values).toEqual([[61, 50, 'https://example.in/r'], [61, 50, 'https://example.in/r']])
    })

    it('keeps the first end, and what was said of it', async () => {
      const { store } = stage
      const id = await oneCall(store)
      await move(id, 'completed', { fields: { callSid: 'sid1', durationSeconds: 62 } })
      expect(await move(id, 'busy', { source: 'poll', fields: { callSid: 'sid1', durationSeconds: 0, pricePaise: 0, refusal: 'request' }, attention: 'ENDS_DIFFER' })).toBe(false)
      expect(await store.findCallById(id)).toMatchObject({ status: 'completed', durationSeconds: 62, pricePaise: null, refusal: null, attention: 'ENDS_DIFFER' })
      await move(id, 'failed', { attention: 'SECOND_SID' })
      expect((await store.findCallById(id))!.attention).toBe('ENDS_DIFFER')
      await store.markAttention(id, 'NO_LIST')
      expect((await store.findCallById(id))!.attention).toBe('ENDS_DIFFER')
      await store.clearAttention(id)
      expect((await store.findCallById(id))!.attention).toBeNull()
    })

    it('keeps why Exotel refused a call', async () => {
      const { store } = stage
      const id = await oneCall(store)
      await move(id, 'rejected', { fields: { refusal: 'ndnc', endedAt: minutesLater(1) } })
      const [facts] = await store.readFacts([await customerId(store, 'Asha Verma')], minutesLater(2))
      expect(facts!.attempts).toMatchObject([{ status: 'rejected', refusal: 'ndnc', endedAt: minutesLater(1) }])
    })

    it('dates the contact of the called customer alone, and has everybody on that phone judged anew', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }, BALA])
      const id = await startCall(store, await customerId(store, 'Asha Verma'))
      const before = await marks(stage)
      await move(id, 'in_progress', { contactAt: minutesLater(1) })
      const customers = await store.listCustomers({ sort: 'name' }, NOW, { limit: 0 })
      expect(customers.map(({ fullName, lastContactDate }) => [fullName, lastContactDate])).toEqual([['Asha Verma', minutesLater(1)], ['Bala Nair', null], ['Devi Rao', null]])
      const bumped = ([facts, phone]: number[]) => [facts! + 1, phone! + 1]
      expect(await marks(stage)).toEqual({ 'Asha Verma': bumped(before['Asha Verma']!), 'Devi Rao': bumped(before['Devi Rao']!), 'Bala Nair': before['Bala Nair'] })
    })

    it('marks the customer and the new phone also where that was changed during the call', async () => {
      const { store } = stage
      const id = await oneCall(store)
      await importRows(store, [{ ...ASHA, phone: '9000000109' }])
      const prepared = await claimFor(store, await customerId(store, 'Asha Verma'))
      await move(id, 'completed', { contactAt: minutesLater(1) })
      expect(await claimOne(store, prepared)).toBeUndefined()
      expect(await marks(stage)).toEqual({ 'Asha Verma': [4, 2] })
      expect(await store.listCustomers({}, NOW, { limit: 0 })).toMatchObject([{ lastContactDate: minutesLater(1) }])
    })

    it('never dates a contact back', async () => {
      const { store } = stage
      const id = await oneCall(store)
      await move(id, 'completed', { contactAt: minutesLater(5) })
      await move(id, 'completed', { contactAt: minutesLater(2) })
      await move(id, 'busy')
      expect(await store.listCustomers({}, NOW, { limit: 0 })).toMatchObject([{ lastContactDate: minutesLater(5) }])
    })

    it('records and no more what comes with a second CallSid', async () => {
      const { store } = stage
      const id = await oneCall(store)
      await move(id, 'initiated', { fields: { callSid: 'sid1' } })
      expect(await store.moveCalls([{ id, status: 'completed', told: 'completed', source: 'webhook', at: NOW, fields: { callSid: 'sid2', durationSeconds: 9 } }]))
        .toEqual([{ id, moved: false, status: 'initiated', callSid: 'sid1' }])
      expect(await store.findCallById(id)).toMatchObject({ callSid: 'sid1', durationSeconds: null })
      expect((await store.findTimeline(id)).at(-1)).toMatchObject({ status: 'completed' })
    })

    it('moves many calls in one commit, and what belongs to it', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const ids = [await startCall(store, await customerId(store, 'Asha Verma')), await startCall(store, await customerId(store, 'Bala Nair'))]
      const told = (id: number, status: CallStatus): CallMove => ({ id, status, told: status, source: 'webhook', at: NOW })
      await store.keepEvents([{ reference: 'x', bodyHash: 'h', contentType: '', body: '', bodyEncoding: 'utf8', receivedAt: NOW }])
      const moved = await store.moveCalls([told(ids[0]!, 'completed'), told(ids[1]!, 'scheduled')], ({ schema: { webhookInbox } }) => [sql`update ${webhookInbox} set problem = 'seen'`])
      expect(moved.sort((a, b) => a.id - b.id)).toEqual([{ id: ids[0], moved: true, status: 'completed', callSid: null }, { id: ids[1], moved: false, status: 'dialing', callSid: null }])
      expect(await store.findWaitingEvents({ afterId: 0, limit: 9 })).toMatchObject([{ problem: 'seen' }])
      await expect(store.moveCalls([told(ids[0]!, 'busy'), told(ids[1]!, 'busy')], () => [sql`select nonsense`])).rejects.toThrow()
      expect((await store.findCalls(ids)).map(({ status }) => status)).toEqual(['completed', 'dialing'])
      await expect(store.moveCalls([told(ids[0]!, 'busy'), told(ids[0]!, 'failed')])).rejects.toThrow('two moves of one call')
    })

    it('marks a call that seemed not placed and has a CallSid after all', async () => {
      const id = await oneCall(stage.store)
      await move(id, 'not_placed')
      await move(id, 'completed', { fields: { callSid: 'sid1' } })
      expect(await stage.store.findCallById(id)).toMatchObject({ status: 'completed', attention: 'SID_AFTER_NOT_PLACED' })
    })

    it('writes nothing of a call that comes with the CallSid of another', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [first, second] = [await startCall(store, await customerId(store, 'Asha Verma')), await startCall(store, await customerId(store, 'Bala Nair'))]
      await move(first, 'initiated', { fields: { callSid: 'sid1' } })
      const before = await store.findCalls([first, second])
      expect(await move(second, 'ringing', { at: NOW, fields: { callSid: 'sid1', durationSeconds: 5 } })).toBe(false)
      expect(await store.findCalls([first, second])).toEqual(before)
      expect(await store.findTimeline(second)).toHaveLength(3)
    })

    it('takes whatever text comes from outside', async () => {
      const { store } = stage
      const id = await oneCall(store)
      expect(await move(id, 'completed', { told: 'comp\0leted', message: 'a\0b \ud83d', fields: { callSid: 'si\0d', recordingUrl: '\0' }, extraData: { 'k\0': ['\0v', { deep: '\ud83d' }] }, exotelDetails: { note: 'x\0' } })).toBe(true)
      expect(await store.findCallById(id)).toMatchObject({ callSid: 'sid', recordingUrl: '', exotelDetails: { note: 'x' } })
      expect((await store.findTimeline(id)).at(-1)).toMatchObject({ status: 'completed', message: 'ab \ufffd', extraData: { k: ['v', { deep: '\ufffd' }] } })
    })

    it('writes nothing of a call that is not there', async () => {
      const id = await oneCall(stage.store)
      await expect(move(id + 1, 'completed')).rejects.toThrow()
      expect(await stage.store.findTimeline(id + 1)).toEqual([])
    })

    it('takes what is told of one phone from all sides at once', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }])
      const [asha, devi] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Devi Rao')]
      for (let round = 0; round < 5; round++) {
        const id = await startCall(store, round % 2 ? asha : devi)
        const claims = await Promise.all([asha, devi, asha].map(who => claimFor(store, who)))
        await Promise.all([
          move(id, 'initiated', { fields: { callSid: `sid${round}` } }), move(id, 'in_progress', { contactAt: NOW }), move(id, 'completed', { contactAt: NOW }), move(id, 'busy'),
          ...claims.map(claim => claimOne(store, claim)), importRows(store, [ASHA]),
        ])
        expect(['completed', 'busy']).toContain(await statusOf(id))
        await query(stage.backend, 'update call_sessions set status = \'canceled\'')
      }
    })
  })

  describe('looking calls up', () => {
    it('finds calls by id, CallSid, reference, customer and openness', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [asha, bala] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Bala Nair')]
      const [ended, balas] = [await startCall(store, asha, { reference: 'ref1' }), await startCall(store, bala)]
      await move(ended, 'busy', { fields: { callSid: 'Sid1' } })
      const open = await startCall(store, asha, { now: minutesLater(200) })
      const ids = (calls: { id: number }[]) => calls.map(({ id }) => id)

      expect(await store.findCallBySid('Sid1')).toMatchObject({ id: ended, reference: 'ref1' })
      expect(await store.findCallByReference('ref1')).toMatchObject({ id: ended })
      expect([await store.findCallBySid('sid1'), await store.findCallByReference('REF1'), await store.findCallById(open + 1)]).toEqual([undefined, undefined, undefined])
      expect(ids(await store.findCalls([open, balas, ended, open + 1]))).toEqual([ended, balas, open])
      expect(ids(await store.findOpenCalls([open, ended]))).toEqual([open])
      expect(ids(await store.findEveryOpenCall())).toEqual([balas, open])
      expect(ids(await store.findCallsOfCustomer(asha))).toEqual([open, ended])
      expect([await store.findCalls([]), await store.findOpenCalls([]), await store.findCallsOfCustomer(asha + bala)]).toEqual([[], [], []])
    })

    it('takes more ids than a statement may have parameters', async () => {
      const { store } = stage
      const id = await oneCall(store)
      const ids = [...Array.from({ length: 66_000 }, (_, at) => id + 1 + at), id]
      expect(await store.findCalls(ids)).toMatchObject([{ id }])
      expect(await store.findOpenCalls(ids)).toMatchObject([{ id }])
      expect(await store.findLastHeard(ids)).toEqual(new Map([[id, NOW]]))
    })

    it('tells when anything was last heard of a call', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [first, second] = [await startCall(store, await customerId(store, 'Asha Verma')), await startCall(store, await customerId(store, 'Bala Nair'))]
      await move(first, 'ringing', { at: minutesLater(3) })
      await move(first, 'initiated', { at: minutesLater(2) })
      expect(await store.findLastHeard([first, second, second + 1])).toEqual(new Map([[first, minutesLater(3)], [second, NOW]]))
      expect(await store.findLastHeard([])).toEqual(new Map())
    })
  })
}

async function oneCall(store: Store): Promise<number> {
  await importRows(store, [ASHA])
  return startCall(store, await customerId(store, 'Asha Verma'))
}

/** The marks of each borrower and of the phone. */
async function marks({ backend }: Stage): Promise<Record<string, number[]>> {
  const found = await query(backend, 'select c.full_name as name, c.facts_seq, coalesce(p.seq, 0) as seq from customers c left join phones p on p.number = c.primary_phone')
  return Object.fromEntries(found.map(({ name, facts_seq: factsSeq, seq }) => [name, [Number(factsSeq), Number(seq)]]))
}
