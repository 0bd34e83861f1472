import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/db/store.ts'
import { NO_MATCHES } from '../../../src/domain/match-counts.ts'
import type { StagedRow } from '../../../src/domain/known.ts'
import { type MatchPlan, planMatch } from '../../../src/domain/plan-match.ts'
import { decodeStoredRow } from '../../../src/domain/stored-row.ts'
import { ASHA, ASHA_PHONE, BALA, BALA_PHONE, customerId, importRows, minutesLater, NOW, type Row, stageRows } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

const NEW_PHONE = '+919000000109'
const MOVED: Row = { ...ASHA, phone: '9000000109' }
const EMPTY_PLAN: MatchPlan = { newCustomers: [], seenCustomers: [], unchangedCustomers: [], movedCustomers: [], otherwiseKnown: [], merged: [], reviews: [], compared: [], loans: [], rows: [], touchedPhones: [], touchedWithoutPhone: [], counts: NO_MATCHES }

export function matchContract(stage: Stage) {
  describe('matching', () => {
    it('makes customers and loans of new rows, and links the rows to them', async () => {
      const { store } = stage
      const rajesh: Row = { name: 'राम "R" O\'Neil', phone: '90000 00101', loan_id: 'ln 1', amount: '90000000.50', due_date: '15/01/2026', state: 'KA', cluster: 'South', branch: 'हुबली', branch_contact_number: '080-12345678', employee: 'Priya Shah', employee_id: 'E1', employee_contact_number: '9000000201', last_paid_date: '2025-12-10', last_paid_amount: '5000', due_amount: '-21474836.49', email: 'ram@example.in' }
      const uploadId = await importRows(store, [rajesh])

      const [customer] = await store.listCustomers({}, NOW, { limit: 0 })
      expect(customer).toMatchObject({ fullName: 'राम "R" O\'Neil', primaryPhone: ASHA_PHONE, phoneKind: 'mobile', state: 'Karnataka', email: 'ram@example.in', firstUploadedAt: NOW, lastUploadedAt: NOW, lastContactDate: null, callableFrom: null, callableUntil: null, callableCode: null })
      const known = await store.findKnown('', [{ loanId: 'LN1', phone: null }])
      expect(known).toEqual({
        customers: [{ id: customer!.id, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), fullName: 'राम "R" O\'Neil', phone: ASHA_PHONE, phoneKind: 'mobile', state: 'Karnataka', language: expect.any(String), email: 'ram@example.in', spellings: [], otherPhones: [], loanKeys: ['LN1'] }],
        loans: [{ id: expect.any(Number), customerId: customer!.id, loanId: 'LN1', outstandingAmount: 9_000_000_050, dueAmount: -2_147_483_649, lastPaidAmount: 500_000, dueDate: '2026-01-15', lastPaidDate: '2025-12-10', cluster: 'South', branch: 'हुबली', branchContactNumber: '080-12345678', employeeName: 'Priya Shah', employeeId: 'E1', employeeContactNumber: '9000000201' }],
      })
      const [{ row, loanId }] = await store.listRows({ uploadId }, { limit: 0 }) as [Awaited<ReturnType<Store['listRows']>>[number]]
      expect([row.status, row.matchCustomerId, row.matchLoanId, loanId]).toEqual(['created', customer!.id, known.loans[0]!.id, 'LN1'])
    })

    it('tells whether a lender has a loan with zeros before its number', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, loan_id: '1230' }, { ...BALA, loan_id: 'LN07' }])
      await importRows(store, [{ ...ASHA, loan_id: '0123' }], { source: 'core' })
      expect([await store.hasLoanWithZeros(''), await store.hasLoanWithZeros('core')]).toEqual([false, true])
    })

    it('puts a row whose number has other zeros beside the loan, in doubt', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, loan_id: '000123' }])
      const uploadId = await importRows(store, [{ ...ASHA, loan_id: '123' }])
      expect(await store.listRows({ uploadId }, { limit: 0 })).toMatchObject([{ row: { status: 'review', code: 'LOAN_ID_ZEROS' }, loanId: '000123' }])
      expect((await store.listLoans({}, NOW, { limit: 0 })).map(({ loanId }) => loanId)).toEqual(['000123'])
    })

    it('knows a loan by its id within one source, with its customer, and a customer by the phone', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      await importRows(store, [{ ...ASHA, loan_id: 'LN9' }], { source: 'core' })
      const names = async (source: string, loanId: string, phone: string | null) => {
        const known = await store.findKnown(source, [{ loanId, phone }, { loanId: 'none', phone: 'none' }])
        return [known.customers.map(customer => customer.fullName), known.loans.map(loan => loan.loanId)]
      }
      const bala = BALA_PHONE
      expect(await names('', 'LN1', 'none')).toEqual([['Asha Verma'], ['LN1']])
      expect(await names('core', 'LN1', 'none')).toEqual([[], []])
      expect(await names('core', 'none', bala)).toEqual([['Bala Nair'], []])
      expect((await names('core', 'LN9', bala)).map(found => found.sort())).toEqual([['Asha Verma', 'Bala Nair'], ['LN9']])
      expect(await store.findKnown('', [])).toEqual({ customers: [], loans: [] })
    })

    it('finds rows that need each other, and every row on their phones', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, loan_id: 'LN70', phone: '9000000170' }, { ...BALA, loan_id: 'LN71', phone: '9000000171' }])
      await importRows(store, [{ ...BALA, loan_id: 'LN71', phone: '9000000172' }])
      const { id } = await stageRows(store, [
        { ...ASHA, phone: '9000000161', loan_id: 'LN61' }, { ...ASHA, phone: '9000000161', loan_id: 'LN62' }, // one borrower, twice
        { ...ASHA, phone: '9000000163', loan_id: 'LN63' }, { ...BALA, phone: '9000000163', loan_id: 'LN64' }, // two on one phone
        { ...ASHA, phone: '9000000165', loan_id: '065' }, { ...ASHA, phone: '9000000165', loan_id: 'LN65' }, { ...ASHA, phone: '9000000166', loan_id: '65' }, // one loan with other zeros
        { ...ASHA, phone: '9000000173', loan_id: 'LN70' }, // a known loan on another phone
        { ...BALA, phone: '9000000171', loan_id: 'LN72' }, // a phone that once was a customer's
        { ...ASHA, phone: '9000000170', loan_id: 'LN73' }, // and one that is the owner's of a loan that moves
        { ...ASHA, phone: '9000000168', loan_id: 'LN68' },
      ])
      const rows = await store.findPendingRows(id, 100)
      const tangled = await store.findTangledRows(id, '')
      expect(tangled.map(row => rows.findIndex(one => one.id === row.id))).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
      expect(tangled.map(({ ownerPhone }) => ownerPhone)).toEqual([null, null, null, null, null, '+919000000170', '+919000000172', null])
      expect((await store.findPendingOf([rows[2]!.id, rows[0]!.id])).map(row => row.id)).toEqual([rows[0]!.id, rows[2]!.id])
      expect(await store.findTangledRows(id + 1, '')).toEqual([])
    })

    it('updates what is known and keeps its ids and first dates', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, branch: 'Hubli', email: 'asha@example.in' }])
      const before = await onlyLoan(store, 'LN1')
      const uploadId = await importRows(store, [{ ...ASHA, name: 'ASHA VERMA', amount: '240000', due_amount: '', due_date: '', cluster: 'North' }], { createdAt: minutesLater(60) })

      const [customer] = await store.listCustomers({}, NOW, { limit: 0 })
      expect(customer).toMatchObject({ fullName: 'ASHA VERMA', email: 'asha@example.in', firstUploadedAt: NOW, lastUploadedAt: minutesLater(60) })
      expect(await onlyLoan(store, 'LN1')).toEqual({ ...before, outstandingAmount: 24_000_000, dueAmount: null, dueDate: null, cluster: 'North' })
      expect(await store.listRows({ uploadId }, { limit: 0 })).toMatchObject([{ row: { status: 'matched', matchCustomerId: customer!.id, matchLoanId: before.id } }])
      const [times] = await query(stage.backend, 'select created_at = updated_at as same from loans')
      expect(Boolean(times!.same)).toBe(false)
    })

    it('moves a customer to the phone that its loan brings, and marks both phones', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const before = await onlyLoan(store, 'LN1')
      const uploadId = await importRows(store, [MOVED])

      expect(await store.listCustomers({}, NOW, { limit: 0 })).toMatchObject([{ id: before.customerId, primaryPhone: NEW_PHONE }])
      expect(await rowsOf(store, uploadId)).toEqual([['matched', 'PHONE_CHANGED', before.customerId, before.id]])
      expect(await phoneSeqs(stage)).toEqual({ [ASHA_PHONE]: 1, [NEW_PHONE]: 1 })
      expect(await factsSeqs(stage)).toEqual({ 'Asha Verma': 2 })
    })

    it('leaves what it asks a person about as it was, and blocks the loan by that row', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const before = await onlyLoan(store, 'LN1')
      const uploadId = await importRows(store, [{ ...BALA, loan_id: 'LN1' }], { createdAt: minutesLater(60) })

      expect(await onlyLoan(store, 'LN1')).toEqual(before)
      expect(await store.listCustomers({}, NOW, { limit: 0 })).toMatchObject([{ fullName: 'Asha Verma', lastUploadedAt: NOW }])
      expect(await rowsOf(store, uploadId)).toEqual([['review', 'LOAN_NAME_CONFLICT', before.customerId, before.id]])
      const [facts] = await store.readFacts([before.customerId], NOW)
      expect(facts!.loans).toMatchObject([{ inReview: true, latestUploadId: uploadId }])
      expect([facts!.factsSeq, facts!.phoneSeq]).toEqual([2, 1])
    })

    it('makes the loan of rows that contradict each other, without what they do not agree on', async () => {
      const { store } = stage
      const uploadId = await importRows(store, [ASHA, { ...ASHA, due_amount: '16000' }])
      const { id, customerId, ...loan } = await onlyLoan(store, 'LN1')
      expect(await rowsOf(store, uploadId)).toEqual([['review', 'LOAN_TWICE', customerId, id], ['review', 'LOAN_TWICE', customerId, id]])
      expect(loan).toMatchObject({ dueAmount: null, outstandingAmount: 25_000_000 })
      expect(await store.readFacts([customerId], NOW)).toMatchObject([{ loans: [{ inReview: true }] }])
    })

    it('keeps the same loan id of two sources apart', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      await importRows(store, [{ ...ASHA, amount: '1' }], { source: 'core' })
      const uploads = [await importRows(store, [ASHA]), await importRows(store, [{ ...ASHA, amount: '1' }], { source: 'core' })]
      expect(await store.listLoans({ sort: 'id' }, NOW, { limit: 0 })).toMatchObject([{ source: '', outstandingAmount: 25_000_000 }, { source: 'core', outstandingAmount: 100 }])
      const owners = await Promise.all(['', 'core'].map(source => store.findKnown(source, [{ loanId: 'LN1', phone: null }])))
      const rows = await Promise.all(uploads.map(uploadId => store.listRows({ uploadId }, { limit: 0 })))
      expect(rows.map(([listed]) => listed!.row.matchLoanId)).toEqual(owners.map(({ loans }) => loans[0]!.id))
      expect(await store.countCustomers({}, NOW)).toBe(1)
    })

    it('keeps the note that a row was staged with', async () => {
      const { store } = stage
      const uploadId = await importRows(store, [{ ...ASHA, state: 'Nowhere' }])
      expect(await store.listRows({ uploadId }, { limit: 0 })).toMatchObject([{ row: { status: 'created', code: 'STATE_UNKNOWN', message: expect.stringContaining('Nowhere') } }])
    })

    it('marks the facts of every borrower and phone that a file speaks of, once each', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      await importRows(store, [{ ...ASHA, loan_id: 'LN3' }, { ...ASHA, loan_id: 'LN4' }, { ...ASHA, name: 'Devi Rao', loan_id: 'LN5' }])
      expect(await factsSeqs(stage)).toEqual({ 'Asha Verma': 2, 'Bala Nair': 1, 'Devi Rao': 1 })
      expect(await phoneSeqs(stage)).toEqual({ [ASHA_PHONE]: 1 })
    })

    it('makes one customer and one loan where two imports planned them at once', async () => {
      const { store } = stage
      const plans = await Promise.all([planOf(store, [ASHA]), planOf(store, [ASHA, { ...ASHA, loan_id: 'LN3' }])])
      await Promise.all(plans.map(plan => store.applyMatchPlan(plan, '', NOW)))
      expect(await store.countCustomers({}, NOW)).toBe(1)
      expect((await store.listLoans({ sort: 'id' }, NOW, { limit: 0 })).map(({ loanId }) => loanId).sort()).toEqual(['LN1', 'LN3'])
      expect((await store.listRows({}, { limit: 0 })).map(({ row }) => row.matchCustomerId)).toEqual(Array(3).fill(await customerId(store, 'Asha Verma')))
    })
  })

  describe('a plan in which fingerprints change hands', () => {
    it('gives one that somebody leaves to somebody new', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const { customers: [asha], loans: [loan] } = await store.findKnown('', [{ loanId: 'LN1', phone: null }])
      const { id: uploadId } = await stageRows(store, [MOVED, { ...ASHA, loan_id: 'LN3' }])
      const [first, second] = (await store.findPendingRows(uploadId, 2)).map(({ id: rowId }) => rowId)
      const row = { status: 'created' as const, code: null, message: null, customerId: null, knownLoanId: null, rule: null, score: null }
      await store.applyMatchPlan({
        ...EMPTY_PLAN,
        seenCustomers: [{ ...asha!, phone: NEW_PHONE, fingerprint: 'moved' }],
        movedCustomers: ['moved'],
        newCustomers: [asha!],
        loans: [{ ...loan!, branchKey: '', customerId: null, fingerprint: 'moved', rowId: first! }, { ...loan!, branchKey: '', customerId: null, loanId: 'LN3', fingerprint: asha!.fingerprint, rowId: second! }],
        rows: [{ ...row, rowId: first!, fingerprint: 'moved', loanId: 'LN1' }, { ...row, rowId: second!, fingerprint: asha!.fingerprint, loanId: 'LN3' }],
      }, '', NOW)

      const loans = await store.listLoans({ sort: 'id' }, NOW, { limit: 0 })
      expect(loans.map(({ loanId, primaryPhone, customerId: owner }) => [loanId, primaryPhone, owner === asha!.id])).toEqual([['LN1', NEW_PHONE, true], ['LN3', ASHA_PHONE, false]])
      expect((await rowsOf(store, uploadId)).map(([, , owner]) => owner)).toEqual(loans.map(({ customerId: owner }) => owner))
    })

    it('passes them round among those who are known', async () => {
      const { store } = stage
      const rows = Array.from({ length: 20 }, (_, at): Row => ({ name: 'Asha Verma', phone: String(9_000_000_311 + at), loan_id: `LN${at}` }))
      await importRows(store, rows)
      const ring = async () => (await store.findKnown('', rows.map(row => ({ loanId: row.loan_id!, phone: null })))).customers.sort((a, b) => a.id - b.id)
      const before = await ring()
      const passed = before.map((customer, at) => ({ ...before.at(at - 1)!, id: customer.id }))
      await store.applyMatchPlan({ ...EMPTY_PLAN, seenCustomers: passed, movedCustomers: passed.map(({ fingerprint }) => fingerprint) }, '', NOW)
      expect((await ring()).map(({ loanKeys: _, ...customer }) => customer)).toEqual(passed.map(({ loanKeys: _, ...customer }) => customer))
    })
  })
}

