import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/db/store.ts'
import type { BorrowerFilter } from '../../../src/domain/filter.ts'
import { dayOfDate } from '../../../src/domain/ist.ts'
import { ASHA_PHONE, customerId, daysLater, importRows, minutesLater, moveOne, NOW, startCall, type Row } from '../borrowers.ts'
import type { Stage } from '../open-stores.ts'

const YESTERDAY = daysLater(-1)
const TODAY = dayOfDate('2026-11-23')

const ASHA = 'Asha O\'Neil'
const RAM = 'राम "Ram" Émile'
const CHITRA = 'chitra Lee'
const DEV = 'Dev_Rao'

const EARLIER: Row[] = [
  { name: ASHA, phone: '9000000101', loan_id: 'LN%1', amount: '250000', due_amount: '15000', due_date: '2026-11-01', state: 'Karnataka', cluster: 'South', branch: 'Hubli', branch_contact_number: '080-12345678', employee: 'Priya Shah', employee_id: 'E1', employee_contact_number: '9000000201', last_paid_date: '2026-10-05', last_paid_amount: '500' },
  { name: ASHA, phone: '9000000101', loan_id: 'LN_2', amount: '90000000', due_amount: '50', due_date: '2026-10-01', state: 'Karnataka', cluster: 'South', branch: 'Mysuru', employee: 'Ravi Das', employee_id: 'E2' },
  { name: RAM, phone: '9000000102', loan_id: 'LN3', amount: '30000000', due_amount: '30000000', state: 'Bihar', cluster: 'it\'s "far"', branch: 'पटना' },
]
const NEWER: Row[] = [
  { name: CHITRA, phone: '', loan_id: 'LN\\4', amount: '1000', due_amount: '0', due_date: '2026-11-20' },
  { name: DEV, phone: '9000000104', loan_id: 'LN5', amount: '2000', due_date: '2026-11-20', state: 'Kerala', employee: 'Priya Shah', employee_id: 'E9' },
]

