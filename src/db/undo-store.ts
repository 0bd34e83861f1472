import { and, asc, count, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'
import { bumpEpoch } from './standing-store.ts'

/** Taking an upload back, and the part of the book that its rows touched. */
export function undoStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { fileUploads, uploadRows, customers, callSessions, staffPhones } = schema

  return {
    /** What an undo touches: customers and loans that the rows speak of, those of them of whom nothing else speaks, and calls that the rows led to. */
    async countUploadEffect(id: number) {
      const [[rows], [effect]] = await batch(tx => [
        tx.select({ rows: count() }).from(uploadRows).where(eq(uploadRows.fileUploadId, id)),
        sql`select
          (select count(distinct r.match_customer_id) from ${uploadRows} r where r.file_upload_id = ${id}) as customers,
          (select count(distinct r.match_loan_id) from ${uploadRows} r where r.file_upload_id = ${id}) as loans,
          (select count(*) from ${customers} c where c.withdrawn = 0 and c.id in (select r.match_customer_id from ${uploadRows} r where r.file_upload_id = ${id})
            and not exists (select 1 from ${uploadRows} o join ${fileUploads} f on f.id = o.file_upload_id where o.match_customer_id = c.id and f.id <> ${id} and f.status = 'completed')) as alone,
          (select count(*) from ${callSessions} s where s.triggered_by_batch = ${id}) as calls`,
      ])
      return { rows: rows!.rows, customers: Number(effect!.customers), loans: Number(effect!.loans), alone: Number(effect!.alone), calls: Number(effect!.calls) }
    },

    /** From here on no row of the upload counts, and no dial that was judged before starts. */
    async withdrawUpload(id: number, { by, at }: { by: string, at: Date }) {
      await batch(tx => [
        bumpEpoch(backend),
        tx.update(fileUploads).set({ status: 'undone', undoneAt: at, undoneBy: by }).where(and(eq(fileUploads.id, id), inArray(fileUploads.status, ['completed', 'processing', 'failed']))),
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone in (select s.number from ${staffPhones} s where s.file_upload_id = ${id})`,
        tx.delete(staffPhones).where(eq(staffPhones.fileUploadId, id)),
      ])
    },

    /** Uploads that were taken back and still have their place among the applied ones: what their rows touched is not all recomputed. */
    async findHalfUndone() {
      return db.select({ id: fileUploads.id }).from(fileUploads)
        .where(and(eq(fileUploads.status, 'undone'), isNotNull(fileUploads.appliedOrder))).orderBy(asc(fileUploads.id))
    },

    async finishUndo(id: number) {
      await batch(tx => [tx.update(fileUploads).set({ appliedOrder: null }).where(eq(fileUploads.id, id))])
    },

    /** Customers to whom rows of the upload are still linked. */
    async findLinkedCustomers(uploadId: number, limit: number) {
      const found = await db.selectDistinct({ id: uploadRows.matchCustomerId }).from(uploadRows).where(and(eq(uploadRows.fileUploadId, uploadId), isNotNull(uploadRows.matchCustomerId))).limit(limit)
      return found.map(({ id }) => id!)
    },

    async findCustomerIds(afterId: number, limit: number) {
      return (await db.select({ id: customers.id }).from(customers).where(sql`${customers.id} > ${afterId}`).orderBy(asc(customers.id)).limit(limit)).map(({ id }) => id)
    },
  }
}
