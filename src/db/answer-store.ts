import { asc, eq, like, sql } from 'drizzle-orm'
import type { RowAnswer } from '../domain/row-answers.ts'
import type { Backend } from './backend.ts'
import { storedColumns } from './row-store.ts'
import { bumpEpoch } from './standing-store.ts'

const HALF_DECIDED = 'half decided '

/** What people answered about rows, and answers that are not carried out to their end yet. */
export function answerStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { rowDecisions, meta, uploadRows, fileUploads } = schema

  return {
    async decideRow({ rowId, code, answer, field, value, by, at }: RowAnswer & { rowId: number, by: string, at: Date }, customerIds: number[]) {
      await batch(tx => [...keepHalf(backend, customerIds, at), tx.insert(rowDecisions).values({ rowId, code, answer, field, value, decidedBy: by, decidedAt: at })])
    },

    /** Answers about rows of uploads that stand, oldest first, with the rows as they were read. */
    async findRowAnswers() {
      return db.select({ rowId: rowDecisions.rowId, code: rowDecisions.code, answer: rowDecisions.answer, field: rowDecisions.field, value: rowDecisions.value, source: fileUploads.source, uploadSettings: fileUploads.settings, ...storedColumns(schema) })
        .from(rowDecisions).innerJoin(uploadRows, eq(uploadRows.id, rowDecisions.rowId)).innerJoin(fileUploads, eq(fileUploads.id, uploadRows.fileUploadId)).orderBy(asc(rowDecisions.id))
    },

    /** Answers that were kept and not carried out to their end, with the customers whom they concern. */
    async findHalfDecided(): Promise<{ key: string, customerIds: number[] }[]> {
      const found = await db.select().from(meta).where(like(meta.key, `${HALF_DECIDED}%`)).orderBy(asc(meta.key))
      return found.map(({ key, value }) => ({ key, customerIds: JSON.parse(value) as number[] }))
    },

    async finishDecision(key: string) {
      await batch(tx => [tx.delete(meta).where(eq(meta.key, key))])
    },
  }
}

/** Keeps, in the commit of an answer, whom it concerns: what is cut off is completed later. No dial that was judged before starts after it. */
export function keepHalf(backend: Backend, customerIds: number[], at: Date) {
  const { meta } = backend.schema
  return [
    bumpEpoch(backend),
    sql`insert into ${meta} (key, value) values (${`${HALF_DECIDED}${at.getTime()} ${customerIds.join(' ')}`}, ${JSON.stringify(customerIds)}) on conflict (key) do nothing`,
  ] as const
}