async function planOf(store: Store, rows: Row[]) {
  const { id } = await stageRows(store, rows)
  const staged = (await store.findPendingRows(id, 100)).map(({ id: rowId, loanValues, rawData }): StagedRow => ({ rowId, row: decodeStoredRow(loanValues, rawData)!.row }))
  const known = await store.findKnown('', staged.map(({ row }) => row))
  return planMatch(staged, { source: '', decisions: [], ...known, contradicted: new Set() })
}

async function onlyLoan(store: Store, loanId: string) {
  const { loans } = await store.findKnown('', [{ loanId, phone: null }])
  expect(loans).toHaveLength(1)
  return loans[0]!
}

async function rowsOf(store: Store, uploadId: number) {
  const rows = await store.listRows({ uploadId }, { limit: 0 })
  return rows.map(({ row }) => [row.status, row.code, row.matchCustomerId, row.matchLoanId])
}

async function phoneSeqs({ backend }: Stage) {
  const phones = await query(backend, 'select number, seq from phones')
  return Object.fromEntries(phones.map(({ number, seq }) => [number, seq]))
}

async function factsSeqs({ backend }: Stage) {
  const customers = await query(backend, 'select full_name, facts_seq from customers')
  return Object.fromEntries(customers.map(row => [row.full_name, row.facts_seq]))
}
