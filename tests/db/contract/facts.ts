import { describe, expect, it } from 'vitest'
import type { Callability } from '../../../src/domain/callability.ts'
import { ASHA, ASHA_PHONE, BALA, BALA_PHONE, customerId, daysLater, importRows, minutesLater, moveOne, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

const READY: Callability = { from: new Date(0), until: null, code: null }

export function factsContract(stage: Stage) {
  describe('facts', () => {
    it('reads a borrower with every loan and the upload that spoke of it last', async () => {
      const { store } = stage
      const first = await importRows(store, [ASHA, { ...ASHA, loan_id: 'LN3', amount: '90000000', due_amount: '', due_date: '' }])
      const second = await importRows(store, [{ ...ASHA, due_amount: '16000' }], { dataDate: minutesLater(-90) })
      const id = await customerId(store, 'Asha Verma')
      const rows = await store.listRows({}, { limit: 0 })
      const { loans } = await store.findKnown('', [{ loanId: 'LN1', phone: null }, { loanId: 'LN3', phone: null }])
      const idOf = (loanId: string) => loans.find(loan => loan.loanId === loanId)!.id

      expect(await store.readFacts([id], NOW)).toEqual([{
        customerId: id, fullName: 'Asha Verma', phone: ASHA_PHONE, phoneKind: 'mobile', phoneRefusal: null, isStaffPhone: false, isAllowedAsStaff: false, sharers: 1, allowedSharers: null, isAsked: false, factsSeq: 2, phoneSeq: 1, attempts: [],
        loans: [
          { id: idOf('LN1'), loanId: 'LN1', dueAmount: 1_600_000, outstandingAmount: 25_000_000, dueDate: '2026-11-01', dataDate: minutesLater(-90), inReview: false, isAbsent: false, latestRowId: rows[2]!.row.id, latestUploadId: second },
          { id: idOf('LN3'), loanId: 'LN3', dueAmount: null, outstandingAmount: 9_000_000_000, dueDate: null, dataDate: NOW, inReview: false, isAbsent: false, latestRowId: rows[1]!.row.id, latestUploadId: first },
        ],
      }])
    })

    it('reads a borrower without a phone, and nobody where nobody is asked for', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, phone: '' }])
      const id = await customerId(store, 'Asha Verma')
      expect(await store.readFacts([id, id + 1], NOW)).toMatchObject([{ customerId: id, phone: null, phoneSeq: 0, phoneRefusal: null, attempts: [] }])
      expect(await store.readFacts([], NOW)).toEqual([])
    })

    it('counts a call once for its customer and for everybody on that phone, oldest first', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }, BALA])
      const [asha, devi, bala] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Devi Rao'), await customerId(store, 'Bala Nair')]
      const first = await startCall(store, asha)
      await moveOne(store, { id: first, status: 'completed', told: 'completed', source: 'webhook', at: minutesLater(2), fields: { durationSeconds: 62, endedAt: minutesLater(1) } })
      const second = await startCall(store, devi, { now: minutesLater(5) })
      await importRows(store, [{ ...ASHA, phone: '9000000109' }])

      const facts = new Map((await store.readFacts([asha, devi, bala], minutesLater(10))).map(one => [one.customerId, one]))
      expect(await store.readFacts([devi], minutesLater(10))).toEqual([facts.get(devi)])
      const calls = (id: number) => facts.get(id)!.attempts.map(({ customerId: whose, at }) => [whose, at])
      expect(calls(asha)).toEqual([[asha, NOW]])
      expect(calls(devi)).toEqual([[asha, NOW], [devi, minutesLater(5)]])
      expect(calls(bala)).toEqual([])
      const [call] = await store.findCalls([first])
      expect(facts.get(asha)!.attempts).toEqual([{ id: first, customerId: asha, loanId: call!.loanId, toNumber: ASHA_PHONE, status: 'completed', refusal: null, at: NOW, endedAt: minutesLater(1), durationSeconds: 62 }])
      expect(facts.get(devi)!.attempts[1]).toMatchObject({ id: second, status: 'dialing', endedAt: null, durationSeconds: null })
    })

    it('looks eight days back', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const id = await customerId(store, 'Asha Verma')
      await startCall(store, id)
      const attemptsAt = async (now: Date) => (await store.readFacts([id], now))[0]!.attempts.length
      expect(await attemptsAt(daysLater(8))).toBe(1)
      expect(await attemptsAt(new Date(daysLater(8).getTime() + 1))).toBe(0)
    })

    it('keeps a refused number, and has everybody on it judged anew', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }, BALA])
      await judgeAll(stage)
      const call = await startCall(store, await customerId(store, 'Asha Verma'))
      await judgeAll(stage)
      await moveOne(store, { id: call, status: 'rejected', told: 'rejected', source: 'vacli', at: NOW, fields: { refusal: 'ndnc' } })
      const facts = await store.readFacts(await store.findCustomersToJudge('rules', 10), NOW)
      expect(facts.map(({ fullName, phoneRefusal, factsSeq, phoneSeq }) => [fullName, phoneRefusal, factsSeq, phoneSeq]).sort()).toEqual([['Asha Verma', 'NDNC', 3, 2], ['Devi Rao', 'NDNC', 3, 2]])
    })
  })

  describe('callability', () => {
    it('asks for those whose facts moved since they were judged, and for all under other rules', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [asha, bala] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Bala Nair')]
      expect((await store.findCustomersToJudge('rules', 10)).sort()).toEqual([asha, bala].sort())
      expect(await store.findCustomersToJudge('rules', 1)).toHaveLength(1)
      await judgeAll(stage)
      expect(await store.findCustomersToJudge('rules', 10)).toEqual([])
      expect((await store.findCustomersToJudge('other rules', 10)).sort()).toEqual([asha, bala].sort())
      await importRows(store, [BALA])
      expect(await store.findCustomersToJudge('rules', 10)).toEqual([bala])
    })

    it('saves what was judged', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [asha, bala] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Bala Nair')]
      await store.saveCallability([
        { customerId: asha, factsSeq: 1, callability: { from: minutesLater(90), until: daysLater(2), code: 'GAP' } },
        { customerId: bala, factsSeq: 1, callability: { from: null, until: null, code: 'SUPPRESSED' } },
      ], 'rules')
      expect(await store.listCustomers({ sort: 'name' }, NOW, { limit: 0 })).toMatchObject([
        { callableFrom: minutesLater(90), callableUntil: daysLater(2), callableCode: 'GAP' },
        { callableFrom: null, callableUntil: null, callableCode: 'SUPPRESSED' },
      ])
      await store.saveCallability([], 'rules')
    })

    it('refuses a verdict on facts that moved meanwhile, and that one alone', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const [asha, bala] = [await customerId(store, 'Asha Verma'), await customerId(store, 'Bala Nair')]
      const facts = await store.readFacts([asha, bala], NOW)
      await importRows(store, [{ ...ASHA, due_amount: '0' }])
      await store.saveCallability(facts.map(({ customerId: id, factsSeq }) => ({ customerId: id, factsSeq, callability: READY })), 'rules')
      expect(await store.findCustomersToJudge('rules', 10)).toEqual([asha])
      expect(await store.listCustomers({ sort: 'name' }, NOW, { limit: 0 })).toMatchObject([{ callableFrom: null }, { callableFrom: new Date(0) }])
    })

    it('marks phones where a borrower was and is, so that a call prepared before finds them moved', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const seqs = async () => Object.fromEntries((await query(stage.backend, 'select number, seq from phones')).map(({ number, seq }) => [number, seq]))
      expect(await seqs(), 'nobody can have judged them').toEqual({})
      await importRows(store, [{ ...ASHA, phone: BALA.phone }])
      expect(await seqs()).toEqual({ [ASHA_PHONE]: 1, [BALA_PHONE]: 1 })
    })
  })
}

async function judgeAll({ store }: Stage) {
  const facts = await store.readFacts(await store.findCustomersToJudge('rules', 100), NOW)
  await store.saveCallability(facts.map(({ customerId: id, factsSeq }) => ({ customerId: id, factsSeq, callability: READY })), 'rules')
}
