import { and, asc, eq, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

/** Who is connected with whom: by loan, fingerprint or phone, today's or an old one. */
export function ownerStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { customers, loans, uploadRows, fileUploads } = schema

  return {
    /** Whom rows with these keys speak of, living or withdrawn, and whoever has or had one of their phones. */
    async findOwners(keys: { source: string, loanId: string, fingerprint: string, phone: string | null }[]) {
      const { rowsOf } = backend
      const r = rowsOf(keys, { source: 'text', loanId: 'text', fingerprint: 'text', phone: 'text' })
      const [found] = await batch(() => [sql`
        select c.id from ${customers} c where c.fingerprint in (select r.fingerprint from ${r})
        union select c.id from ${customers} c where c.primary_phone in (select r.phone from ${r})
        union select l.customer_id from ${loans} l join ${r} on l.source = r.source and l.loan_id = r."loanId"
        union select a.customer_id from ${schema.customerAliases} a where a.fingerprint in (select r.fingerprint from ${r}) or a.phone in (select r.phone from ${r})`])
      return found.map(({ id }) => Number(id))
    },

    /** Who has the number beside the one that is called: as a second one, or as one that a later file replaced. */
    async findCustomersByOtherPhone(number: string) {
      const { customerPhones: p } = schema
      return db.select({ id: customers.id, fullName: customers.fullName, kind: p.kind }).from(p).innerJoin(customers, eq(customers.id, p.customerId)).where(and(eq(p.number, number), eq(customers.withdrawn, 0))).orderBy(asc(customers.id))
    },

    /** Phones that the customers have or had. */
    async findPhonesOf(customerIds: number[]) {
      const [found] = await batch(() => [sql`
        select c.primary_phone as phone from ${customers} c where ${isOneOf(backend, sql`c.id`, customerIds)}
        union select a.phone from ${schema.customerAliases} a where ${isOneOf(backend, sql`a.customer_id`, customerIds)}`])
      return found.flatMap(({ phone }) => phone === null ? [] : phone as string)
    },

    /** Whom the row, its loan or its phone belong to. */
    async findCustomersOfRow(id: number): Promise<number[]> {
      const [found] = await batch(() => [sql`
        select r.match_customer_id as id from ${uploadRows} r where r.id = ${id} and r.match_customer_id is not null
        union select l.customer_id from ${uploadRows} r join ${fileUploads} f on f.id = r.file_upload_id join ${loans} l on l.source = f.source and l.loan_id = r.loan_key where r.id = ${id}
        union select c.id from ${uploadRows} r join ${customers} c on c.primary_phone = r.phone_normalized where r.id = ${id}`])
      return found.map(row => Number(row.id))
    },
  }
}
