import { sql, type SQLWrapper } from 'drizzle-orm'
import type { TangledRow } from '../domain/matching/tangled-rows.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

/** Rows of an upload that need each other. */
export function tangleStore(backend: Backend) {
  const { schema: { uploadRows, customers, customerAliases, loans }, batch } = backend

  return {
    /**
     * Pending rows that cannot be decided one after the other: on a phone for which several names stand, of a loan that comes more than once, of a loan whose owner is known by another phone or name, or on a phone that once was a customer's.
     * With them comes every row on one of their phones.
     */
    async findTangledRows(uploadId: number, source: string): Promise<TangledRow[]> {
      const cell = (at: number) => sql`${uploadRows.loanValues}${sql.raw(backend.dialect === 'postgres' ? '::json' : '')} ->> ${sql.raw(String(at))}`
      const pending = sql`${uploadRows.fileUploadId} = ${uploadId} and ${uploadRows.status} || '' = 'pending'`
      const [named, repeated, moved, known] = await batch(() => [
        // Read before it is grouped: the sorting would carry whole rows else.
        sql`select p.phone from (select ${uploadRows.phoneNormalized} as phone, ${cell(2)} as name from ${uploadRows} where ${pending} limit ${sql.raw(backend.dialect === 'postgres' ? 'all' : '-1')}) p where p.phone is not null group by p.phone having min(p.name) <> max(p.name)`,
        sql`select z.loan from (select ltrim(${uploadRows.loanKey}, '0') as loan from ${uploadRows} where ${pending}) z group by z.loan having count(*) > 1`,
        sql`select ${uploadRows.id} as id, ${uploadRows.phoneNormalized} as phone, ${customers.id} as owner, ${customers.primaryPhone} as owner_phone
          from ${uploadRows} join ${loans} on ${loans.source} = ${source} and ${loans.loanId} = ${uploadRows.loanKey} join ${customers} on ${customers.id} = ${loans.customerId}
          where ${pending} and ${customers.fingerprint} <> ${cell(1)}`,
        sql`select ${uploadRows.id} as id, ${uploadRows.phoneNormalized} as phone, ${customers.id} as owner, ${customers.primaryPhone} as owner_phone
          from ${customerAliases} join ${customers} on ${customers.id} = ${customerAliases.customerId} join ${uploadRows} on ${uploadRows.phoneNormalized} = ${customerAliases.phone}
          where ${pending} and (${customers.primaryPhone} is null or ${customers.primaryPhone} <> ${customerAliases.phone})`,
      ])
      const phones = new Set(named.map(({ phone }) => phone as string))
      const owners = new Map([...moved, ...known].map(({ id, owner, owner_phone }) => [Number(id), { ownerId: Number(owner), ownerPhone: owner_phone as string | null }]))
      ;[...moved, ...known].flatMap(({ phone, owner_phone }) => [phone, owner_phone]).filter(phone => phone !== null).forEach(phone => phones.add(phone as string))
      const byLoan = await findAmong(backend, uploadId, sql`ltrim(${uploadRows.loanKey}, '0')`, repeated.map(({ loan }) => loan as string))
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
