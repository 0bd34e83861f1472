import { and, asc, count, desc, eq, inArray, min, type SQL, sql, type SQLWrapper } from 'drizzle-orm'
import type { BorrowerFilter, Page, Sort } from '../domain/filter.ts'
import type { Backend } from './backend.ts'
import { blockedBy, borrowerCondition, customerStatus, isListed, loanCondition } from './borrower-filter.ts'

export type CustomerListed = Awaited<ReturnType<ReturnType<typeof borrowerLists>['listCustomers']>>[number]
export type LoanListed = Awaited<ReturnType<ReturnType<typeof borrowerLists>['listLoans']>>[number]

/** Customers and loans as lists show them. Customers are judged before; see judge-customers. */
export function borrowerLists(backend: Backend) {
  const { db, schema } = backend
  const { customers: c, loans: l } = schema

  return {
    async listCustomers(filter: BorrowerFilter, now: Date, { limit, offset = 0 }: Page) {
      const totals = loanTotals(backend)
      const lastCall = lastCalls(backend)
      return db.select({ ...customerFields(backend, now), loans: totals.loans, outstandingAmount: totals.outstanding, dueAmount: totals.due, oldestDueDate: totals.oldestDue, lastCallId: lastCall.id, lastCallStatus: lastCall.status, lastCallAt: lastCall.at, lastCallDuration: lastCall.duration })
        .from(c).leftJoin(totals, eq(totals.customerId, c.id)).leftJoin(lastCall, eq(lastCall.customerId, c.id))
        .where(borrowerCondition(backend, filter, now))
        .orderBy(...customerOrder(filter.sort ?? 'urgency', c, totals))
        .limit(limit === 0 ? Number.MAX_SAFE_INTEGER : limit).offset(offset)
    },

    async countCustomers(filter: BorrowerFilter, now: Date) {
      const [total] = await db.select({ customers: count() }).from(c).where(borrowerCondition(backend, filter, now))
      return total!.customers
    },

    /** How many customers stand at each status and under each rule. */
    async countByStatus(now: Date) {
      const status = customerStatus(backend, now)
      const block = blockedBy(backend, now)
      const judged = db.select({ status: sql`${status}`.as('status'), block: sql`${block}`.as('block') }).from(c).where(isListed(backend)).as('judged')
      return db.select({ status: sql<string>`judged.status`, block: sql<string | null>`judged.block`, customers: count() }).from(judged).groupBy(sql`judged.status`, sql`judged.block`)
    },

    async listLoans(filter: BorrowerFilter, now: Date, { limit, offset = 0 }: Page) {
      return db.select({ ...loanFields(backend), customerId: c.id, fullName: c.fullName, primaryPhone: c.primaryPhone, state: c.state, status: customerStatus(backend, now) })
        .from(l).innerJoin(c, eq(c.id, l.customerId))
        .where(loanListCondition(backend, filter, now))
        .orderBy(...loanOrder(filter.sort ?? 'urgency', c, l))
        .limit(limit === 0 ? Number.MAX_SAFE_INTEGER : limit).offset(offset)
    },

    async countLoans(filter: BorrowerFilter, now: Date) {
      const [total] = await db.select({ loans: count() }).from(l).innerJoin(c, eq(c.id, l.customerId)).where(loanListCondition(backend, filter, now))
      return total!.loans
    },

    async findCustomersById(ids: number[]) {
      return db.select({ id: c.id, fullName: c.fullName, primaryPhone: c.primaryPhone }).from(c).where(inArray(c.id, ids)).orderBy(asc(c.id))
    },

    async findLoanId(id: number) {
      const [loan] = await db.select({ loanId: l.loanId }).from(l).where(eq(l.id, id))
      return loan?.loanId
    },

    async findCustomersByPhone(phone: string) {
      return living(await db.select({ id: c.id, fullName: c.fullName, primaryPhone: c.primaryPhone, withdrawn: c.withdrawn }).from(c).where(eq(c.primaryPhone, phone)).orderBy(asc(c.id)))
    },

    async findCustomersByLoanId(loanId: string) {
      return living(await db.select({ id: c.id, fullName: c.fullName, primaryPhone: c.primaryPhone, source: l.source, withdrawn: l.withdrawn }).from(l).innerJoin(c, eq(c.id, l.customerId)).where(eq(l.loanId, loanId)).orderBy(asc(c.id)))
    },
  }
}

