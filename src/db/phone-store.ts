import { and, count, eq, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'

/** Numbers: whose they are, and how many may share one. */
export function phoneStore({ db, schema, batch, rowsOf }: Backend) {
  const { customers, phones, staffPhones } = schema

  return {
    /** Keeps the numbers of staff and branches that an upload names; whoever has one of them as a borrower's phone is judged anew. */
    async keepStaffPhones(uploadId: number, numbers: string[]) {
      const r = rowsOf(numbers.map(number => ({ number })), { number: 'text' })
      await batch(() => [
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone in (select r.number from ${r})`,
        sql`update ${phones} set seq = seq + 1 where number in (select r.number from ${r})`,
        sql`insert into ${staffPhones} (number, file_upload_id) select r.number, ${uploadId} from ${r} where true order by r.number on conflict (number, file_upload_id) do nothing`,
      ])
    },

    async countSharers(number: string): Promise<number> {
      const [found] = await db.select({ sharers: count() }).from(customers).where(and(eq(customers.primaryPhone, number), eq(customers.withdrawn, 0)))
      return found!.sharers
    },

    /** A person's word on how many borrowers may share the number; null takes it back. */
    async allowSharers(number: string, most: number | null, { by, at }: { by: string, at: Date }) {
      await batch(() => [
        sql`insert into ${phones} (number, seq, max_customers, allowed_by, allowed_at) values (${number}, 1, ${most}, ${by}, ${sql.param(at, phones.allowedAt)})
          on conflict (number) do update set seq = ${phones.seq} + 1, max_customers = excluded.max_customers, allowed_by = excluded.allowed_by, allowed_at = excluded.allowed_at`,
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone = ${number}`,
      ])
    },
  }
}
