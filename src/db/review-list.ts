import { and, asc, count, eq, gte, inArray, lt, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Page } from '../domain/filter.ts'
import { PAIR_KINDS, type ReviewFilter } from '../domain/review-kinds.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

export type PairListed = Awaited<ReturnType<ReturnType<typeof reviewLists>['listPairReviews']>>[number]
export type RowReviewListed = Awaited<ReturnType<ReturnType<typeof reviewLists>['listRowReviews']>>[number]

const limitOf = ({ limit }: Page) => limit === 0 ? Number.MAX_SAFE_INTEGER : limit

/** What a person is asked: pairs of borrowers, and rows that are in doubt by themselves. */
export function reviewLists(backend: Backend) {
  const { db, schema: { reviews: v, customers: c, uploadRows: u, fileUploads: f, loans: l } } = backend
  const rowFields = { id: u.id, uploadId: u.fileUploadId, line: u.lineNumber, loanValues: u.loanValues, rawData: u.rawData, loanKey: u.loanKey }

  const pairCondition = ({ status, customerIds, uploadId, since, until }: ReviewFilter) => {
    const isUploaded = (condition: SQL) => sql`(${v.customerA} in (select d.id from ${c} d where ${condition}) or ${v.customerB} in (select d.id from ${c} d where ${condition}))`
    return and(
      status && eq(v.kind, status),
      customerIds && or(inArray(v.customerA, customerIds), inArray(v.customerB, customerIds)),
      uploadId !== undefined ? sql`(${v.rowA} in (select d.id from ${u} d where d.file_upload_id = ${uploadId}) or ${v.rowB} in (select d.id from ${u} d where d.file_upload_id = ${uploadId}))` : undefined,
      since && isUploaded(sql`d.last_uploaded_at >= ${sql.param(since, c.lastUploadedAt)}`),
      until && isUploaded(sql`d.last_uploaded_at < ${sql.param(until, c.lastUploadedAt)}`),
    )
  }
  // Rows of the newest file that speaks of the loan; one without a loan of its own waits by itself.
  const isOpen: SQL = sql`(${u.matchLoanId} is null or ${f.id} = (select n.file_upload_id from ${u} n where n.id = ${l.latestRowId}))`
  const rowCondition = ({ status, customerIds, uploadId, since, until }: ReviewFilter) => and(
    eq(u.status, 'review'), notInArray(u.code, [...PAIR_KINDS]), ne(f.status, 'undone'), isOpen,
    status && eq(u.code, status),
    customerIds && inArray(u.matchCustomerId, customerIds),
    uploadId !== undefined ? eq(f.id, uploadId) : undefined,
    since && gte(f.createdAt, since),
    until && lt(f.createdAt, until),
  )

  return {
    /** Pairs by their numbers, with the customer or row of each side. */
    async listPairReviews(filter: ReviewFilter, page: Page) {
      const found = await db.select().from(v).where(pairCondition(filter)).orderBy(asc(v.id)).limit(limitOf(page)).offset(page.offset ?? 0)
      const people = await db.select({ id: c.id, fullName: c.fullName, phone: c.primaryPhone }).from(c).where(isOneOf(backend, c.id, found.flatMap(({ customerA, customerB }) => customerB === null ? [customerA] : [customerA, customerB])))
      const rows = await db.select(rowFields).from(u).where(isOneOf(backend, u.id, found.flatMap(({ rowA, rowB }) => [rowA, rowB]).filter(id => id !== null)))
      const [personOf, rowOf] = [new Map(people.map(one => [one.id, one])), new Map(rows.map(one => [one.id, one]))]
      return found.map(review => ({ review, a: personOf.get(review.customerA)!, b: personOf.get(review.customerB ?? 0), rowA: rowOf.get(review.rowA ?? 0), rowB: rowOf.get(review.rowB ?? 0) }))
    },

    async countPairReviews(filter: ReviewFilter) {
      const [total] = await db.select({ pairs: count() }).from(v).where(pairCondition(filter))
      return total!.pairs
    },

    async listRowReviews(filter: ReviewFilter, page: Page) {
      return db.select({ ...rowFields, code: u.code, message: u.message, customerId: u.matchCustomerId, loanId: l.loanId })
        .from(u).innerJoin(f, eq(f.id, u.fileUploadId)).leftJoin(l, eq(l.id, u.matchLoanId))
        .where(rowCondition(filter)).orderBy(asc(u.id)).limit(limitOf(page)).offset(page.offset ?? 0)
    },

    async countRowReviews(filter: ReviewFilter) {
      const [total] = await db.select({ rows: count() }).from(u).innerJoin(f, eq(f.id, u.fileUploadId)).leftJoin(l, eq(l.id, u.matchLoanId)).where(rowCondition(filter))
      return total!.rows
    },
  }
}