/** Whoever was withdrawn is only meant where nobody else is. */
function living<Found extends { withdrawn: number }>(found: Found[]): Found[] {
  const standing = found.filter(({ withdrawn }) => withdrawn === 0)
  return standing.length > 0 ? standing : found
}

function customerFields(backend: Backend, now: Date) {
  const { customers: c } = backend.schema
  return {
    id: c.id, fullName: c.fullName, primaryPhone: c.primaryPhone, phoneKind: c.phoneKind, state: c.state, email: c.email, language: c.language,
    firstUploadedAt: c.firstUploadedAt, lastUploadedAt: c.lastUploadedAt, lastContactDate: c.lastContactDate,
    callableFrom: c.callableFrom, callableUntil: c.callableUntil, callableCode: c.callableCode,
    status: customerStatus(backend, now),
    blockedBy: blockedBy(backend, now),
  }
}

function loanFields({ schema: { loans: l } }: Backend) {
  return {
    loanId: l.loanId, source: l.source, outstandingAmount: l.outstandingAmount, dueAmount: l.dueAmount, dueDate: l.dueDate,
    cluster: l.cluster, branch: l.branch, branchContactNumber: l.branchContactNumber,
    employeeName: l.employeeName, employeeId: l.employeeId, employeeContactNumber: l.employeeContactNumber,
    lastPaidDate: l.lastPaidDate, lastPaidAmount: l.lastPaidAmount, absentBy: l.absentBy,
  }
}

function loanListCondition(backend: Backend, filter: BorrowerFilter, now: Date): SQL | undefined {
  const ofCustomer = borrowerCondition(backend, filter, now)
  const ofLoan = loanCondition(backend, filter)
  return and(ofCustomer, ofLoan, eq(backend.schema.loans.withdrawn, 0))
}

function loanTotals({ db, schema: { loans: l } }: Backend) {
  // What left the file has been paid: it is still the customer's loan, and owes nothing.
  const owed = sql`case when ${l.absentBy} is null and coalesce(${l.dueAmount}, 1) > 0 then ${l.dueDate} end`
  const ifPresent = (amount: SQLWrapper) => sql<number | null>`sum(case when ${l.absentBy} is null then ${amount} end)`.mapWith(Number)
  return db.select({
    customerId: l.customerId,
    loans: count().as('loans'),
    outstanding: ifPresent(l.outstandingAmount).as('outstanding'),
    due: ifPresent(l.dueAmount).as('due'),
    oldestDue: min(owed).as('oldest_due'),
  }).from(l).where(eq(l.withdrawn, 0)).groupBy(l.customerId).as('totals')
}

function lastCalls({ db, schema: { callSessions: s } }: Backend) {
  const newest = db.select({ newest: sql`max(${s.id})` }).from(s).groupBy(s.customerId)
  return db.select({ id: s.id, customerId: s.customerId, status: s.status, at: s.createdAt, duration: s.durationSeconds }).from(s).where(sql`${s.id} in ${newest}`).as('last_call')
}

function customerOrder(sort: Sort, c: Backend['schema']['customers'], totals: ReturnType<typeof loanTotals>): SQL[] {
  const orders: Record<Sort, SQL[]> = {
    urgency: [sql`${totals.oldestDue} is null`, asc(totals.oldestDue), sql`coalesce(${totals.due}, 0) desc`],
    due: [sql`coalesce(${totals.due}, 0) desc`],
    name: [sql`lower(${c.fullName})`],
    uploaded: [desc(c.lastUploadedAt)],
    id: [],
  }
  return [...orders[sort], asc(c.id)]
}

function loanOrder(sort: Sort, c: Backend['schema']['customers'], l: Backend['schema']['loans']): SQL[] {
  const orders: Record<Sort, SQL[]> = {
    urgency: [sql`${l.dueDate} is null`, asc(l.dueDate), sql`coalesce(${l.dueAmount}, 0) desc`],
    due: [sql`coalesce(${l.dueAmount}, 0) desc`],
    name: [sql`lower(${c.fullName})`],
    uploaded: [desc(c.lastUploadedAt)],
    id: [],
  }
  return [...orders[sort], asc(l.id)]
}
