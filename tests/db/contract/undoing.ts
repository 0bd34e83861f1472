import { describe, expect, it } from 'vitest'
import { finishUndos, undoImport } from '../../../src/app/undo-import.ts'
import type { Store } from '../../../src/db/store.ts'
import { ASHA, ASHA_PHONE, BALA, BALA_PHONE, customerId, daysLater, importRows, minutesLater, moveOne, NOW, type Row, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

const undo = (store: Store, id: number) => undoImport({ store, now: () => minutesLater(99) }, id, 'asha')
const names = async (store: Store) => (await store.listCustomers({ sort: 'id' }, NOW, { limit: 0 })).map(({ fullName, status }) => [fullName, status])
const factsOf = async (store: Store, name: string) => (await store.readFacts([await customerId(store, name)], NOW))[0]!
const inGaya = (row: Row): Row => ({ ...row, branch: 'Gaya' })

export function undoContract(stage: Stage) {
  describe('an upload that is taken back', () => {
    it('leaves nobody of whom nothing else speaks, and nothing of what it said', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const second = await importRows(store, [{ ...ASHA, due_amount: '99' }, BALA], { createdAt: minutesLater(60) })
      expect(await store.countUploadEffect(second)).toEqual({ rows: 2, customers: 2, loans: 2, alone: 1, calls: 0 })
      await undo(store, second)
      expect(await names(store)).toEqual([['Asha Verma', expect.any(String)]])
      expect((await store.listLoans({}, NOW, { limit: 0 })).map(({ loanId, dueAmount }) => [loanId, dueAmount])).toEqual([['LN1', 1_500_000]])
      expect(await store.findUpload(second)).toMatchObject({ status: 'undone', undoneBy: 'asha', undoneAt: minutesLater(99), appliedOrder: null })
      expect((await store.listRows({ uploadId: second }, { limit: 0 })).map(({ row }) => [row.matchCustomerId, row.matchLoanId])).toEqual([[null, null], [null, null]])
    })

    it('keeps whoever was called, withdrawn, and lets a later file bring them back under the same id', async () => {
      const { store } = stage
      const upload = await importRows(store, [ASHA, BALA])
      const id = await customerId(store, 'Asha Verma')
      const callId = await startCall(store, id)
      await moveOne(store, { id: callId, status: 'completed', told: 'completed', source: 'webhook', at: NOW })
      await undo(store, upload)
      expect(await names(store)).toEqual([['Asha Verma', 'withdrawn']])
      expect(await store.listLoans({}, NOW, { limit: 0 })).toEqual([])
      expect((await store.findCallById(callId))!.customerId).toBe(id)

      await importRows(store, [ASHA], { createdAt: minutesLater(120) })
      const [back] = await store.listCustomers({}, NOW, { limit: 0 })
      expect([back!.id, back!.status === 'withdrawn', back!.firstUploadedAt]).toEqual([id, false, minutesLater(120)])
    })

    it('blocks its loans from the first write on, before anything is recomputed', async () => {
      const { store } = stage
      const upload = await importRows(store, [ASHA])
      const { epoch } = await store.readStanding()
      await store.withdrawUpload(upload, { by: 'asha', at: NOW })
      expect((await factsOf(store, 'Asha Verma')).loans).toMatchObject([{ isAbsent: true }])
      expect((await store.readStanding()).epoch).not.toBe(epoch)
      expect(await store.findHalfUndone()).toEqual([{ id: upload }])
      expect(await store.findLinkedCustomers(upload, 10)).toEqual([await customerId(store, 'Asha Verma')])
    })

    it('lets nobody be called whom a snapshot calls absent, at no step of the undo', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      await importRows(store, [BALA], { createdAt: minutesLater(1), snapshotScope: { all: true } })
      const upload = await importRows(store, [ASHA], { createdAt: minutesLater(2) })
      const isAbsent = async () => (await factsOf(store, 'Asha Verma')).loans.map(loan => loan.isAbsent)
      expect(await isAbsent()).toEqual([false])
      await store.withdrawUpload(upload, { by: 'asha', at: NOW })
      const steps = [await isAbsent()]
      const watched = new Proxy(store, { get: (target, name: keyof Store) => typeof target[name] === 'function'
        ? async (...args: never[]) => {
          const result = await (target[name] as (...args: never[]) => Promise<unknown>)(...args)
          steps.push(await isAbsent())
          return result
        }
        : target[name] })
      await finishUndos({ store: watched, now: () => NOW })
      expect(steps.length).toBeGreaterThan(5)
      expect(steps.flat().every(Boolean)).toBe(true)
      expect(await store.countAbsentBy(upload)).toBe(0)
    })

    it('reads a component as it stands', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const ids = await store.findCustomerIds(0, 10)
      const rows = await store.findRowsOf(ids, { phones: [], loanKeys: [] })
      expect(rows.map(({ customerId }) => customerId)).toEqual(ids)
      expect(await store.findOwners([{ source: '', loanId: 'LN2', fingerprint: 'none', phone: null }])).toEqual([ids[1]])
      expect((await store.findPhonesOf(ids)).sort()).toEqual([ASHA_PHONE, BALA_PHONE])
      const { customers, loans, spellings } = await store.readBook(ids)
      expect([customers.map(({ id }) => id), loans.map(({ loanId }) => loanId), spellings]).toEqual([ids, ['LN1', 'LN2'], []])
    })
  })

  describe('a snapshot', () => {
    it('marks what it covers and no longer names, and a later row brings it back', async () => {
      const { store } = stage
      await importRows(store, [inGaya(ASHA), { ...BALA, branch: 'Patna' }, inGaya({ ...BALA, loan_id: 'LN9' })])
      const scope = { branches: ['gaya'] }
      const day2 = await importRows(store, [inGaya(ASHA)], { createdAt: minutesLater(1), snapshotScope: scope })
      expect(await store.countAbsentBy(day2)).toBe(1)
      expect(await store.findSnapshots()).toEqual([{ uploadId: day2, source: '', scope, dataDate: NOW }])
      expect((await factsOf(store, 'Bala Nair')).loans.map(({ loanId, isAbsent }) => [loanId, isAbsent])).toEqual([['LN2', false], ['LN9', true]])
      await importRows(store, [inGaya({ ...BALA, loan_id: 'LN9' })], { createdAt: minutesLater(2) })
      expect(await store.countAbsentBy(day2)).toBe(0)
    })

    it('stands by the day of its data: what is older brings nothing back', async () => {
      const { store } = stage
      await importRows(store, [inGaya(ASHA), inGaya(BALA)], { dataDate: daysLater(-1) })
      const day2 = await importRows(store, [inGaya(ASHA)], { filename: 'day2.csv', createdAt: minutesLater(1), snapshotScope: { branches: ['gaya'] } })
      const older = await importRows(store, [inGaya(BALA)], { createdAt: minutesLater(2), dataDate: daysLater(-1) })
      expect((await store.findSnapshotsAfter({ id: older, source: '', dataDate: daysLater(-1) })).map(({ uploadId }) => uploadId)).toEqual([day2])
      expect(await store.findSnapshotsAfter({ id: older, source: '', dataDate: NOW })).toEqual([])
      expect(await store.findStillAbsent(older)).toEqual([{ id: day2, filename: 'day2.csv', dataDate: NOW, loans: 1 }])
    })

    it('does not mark the loan of a row that was rejected', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const upload = await store.startUpload({ filename: 'b.csv', sha256: 'b', source: '', uploadedBy: 'asha', dataDate: NOW, createdAt: NOW })
      await store.stageRows(upload.id, [{ lineNumber: 2, rawData: '{}', rowFingerprint: 'x', phoneNormalized: null, loanKey: 'LN1', loanValues: null, status: 'rejected', code: 'PHONE_LENGTH', message: 'short' }])
      await store.startApplying(upload.id)
      const snapshot = { uploadId: upload.id, source: '', scope: { all: true as const }, dataDate: NOW }
      expect(await store.countShrinkage(snapshot)).toEqual({ covered: 2, missing: 1 })
      expect(await store.markMissingLoans(snapshot)).toBe(1)
      expect(await store.countShrinkage(snapshot)).toEqual({ covered: 1, missing: 0 })
      await store.forgetAbsences(upload.id)
      expect(await store.countShrinkage({ ...snapshot, scope: { all: true, except: [''] } })).toEqual({ covered: 0, missing: 0 })
      expect(await store.countShrinkage(snapshot)).toEqual({ covered: 2, missing: 1 })
    })
  })

  describe('the phones', () => {
    it('of staff are known for as long as an upload names them', async () => {
      const { store } = stage
      const upload = await importRows(store, [ASHA])
      await store.keepStaffPhones(upload, [ASHA_PHONE, BALA_PHONE])
      await store.keepStaffPhones(upload, [ASHA_PHONE])
      expect((await factsOf(store, 'Asha Verma')).isStaffPhone).toBe(true)
      await undo(store, upload)
      await importRows(store, [ASHA])
      expect((await factsOf(store, 'Asha Verma')).isStaffPhone).toBe(false)
      expect(await query(stage.backend, 'select count(*) as n from staff_phones')).toEqual([{ n: expect.anything() }])
    })

    it('count who shares them, and remember how many a person allowed', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...BALA, phone: ASHA.phone! }])
      expect(await factsOf(store, 'Asha Verma')).toMatchObject({ sharers: 2, allowedSharers: null })
      await store.allowSharers(ASHA_PHONE, 12, { by: 'asha', at: NOW })
      expect(await store.readPhone(ASHA_PHONE)).toEqual({ sharers: 2, allowedSharers: 12, allowedAt: NOW, staffSince: null })
      expect(await factsOf(store, 'Asha Verma')).toMatchObject({ sharers: 2, allowedSharers: 12 })
    })
  })
}
