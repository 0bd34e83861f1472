import { and, asc, desc, eq, isNull, like, sql } from 'drizzle-orm'
import type { RowAnswer } from '../domain/row-answers.ts'
import type { Backend } from './backend.ts'
import { storedColumns } from './row-store.ts'
import { bumpEpoch } from './standing-store.ts'

const HALF_DECIDED = 'half decided '

/** Whom an answer concerns: customers, and whoever has one of the loans; ids of loans as the lenders write them. */
export interface Concerned { customerIds: number[], loanKeys: string[] }

/** Who took an answer back, and when. */
interface TakenBack { by: string, at: Date }

/** What people answered about rows, and answers that are not carried out to their end yet. */
export function answerStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { rowDecisions, meta, uploadRows, fileUploads } = schema

  return {
    /** Returns the answer's number. */
    async decideRow({ rowId, code, answer, field, value, by, at }: RowAnswer & { rowId: number, by: string, at: Date }, customerIds: number[]): Promise<number> {
      const [, , [made]] = await batch(tx => [...keepHalf(backend, { customerIds, loanKeys: [] }, at), tx.insert(rowDecisions).values({ rowId, code, answer, field, value, decidedBy: by, decidedAt: at }).returning({ id: rowDecisions.id })])
      return made!.id
    },

    /** Takes an answer about a row back; false where it was already. */
    async undoRowAnswer(id: number, { by, at }: TakenBack, concerned: Concerned): Promise<boolean> {
      const [, , undone] = await batch(tx => [...keepHalf(backend, concerned, at), tx.update(rowDecisions).set({ undoneAt: at, undoneBy: by }).where(and(eq(rowDecisions.id, id), isNull(rowDecisions.undoneAt))).returning({ id: rowDecisions.id })])
      return undone.length > 0
    },

    /** What people answered about a row, newest first, those answers too that were taken back. */
    async findAnswersTo(rowId: number) {
      return db.select().from(rowDecisions).where(eq(rowDecisions.rowId, rowId)).orderBy(desc(rowDecisions.id))
    },

    /** What people answered about rows that speak of the customer or of a loan of the customer, newest first. */
    async findAnswersAbout(customerId: number) {
      const { loans } = schema
      const ofLoan = sql`exists (select 1 from ${loans} l where l.customer_id = ${customerId} and l.source = ${fileUploads.source} and l.loan_id = ${uploadRows.loanKey})`
      const found = await db.select({ answer: rowDecisions }).from(rowDecisions).innerJoin(uploadRows, eq(uploadRows.id, rowDecisions.rowId)).innerJoin(fileUploads, eq(fileUploads.id, uploadRows.fileUploadId))
        .where(sql`${uploadRows.matchCustomerId} = ${customerId} or ${ofLoan}`).orderBy(desc(rowDecisions.id))
      return found.map(({ answer }) => answer)
    },

    /** Answers about rows that stand, oldest first, with the rows as they were read. */
    async findRowAnswers() {
      return db.select({ rowId: rowDecisions.rowId, code: rowDecisions.code, answer: rowDecisions.answer, field: rowDecisions.field, value: rowDecisions.value, source: fileUploads.source, uploadSettings: fileUploads.settings, ...storedColumns(schema) })
        .from(rowDecisions).innerJoin(uploadRows, eq(uploadRows.id, rowDecisions.rowId)).innerJoin(fileUploads, eq(fileUploads.id, uploadRows.fileUploadId)).where(isNull(rowDecisions.undoneAt)).orderBy(asc(rowDecisions.id))
    },

    /** Answers that were kept and not carried out to their end, with whom they concern. */
    async findHalfDecided(): Promise<({ key: string } & Concerned)[]> {
      const found = await db.select().from(meta).where(like(meta.key, `${HALF_DECIDED}%`)).orderBy(asc(meta.key))
      return found.map(({ key, value }) => {
        const concerned = JSON.parse(value) as Concerned | number[]
        return { key, ...Array.isArray(concerned) ? { customerIds: concerned, loanKeys: [] } : concerned }
      })
    },

    async finishDecision(key: string) {
      await batch(tx => [tx.delete(meta).where(eq(meta.key, key))])
    },
  }
}

/** Keeps, in the commit of an answer, whom it concerns: what is cut off is completed later. No dial that was judged before starts after it. */
export function keepHalf(backend: Backend, { customerIds, loanKeys }: Concerned, at: Date) {
  const { meta } = backend.schema
  return [
    bumpEpoch(backend),
    sql`insert into ${meta} (key, value) values (${`${HALF_DECIDED}${at.getTime()} ${[...customerIds, ...loanKeys].join(' ')}`}, ${JSON.stringify({ customerIds, loanKeys })}) on conflict (key) do nothing`,
  ] as const
}
