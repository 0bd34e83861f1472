import { and, eq, isNotNull, sql, type SQLWrapper } from 'drizzle-orm'
import type { TangledRow } from '../domain/matching/tangled-rows.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

/** Rows of an upload that need each other. */
export function tangleStore(backend: Backend) {
  const { schema: { uploadRows, customers, customerAliases, loans }, db } = backend

  return {
    /**
     * Pending rows that cannot be decided one after the other: on a phone for which several names stand, of a loan that comes more than once, of a loan whose owner is known by another phone or name, or on a phone that once was a customer's.
     * With them comes every row on one of their phones. Reads alone, which keep nobody from writing.
     */
    async findTangledRows(uploadId: number, source: string): Promise<TangledRow[]> {
      const cell = (at: number) => sql`${uploadRows.loanValues}${sql.raw(backend.dialect === 'postgres' ? '::json' : '')} ->> ${sql.raw(String(at))}`
      const pending = sql`${uploadRows.fileUploadId} = ${uploadId} and ${uploadRows.status} || '' = 'pending'`
      const asRead = db.select({ phone: uploadRows.phoneNormalized, name: sql<string>`${cell(2)}`.as('name') }).from(uploadRows).where(pending).limit(Number.MAX_SAFE_INTEGER).as('p')
      const named = await db.select({ phone: asRead.phone }).from(asRead).where(isNotNull(asRead.phone)).groupBy(asRead.phone).having(sql`min(${asRead.name}) <> max(${asRead.name})`)
      const bare = sql<string>`ltrim(${uploadRows.loanKey}, '0')`
      const repeated = await db.select({ loan: bare }).from(uploadRows).where(pending).groupBy(bare).having(sql`count(*) > 1`)
      const linked = { id: uploadRows.id, phone: uploadRows.phoneNormalized, owner: customers.id, ownerPhone: customers.primaryPhone }
      const moved = await db.select(linked).from(uploadRows).innerJoin(loans, and(eq(loans.source, source), eq(loans.loanId, uploadRows.loanKey))).innerJoin(customers, eq(customers.id, loans.customerId))
        .where(sql`${pending} and ${customers.fingerprint} <> ${cell(1)}`)
      const known = await db.select(linked).from(customerAliases).innerJoin(customers, eq(customers.id, customerAliases.customerId)).innerJoin(uploadRows, eq(uploadRows.phoneNormalized, customerAliases.phone))
        .where(sql`${pending} and (${customers.primaryPhone} is null or ${customers.primaryPhone} <> ${customerAliases.phone})`)
      const phones = new Set(named.map(({ phone }) => phone!))
      const owners = new Map([...moved, ...known].map(({ id, owner, ownerPhone }) => [id, { ownerId: owner, ownerPhone }]))
      ;[...moved, ...known].flatMap(({ phone, ownerPhone }) => [phone, ownerPhone]).filter(phone => phone !== null).forEach(phone => phones.add(phone))
      const byLoan = await findAmong(backend, uploadId, sql`ltrim(${uploadRows.loanKey}, '0')`, repeated.map(({ loan }) => loan))
      byLoan.forEach(({ phone }) => phone !== null && phones.add(phone))
      const found = [...byLoan, ...await findAmong(backend, uploadId, uploadRows.phoneNormalized, [...phones]), ...await findByIds(backend, [...owners.keys()])]
      return [...new Map(found.map(row => [row.id, row])).values()].sort((a, b) => a.id - b.id).map(row => ({ ...row, loanKey: row.loanKey ?? '', ...owners.get(row.id) ?? { ownerId: null, ownerPhone: null } }))
    },
  }
}

const linkColumns = ({ schema: { uploadRows } }: Backend) => ({ id: uploadRows.id, phone: uploadRows.phoneNormalized, loanKey: uploadRows.loanKey })

async function findAmong(backend: Backend, uploadId: number, column: SQLWrapper, texts: string[]) {
  const { uploadRows } = backend.schema
  return texts.length === 0
    ? []
    : backend.db.select(linkColumns(backend)).from(uploadRows)
        .where(sql`${uploadRows.fileUploadId} = ${uploadId} and ${uploadRows.status} || '' = 'pending' and ${column} in (select t.text from ${backend.rowsOf(texts.map(text => ({ text })), { text: 'text' }, 't')})`)
}

async function findByIds(backend: Backend, ids: number[]) {
  const { uploadRows } = backend.schema
  return ids.length === 0 ? [] : backend.db.select(linkColumns(backend)).from(uploadRows).where(isOneOf(backend, uploadRows.id, ids))
}
