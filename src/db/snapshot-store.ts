import { and, asc, count, desc, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import { istDay, startOfIstDay } from '../domain/ist.ts'
import type { Backend } from './backend.ts'
import { bumpEpoch } from './standing-store.ts'
import type { SnapshotScope } from './upload-store.ts'

/** A snapshot of a lender's book: who is still overdue. */
export interface Snapshot { uploadId: number, source: string, scope: SnapshotScope, dataDate: Date }

/** What a snapshot does to the loans that it no longer names. */
export function snapshotStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { fileUploads, loans, uploadRows } = schema

  return {
    /** How many loans the snapshot covers that are not absent yet, and how many of them neither its rows name, also not in a rejected one, nor a file whose data is newer. */
    async countShrinkage({ uploadId, source, scope, dataDate }: Snapshot): Promise<{ covered: number, missing: number }> {
      const named = sql`(select r.loan_key from ${uploadRows} r where r.file_upload_id = ${uploadId} and r.loan_key is not null)`
      const [[counts]] = await batch(() => [sql`
        select count(*) as covered, coalesce(sum(case when l.loan_id in ${named} or ${isNamedSince(backend, sql`l.id`, { id: uploadId, dataDate })} then 0 else 1 end), 0) as missing
        from ${loans} l where l.source = ${source} and l.withdrawn = 0 and l.absent_by is null and ${isCovered(backend, scope)}`])
      return { covered: Number(counts!.covered), missing: Number(counts!.missing) }
    },

    /**
     * Marks what the snapshot covers and neither it nor an upload after it names, by the day of their data and then by the order in which they were applied. The first
     * snapshot's word stands, since when a loan is absent. What is held back is free to be said of. Returns how many loans it made absent. No dial that was judged before it starts after it.
     */
    async markMissingLoans({ uploadId, source, scope, dataDate }: Snapshot, heldBy: number | null = null): Promise<number> {
      const place = { id: uploadId, dataDate }
      const isFree = sql`(${loans.absentBy} is null or ${loans.absentBy} = ${heldBy} or ${loans.absentBy} in (select f.id from ${fileUploads} f where ${isAfter(backend, sql`f`, place)}))`
      // Nearly all that was named since is told by the newest row alone.
      const isNamedLast = sql`(select n.file_upload_id from ${uploadRows} n where n.id = ${loans.latestRowId}) in (select f.id from ${fileUploads} f where f.id = ${uploadId} or ${isAfter(backend, sql`f`, place)})`
      const isRejectedThere = sql`exists (select 1 from ${uploadRows} r where r.file_upload_id = ${uploadId} and r.status = 'rejected' and r.loan_key = ${loans.loanId})`
      const [, marked] = await batch(tx => [
        bumpEpoch(backend),
        tx.update(loans).set({ absentBy: uploadId })
          .where(sql`${loans.source} = ${source} and ${loans.withdrawn} = 0 and ${isFree} and ${isCovered(backend, scope)} and not ${isNamedLast} and not ${isNamedSince(backend, sql`${loans.id}`, place)} and not ${isRejectedThere}`)
          .returning({ customerId: loans.customerId }),
        judgeAnew(backend, sql`select l.customer_id from ${loans} l where l.absent_by = ${uploadId}`),
      ])
      return marked.length
    },

    async countAbsentBy(uploadId: number): Promise<number> {
      const [found] = await db.select({ loans: count() }).from(loans).where(eq(loans.absentBy, uploadId))
      return found!.loans
    },

    /** Takes back what one snapshot said, so that those that stand can say it anew. */
    async forgetAbsences(uploadId: number) {
      await batch(() => [
        judgeAnew(backend, sql`select l.customer_id from ${loans} l where l.absent_by = ${uploadId}`),
        sql`update ${loans} set absent_by = null where absent_by = ${uploadId}`,
      ])
    },

    /** Snapshots that stand, in the order in which they were applied. */
    async findSnapshots(): Promise<Snapshot[]> {
      const found = await db.select().from(fileUploads).where(and(eq(fileUploads.status, 'completed'), isNotNull(fileUploads.snapshotScope))).orderBy(asc(fileUploads.appliedOrder))
      return found.map(snapshotOf)
    },

    /** Snapshots of the lender that stand and come after the upload: it does not bring back what they no longer name. */
    async findSnapshotsAfter({ id, source, dataDate }: Place & { source: string }): Promise<Snapshot[]> {
      const found = await db.select().from(fileUploads).where(and(eq(fileUploads.status, 'completed'), isNotNull(fileUploads.snapshotScope), eq(fileUploads.source, source), isAfter(backend, sql`${fileUploads}`, { id, dataDate }))).orderBy(asc(fileUploads.appliedOrder))
      return found.map(snapshotOf)
    },

    /** Loans that the upload names and that are absent all the same, by the snapshot since which they are; most of them first. */
    async findStillAbsent(uploadId: number) {
      return findStillAbsent(backend, uploadId)
    },
  }
}

async function findStillAbsent({ db, schema: { fileUploads, loans, uploadRows } }: Backend, uploadId: number) {
  return db.select({ id: fileUploads.id, filename: fileUploads.filename, dataDate: fileUploads.dataDate, loans: count() })
    .from(loans).innerJoin(fileUploads, eq(fileUploads.id, loans.absentBy))
    .where(sql`${loans.id} in (select r.match_loan_id from ${uploadRows} r where r.file_upload_id = ${uploadId})`)
    .groupBy(fileUploads.id, fileUploads.filename, fileUploads.dataDate).orderBy(desc(count()), asc(fileUploads.id))
}

/** Where an upload stands among the others: by the day of its data, then by when it was applied. */
interface Place { id: number, dataDate: Date }

function isAfter({ schema: { fileUploads } }: Backend, upload: SQL, { id, dataDate }: Place): SQL {
  const day = istDay(dataDate)
  const [start, end] = [day, day + 1].map(at => sql.param(startOfIstDay(at), fileUploads.dataDate))
  return sql`(${upload}.data_date >= ${end} or (${upload}.data_date >= ${start} and ${upload}.applied_order > (select p.applied_order from ${fileUploads} p where p.id = ${id})))`
}

/** Whether the upload itself or one after it names the loan. */
function isNamedSince(backend: Backend, loan: SQL, place: Place): SQL {
  const { fileUploads, uploadRows } = backend.schema
  return sql`exists (select 1 from ${uploadRows} n join ${fileUploads} f on f.id = n.file_upload_id where n.match_loan_id = ${loan} and f.status <> 'undone' and (f.id = ${place.id} or ${isAfter(backend, sql`f`, place)}))`
}

function snapshotOf({ id, source, snapshotScope, dataDate }: { id: number, source: string, snapshotScope: unknown, dataDate: Date }): Snapshot {
  return { uploadId: id, source, scope: snapshotScope as SnapshotScope, dataDate }
}

function isCovered({ rowsOf }: Backend, scope: SnapshotScope): SQL {
  const keys = 'all' in scope ? scope.except ?? [] : scope.branches
  const among = sql`branch_key in (select b.key from ${rowsOf(keys.map(key => ({ key })), { key: 'text' }, 'b')})`
  return 'all' in scope ? sql`not (${among})` : among
}

function judgeAnew({ schema: { customers } }: Backend, ids: SQL): SQL {
  return sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where id in (${ids})`
}
