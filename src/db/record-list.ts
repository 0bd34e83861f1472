import { and, asc, count, desc, eq, gte, inArray, lt, or } from 'drizzle-orm'
import type { CallFilter, Page, RowFilter, UploadFilter } from '../domain/filter.ts'
import type { Backend } from './backend.ts'
import { contains } from './borrower-filter.ts'

export type CallListed = Awaited<ReturnType<ReturnType<typeof recordLists>['listCalls']>>[number]
export type UploadListed = Awaited<ReturnType<ReturnType<typeof recordLists>['listUploads']>>[number]
export type RowListed = Awaited<ReturnType<ReturnType<typeof recordLists>['listRows']>>[number]

const limitOf = ({ limit }: Page) => limit === 0 ? Number.MAX_SAFE_INTEGER : limit

/** Calls, uploads and rows as lists show them, newest first; rows in file order. */
export function recordLists(backend: Backend) {
  const { db, schema } = backend
  const { callSessions: s, customers: c, loans: l, fileUploads: f, uploadRows: u } = schema

  return {
    async listCalls(filter: CallFilter, page: Page) {
      return db.select({ call: s, fullName: c.fullName, loanId: l.loanId }).from(s)
        .innerJoin(c, eq(c.id, s.customerId)).leftJoin(l, eq(l.id, s.loanId))
        .where(callCondition(backend, filter)).orderBy(desc(s.id)).limit(limitOf(page)).offset(page.offset ?? 0)
    },

    async countCalls(filter: CallFilter) {
      const [total] = await db.select({ calls: count() }).from(s).innerJoin(c, eq(c.id, s.customerId)).leftJoin(l, eq(l.id, s.loanId)).where(callCondition(backend, filter))
      return total!.calls
    },

    async countCallsByStatus(since: Date) {
      return db.select({ status: s.status, calls: count() }).from(s).where(gte(s.createdAt, since)).groupBy(s.status)
    },

    async listUploads(filter: UploadFilter, page: Page) {
      return db.select().from(f).where(uploadCondition(backend, filter)).orderBy(desc(f.id)).limit(limitOf(page)).offset(page.offset ?? 0)
    },

    async countUploads(filter: UploadFilter) {
      const [total] = await db.select({ uploads: count() }).from(f).where(uploadCondition(backend, filter))
      return total!.uploads
    },

    async listRows(filter: RowFilter, page: Page) {
      return db.select({ row: u, loanId: l.loanId }).from(u).innerJoin(f, eq(f.id, u.fileUploadId)).leftJoin(l, eq(l.id, u.matchLoanId))
        .where(rowCondition(backend, filter)).orderBy(asc(u.fileUploadId), asc(u.lineNumber)).limit(limitOf(page)).offset(page.offset ?? 0)
    },

    async countRowsListed(filter: RowFilter) {
      const [total] = await db.select({ rows: count() }).from(u).innerJoin(f, eq(f.id, u.fileUploadId)).leftJoin(l, eq(l.id, u.matchLoanId)).where(rowCondition(backend, filter))
      return total!.rows
    },
  }
}

function callCondition({ schema: { callSessions: s, customers: c, loans: l } }: Backend, filter: CallFilter) {
  return and(
    filter.customerIds && inArray(s.customerId, filter.customerIds),
    filter.loanIds && inArray(l.loanId, filter.loanIds),
    filter.runId !== undefined ? eq(s.runId, filter.runId) : undefined,
    filter.uploadId !== undefined ? eq(s.triggeredByBatch, filter.uploadId) : undefined,
    filter.status && eq(s.status, filter.status),
    filter.since && gte(s.createdAt, filter.since),
    filter.until && lt(s.createdAt, filter.until),
    filter.search !== undefined ? or(contains(c.fullName, filter.search), contains(s.toNumber, filter.search), contains(s.callSid, filter.search)) : undefined,
  )
}

function uploadCondition({ schema: { fileUploads: f } }: Backend, filter: UploadFilter) {
  return and(
    filter.uploadId !== undefined ? eq(f.id, filter.uploadId) : undefined,
    filter.status && eq(f.status, filter.status),
    filter.since && gte(f.createdAt, filter.since),
    filter.until && lt(f.createdAt, filter.until),
    filter.search !== undefined ? contains(f.filename, filter.search) : undefined,
  )
}

function rowCondition({ schema: { fileUploads: f, uploadRows: u, loans: l } }: Backend, filter: RowFilter) {
  return and(
    filter.uploadId !== undefined ? eq(u.fileUploadId, filter.uploadId) : undefined,
    filter.customerIds && inArray(u.matchCustomerId, filter.customerIds),
    filter.loanIds && inArray(l.loanId, filter.loanIds),
    filter.status && eq(u.status, filter.status),
    filter.since && gte(f.createdAt, filter.since),
    filter.until && lt(f.createdAt, filter.until),
    // The cells stand there as JSON writes them.
    filter.search !== undefined ? contains(u.rawData, JSON.stringify(filter.search).slice(1, -1)) : undefined,
  )
}
