import { describe, expect, it } from 'vitest'
import type { AdoptedCall } from '../../../src/db/adopt-store.ts'
import { ASHA, ASHA_PHONE, BALA_PHONE, claimFor, claimOne, customerId, importRows, minutesLater, moveOne, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

function aCall(values: Partial<AdoptedCall> = {}): AdoptedCall {
  const callSid = values.callSid ?? 'sid1'
  return {
    reference: `account-${callSid}`, callSid, toNumber: ASHA_PHONE, fromNumber: '08047100000', status: 'completed', durationSeconds: 40, pricePaise: 50, recordingUrl: null, exotelDetails: { Price: '0.5', note: '\0' },
    createdAt: minutesLater(-60), startedAt: minutesLater(-60), endedAt: minutesLater(-59), settleAt: minutesLater(-40), detailsAt: NOW, ...values,
  }
}

export function adoptContract(stage: Stage) {
  describe('adopting calls', () => {
    it('writes each as an attempt, with its update, once', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const asha = await customerId(store, 'Asha Verma')
      const [adopted] = await store.adoptCalls([aCall()], NOW)
      expect(adopted).toEqual({ id: expect.any(Number), callSid: 'sid1', customerId: asha })
      expect(await store.findCallById(adopted!.id)).toMatchObject({
        source: 'account', reference: 'account-sid1', customerId: asha, loanId: null, status: 'completed', durationSeconds: 40, pricePaise: 50, metadata: {}, exotelDetails: { Price: '0.5', note: '' },
        createdAt: minutesLater(-60), endedAt: minutesLater(-59), settleAt: minutesLater(-40), detailsAt: NOW, updatedAt: NOW, postStartedAt: null,
      })
      expect(await store.findTimeline(adopted!.id)).toMatchObject([{ status: 'completed', source: 'sweep', timestamp: NOW }])
      expect(await store.adoptCalls([aCall()], NOW)).toEqual([])
      expect(await store.findTimeline(adopted!.id)).toHaveLength(1)
    })

    it('makes whoever is on the phone be judged anew, and takes the place of a dial that was judged before', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }])
      const claim = await claimFor(store, await customerId(store, 'Asha Verma'))
      await query(stage.backend, 'update customers set judged_by = \'rules\'')
      expect(await store.adoptCalls([aCall()], NOW)).toMatchObject([{ customerId: null }])
      expect(await claimOne(store, claim)).toBe(undefined)
      expect((await query(stage.backend, 'select count(*) as n from customers where judged_by is null and last_contact_date is not null')).map(({ n }) => Number(n))).toEqual([2])
      await store.adoptCalls([aCall()], NOW)
      expect((await query(stage.backend, `select seq from phones where number = '${ASHA_PHONE}'`)).map(({ seq }) => Number(seq))).toEqual([claim.phoneSeq + 1])
    })

    it('keeps the number that no file has named', async () => {
      const { store } = stage
      await store.adoptCalls([aCall({ toNumber: BALA_PHONE })], NOW)
      expect(await query(stage.backend, 'select number, seq from phones')).toMatchObject([{ number: BALA_PHONE }])
    })

    it('leaves out one that goes on beside another open call, and one whose CallSid is taken', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const open = await startCall(store, await customerId(store, 'Asha Verma'))
      await moveOne(store, { id: open, status: 'initiated', told: 'initiated', source: 'vacli', at: NOW, fields: { callSid: 'taken' } })
      const calls = [aCall({ status: 'initiated', callSid: 'sid2', endedAt: null }), aCall({ callSid: 'taken', reference: 'x' }), aCall({ callSid: 'sid3' })]
      expect((await store.adoptCalls(calls, NOW)).map(({ callSid }) => callSid)).toEqual(['sid3'])
      expect(await store.adoptCalls([], NOW)).toEqual([])
    })

    it('adopts each once, also when all sweep at once', async () => {
      const { store } = stage
      const won = await Promise.all([1, 2, 3, 4].map(() => store.adoptCalls([aCall(), aCall({ callSid: 'sid2', toNumber: BALA_PHONE })], NOW)))
      expect(won.flat().map(({ callSid }) => callSid).sort()).toEqual(['sid1', 'sid2'])
      expect((await query(stage.backend, 'select count(*) as n from call_status_updates')).map(({ n }) => Number(n))).toEqual([2])
    })

    it('finds the open calls that a listed one may be', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const id = await startCall(store, await customerId(store, 'Asha Verma'))
      expect((await store.findOpenCallsWithoutSid()).map(call => call.id)).toEqual([id])
      await moveOne(store, { id, status: 'initiated', told: 'initiated', source: 'vacli', at: NOW, fields: { callSid: 'sid1' } })
      expect(await store.findOpenCallsWithoutSid()).toEqual([])
    })

    it('remembers when the account was last swept', async () => {
      const { store } = stage
      await store.writeMeta('last_sweep_at', 'a')
      await store.writeMeta('last_sweep_at', 'b')
      expect(await store.findMeta('last_sweep_at')).toBe('b')
    })
  })
}
