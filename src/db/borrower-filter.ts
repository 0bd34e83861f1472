import { and, eq, gte, inArray, lt, lte, type SQL, sql, type SQLWrapper } from 'drizzle-orm'
import { OPEN_STATUSES } from '../domain/call.ts'
import type { BorrowerFilter, CustomerStatus } from '../domain/filter.ts'
import type { Backend } from './backend.ts'

// Columns are written out beside their table: the builder drops the table's name where a query has only one, and inside a subquery the bare name is another column's.
/** A customer's status at `now`: one comparison of what was judged with the clock. */
export function customerStatus({ schema: { customers: c, callSessions: s } }: Backend, now: Date): SQL<CustomerStatus> {
  const at = sql.param(now, c.callableFrom)
  return sql<CustomerStatus>`case
    when ${c}.withdrawn = 1 then 'withdrawn'
    when exists (select 1 from ${s} where ${s}.customer_id = ${c}.id and ${s}.status in ${OPEN_STATUSES}) then 'calling'
    when ${c}.callable_from is null then case when ${c}.callable_code = 'REVIEW' then 'review' else 'blocked' end
    when ${c}.callable_from > ${at} then case ${c}.callable_code when 'COOLOFF' then 'completed' when 'GAP' then 'retry' else 'blocked' end
    when ${c}.callable_until is not null and ${c}.callable_until <= ${at} then 'blocked'
    else 'ready' end`
}

/** Which rule forbids a call at `now`; null where none does. */
export function blockedBy({ schema: { customers: c } }: Backend, now: Date): SQL<string | null> {
  const at = sql.param(now, c.callableFrom)
  return sql<string | null>`case
    when ${c}.callable_from is null or ${c}.callable_from > ${at} then ${c}.callable_code
    when ${c}.callable_until is not null and ${c}.callable_until <= ${at} then 'STALE_DATA'
    else null end`
}

/** All but those whom a person made one with another, and of whom nothing is left but the number. */
export function isListed({ schema: { customers: c, callSessions: s, loans: l } }: Backend): SQL {
  return sql`(${c}.withdrawn = 0 or exists (select 1 from ${s} where ${s}.customer_id = ${c}.id) or exists (select 1 from ${l} where ${l}.customer_id = ${c}.id))`
}

/** The filter as a condition on a customer; what it says of loans holds for one and the same loan. */
export function borrowerCondition(backend: Backend, filter: BorrowerFilter, now: Date): SQL | undefined {
  const { customers: c, loans: l, uploadRows: u } = backend.schema
  const ofLoan = loanCondition(backend, filter)
  return and(
    isListed(backend),
    filter.customerIds && inArray(c.id, filter.customerIds),
    filter.since && gte(c.lastUploadedAt, filter.since),
    filter.until && lt(c.lastUploadedAt, filter.until),
    filter.state !== undefined ? sql`lower(${c.state}) = lower(${filter.state})` : undefined,
    filter.status && sql`${customerStatus(backend, now)} = ${filter.status}`,
    filter.blockedBy && sql`${blockedBy(backend, now)} = ${filter.blockedBy}`,
    filter.uploadId !== undefined ? sql`exists (select 1 from ${u} where ${u.matchCustomerId} = ${c.id} and ${u.fileUploadId} = ${filter.uploadId})` : undefined,
    filter.notCalledSince && notCalledSince(backend, filter.notCalledSince),
    filter.search !== undefined ? searchCondition(backend, filter.search) : undefined,
    ofLoan && sql`exists (select 1 from ${l} where ${l.customerId} = ${c.id} and ${ofLoan})`,
  )
}

export function loanCondition({ schema: { loans: l } }: Backend, filter: BorrowerFilter): SQL | undefined {
  const { dpd } = filter
  const same = (column: SQLWrapper, value: string | undefined) => value === undefined ? undefined : sql`lower(${column}) = lower(${value})`
  return and(
    filter.loanIds && inArray(l.loanId, filter.loanIds),
    same(l.branch, filter.branch),
    same(l.cluster, filter.cluster),
    filter.employee !== undefined ? sql`(lower(${l.employeeName}) = lower(${filter.employee}) or lower(${l.employeeId}) = lower(${filter.employee}))` : undefined,
    filter.minDue !== undefined ? gte(l.dueAmount, filter.minDue) : undefined,
    filter.maxDue !== undefined ? lte(l.dueAmount, filter.maxDue) : undefined,
    dpd && and(lte(l.dueDate, dateOfDay(dpd.today - dpd.min)), gte(l.dueDate, dateOfDay(dpd.today - dpd.max)), sql`coalesce(${l.dueAmount}, 1) > 0`),
  )
}

function notCalledSince({ schema: { customers: c, callSessions: s } }: Backend, since: Date): SQL {
  return sql`not exists (select 1 from ${s} where ${s.customerId} = ${c.id} and ${s.createdAt} >= ${sql.param(since, s.createdAt)})`
}

function searchCondition({ schema: { customers: c, loans: l } }: Backend, search: string): SQL {
  return sql`(${contains(c.fullName, search)} or ${contains(c.primaryPhone, search)}
    or exists (select 1 from ${l} where ${eq(l.customerId, c.id)} and ${contains(l.loanId, search)}))`
}

/** Text that stands anywhere in a column, in any case of the ASCII letters; the marks of LIKE in it are only text. */
export function contains(column: SQLWrapper, text: string): SQL {
  // The database lowers both: SQLite knows ASCII alone, and would never meet a letter that JavaScript has lowered.
  return sql`lower(${column}) like lower(${`%${text.replace(/[\\%_]/g, mark => `\\${mark}`)}%`}) escape '\\'`
}

function dateOfDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
