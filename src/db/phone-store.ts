import { and, count, eq, min, sql } from 'drizzle-orm'
import type { BlockCode } from '../domain/call-rules.ts'
import type { PhoneWord } from '../domain/facts.ts'
import type { Backend } from './backend.ts'

/** Numbers: whose they are, and how many may share one. */
export function phoneStore(backend: Backend) {
  const { schema, batch, rowsOf } = backend
  const { customers, fileUploads, loans, phones, staffPhones, uploadRows } = schema

  return {
    /** Keeps the numbers of staff and branches that an upload names; whoever has one of them as a borrower's phone is judged anew. */
    async keepStaffPhones(uploadId: number, numbers: string[]) {
      const r = rowsOf(numbers.map(number => ({ number })), { number: 'text' })
      await batch(() => [
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone in (select r.number from ${r})`,
        sql`insert into ${phones} (number, seq) select distinct c.primary_phone, 1 from ${customers} c where c.primary_phone in (select r.number from ${r}) order by 1 on conflict (number) do update set seq = ${phones.seq} + 1`,
        sql`insert into ${staffPhones} (number, file_upload_id) select r.number, ${uploadId} from ${r} where true order by r.number on conflict (number, file_upload_id) do nothing`,
      ])
    },

    /**
     * The phones with most borrowers of an upload whom one of the rules keeps from being called, `most` of each rule, and how many there are in all.
     * A borrower is of the upload that spoke last of a loan of theirs; who stands under several rules is under the one that was judged to be first.
     */
    async findBlockedPhones<Code extends BlockCode>(uploadId: number, codes: readonly Code[], most: number) {
      const [found] = await batch(() => [sql`
        select code, phone, borrowers, line, phones_of_code, borrowers_of_code from (
          select b.*, count(*) over (partition by code) as phones_of_code, sum(borrowers) over (partition by code) as borrowers_of_code,
            row_number() over (partition by code order by borrowers desc, line) as place
          from (
            select c.callable_code as code, c.primary_phone as phone, count(distinct c.id) as borrowers, min(r.line_number) as line
            from ${customers} c join ${loans} l on l.customer_id = c.id join ${uploadRows} r on r.id = l.latest_row_id
            where c.callable_from is null and c.callable_code in ${codes} and c.withdrawn = 0 and r.file_upload_id = ${uploadId}
            group by c.callable_code, c.primary_phone) b) ranked
        where place <= ${most} order by code, place`])
      return found.map(row => ({ code: row.code as Code, phone: String(row.phone), borrowers: Number(row.borrowers), line: Number(row.line), ofCode: { phones: Number(row.phones_of_code), borrowers: Number(row.borrowers_of_code) } }))
    },

    /** The phones with most borrowers of other uploads who are not called because this one is the first to name their number as one of staff or a branch, and how many there are in all. */
    async findNewStaffPhones(uploadId: number, most: number) {
      return findNewStaffPhones(backend, uploadId, most)
    },

    /** How many borrowers have the number, what a person has said of it, and since when it is known as one of staff or a branch. */
    async readPhone(number: string): Promise<PhoneWord & { sharers: number }> {
      const [[borrowers], [word], [staff]] = await batch(tx => [
        tx.select({ sharers: count() }).from(customers).where(and(eq(customers.primaryPhone, number), eq(customers.withdrawn, 0))),
        tx.select({ allowedSharers: phones.maxCustomers, allowedAt: phones.allowedAt }).from(phones).where(eq(phones.number, number)),
        tx.select({ since: min(fileUploads.createdAt) }).from(staffPhones).innerJoin(fileUploads, eq(fileUploads.id, staffPhones.fileUploadId)).where(eq(staffPhones.number, number)),
      ])
      return { sharers: borrowers!.sharers, allowedSharers: word?.allowedSharers ?? null, allowedAt: word?.allowedAt ?? null, staffSince: staff!.since }
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

async function findNewStaffPhones({ schema: { customers, loans, staffPhones, uploadRows }, batch }: Backend, uploadId: number, most: number) {
  const [found] = await batch(() => [sql`
    select phone, borrowers, count(*) over () as phones_in_all, sum(borrowers) over () as borrowers_in_all from (
      select c.primary_phone as phone, count(*) as borrowers from ${customers} c
      where c.callable_from is null and c.callable_code = 'STAFF_PHONE' and c.withdrawn = 0
        and c.primary_phone in (select s.number from ${staffPhones} s where s.file_upload_id = ${uploadId} and not exists (select 1 from ${staffPhones} o where o.number = s.number and o.file_upload_id < ${uploadId}))
        and not exists (select 1 from ${loans} l join ${uploadRows} r on r.id = l.latest_row_id where l.customer_id = c.id and r.file_upload_id = ${uploadId})
      group by c.primary_phone) b
    order by borrowers desc, phone limit ${most}`])
  return found.map(row => ({ phone: String(row.phone), borrowers: Number(row.borrowers), inAll: { phones: Number(row.phones_in_all), borrowers: Number(row.borrowers_in_all) } }))
}
