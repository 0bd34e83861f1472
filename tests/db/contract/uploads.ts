import { describe, expect, it } from 'vitest'
import type { RowStatus } from '../../../src/domain/upload.ts'
import { importRows, minutesLater, newUpload, NOW, stagedRow, stageRows } from '../borrowers.ts'
import type { Stage } from '../open-stores.ts'

export function uploadContract(stage: Stage) {
  describe('uploads', () => {
    it('starts an upload as processing, its rows not counted yet', async () => {
      const { store } = stage
      const upload = await store.startUpload(newUpload({ filename: 'शाखा "1".csv', source: 'core' }))
      expect(upload).toEqual({ id: expect.any(Number), filename: 'शाखा "1".csv', sha256: 'aa11', source: 'core', uploadedBy: 'asha', dataDate: NOW, totalRecords: null, status: 'processing', error: null, createdAt: NOW, completedAt: null, settings: null, snapshotScope: null, reason: null, appliedOrder: null, undoneAt: null, undoneBy: null })
      expect(await store.listUploads({}, { limit: 0 })).toEqual([upload])
    })

    it('remembers how the files of a source are read', async () => {
      const { store } = stage
      expect(await store.findSourceReading('axis')).toBeUndefined()
      await store.keepSourceReading('axis', { sheet: 'DPD' })
      await store.keepSourceReading('axis', { sheet: 'DPD', mapping: { 'Cell No': 'phone' } })
      expect([await store.findSourceReading('axis'), await store.findSourceReading('')]).toEqual([{ sheet: 'DPD', mapping: { 'Cell No': 'phone' } }, undefined])
    })

    it('finds the newest upload of the same bytes and source', async () => {
      const { store } = stage
      await store.startUpload(newUpload())
      const newest = await store.startUpload(newUpload())
      const other = await store.startUpload(newUpload({ source: 'core' }))
      await store.startUpload(newUpload({ sha256: 'bb22' }))
      expect(await store.findUploadOfBytes('aa11', '')).toEqual(newest)
      expect(await store.findUploadOfBytes('aa11', 'core')).toEqual(other)
      expect(await store.findUploadOfBytes('cc33', '')).toBeUndefined()
    })

    it('finds the upload with newer data that spoke last of a loan', async () => {
      const { store } = stage
      const row = (loan_id: string) => ({ name: 'Asha Verma', phone: '9812345611', loan_id })
      const newer = await importRows(store, [row('LN1')], { dataDate: minutesLater(5) })
      await importRows(store, [row('LN2')], { dataDate: minutesLater(3) })
      await importRows(store, [row('LN3')], { dataDate: minutesLater(5), source: 'core' })
      const [both, other] = [await stageRows(store, [row('LN3'), row('LN2'), row('LN1')]), await stageRows(store, [row('LN2'), row('LN3')])]
      const since = (upload: { id: number }, minutes: number) => store.findNewerUpload({ id: upload.id, source: '' }, minutesLater(minutes))
      expect(await since(both, 5)).toEqual({ id: newer, filename: 'loans.csv', dataDate: minutesLater(5) })
      expect([await since(both, 6), await since(other, 5)]).toEqual([undefined, undefined])
    })

    it('keeps settings while an upload goes on, and others when it ends', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload({ settings: { a: 1 } }))
      await store.keepSettings(id, { a: 1, under_way: { rejects_file: '/tmp/x' } })
      expect(await store.findUpload(id)).toMatchObject({ status: 'processing', settings: { a: 1, under_way: { rejects_file: '/tmp/x' } } })
      await store.finishUpload(id, { status: 'completed', error: null, completedAt: NOW, settings: { a: 1 } })
      expect(await store.findUpload(id)).toMatchObject({ status: 'completed', settings: { a: 1 } })
    })

    it('lists what is not done, oldest first, with the total of what was read to its end', async () => {
      const { store } = stage
      const [first, done, failed, last] = [await store.startUpload(newUpload()), await store.startUpload(newUpload()), await store.startUpload(newUpload()), await store.startUpload(newUpload())]
      await store.finishStaging(last.id, { totalRecords: 7 })
      await store.finishUpload(done.id, { status: 'completed', error: null, completedAt: minutesLater(1) })
      await store.finishUpload(failed.id, { status: 'failed', error: 'the file is empty', completedAt: minutesLater(2) })
      expect(await store.findUnfinishedUploads()).toEqual([first, { ...last, totalRecords: 7 }])
      expect(await store.listUploads({ status: 'completed' }, { limit: 0 })).toEqual([{ ...done, status: 'completed', completedAt: minutesLater(1) }])
      expect(await store.listUploads({ status: 'failed' }, { limit: 0 })).toEqual([{ ...failed, status: 'failed', error: 'the file is empty', completedAt: minutesLater(2) }])
    })
  })

  describe('staging', () => {
    it('keeps a line as it was first staged', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      await store.stageRows(id, [stagedRow(2), stagedRow(3)])
      await store.stageRows(id, [stagedRow(3, { rawData: '{"name":"another"}', status: 'rejected' }), stagedRow(4)])
      expect((await store.findPendingRows(id, 10)).map(({ lineNumber, rawData }) => [lineNumber, rawData]))
        .toEqual([[2, '{"name":"Asha Verma"}'], [3, '{"name":"Asha Verma"}'], [4, '{"name":"Asha Verma"}']])
    })

    it('finds decided rows that have a remark, in file order, a chunk at a time', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      const remark = { code: 'ODD', message: 'odd' }
      await store.stageRows(id, [stagedRow(5, { ...remark, status: 'review' }), stagedRow(2, { ...remark, status: 'matched' }), stagedRow(3, { status: 'created' }), stagedRow(4, { ...remark, status: 'created' }), ...(['pending', 'rejected', 'skipped'] as const).map((status, at) => stagedRow(6 + at, { ...remark, status }))])
      const linesOf = async (limit: number, afterLine: number) => (await store.findRemarkedRows(id, limit, afterLine)).map(({ lineNumber, status, code, message }) => [lineNumber, status, code, message])
      expect([await linesOf(2, 0), await linesOf(2, 4)]).toEqual([[[2, 'matched', 'ODD', 'odd'], [4, 'created', 'ODD', 'odd']], [[5, 'review', 'ODD', 'odd']]])
    })

    it('keeps the same line of two uploads apart', async () => {
      const { store } = stage
      const [one, two] = [await store.startUpload(newUpload()), await store.startUpload(newUpload())]
      await store.stageRows(one.id, [stagedRow(2)])
      await store.stageRows(two.id, [stagedRow(2), stagedRow(3)])
      expect(await store.countRows(one.id)).toMatchObject({ pending: 1 })
      expect(await store.countRows(two.id)).toMatchObject({ pending: 2 })
    })

    it('stages nothing when there is nothing', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      await store.stageRows(id, [])
      expect(await store.findPendingRows(id, 10)).toEqual([])
    })

    it('hands out pending rows in file order, a chunk at a time', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      await store.stageRows(id, [stagedRow(9), stagedRow(5, { status: 'skipped' }), stagedRow(10)])
      await store.stageRows(id, [stagedRow(4), stagedRow(6, { status: 'rejected' })])
      expect((await store.findPendingRows(id, 2)).map(row => row.lineNumber)).toEqual([4, 9])
      expect((await store.findPendingRows(id, 10)).map(row => row.lineNumber)).toEqual([4, 9, 10])
    })

    it('gives back every value as it came', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      const odd = { rawData: '{"नाम":"राम \\"R\\" O\'Neil","note":"100% _ \\\\ \\n 😀"}', message: 'का "q" \' \\ % \n 😀', code: 'STATE_UNKNOWN', loanKey: 'एल\\1"', phoneNormalized: null }
      await store.stageRows(id, [stagedRow(2, odd)])
      const [listed] = await store.listRows({ uploadId: id }, { limit: 1 })
      expect(listed!.row).toEqual({ id: expect.any(Number), fileUploadId: id, ...stagedRow(2, odd), matchCustomerId: null, matchLoanId: null, matchRule: null, matchScore: null })
    })

    it('drops what no text column can hold: NUL and half a character', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      await store.stageRows(id, [stagedRow(2, { message: '"A\0sha" is \\u0000 no name', loanKey: '\0LN\0\0' }), stagedRow(3, { message: 'cut \ud83d off' })])
      const rows = await store.listRows({ uploadId: id }, { limit: 0 })
      await store.finishUpload(id, { status: 'failed', error: 'no column \0n\0a\0m\0e', completedAt: NOW })
      expect(await store.listUploads({}, { limit: 0 })).toMatchObject([{ error: 'no column name' }])
      expect(rows.map(({ row }) => [row.message, row.loanKey])).toEqual([['"Asha" is \\u0000 no name', 'LN'], ['cut \ufffd off', 'LN3']])
    })

    it('stages thousands of rows at once', async () => {
      const { store } = stage
      const { id } = await store.startUpload(newUpload())
      await store.stageRows(id, Array.from({ length: 5000 }, (_, at) => stagedRow(at + 2)))
      expect(await store.countRows(id)).toEqual({ pending: 5000, matched: 0, created: 0, review: 0, rejected: 0, skipped: 0 })
    })

    it('counts the rows of one upload by status', async () => {
      const { store } = stage
      const [one, two] = [await store.startUpload(newUpload()), await store.startUpload(newUpload())]
      const statuses: RowStatus[] = ['pending', 'matched', 'created', 'created', 'review', 'rejected', 'rejected', 'skipped']
      await store.stageRows(one.id, statuses.map((status, at) => stagedRow(at + 2, { status })))
      await store.stageRows(two.id, [stagedRow(2)])
      expect(await store.countRows(one.id)).toEqual({ pending: 1, matched: 1, created: 2, review: 1, rejected: 2, skipped: 1 })
      expect(await store.countRows(two.id + 1)).toEqual({ pending: 0, matched: 0, created: 0, review: 0, rejected: 0, skipped: 0 })
    })

    it('finds the rows of one upload whose loan stands there more than once, if they are usable', async () => {
      const { store } = stage
      const [one, two] = [await store.startUpload(newUpload()), await store.startUpload(newUpload())]
      const row = (lineNumber: number, loanKey: string | null, status: RowStatus = 'pending') => stagedRow(lineNumber, { loanKey, status, rawData: `${loanKey} ${status}` })
      await store.stageRows(one.id, [
        row(2, 'OPEN'), row(3, 'OPEN'), row(4, 'DECIDED', 'created'), row(5, 'DECIDED', 'review'), row(6, 'DECIDED', 'matched'),
        row(7, 'COPY'), row(8, 'COPY', 'skipped'), row(9, 'COPY', 'rejected'), row(10, null), row(11, null), row(12, 'ELSEWHERE'),
      ])
      await store.stageRows(two.id, [row(2, 'ELSEWHERE')])
      const found = await store.findRowsOfRepeatedLoans(one.id)
      expect(found.map(({ rawData }) => rawData).sort()).toEqual(['DECIDED created', 'DECIDED matched', 'DECIDED review', 'OPEN pending', 'OPEN pending'])
      expect(await store.findRowsOfRepeatedLoans(two.id)).toEqual([])
    })
  })
}