export function borrowerListContract(stage: Stage) {
  let uploads: number[]
  const ids: Record<string, number> = {}

  describe('lists of borrowers', () => {
    beforeEach(async () => {
      const { store } = stage
      uploads = [await importRows(store, EARLIER, { createdAt: YESTERDAY }), await importRows(store, NEWER)]
      for (const { id, fullName } of await store.listCustomers({}, NOW, { limit: 0 }))
        ids[fullName] = id
      await judge(store, ids)
    })

    const FILTERS: [string, () => BorrowerFilter, string[], string[]][] = [
      ['nothing', () => ({}), [ASHA, RAM, CHITRA, DEV], ['LN%1', 'LN_2', 'LN3', 'LN\\4', 'LN5']],
      ['customers', () => ({ customerIds: [ids[ASHA]!, ids[DEV]!] }), [ASHA, DEV], ['LN%1', 'LN_2', 'LN5']],
      ['no customer', () => ({ customerIds: [] }), [], []],
      ['loans', () => ({ loanIds: ['LN_2', 'LN3', 'LN1'] }), [ASHA, RAM], ['LN_2', 'LN3']],
      ['an upload', () => ({ uploadId: uploads[1]! }), [CHITRA, DEV], ['LN\\4', 'LN5']],
      ['another upload', () => ({ uploadId: uploads[0]! - 1 }), [], []],
      ['uploaded since', () => ({ since: NOW }), [CHITRA, DEV], ['LN\\4', 'LN5']],
      ['uploaded until', () => ({ until: NOW }), [ASHA, RAM], ['LN%1', 'LN_2', 'LN3']],
      ['a state in any case', () => ({ state: 'KARNATAKA' }), [ASHA], ['LN%1', 'LN_2']],
      ['a branch', () => ({ branch: 'hubli' }), [ASHA], ['LN%1']],
      ['a branch in Hindi', () => ({ branch: 'पटना' }), [RAM], ['LN3']],
      ['a cluster with quotes', () => ({ cluster: 'it\'s "far"' }), [RAM], ['LN3']],
      ['an employee by name', () => ({ employee: 'priya shah' }), [ASHA, DEV], ['LN%1', 'LN5']],
      ['an employee by id', () => ({ employee: 'e2' }), [ASHA], ['LN_2']],
      ['branch and employee of one and the same loan', () => ({ branch: 'Mysuru', employee: 'Priya Shah' }), [], []],
      ['at least so much due', () => ({ minDue: 1_500_000 }), [ASHA, RAM], ['LN%1', 'LN3']],
      ['at most so much due', () => ({ maxDue: 5_000 }), [ASHA, CHITRA], ['LN_2', 'LN\\4']],
      ['an amount between', () => ({ minDue: 5_000, maxDue: 1_500_000 }), [ASHA], ['LN%1', 'LN_2']],
      ['days past due, inclusive', () => ({ dpd: { min: 22, max: 53, today: TODAY } }), [ASHA], ['LN%1', 'LN_2']],
      ['days past due, one short', () => ({ dpd: { min: 23, max: 52, today: TODAY } }), [], []],
      ['days past due where nothing is due', () => ({ dpd: { min: 3, max: 3, today: TODAY } }), [DEV], ['LN5']],
      ['days past due without end', () => ({ dpd: { min: 1, max: 99_999, today: TODAY } }), [ASHA, DEV], ['LN%1', 'LN_2', 'LN5']],
      ['a status', () => ({ status: 'blocked' }), [CHITRA], ['LN\\4']],
      ['a rule', () => ({ blockedBy: 'GAP' }), [DEV], ['LN5']],
      ['a status nobody has', () => ({ status: 'withdrawn' }), [], []],
      ['a name', () => ({ search: 'o\'NEIL' }), [ASHA], ['LN%1', 'LN_2']],
      ['a name in another script', () => ({ search: 'राम' }), [RAM], ['LN3']],
      ['a name with a letter beyond ASCII, as it is written', () => ({ search: 'Émile' }), [RAM], ['LN3']],
      ['a phone', () => ({ search: '0000104' }), [DEV], ['LN5']],
      ['a loan', () => ({ search: 'ln5' }), [DEV], ['LN5']],
      ['a percent sign', () => ({ search: '%' }), [ASHA], ['LN%1', 'LN_2']],
      ['an underscore', () => ({ search: '_' }), [ASHA, DEV], ['LN%1', 'LN_2', 'LN5']],
      ['a backslash', () => ({ search: '\\' }), [CHITRA], ['LN\\4']],
      ['a double quote', () => ({ search: '"' }), [RAM], ['LN3']],
      ['text that would be SQL', () => ({ search: '\' or 1=1 --' }), [], []],
      ['everything at once', () => ({ customerIds: [ids[ASHA]!], loanIds: ['LN%1'], uploadId: uploads[0]!, status: 'ready', since: YESTERDAY, until: NOW, state: 'karnataka', cluster: 'south', branch: 'hubli', employee: 'E1', dpd: { min: 22, max: 22, today: TODAY }, minDue: 1, maxDue: 2_000_000, notCalledSince: YESTERDAY, search: 'asha' }), [ASHA], ['LN%1']],
    ]

    it.each(FILTERS)('filters by %s', async (_, filter, names, loanIds) => {
      const { store } = stage
      const customers = await store.listCustomers({ ...filter(), sort: 'id' }, NOW, { limit: 0 })
      expect(customers.map(({ fullName }) => fullName)).toEqual(names)
      expect(await store.countCustomers(filter(), NOW)).toBe(names.length)
      const loans = await store.listLoans({ ...filter(), sort: 'id' }, NOW, { limit: 0 })
      expect(loans.map(({ loanId }) => loanId)).toEqual(loanIds)
      expect(await store.countLoans(filter(), NOW)).toBe(loanIds.length)
    })

    it('filters by who was not called since', async () => {
      const { store } = stage
      await startCall(store, ids[DEV]!)
      const names = async (notCalledSince: Date) => (await store.listCustomers({ notCalledSince, sort: 'id' }, NOW, { limit: 0 })).map(({ fullName }) => fullName)
      expect(await names(NOW)).toEqual([ASHA, RAM, CHITRA])
      expect(await names(minutesLater(1))).toEqual([ASHA, RAM, CHITRA, DEV])
    })

    it.each([
      ['urgency', [ASHA, DEV, RAM, CHITRA], ['LN_2', 'LN%1', 'LN\\4', 'LN5', 'LN3']],
      ['due', [RAM, ASHA, CHITRA, DEV], ['LN3', 'LN%1', 'LN_2', 'LN\\4', 'LN5']],
      ['name', [ASHA, CHITRA, DEV, RAM], ['LN%1', 'LN_2', 'LN\\4', 'LN5', 'LN3']],
      ['uploaded', [CHITRA, DEV, ASHA, RAM], ['LN\\4', 'LN5', 'LN%1', 'LN_2', 'LN3']],
      ['id', [ASHA, RAM, CHITRA, DEV], ['LN%1', 'LN_2', 'LN3', 'LN\\4', 'LN5']],
    ] as const)('sorts by %s, what is missing last', async (sort, names, loanIds) => {
      const { store } = stage
      expect((await store.listCustomers({ sort }, NOW, { limit: 0 })).map(({ fullName }) => fullName)).toEqual(names)
      expect((await store.listLoans({ sort }, NOW, { limit: 0 })).map(({ loanId }) => loanId)).toEqual(loanIds)
    })

    it('puts the larger due first among those equally late', async () => {
      const { store } = stage
      const late = (name: string, phone: string, loanId: string, due: string): Row => ({ name, phone, loan_id: loanId, due_amount: due, due_date: '2026-09-01' })
      await importRows(store, [late('Farid Khan', '9000000107', 'LN7', '10'), late('Gita Das', '9000000108', 'LN8', '20')])
      expect((await store.listCustomers({}, NOW, { limit: 2 })).map(({ fullName }) => fullName)).toEqual(['Gita Das', 'Farid Khan'])
      expect((await store.listLoans({}, NOW, { limit: 2 })).map(({ loanId }) => loanId)).toEqual(['LN8', 'LN7'])
    })

    it('lists a page, and sorts by urgency unless told', async () => {
      const { store } = stage
      const pages = await Promise.all([{ limit: 2 }, { limit: 2, offset: 2 }, { limit: 0, offset: 3 }, { limit: 9, offset: 9 }].map(page => store.listCustomers({}, NOW, page)))
      expect(pages.map(page => page.map(({ fullName }) => fullName))).toEqual([[ASHA, DEV], [RAM, CHITRA], [CHITRA], []])
      const loans = await Promise.all([{ limit: 3 }, { limit: 3, offset: 3 }, { limit: 0, offset: 4 }].map(page => store.listLoans({}, NOW, page)))
      expect(loans.map(page => page.map(({ loanId }) => loanId))).toEqual([['LN_2', 'LN%1', 'LN\\4'], ['LN5', 'LN3'], ['LN3']])
    })

    it('shows a customer with the totals of the loans and the last call', async () => {
      const { store } = stage
      const first = await startCall(store, ids[ASHA]!)
      await moveOne(store, { id: first, status: 'busy', told: 'busy', source: 'webhook', at: NOW })
      const last = await startCall(store, ids[ASHA]!, { now: minutesLater(200) })
      await moveOne(store, { id: last, status: 'completed', told: 'completed', source: 'webhook', at: minutesLater(202), fields: { durationSeconds: 62 }, contactAt: minutesLater(202) })
      expect(await store.listCustomers({ customerIds: [ids[ASHA]!] }, NOW, { limit: 0 })).toEqual([{
        id: ids[ASHA], fullName: ASHA, primaryPhone: ASHA_PHONE, phoneKind: 'mobile', state: 'Karnataka', email: null, language: expect.any(String),
        firstUploadedAt: YESTERDAY, lastUploadedAt: YESTERDAY, lastContactDate: minutesLater(202), callableFrom: new Date(0), callableUntil: null, callableCode: null, status: 'ready', blockedBy: null,
        loans: 2, outstandingAmount: 9_025_000_000, dueAmount: 1_505_000, oldestDueDate: '2026-10-01', lastCallId: last, lastCallStatus: 'completed', lastCallAt: minutesLater(200), lastCallDuration: 62,
      }])
      expect(await store.listCustomers({ customerIds: [ids[DEV]!] }, NOW, { limit: 0 })).toMatchObject([{ loans: 1, dueAmount: null, oldestDueDate: '2026-11-20', lastCallId: null, lastCallStatus: null, lastCallAt: null, lastCallDuration: null }])
      expect(await store.listCustomers({ customerIds: [ids[CHITRA]!] }, NOW, { limit: 0 })).toMatchObject([{ primaryPhone: null, dueAmount: 0, oldestDueDate: null }])
    })

    it('shows a loan with its borrower', async () => {
      expect(await stage.store.listLoans({ loanIds: ['LN%1'] }, NOW, { limit: 0 })).toEqual([{
        loanId: 'LN%1', source: '', outstandingAmount: 25_000_000, dueAmount: 1_500_000, dueDate: '2026-11-01', cluster: 'South', branch: 'Hubli', branchContactNumber: '080-12345678',
        employeeName: 'Priya Shah', employeeId: 'E1', employeeContactNumber: '9000000201', lastPaidDate: '2026-10-05', lastPaidAmount: 50_000, absentBy: null,
        customerId: ids[ASHA], fullName: ASHA, primaryPhone: ASHA_PHONE, state: 'Karnataka', status: 'ready',
      }])
    })

    it('finds customers by id, phone and loan', async () => {
      const { store } = stage
      await importRows(store, [{ name: 'Devi Rao', phone: '9000000101', loan_id: 'LN5' }], { source: 'core' })
      const devi = { id: await customerId(store, 'Devi Rao'), fullName: 'Devi Rao', primaryPhone: ASHA_PHONE }
      const asha = { id: ids[ASHA], fullName: ASHA, primaryPhone: ASHA_PHONE }
      const dev = { id: ids[DEV], fullName: DEV, primaryPhone: '+919000000104' }
      expect(await store.findCustomersById([devi.id, ids[ASHA]!, devi.id + 1])).toEqual([asha, devi])
      expect(await store.findCustomersById([])).toEqual([])
      expect(await store.findCustomersByPhone(ASHA_PHONE)).toEqual([{ ...asha, withdrawn: 0 }, { ...devi, withdrawn: 0 }])
      expect(await store.findCustomersByPhone('+919000000999')).toEqual([])
      expect(await store.findCustomersByOtherPhone(ASHA_PHONE)).toEqual([])
      await importRows(store, [{ name: 'Devi Rao', phone: '9000000101/9000000107', loan_id: 'LN5' }], { source: 'core', sha256: 'bb22' })
      expect(await store.findCustomersByOtherPhone('+919000000107')).toEqual([{ id: devi.id, fullName: 'Devi Rao', kind: 'alternate' }])
      expect(await store.findCustomersByLoanId('LN5')).toEqual([{ ...dev, source: '', withdrawn: 0 }, { ...devi, source: 'core', withdrawn: 0 }])
      expect(await store.findCustomersByLoanId('ln5')).toEqual([])
    })

    it('tells the lender\'s id of a loan', async () => {
      const { store } = stage
      const { loans } = await store.findKnown('', [{ loanId: 'LN\\4', phone: null }])
      expect(await store.findLoanId(loans[0]!.id)).toBe('LN\\4')
      expect(await store.findLoanId(0)).toBeUndefined()
    })
  })
}

/** Asha and Ram may be called, Chitra has no phone, Dev must wait. */
async function judge(store: Store, ids: Record<string, number>) {
  await store.saveCallability([
    ...[ASHA, RAM].map(name => ({ customerId: ids[name]!, factsSeq: 1, callability: { from: new Date(0), until: null, code: null } })),
    { customerId: ids[CHITRA]!, factsSeq: 1, callability: { from: null, until: null, code: 'NO_PHONE' } },
    { customerId: ids[DEV]!, factsSeq: 1, callability: { from: minutesLater(30), until: null, code: 'GAP' } },
  ], 'rules')
}
