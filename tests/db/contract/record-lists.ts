import { beforeEach, describe, expect, it } from 'vitest'
import type { CallFilter, RowFilter, UploadFilter } from '../../../src/domain/filter.ts'
import { ASHA, BALA, customerId, daysLater, importRows, minutesLater, moveOne, newUpload, NOW, stagedRow, startCall, type Row } from '../borrowers.ts'
import type { Stage } from '../open-stores.ts'
import { aRun } from './runs.ts'

const YESTERDAY = daysLater(-1)
const RAM: Row = { name: 'राम O\'Neil_5%', phone: '9000000103', loan_id: 'LN3' }

export function recordListContract(stage: Stage) {
  callLists(stage)
  uploadLists(stage)
  rowLists(stage)
}

function callLists(stage: Stage) {
  let ids: { asha: number, bala: number, upload: number, run: number, calls: number[] }

  describe('the list of calls', () => {
    // Asha was called yesterday by the run, Bala and Ram today.
    beforeEach(async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA], { createdAt: YESTERDAY })
      const upload = await importRows(store, [RAM])
      const [asha, bala, ram] = [await customerId(store, ASHA.name!), await customerId(store, BALA.name!), await customerId(store, RAM.name!)]
      const run = await store.startRun(aRun({ startedAt: YESTERDAY }))
      const calls = [await startCall(store, asha, { now: YESTERDAY, runId: run }), await startCall(store, bala), await startCall(store, ram, { now: minutesLater(1) })]
      await moveOne(store, { id: calls[0]!, status: 'busy', told: 'busy', source: 'webhook', at: YESTERDAY, fields: { callSid: 'ABC_def1' } })
      ids = { asha, bala, upload, run, calls }
    })

    const FILTERS: [string, () => CallFilter, number[]][] = [
      ['nothing', () => ({}), [2, 1, 0]],
      ['customers', () => ({ customerIds: [ids.asha, ids.bala] }), [1, 0]],
      ['loans', () => ({ loanIds: ['LN3', 'LN1'] }), [2, 0]],
      ['a run', () => ({ runId: ids.run }), [0]],
      ['the upload that brought the figures', () => ({ uploadId: ids.upload }), [2]],
      ['a status', () => ({ status: 'dialing' }), [2, 1]],
      ['made since', () => ({ since: NOW }), [2, 1]],
      ['made until', () => ({ until: minutesLater(1) }), [1, 0]],
      ['a name', () => ({ search: 'ASHA v' }), [0]],
      ['a name with quotes and marks', () => ({ search: 'राम o\'neil_5%' }), [2]],
      ['a phone', () => ({ search: '0102' }), [1]],
      ['a CallSid in any case', () => ({ search: 'abc_DEF' }), [0]],
      ['an underscore', () => ({ search: '_' }), [2, 0]],
      ['a backslash', () => ({ search: '\\' }), []],
      ['everything at once', () => ({ customerIds: [ids.asha], loanIds: ['LN1'], runId: ids.run, status: 'busy', since: YESTERDAY, until: NOW, search: 'asha' }), [0]],
    ]

    it.each(FILTERS)('filters by %s, newest first', async (_, filter, expected) => {
      const listed = await stage.store.listCalls(filter(), { limit: 0 })
      expect(listed.map(({ call }) => ids.calls.indexOf(call.id))).toEqual(expected)
      expect(await stage.store.countCalls(filter())).toBe(expected.length)
    })

    it('shows the call with the names of its borrower and loan, a page at a time', async () => {
      const { store } = stage
      expect(await store.listCalls({}, { limit: 1, offset: 1 })).toEqual([{ call: await store.findCallById(ids.calls[1]!), fullName: 'Bala Nair', loanId: 'LN2' }])
      expect(await store.listCalls({}, { limit: 0, offset: 2 })).toHaveLength(1)
    })

    it('counts the calls since a moment by status', async () => {
      const { store } = stage
      expect((await store.countCallsByStatus(YESTERDAY)).sort((a, b) => a.calls - b.calls)).toEqual([{ status: 'busy', calls: 1 }, { status: 'dialing', calls: 2 }])
      expect(await store.countCallsByStatus(NOW)).toEqual([{ status: 'dialing', calls: 2 }])
      expect(await store.countCallsByStatus(minutesLater(2))).toEqual([])
    })
  })
}

