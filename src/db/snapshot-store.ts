import { and, asc, count, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { SnapshotScope } from './upload-store.ts'
import type { Backend } from './backend.ts'
import { bumpEpoch } from './standing-store.ts'

/** A snapshot of a lender's book: who is still overdue. */
export interface Snapshot { uploadId: number, source: string, scope: SnapshotScope }

/** What a snapshot does to the loans that it no longer names. */
export function snapshotStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { fileUploads, loans, uploadRows } = schema

  return {
    /** How many loans the snapshot covers that are not absent yet, and how many of them its rows do not name, also not in a rejected one. */
    async countShrinkage({ uploadId, source, scope }: Snapshot): Promise<{ covered: number, missing: number }> {
      const named = sql`(select r.loan_key from ${uploadRows} r where r.file_upload_id = ${uploadId} and r.loan_key is not null)`
      const [[counts]] = await batch(() => [sql`
        select count(*) as covered, coalesce(sum(case when l.loan_id in ${named} then 0 else 1 end), 0) as missing
        from ${loans} l where l.source = ${source} and l.withdrawn = 0 and l.absent_by is null and ${isCovered(backend, scope)}`])
      return { covered: Number(counts!.covered), missing: Number(counts!.missing) }
    },

    /**
     * Marks what the snapshot covers and does not name. An earlier snapshot's word stands, since when a loan is absent; rows of uploads that were applied later bring it back.
     * What an undone upload holds back is free to be said of. Returns how many loans became absent. No dial that was judged before it starts after it.
     */
    async markMissingLoans({ uploadId, source, scope }: Snapshot, undone: number | null = null): Promise<number> {
      const isOlder = sql`(select n.file_upload_id from ${uploadRows} n where n.id = ${loans.latestRowId}) in (
        select f.id from ${fileUploads} f where f.id <> ${uploadId} and coalesce(f.applied_order, 0) < (select s.applied_order from ${fileUploads} s where s.id = ${uploadId}))`
      const isRejectedThere = sql`exists (select 1 from ${uploadRows} r where r.file_upload_id = ${uploadId} and r.status = 'rejected' and r.loan_key = ${loans.loanId})`
      const [, marked] = await batch(tx => [
        bumpEpoch(backend),
        tx.update(loans).set({ absentBy: uploadId })
          .where(sql`${loans.source} = ${source} and ${loans.withdrawn} = 0 and (${loans.absentBy} is null or ${loans.absentBy} = ${undone}) and ${isCovered(backend, scope)} and ${isOlder} and not ${isRejectedThere}`)
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
      return found.map(({ id, source, snapshotScope }) => ({ uploadId: id, source, scope: snapshotScope as SnapshotScope }))
    },
  }
}

function isCovered({ rowsOf }: Backend, scope: SnapshotScope): SQL {
  const keys = 'all' in scope ? scope.except ?? [] : scope.branches
  const among = sql`branch_key in (select b.key from ${rowsOf(keys.map(key => ({ key })), { key: 'text' }, 'b')})`
  return 'all' in scope ? sql`not (${among})` : among
}

function judgeAnew({ schema: { customers } }: Backend, ids: SQL): SQL {
  return sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where id in (${ids})`
}
