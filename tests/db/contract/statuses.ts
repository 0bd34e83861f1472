import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/db/store.ts'
import { blockAt, type Callability } from '../../../src/domain/callability.ts'
import { OPEN_STATUSES } from '../../../src/domain/call.ts'
import type { CustomerStatus } from '../../../src/domain/filter.ts'
import { ASHA, BALA, customerId, importRows, minutesLater, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

const ALWAYS = new Date(0)
const JUST_BEFORE = new Date(NOW.getTime() - 1)
const JUST_AFTER = new Date(NOW.getTime() + 1)

const CASES: [CustomerStatus, string, Callability][] = [
  ['ready', 'nothing forbids it', { from: ALWAYS, until: null, code: null }],
  ['ready', 'the wait ended just now', { from: NOW, until: null, code: 'GAP' }],
  ['ready', 'the figures are good for a moment', { from: ALWAYS, until: JUST_AFTER, code: null }],
  ['retry', 'a gap has a moment to go', { from: JUST_AFTER, until: null, code: 'GAP' }],
  ['completed', 'the cool-off runs', { from: minutesLater(60), until: null, code: 'COOLOFF' }],
  ['completed', 'the cool-off outlasts the figures', { from: minutesLater(60), until: JUST_BEFORE, code: 'COOLOFF' }],
  ['blocked', 'the day\'s cap is reached', { from: minutesLater(60), until: null, code: 'CAP_PHONE_DAY' }],
  ['blocked', 'nothing is due yet', { from: minutesLater(60), until: null, code: 'PRE_DUE' }],
  ['blocked', 'the figures went stale just now', { from: ALWAYS, until: NOW, code: null }],
  ['blocked', 'the figures went stale after a gap', { from: JUST_BEFORE, until: JUST_BEFORE, code: 'GAP' }],
  ['blocked', 'the number is refused', { from: null, until: null, code: 'SUPPRESSED' }],
  ['review', 'a person must decide', { from: null, until: null, code: 'REVIEW' }],
  ['review', 'a person must decide on stale figures', { from: null, until: JUST_BEFORE, code: 'REVIEW' }],
]

export function statusContract(stage: Stage) {
  describe('the status of a customer', () => {
    it.each(CASES)('is %s where %s', async (status, _, callability) => {
      const { store } = stage
      await importRows(store, [ASHA])
      await store.saveCallability([{ customerId: await customerId(store, 'Asha Verma'), factsSeq: 1, callability }], 'rules')
      const blockedBy = blockAt(callability, NOW)

      expect(await store.listCustomers({}, NOW, { limit: 0 })).toMatchObject([{ status, blockedBy, callableFrom: callability.from, callableUntil: callability.until, callableCode: callability.code }])
      expect(await store.listLoans({}, NOW, { limit: 0 })).toMatchObject([{ status }])
      expect(await store.countByStatus(NOW)).toEqual([{ status, block: blockedBy, customers: 1 }])
      expect(await store.countCustomers({ status }, NOW)).toBe(1)
      expect(await store.countCustomers({ status: status === 'ready' ? 'blocked' : 'ready' }, NOW)).toBe(0)
      if (blockedBy)
        expect(await store.countCustomers({ blockedBy }, NOW)).toBe(1)
    })

    it('is blocked, by no rule, before anybody was judged', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      expect(await store.listCustomers({}, NOW, { limit: 0 })).toMatchObject([{ status: 'blocked', blockedBy: null }])
    })

    it.each(OPEN_STATUSES)('is calling while a call is %s, whatever was judged', async (open) => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      await startCall(store, await customerId(store, 'Asha Verma'))
      await query(stage.backend, `update call_sessions set status = '${open}'`)
      await judgeAll(store, { from: null, until: null, code: 'SUPPRESSED' })
      expect(await statuses(store)).toEqual({ 'Asha Verma': 'calling', 'Bala Nair': 'blocked' })
      expect(await store.countCustomers({ status: 'calling' }, NOW)).toBe(1)
      await query(stage.backend, 'update call_sessions set status = \'canceled\'')
      expect(await statuses(store)).toEqual({ 'Asha Verma': 'blocked', 'Bala Nair': 'blocked' })
    })

    it('changes with the clock alone', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      await judgeAll(store, { from: minutesLater(60), until: minutesLater(120), code: 'GAP' })
      const at = async (now: Date) => (await store.listCustomers({}, now, { limit: 0 }))[0]!.status
      expect([await at(NOW), await at(minutesLater(60)), await at(minutesLater(120))]).toEqual(['retry', 'ready', 'blocked'])
    })

    it('is counted so that the counts add up', async () => {
      const { store } = stage
      const names = Array.from({ length: CASES.length }, (_, at) => `Asha ${'abcdefghijklmnopqrstuvwxyz'[at]}verma`)
      await importRows(store, names.map((name, at) => ({ name, phone: String(9_000_000_311 + at), loan_id: `LN${at}` })))
      const customers = await store.listCustomers({ sort: 'id' }, NOW, { limit: 0 })
      await store.saveCallability(customers.map(({ id }, at) => ({ customerId: id, factsSeq: 1, callability: CASES[at]![2] })), 'rules')

      const counted = await store.countByStatus(NOW)
      const byStatus = (status: CustomerStatus) => counted.filter(count => count.status === status).reduce((sum, count) => sum + count.customers, 0)
      expect(counted.reduce((sum, count) => sum + count.customers, 0)).toBe(CASES.length)
      for (const status of ['ready', 'calling', 'completed', 'retry', 'blocked', 'review', 'withdrawn'] as const)
        expect([status, byStatus(status), await store.countCustomers({ status }, NOW)]).toEqual([status, ...Array(2).fill(CASES.filter(([expected]) => expected === status).length)])
      expect(counted.find(({ block }) => block === 'STALE_DATA')).toEqual({ status: 'blocked', block: 'STALE_DATA', customers: 2 })
    })
  })
}

async function judgeAll(store: Store, callability: Callability) {
  const facts = await store.readFacts(await store.findCustomersToJudge('rules', 100), NOW)
  await store.saveCallability(facts.map(({ customerId: id, factsSeq }) => ({ customerId: id, factsSeq, callability })), 'rules')
}

async function statuses(store: Store) {
  const customers = await store.listCustomers({}, NOW, { limit: 0 })
  return Object.fromEntries(customers.map(({ fullName, status }) => [fullName, status]))
}
