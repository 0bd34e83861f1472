import { and, asc, count, desc, eq, gt, inArray, sql } from 'drizzle-orm'
import { NO_ROWS, type RowCounts, type RowStatus } from '../domain/upload.ts'
import type { Backend } from './backend.ts'
import { storable } from './storable.ts'

export interface NewUpload { filename: string, sha256: string, source: string, uploadedBy: string, dataDate: Date, createdAt: Date }

export interface StagedValues {
  lineNumber: number
  rawData: string
  rowFingerprint: string
  phoneNormalized: string | null
  loanKey: string | null
  status: RowStatus
  code: string | null
  message: string | null
}

/** Uploads and their rows, as they came. */
export function uploadStore({ db, schema, batch, rowsOf }: Backend) {
  const { fileUploads, uploadRows } = schema

  return {
    async startUpload(upload: NewUpload) {
      const [started] = await db.insert(fileUploads).values(upload).returning()
      return started!
    },

    /** The newest upload of exactly these bytes. */
    async findUploadOfBytes(sha256: string, source: string) {
      const [upload] = await db.select().from(fileUploads)
        .where(and(eq(fileUploads.sha256, sha256), eq(fileUploads.source, source)))
        .orderBy(desc(fileUploads.id)).limit(1)
      return upload
    },

    /** Uploads that are not done, oldest first; of those with no total the file was never read to its end. */
    async findUnfinishedUploads() {
      return db.select().from(fileUploads).where(eq(fileUploads.status, 'processing')).orderBy(asc(fileUploads.id))
    },

    // A line that is there already stays as it is, so that an interrupted import can be read again from its start.
    async stageRows(uploadId: number, rows: StagedValues[]) {
      const r = rowsOf(rows, { lineNumber: 'bigint', rawData: 'text', rowFingerprint: 'text', phoneNormalized: 'text', loanKey: 'text', status: 'text', code: 'text', message: 'text' })
      await batch(() => [sql`
        insert into ${uploadRows} (file_upload_id, line_number, raw_data, row_fingerprint, phone_normalized, loan_key, status, code, message)
        select ${uploadId}, r."lineNumber", r."rawData", r."rowFingerprint", r."phoneNormalized", r."loanKey", r.status, r.code, r.message
        from ${r} where true order by r."lineNumber"
        on conflict (file_upload_id, line_number) do nothing`])
    },

    /** Says that the file was read to its end: from now on its rows are all there. */
    async finishStaging(id: number, totalRecords: number) {
      await db.update(fileUploads).set({ totalRecords }).where(eq(fileUploads.id, id))
    },

    async finishUpload(id: number, end: { status: 'completed' | 'failed', error: string | null, completedAt: Date }) {
      await db.update(fileUploads).set(storable(end)).where(eq(fileUploads.id, id))
    },

    /** Pending rows of one upload in file order, a chunk at a time. */
    async findPendingRows(uploadId: number, limit: number) {
      return db.select({ id: uploadRows.id, lineNumber: uploadRows.lineNumber, rawData: uploadRows.rawData }).from(uploadRows)
        .where(and(eq(uploadRows.fileUploadId, uploadId), eq(uploadRows.status, 'pending')))
        .orderBy(asc(uploadRows.lineNumber)).limit(limit)
    },

    /** Usable rows whose loan the upload names more than once; exact copies were skipped before. */
    async findRowsOfRepeatedLoans(uploadId: number) {
      const usable = and(eq(uploadRows.fileUploadId, uploadId), inArray(uploadRows.status, ['pending', 'matched', 'created', 'review']))
      const repeated = db.select({ loanKey: uploadRows.loanKey }).from(uploadRows).where(usable).groupBy(uploadRows.loanKey).having(gt(count(), 1))
      return db.select({ rawData: uploadRows.rawData }).from(uploadRows).where(and(usable, inArray(uploadRows.loanKey, repeated)))
    },

    async countRows(uploadId: number): Promise<RowCounts> {
      const counts = await db.select({ status: uploadRows.status, rows: count() }).from(uploadRows)
        .where(eq(uploadRows.fileUploadId, uploadId)).groupBy(uploadRows.status)
      return { ...NO_ROWS, ...Object.fromEntries(counts.map(({ status, rows }) => [status, rows])) }
    },
  }
}
