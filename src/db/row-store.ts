import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm'
import { NO_ROWS, type RowCounts, type RowStatus } from '../domain/upload.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

export interface StagedValues {
  lineNumber: number
  rawData: string
  rowFingerprint: string
  phoneNormalized: string | null
  loanKey: string | null
  loanValues: string | null
  status: RowStatus
  code: string | null
  message: string | null
}

const STAGED_TYPES = { lineNumber: 'bigint', rawData: 'text', rowFingerprint: 'text', phoneNormalized: 'text', loanKey: 'text', loanValues: 'text', status: 'text', code: 'text', message: 'text' } as const

/** Rows of uploads, as they came and as they were read. */
export function rowStore(backend: Backend) {
  const { db, schema, batch, eachOf } = backend
  const { fileUploads, uploadRows } = schema

  return {
    // What a power cut takes is read again from the file, so that no chunk waits for the disk. A line that is there already stays as it is, so that an interrupted import can be read again from its start.
    async stageRows(uploadId: number, rows: StagedValues[]) {
      await batch(() => [eachOf(rows, STAGED_TYPES, (r, { values }) => sql`
        insert into ${uploadRows} (file_upload_id, line_number, raw_data, row_fingerprint, phone_normalized, loan_key, loan_values, status, code, message)
        ${values(sql`${uploadId}`, r.lineNumber, r.rawData, r.rowFingerprint, r.phoneNormalized, r.loanKey, r.loanValues, r.status, r.code, r.message)}
        on conflict (file_upload_id, line_number) do nothing`)], { isUnflushed: true })
    },

    /** Pending rows of one upload in file order, a chunk at a time. */
    async findPendingRows(uploadId: number, limit: number, afterLine = 0) {
      return db.select({ id: uploadRows.id, lineNumber: uploadRows.lineNumber, ...storedColumns(schema) }).from(uploadRows)
        // By line: the index of statuses would have all that is pending sorted for each chunk.
        .where(and(eq(uploadRows.fileUploadId, uploadId), gt(uploadRows.lineNumber, afterLine), sql`${uploadRows.status} || '' = 'pending'`))
        .orderBy(asc(uploadRows.lineNumber)).limit(limit)
    },

    /** A row with what decisions are found by. */
    async findRow(id: number) {
      const [row] = await db.select({ id: uploadRows.id, phone: uploadRows.phoneNormalized, loanKey: uploadRows.loanKey, status: uploadRows.status, code: uploadRows.code, source: fileUploads.source, uploadSettings: fileUploads.settings, ...storedColumns(schema) })
        .from(uploadRows).innerJoin(fileUploads, eq(fileUploads.id, uploadRows.fileUploadId)).where(eq(uploadRows.id, id))
      return row
    },

    /** Those of the rows that are still pending, in file order. */
    async findPendingOf(ids: number[]) {
      return db.select({ id: uploadRows.id, lineNumber: uploadRows.lineNumber, ...storedColumns(schema) }).from(uploadRows)
        .where(and(isOneOf(backend, uploadRows.id, ids), eq(uploadRows.status, 'pending'))).orderBy(asc(uploadRows.lineNumber))
    },

    /** Decided rows on which there is a remark, in file order, a chunk at a time. */
    async findRemarkedRows(uploadId: number, limit: number, afterLine: number) {
      return db.select({ lineNumber: uploadRows.lineNumber, status: uploadRows.status, code: uploadRows.code, message: uploadRows.message, ...storedColumns(schema) }).from(uploadRows)
        .where(and(eq(uploadRows.fileUploadId, uploadId), gt(uploadRows.lineNumber, afterLine), sql`${uploadRows.status} || '' in ('created', 'matched', 'review')`, sql`${uploadRows.code} is not null`))
        .orderBy(asc(uploadRows.lineNumber)).limit(limit)
    },

    /** Usable rows whose loan the upload names more than once; exact copies were skipped before. */
    async findRowsOfRepeatedLoans(uploadId: number) {
      const usable = and(eq(uploadRows.fileUploadId, uploadId), inArray(uploadRows.status, ['pending', 'matched', 'created', 'review']))
      const repeated = db.select({ loanKey: uploadRows.loanKey }).from(uploadRows).where(usable).groupBy(uploadRows.loanKey).having(gt(count(), 1))
      return db.select(storedColumns(schema)).from(uploadRows).where(and(usable, inArray(uploadRows.loanKey, repeated)))
    },

    async countRows(uploadId: number): Promise<RowCounts> {
      const counts = await db.select({ status: uploadRows.status, rows: count() }).from(uploadRows)
        .where(eq(uploadRows.fileUploadId, uploadId)).groupBy(uploadRows.status)
      return { ...NO_ROWS, ...Object.fromEntries(counts.map(({ status, rows }) => [status, rows])) }
    },
  }
}

/** What a row was read as; its cells only where an older database has nothing else. */
export function storedColumns({ uploadRows: { loanValues, rawData } }: Backend['schema']) {
  return { loanValues, rawData: sql<string>`case when ${loanValues} is null then ${rawData} else '' end` }
}
