import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/db/store.ts'
import { CALL_STATUSES, isOpen } from '../../../src/domain/call.ts'
import { ASHA, ASHA_PHONE, BALA, claimFor, customerId, importRows, minutesLater, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

export function claimContract(stage: Stage) {
  describe('claiming a call', () => {
    it('starts the session with its first two updates', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      const runId = await store.startRun({ name: null, operator: 'asha', reason: null, filter: {}, startedAt: NOW })
      const claim = await claimFor(store, id, { runId, metadata: { operator: 'asha', loans: [{ due_paise: 9_000_000_000, note: 'का "q"' }] } })
      const callId = await store.claimCall(claim)

      expect(callId).toEqual(expect.any(Number))
      const call = await store.findCallById(callId!)
      expect(call).toEqual({
        id: callId, reference: claim.reference, customerId: id, loanId: claim.loanId, runId, triggeredByBatch: claim.uploadId, triggeredByRow: claim.rowId,
        toNumber: ASHA_PHONE, fromNumber: '08047100000', callSid: null, status: 'dialing', refusal: null, durationSeconds: null, pricePaise: null, recordingUrl: null,
        metadata: claim.metadata, owner: 'host:1', leaseUntil: claim.leaseUntil, postStartedAt: NOW, settleAt: claim.settleAt, startedAt: null, endedAt: null, createdAt: NOW, updatedAt: NOW,
      })
      const update = { id: expect.any(Number), callSessionId: callId, message: null, source: 'vacli', timestamp: NOW, extraData: null }
      expect(await store.findTimeline(callId!)).toEqual([{ ...update, status: 'scheduled' }, { ...update, status: 'dialing' }])
      expect(await store.findCallByReference(claim.reference)).toEqual(call)
    })

    it('moves the facts of everybody on that phone', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }, BALA])
      await startCall(store, await customerId(store, 'Asha Verma'))
      expect(await seqsOf(stage)).toEqual({ 'Asha Verma': [2, 2], 'Devi Rao': [2, 2], 'Bala Nair': [1, 1] })
    })

    it('starts nothing on facts that moved, and writes no update', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      const stale = await claimFor(store, id)
      await importRows(store, [{ ...ASHA, due_amount: '0' }])
      expect(await store.claimCall(stale)).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 0, updates: 0 })
      expect(await seqsOf(stage)).toEqual({ 'Asha Verma': [2, 2] })
      expect(await store.claimCall(await claimFor(store, id))).toEqual(expect.any(Number))
    })

    it('starts nothing on a phone that no import brought', async () => {
      const { store } = stage
      const id = await oneBorrower(store)
      expect(await store.claimCall(await claimFor(store, id, { toNumber: '+919000000999', phoneSeq: 0 }))).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 0, updates: 0 })
    })

    it('lets one of many claims on the same facts win', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }])
      const [asha, devi] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Devi Rao')]
      const claims = await Promise.all([asha, devi, asha, devi, asha, devi].map(id => claimFor(store, id)))
      const won = (await Promise.all(claims.map(claim => store.claimCall(claim)))).filter(id => id !== undefined)
      expect(won).toHaveLength(1)
      expect((await store.listCalls({}, { limit: 0 })).map(({ call }) => call.id)).toEqual(won)
      expect(await counts(stage)).toEqual({ sessions: 1, updates: 2 })
    })

    it('claims different phones side by side', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const claims = [await claimFor(store, await customerId(store, 'Asha Verma')), await claimFor(store, await customerId(store, 'Bala Nair'))]
      const ids = await Promise.all(claims.map(claim => store.claimCall(claim)))
      expect((await store.findOpenCalls(ids as number[])).map(({ reference }) => reference).sort()).toEqual(claims.map(({ reference }) => reference).sort())
    })

    it.each(CALL_STATUSES)('allows the next call to a phone only after the end of one that is %s', async (status) => {
      const { store } = stage
      const id = await oneBorrower(store)
      const first = await startCall(store, id)
      await store.moveCall({ id: first, status, told: status, source: 'vacli', at: NOW })
      await query(stage.backend, `update call_sessions set status = '${status}'`)
      const before = await counts(stage)

      const second = await store.claimCall(await claimFor(store, id, { now: minutesLater(200) }))
      expect(second === undefined).toBe(isOpen(status))
      expect(await counts(stage)).toEqual(isOpen(status) ? before : { sessions: 2, updates: before.updates + 2 })
    })

    it('keeps a claim that is made twice to one session', async () => {
      const { store } = stage
      const claim = await claimFor(store, await oneBorrower(store))
      expect(await store.claimCall(claim)).toEqual(expect.any(Number))
      expect(await store.claimCall(claim)).toBeUndefined()
      expect(await counts(stage)).toEqual({ sessions: 1, updates: 2 })
    })
  })

  describe('the lease of a call', () => {
    it('is renewed while the call is being placed, and then no more', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [placing, placed] = [await startCall(store, await customerId(store, 'Asha Verma')), await startCall(store, await customerId(store, 'Bala Nair'))]
      await store.moveCall({ id: placed, status: 'initiated', told: 'initiated', source: 'vacli', at: NOW })
      const [before, after] = await store.findCalls([placing, placed])
      await store.renewLease(placing, minutesLater(5))
      await store.renewLease(placed, minutesLater(5))
      expect(await store.findCalls([placing, placed])).toEqual([{ ...before, leaseUntil: minutesLater(5) }, after])
    })

    it('tells whose process is gone', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [first, second] = [await startCall(store, await customerId(store, 'Asha Verma'), { leaseUntil: minutesLater(1) }), await startCall(store, await customerId(store, 'Bala Nair'), { leaseUntil: minutesLater(2) })]
      const abandonedAt = async (minutes: number) => (await store.findAbandonedCalls(minutesLater(minutes))).map(({ id }) => id)
      expect([await abandonedAt(1), await abandonedAt(2), await abandonedAt(3)]).toEqual([[], [first], [first, second]])
      await store.moveCall({ id: first, status: 'unknown', told: 'unknown', source: 'vacli', at: minutesLater(3) })
      expect(await abandonedAt(3)).toEqual([second])
    })
  })

  describe('runs', () => {
    it('keeps who called whom and how it ended', async () => {
      const { store, backend } = stage
      const id = await store.startRun({ name: 'morning', operator: 'आशा', reason: 'due', filter: { status: 'ready', search: '100% "q"' }, startedAt: NOW })
      const other = await store.startRun({ name: null, operator: 'bala', reason: null, filter: {}, startedAt: NOW })
      const runs = () => backend.db.select().from(backend.schema.callRuns).orderBy(backend.schema.callRuns.id)
      const started = { id, name: 'morning', operator: 'आशा', reason: 'due', filter: { status: 'ready', search: '100% "q"' }, result: null, startedAt: NOW, endedAt: null }
      const untouched = { id: other, name: null, operator: 'bala', reason: null, filter: {}, result: null, startedAt: NOW, endedAt: null }
      expect(await runs()).toEqual([started, untouched])
      await store.endRun(id, { placed: 3, blocked: { GAP: 1 } }, minutesLater(5))
      expect(await runs()).toEqual([{ ...started, result: { placed: 3, blocked: { GAP: 1 } }, endedAt: minutesLater(5) }, untouched])
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
  const found = await query(backend, 'select c.full_name as name, c.facts_seq, p.seq from customers c join phones p on p.number = c.primary_phone')
  return Object.fromEntries(found.map(({ name, facts_seq: factsSeq, seq }) => [name, [factsSeq, seq]]))
}
