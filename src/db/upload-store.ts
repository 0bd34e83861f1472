import { and, asc, desc, eq, gte, inArray, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'
import { storable } from './storable.ts'

/** How a file is read, kept with its upload. */
export type UploadSettings = Record<string, unknown>

/** What a snapshot covers: every loan of its source but those of some branches, or the loans of the branches named; both by the branches' keys. */
export type SnapshotScope = { all: true, except?: string[] } | { branches: string[] }

export interface NewUpload { filename: string, sha256: string, source: string, uploadedBy: string, dataDate: Date, createdAt: Date, settings?: UploadSettings | null, reason?: string | null }

/** Uploads, from their start to their end. */
export function uploadStore(backend: Backend) {
  const { db, schema: { fileUploads }, batch } = backend

  return {
    async startUpload(upload: NewUpload) {
      const [started] = await db.insert(fileUploads).values(upload).returning()
      return started!
    },

    /** The upload of exactly these bytes that stands, else one that was cut off: the newest of them. */
    async findUploadOfBytes(sha256: string, source: string) {
      const [upload] = await db.select().from(fileUploads)
        .where(and(eq(fileUploads.sha256, sha256), eq(fileUploads.source, source), inArray(fileUploads.status, ['completed', 'processing'])))
        .orderBy(asc(fileUploads.status), desc(fileUploads.id)).limit(1)
      return upload
    },

    /** An upload with data from the time on that spoke last of a loan that the given upload names too; undefined where there is none. */
    async findNewerUpload(upload: { id: number, source: string }, dataDate: Date) {
      return findNewerUpload(backend, upload, dataDate)
    },

    async findUpload(id: number) {
      const [upload] = await db.select().from(fileUploads).where(eq(fileUploads.id, id))
      return upload
    },

    /** Uploads that are not done, oldest first; of those with no total the file was never read to its end. */
    async findUnfinishedUploads() {
      return db.select().from(fileUploads).where(eq(fileUploads.status, 'processing')).orderBy(asc(fileUploads.id))
    },

    /** Says that the file was read to its end, what date its data has and what it covers: from now on its rows are all there. */
    async finishStaging(id: number, staged: { totalRecords: number, dataDate?: Date, snapshotScope?: SnapshotScope | null, settings?: UploadSettings | null }) {
      await db.update(fileUploads).set(staged).where(eq(fileUploads.id, id))
    },

    /** Gives the upload its place among those whose rows were applied; once. */
    async startApplying(id: number) {
      await batch(() => [sql`
        update ${fileUploads} set applied_order = (select coalesce(max(f.applied_order), 0) + 1 from ${fileUploads} f)
        where ${fileUploads.id} = ${id} and ${fileUploads.appliedOrder} is null`])
    },

    /** Keeps settings of an upload that goes on; without waiting for the disk, as its rows. */
    async keepSettings(id: number, settings: UploadSettings) {
      await batch(tx => [tx.update(fileUploads).set(storable({ settings })).where(eq(fileUploads.id, id))], { isUnflushed: true })
    },

    async finishUpload(id: number, end: { status: 'completed' | 'failed', error: string | null, completedAt: Date, settings?: UploadSettings | null }) {
      await db.update(fileUploads).set(storable(end)).where(eq(fileUploads.id, id))
    },
  }
}

async function findNewerUpload({ db, schema: { fileUploads, loans, uploadRows } }: Backend, { id, source }: { id: number, source: string }, dataDate: Date) {
  const isNewer = gte(fileUploads.dataDate, dataDate)
  const [any] = await db.select({ id: fileUploads.id }).from(fileUploads).where(and(eq(fileUploads.source, source), eq(fileUploads.status, 'completed'), isNewer)).limit(1)
  // Most files are newer than all before: then no row is looked at.
  if (!any)
    return undefined
  const last = sql`(select n.file_upload_id from ${loans} l join ${uploadRows} n on n.id = l.latest_row_id where l.source = ${source} and l.loan_id = ${uploadRows.loanKey})`
  const [upload] = await db.select({ id: fileUploads.id, filename: fileUploads.filename, dataDate: fileUploads.dataDate }).from(uploadRows)
    .innerJoin(fileUploads, eq(fileUploads.id, last)).where(and(eq(uploadRows.fileUploadId, id), isNewer)).limit(1)
  return upload
}
