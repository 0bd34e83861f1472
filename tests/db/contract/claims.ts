import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/db/store.ts'
import { CALL_STATUSES, isOpen } from '../../../src/domain/call.ts'
import { ASHA, ASHA_PHONE, BALA, claimFor, claimOne, customerId, importRows, minutesLater, moveOne, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'
import { aRun } from './runs.ts'

export function claimContract(stage: Stage) {
  describe('claiming a call', () => {
    it('starts the session with its first two updates', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      const runId = await store.startRun(aRun())
      const claim = await claimFor(store, id, { runId, metadata: { operator: 'asha', loans: [{ due_paise: 9_000_000_000, note: 'का "q"' }] } })
      const callId = await claimOne(store, claim)

      expect(callId).toEqual(expect.any(Number))
      const call = await store.findCallById(callId!)
      expect(call).toEqual({
        id: callId, reference: claim.reference, customerId: id, loanId: claim.loanId, runId, triggeredByBatch: claim.uploadId, triggeredByRow: claim.rowId,
        toNumber: ASHA_PHONE, source: 'vacli', fromNumber: '08047100000', callSid: null, status: 'dialing', refusal: null, attention: null, durationSeconds: null, pricePaise: null, recordingUrl: null,
        metadata: claim.metadata, exotelDetails: null, absentAt: null, detailsAt: null, owner: 'host:1', leaseUntil: claim.leaseUntil, postStartedAt: NOW, settleAt: claim.settleAt, startedAt: null, endedAt: null, createdAt: NOW, updatedAt: NOW,
      })
      const update = { id: expect.any(Number), callSessionId: callId, message: null, source: 'vacli', timestamp: NOW, extraData: null }
      expect(await store.findTimeline(callId!)).toEqual([{ ...update, status: 'scheduled' }, { ...update, status: 'dialing' }])
      expect(await store.findCallByReference(claim.reference)).toEqual(call)
    })

    it('moves the facts of everybody on that phone', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }, BALA])
      await startCall(store, await customerId(store, 'Asha Verma'))
      expect(await seqsOf(stage)).toEqual({ 'Asha Verma': [2, 1], 'Devi Rao': [2, 1], 'Bala Nair': [1, 0] })
    })

    it('starts nothing on facts that moved, and writes no update', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      const stale = await claimFor(store, id)
      await importRows(store, [{ ...ASHA, due_amount: '0' }])
      expect(await claimOne(store, stale)).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 0, updates: 0 })
      expect(await seqsOf(stage)).toEqual({ 'Asha Verma': [2, 1] })
      expect(await claimOne(store, await claimFor(store, id))).toEqual(expect.any(Number))
    })

    it('starts nothing on a phone that no import brought', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      expect(await claimOne(store, await claimFor(store, id, { toNumber: '+919000000999', phoneSeq: 0 }))).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 0, updates: 0 })
    })

    it('starts nothing on a number of which only now something is said', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      const [upload] = await store.listUploads({}, { limit: 1 })
      const stale = await claimFor(store, id)
      expect(stale.phoneSeq, 'nothing was said of it').toBe(0)
      await store.keepStaffPhones(upload!.id, [stale.toNumber])
      expect(await claimOne(store, stale)).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 0, updates: 0 })
    })

    it('starts nothing on the new phone of one whose call on the old one moved meanwhile', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      const callId = await startCall(store, id)
      await query(stage.backend, `update customers set primary_phone = '+919000000999' where id = ${id}`)
      const stale = await claimFor(store, id)
      await moveOne(store, { id: callId, status: 'busy', told: 'busy', source: 'webhook', at: minutesLater(1) })
      expect(await claimOne(store, stale)).toBeUndefined()
    })

    it('lets one of many claims on the same facts win', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }])
      const [asha, devi] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Devi Rao')]
      const claims = await Promise.all([asha, devi, asha, devi, asha, devi].map(id => claimFor(store, id)))
      const won = (await Promise.all(claims.map(claim => claimOne(store, claim)))).filter(id => id !== undefined)
      expect(won).toHaveLength(1)
      expect((await store.listCalls({}, { limit: 0 })).map(({ call }) => call.id)).toEqual(won)
      expect(await counts(stage)).toEqual({ sessions: 1, updates: 2 })
    })

    it('claims different phones side by side', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const claims = [await claimFor(store, await customerId(store, 'Asha Verma')), await claimFor(store, await customerId(store, 'Bala Nair'))]
      const ids = await Promise.all(claims.map(claim => claimOne(store, claim)))
      expect((await store.findOpenCalls(ids as number[])).map(({ reference }) => reference).sort()).toEqual(claims.map(({ reference }) => reference).sort())
    })

    it.each(CALL_STATUSES)('allows the next call to a phone only after the end of one that is %s', async (status) => {
      const { store } = stage
      const id = await oneBorrower(store)
      const first = await startCall(store, id)
      await moveOne(store, { id: first, status, told: status, source: 'vacli', at: NOW })
      await query(stage.backend, `update call_sessions set status = '${status}'`)
      const before = await counts(stage)

      const second = await claimOne(store, await claimFor(store, id, { now: minutesLater(200) }))
      expect(second === undefined).toBe(isOpen(status))
      expect(await counts(stage)).toEqual(isOpen(status) ? before : { sessions: 2, updates: before.updates + 2 })
    })

    it('claims many at once, each by its own facts', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [asha, bala] = [await claimFor(store, await customerId(store, 'Asha Verma')), await claimFor(store, await customerId(store, 'Bala Nair'))]
      const born = await store.claimCalls([{ ...asha, phoneSeq: asha.phoneSeq - 1 }, bala], bala)
      expect(born).toEqual([{ id: expect.any(Number), reference: bala.reference }])
      expect(await counts(stage)).toEqual({ sessions: 1, updates: 2 })
      expect(await store.claimCalls([], bala)).toEqual([])
    })

    it('starts nothing once a pause or a setting came after the judgement', async () => {
      const { store } = stage
      const claim = await claimFor(store, await oneBorrower(store))
      await store.bumpEpoch()
      expect(await claimOne(store, claim)).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 0, updates: 0 })
      expect(await claimOne(store, { ...claim, epoch: (await store.readStanding()).epoch })).toEqual(expect.any(Number))
    })

    it('starts no more calls than there are lines', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA, { ...BALA, name: 'Chitra Das', phone: '9000000103', loan_id: 'LN3' }])
      const claims = await Promise.all(['Asha Verma', 'Bala Nair', 'Chitra Das'].map(async name => claimFor(store, await customerId(store, name))))
      const slots = { concurrency: 2, unknownSince: minutesLater(-6) }
      const born = await store.claimCalls(claims, { ...claims[0]!, slots })
      expect(born).toHaveLength(2)
      expect(await store.countOpenCalls(slots)).toBe(2)
      await moveOne(store, { id: born[0]!.id, status: 'completed', told: 'completed', source: 'webhook', at: NOW })
      expect(await store.countOpenCalls(slots)).toBe(1)
    })

    it('counts a call of unknown fate only while it may still ring, and never on more than half of the lines', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      for (const name of ['Asha Verma', 'Bala Nair'])
        await moveOne(store, { id: await startCall(store, await customerId(store, name)), status: 'unknown', told: 'unknown', source: 'vacli', at: NOW })
      expect(await store.countOpenCalls({ concurrency: 4, unknownSince: minutesLater(-1) })).toBe(2)
      expect(await store.countOpenCalls({ concurrency: 3, unknownSince: minutesLater(-1) })).toBe(1)
      expect(await store.countOpenCalls({ concurrency: 4, unknownSince: NOW })).toBe(0)
    })

    it('keeps a claim that is made twice to one session', async () => {
      const { store } = stage
      const claim = await claimFor(store, await oneBorrower(store))
      expect(await claimOne(store, claim)).toEqual(expect.any(Number))
      expect(await claimOne(store, claim)).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 1, updates: 2 })
    })
  })

  describe('the lease of a call', () => {
    it('is renewed while the call is being placed, and then no more', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [placing, placed] = [await startCall(store, await customerId(store, 'Asha Verma')), await startCall(store, await customerId(store, 'Bala Nair'))]
      await moveOne(store, { id: placed, status: 'initiated', told: 'initiated', source: 'vacli', at: NOW })
      const [before, after] = await store.findCalls([placing, placed])
      expect(await store.renewLeases([placing, placed], minutesLater(5), NOW)).toEqual([placing])
      expect(await store.findCalls([placing, placed])).toEqual([{ ...before, leaseUntil: minutesLater(5) }, after])
    })

    it('is not renewed once it has run out: others may count on that', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const id = await startCall(store, await customerId(store, 'Asha Verma'), { leaseUntil: minutesLater(1) })
      expect(await store.renewLeases([id], minutesLater(9), minutesLater(2))).toEqual([])
      expect(await store.findCallById(id)).toMatchObject({ leaseUntil: minutesLater(1) })
    })

    it('tells whose process is gone', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [first, second] = [await startCall(store, await customerId(store, 'Asha Verma'), { leaseUntil: minutesLater(1) }), await startCall(store, await customerId(store, 'Bala Nair'), { leaseUntil: minutesLater(2) })]
      const abandonedAt = async (minutes: number) => (await store.findAbandonedCalls(minutesLater(minutes))).map(({ id }) => id)
      expect([await abandonedAt(1), await abandonedAt(2), await abandonedAt(3)]).toEqual([[], [first], [first, second]])
      await moveOne(store, { id: first, status: 'unknown', told: 'unknown', source: 'vacli', at: minutesLater(3) })
      expect(await abandonedAt(3)).toEqual([second])
    })
  })
}

async function oneBorrower(store: Store): Promise<number> {
  await importRows(store, [ASHA])
  return customerId(store, 'Asha Verma')
}

async function counts({ backend }: Stage) {
  const [found] = await query(backend, 'select (select count(*) from call_sessions) as sessions, (select count(*) from call_status_updates) as updates')
  return { sessions: Number(found!.sessions), updates: Number(found!.updates) }
}

/** The marks of each borrower and of the phone. */
async function seqsOf({ backend }: Stage) {
  const found = await query(backend, 'select c.full_name as name, c.facts_seq, coalesce(p.seq, 0) as seq from customers c left join phones p on p.number = c.primary_phone')
  return Object.fromEntries(found.map(({ name, facts_seq: factsSeq, seq }) => [name, [factsSeq, seq]]))
}