function uploadLists(stage: Stage) {
  let ids: number[]

  describe('the list of uploads', () => {
    beforeEach(async () => {
      const { store } = stage
      const uploads = [await store.startUpload(newUpload({ filename: 'Branch_1 100%.csv', createdAt: YESTERDAY })), await store.startUpload(newUpload({ filename: 'शाखा "2"\\.csv' }))]
      ids = uploads.map(({ id }) => id)
      await store.finishUpload(ids[0]!, { status: 'completed', error: null, completedAt: NOW })
    })

    const FILTERS: [string, () => UploadFilter, number[]][] = [
      ['nothing', () => ({}), [1, 0]],
      ['its id', () => ({ uploadId: ids[0]! }), [0]],
      ['a status', () => ({ status: 'processing' }), [1]],
      ['made since', () => ({ since: NOW }), [1]],
      ['made until', () => ({ until: NOW }), [0]],
      ['a name in any case', () => ({ search: 'BRANCH' }), [0]],
      ['a percent sign', () => ({ search: '0%' }), [0]],
      ['an underscore', () => ({ search: 'h_1' }), [0]],
      ['quotes and a backslash', () => ({ search: '"2"\\' }), [1]],
    ]

    it.each(FILTERS)('filters by %s, newest first', async (_, filter, expected) => {
      const listed = await stage.store.listUploads(filter(), { limit: 0 })
      expect(listed.map(({ id }) => ids.indexOf(id))).toEqual(expected)
      expect(await stage.store.countUploads(filter())).toBe(expected.length)
    })

    it('lists a page at a time', async () => {
      expect(await stage.store.listUploads({}, { limit: 1, offset: 1 })).toMatchObject([{ id: ids[0], filename: 'Branch_1 100%.csv', totalRecords: null, completedAt: NOW }])
    })
  })
}

function rowLists(stage: Stage) {
  let ids: { first: number, second: number, asha: number }

  describe('the list of rows', () => {
    // Two files: Asha's and Bala's rows, then a rejected line and Asha's next loan.
    beforeEach(async () => {
      const { store } = stage
      const first = await importRows(store, [ASHA, BALA], { createdAt: YESTERDAY })
      const second = await importRows(store, [{ ...ASHA, loan_id: 'LN9', branch: 'Hubli "A"\\1 100%_' }])
      await store.stageRows(second, [stagedRow(1, { status: 'rejected', code: 'PHONE_INVALID', rawData: '{"note":"O\'Neil"}' })])
      ids = { first, second, asha: await customerId(store, ASHA.name!) }
    })

    const FILTERS: [string, () => RowFilter, string[]][] = [
      ['nothing', () => ({}), ['first 2', 'first 3', 'second 1', 'second 2']],
      ['an upload', () => ({ uploadId: ids.second }), ['second 1', 'second 2']],
      ['customers', () => ({ customerIds: [ids.asha] }), ['first 2', 'second 2']],
      ['loans', () => ({ loanIds: ['LN2', 'LN9'] }), ['first 3', 'second 2']],
      ['a status', () => ({ status: 'rejected' }), ['second 1']],
      ['uploaded since', () => ({ since: NOW }), ['second 1', 'second 2']],
      ['uploaded until', () => ({ until: NOW }), ['first 2', 'first 3']],
      ['what a cell says, in any case', () => ({ search: 'BALA' }), ['first 3']],
      ['a cell with a quote', () => ({ search: 'o\'neil' }), ['second 1']],
      ['a cell with double quotes and a backslash', () => ({ search: 'hubli "a"\\1' }), ['second 2']],
      ['a cell with the marks of LIKE', () => ({ search: '100%_' }), ['second 2']],
    ]

    it.each(FILTERS)('filters by %s, in file order', async (_, filter, expected) => {
      const listed = await stage.store.listRows(filter(), { limit: 0 })
      expect(listed.map(({ row }) => `${row.fileUploadId === ids.first ? 'first' : 'second'} ${row.lineNumber}`)).toEqual(expected)
      expect(await stage.store.countRowsListed(filter())).toBe(expected.length)
    })

    it('lists a page at a time', async () => {
      expect((await stage.store.listRows({}, { limit: 2, offset: 1 })).map(({ row, loanId }) => [row.lineNumber, loanId])).toEqual([[3, 'LN2'], [1, null]])
    })
  })
}
