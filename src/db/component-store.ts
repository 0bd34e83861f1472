import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { branchKey } from '../domain/branch-key.ts'
import type { ReplayedCustomer, ReplayedLoan, ReplayedReview, ReplayedRow } from '../domain/replay.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'
import { findOtherPhones, findSpellings, insertReviews, insertSpellings } from './match-store.ts'
import { storedColumns } from './row-store.ts'

/** What rows were made of before, and what they make now. */
export interface Recomputed {
  /** All customers of the component, with those of them that go on. */
  customerIds: number[]
  customers: (ReplayedCustomer & { id: number | null })[]
  loans: ReplayedLoan[]
  rows: ReplayedRow[]
  reviews: ReplayedReview[]
  /** The upload that is being taken back, or 0 for a decision: its rows no longer count, and until the last step nobody is called about what is made anew. */
  undone: number
}

/** A part of the book that no row outside of it touches: read from its rows, and written as they make it. */
export function componentStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { fileUploads, uploadRows, customers, loans } = schema

  return {
    /** Rows that speak of these customers or of their loans, and rows in review with one of the phones or loan ids, in the order in which they were applied; those of uploads that are being taken back are marked. */
    async findRowsOf(customerIds: number[], keys: { phones: string[], loanKeys: string[] }) {
      const owned = sql`(select l.id from ${loans} l where ${isOneOf(backend, sql`l.customer_id`, customerIds)})`
      // Rows about which a person spoke, and those of the same loan beside them: refused ones have no link.
      const answered = sql`select x.id from ${schema.rowDecisions} w join ${uploadRows} y on y.id = w.row_id join ${uploadRows} x on x.file_upload_id = y.file_upload_id and x.loan_key = y.loan_key where x.loan_values is not null`
      const among = (column: SQL, texts: string[]) => sql`${column} in (select t.text from ${backend.rowsOf(texts.map(text => ({ text })), { text: 'text' }, 't')})`
      return db.select({ rowId: uploadRows.id, ...storedColumns(schema), uploadId: fileUploads.id, source: fileUploads.source, createdAt: fileUploads.createdAt, uploadStatus: fileUploads.status, uploadSettings: fileUploads.settings, customerId: uploadRows.matchCustomerId })
        .from(uploadRows).innerJoin(fileUploads, eq(fileUploads.id, uploadRows.fileUploadId))
        .where(sql`${fileUploads.status} in ('completed', 'processing', 'undone') and (${uploadRows.status} in ('matched', 'created', 'review') or ${uploadRows.id} in (${answered}))
          and ${uploadRows.id} in (
            select a.id from ${uploadRows} a where ${isOneOf(backend, sql`a.match_customer_id`, customerIds)}
            union select b.id from ${uploadRows} b where b.match_loan_id in ${owned}
            union select d.id from ${uploadRows} d where d.status = 'review' and ${among(sql`d.phone_normalized`, keys.phones)}
            union select e.id from ${uploadRows} e where e.status = 'review' and ${among(sql`e.loan_key`, keys.loanKeys)}
            union select g.id from ${uploadRows} g where g.id in (${answered}) and ${among(sql`g.loan_key`, keys.loanKeys)})`)
        .orderBy(asc(fileUploads.appliedOrder), asc(uploadRows.lineNumber))
    },

    /** Customers and loans as they stand, to be compared with what the rows make of them. */
    async readBook(customerIds: number[]) {
      const [people, owned, spellings, otherPhones, reviews] = [
        await db.select().from(customers).where(isOneOf(backend, customers.id, customerIds)).orderBy(asc(customers.id)),
        await db.select().from(loans).where(isOneOf(backend, loans.customerId, customerIds)).orderBy(asc(loans.id)),
        await findSpellings(backend, customerIds),
        await findOtherPhones(backend, customerIds),
        await db.select().from(schema.reviews).where(isOneOf(backend, schema.reviews.customerA, customerIds)).orderBy(asc(schema.reviews.pair)),
      ]
      return { customers: people, loans: owned, spellings, otherPhones, reviews }
    },

    /** Writes what the surviving rows make of a component, all of it or nothing. Whoever was called stays, as withdrawn. */
    async writeRecomputed(recomputed: Recomputed) {
      await batch(() => [
        ...touchPhones(backend, recomputed),
        ...unlinkRows(backend, recomputed),
        ...writeCustomers(backend, recomputed),
        ...writeLoans(backend, recomputed),
        ...withdrawRest(backend, recomputed),
        ...linkRows(backend, recomputed),
        ...writeReviews(backend, recomputed),
      ])
    },
  }
}

const CUSTOMER = { id: 'bigint', fingerprint: 'text', fullName: 'text', phone: 'text', phoneKind: 'text', state: 'text', language: 'text', email: 'text', firstUploadedAt: 'timestamp', lastUploadedAt: 'timestamp' } as const
const LOAN = { source: 'text', loanId: 'text', fingerprint: 'text', outstandingAmount: 'bigint', dueAmount: 'bigint', lastPaidAmount: 'bigint', dueDate: 'text', lastPaidDate: 'text', cluster: 'text', branch: 'text', branchContactNumber: 'text', employeeName: 'text', employeeId: 'text', employeeContactNumber: 'text', branchKey: 'text', latestRowId: 'bigint', createdAt: 'timestamp', updatedAt: 'timestamp' } as const
const ROW = { rowId: 'bigint', status: 'text', code: 'text', message: 'text', fingerprint: 'text', source: 'text', loanId: 'text', rule: 'text', score: 'real' } as const

// Both sides: numbers that somebody leaves, and numbers that somebody takes.
function touchPhones(backend: Backend, { customerIds, customers: after }: Recomputed) {
  const { phones, customers } = backend.schema
  const numbers = backend.rowsOf([...new Set(after.flatMap(({ values }) => values.phone ?? []))].map(number => ({ number })), { number: 'text' }, 'p')
  const touched = sql`select p.number from ${numbers} union select c.primary_phone from ${customers} c where c.primary_phone is not null and ${isOneOf(backend, sql`c.id`, customerIds)}`
  return [
    sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone in (${touched}) or ${isOneOf(backend, sql`id`, customerIds)}`,
    sql`insert into ${phones} (number, seq) select t.number, 1 from (${touched}) t where true order by t.number on conflict (number) do update set seq = ${phones.seq} + 1`,
  ]
}

function unlinkRows(backend: Backend, { undone, customerIds }: Recomputed) {
  const { uploadRows, loans } = backend.schema
  return [sql`
    update ${uploadRows} set match_customer_id = null, match_loan_id = null where file_upload_id = ${undone}
      and (${isOneOf(backend, sql`match_customer_id`, customerIds)} or match_loan_id in (select l.id from ${loans} l where ${isOneOf(backend, sql`l.customer_id`, customerIds)}))`]
}

// Fingerprints change hands: all leave theirs first.
function writeCustomers(backend: Backend, { customerIds, customers: after }: Recomputed) {
  const { customers, customerAliases, customerPhones } = backend.schema
  const rows = after.map(({ id, values, firstUploadedAt, lastUploadedAt }) => ({ id, ...values, firstUploadedAt, lastUploadedAt }))
  const known = backend.rowsOf(rows.filter(({ id }) => id !== null), CUSTOMER)
  const born = backend.rowsOf(rows.filter(({ id }) => id === null), CUSTOMER)
  return [
    sql`delete from ${customerAliases} where ${isOneOf(backend, sql`customer_id`, customerIds)}`,
    sql`delete from ${customerPhones} where ${isOneOf(backend, sql`customer_id`, customerIds)}`,
    sql`update ${customers} set fingerprint = 'moving ' || id where ${isOneOf(backend, sql`id`, after.flatMap(({ id }) => id ?? []))}`,
    sql`update ${customers} set fingerprint = 'withdrawn ' || ${customers.id} from ${backend.rowsOf(rows, CUSTOMER)} where ${isOneOf(backend, customers.id, customerIds)} and ${customers.fingerprint} = r.fingerprint`,
    sql`update ${customers} set fingerprint = r.fingerprint, full_name = r."fullName", primary_phone = r.phone, phone_kind = r."phoneKind", state = r.state, language = r.language, email = r.email,
        first_uploaded_at = r."firstUploadedAt", last_uploaded_at = r."lastUploadedAt", withdrawn = 0
      from ${known} where ${customers.id} = r.id`,
    sql`insert into ${customers} (fingerprint, full_name, primary_phone, phone_kind, state, language, email, first_uploaded_at, last_uploaded_at)
      select r.fingerprint, r."fullName", r.phone, r."phoneKind", r.state, r.language, r.email, r."firstUploadedAt", r."lastUploadedAt" from ${born} where true`,
    ...insertSpellings(backend, after.map(({ values, spellings, otherPhones }) => ({ owner: values.fingerprint, spellings, otherPhones }))),
  ]
}

// Whether a snapshot says that a loan has been paid is only known once all is recomputed: until then it counts as absent.
function writeLoans({ schema: { customers, loans }, rowsOf }: Backend, { customers: people, loans: after, undone }: Recomputed) {
  const fingerprints = new Map(people.map(({ key, values }) => [key, values.fingerprint]))
  const rows = after.map(({ values, customerKey, ...loan }) => ({ ...values, ...loan, fingerprint: fingerprints.get(customerKey), branchKey: branchKey(values.branch) }))
  const columns = ['customer_id', 'outstanding_amount', 'due_amount', 'last_paid_amount', 'due_date', 'last_paid_date', 'cluster', 'branch', 'branch_contact_number', 'employee_name', 'employee_id', 'employee_contact_number', 'branch_key', 'latest_row_id', 'created_at', 'updated_at', 'withdrawn', 'absent_by']
  return [sql`
    insert into ${loans} (source, loan_id, ${sql.raw(columns.join(', '))})
    select r.source, r."loanId", c.id, r."outstandingAmount", r."dueAmount", r."lastPaidAmount", r."dueDate", r."lastPaidDate", r.cluster, r.branch, r."branchContactNumber",
      r."employeeName", r."employeeId", r."employeeContactNumber", r."branchKey", r."latestRowId", r."createdAt", r."updatedAt", 0, ${undone}
    from ${rowsOf(rows, LOAN)} join ${customers} c on c.fingerprint = r.fingerprint where true
    on conflict (source, loan_id) do update set ${sql.raw(columns.map(column => `${column} = excluded.${column}`).join(', '))}`]
}

/** Loans and customers of whom no row speaks any more: gone where nobody was called, else withdrawn. */
function withdrawRest(backend: Backend, { customerIds, customers: after, loans: left, undone }: Recomputed) {
  const { customers, loans, callSessions } = backend.schema
  const kept = backend.rowsOf(left.map(({ source, values }) => ({ source, loanId: values.loanId })), { source: 'text', loanId: 'text' }, 'k')
  const lost = sql`customer_id in (select c.id from ${customers} c where ${isOneOf(backend, sql`c.id`, customerIds)}) and not exists (select 1 from ${kept} where k.source = ${loans}.source and k."loanId" = ${loans}.loan_id)`
  const gone = customerIds.filter(id => !after.some(customer => customer.id === id))
  const wereCalled = sql`(exists (select 1 from ${callSessions} s where s.customer_id = ${customers}.id) or exists (select 1 from ${loans} l where l.customer_id = ${customers}.id))`
  return [
    sql`delete from ${loans} where ${lost} and not exists (select 1 from ${callSessions} s where s.loan_id = ${loans}.id)`,
    sql`update ${loans} set withdrawn = 1, absent_by = null where ${lost}`,
    // Whom a person merged may be taken apart again, and then has the same number.
    ...(undone === 0 ? [] : [sql`delete from ${customers} where ${isOneOf(backend, sql`id`, gone)} and not ${wereCalled}`]),
    sql`update ${customers} set withdrawn = 1 where ${isOneOf(backend, sql`id`, gone)}`,
  ]
}

function linkRows({ schema: { customers, loans, uploadRows }, rowsOf }: Backend, { customers: people, rows }: Recomputed) {
  const fingerprints = new Map(people.map(({ key, values }) => [key, values.fingerprint]))
  const r = rowsOf(rows.map(row => ({ ...row, fingerprint: row.customerKey === null ? null : fingerprints.get(row.customerKey) })), ROW)
  return [sql`
    update ${uploadRows} set status = m.status, code = m.code, message = m.message, match_customer_id = m.customer_id, match_loan_id = m.loan_pk, match_rule = m.rule, match_score = m.score
    from (select r."rowId" as row_id, r.status, r.code, r.message, c.id as customer_id, l.id as loan_pk, r.rule, r.score from ${r}
      left join ${customers} c on c.fingerprint = r.fingerprint
      left join ${loans} l on l.source = r.source and l.loan_id = r."loanId") m
    where ${uploadRows.id} = m.row_id`]
}

// What a person answered is no question any more; one that still stands keeps its number.
function writeReviews(backend: Backend, { customerIds, customers: people, reviews: standing }: Recomputed) {
  const { reviews } = backend.schema
  const fingerprints = new Map(people.map(({ key, values }) => [key, values.fingerprint]))
  const still = backend.rowsOf(standing.map(({ key }) => ({ key })), { key: 'text' }, 'k')
  const side = ({ customerKey, ...rest }: ReplayedReview['b']) => ({ ...rest, fingerprint: customerKey === null ? null : fingerprints.get(customerKey)! })
  return [
    sql`delete from ${reviews} where (${isOneOf(backend, sql`customer_a`, customerIds)} or ${isOneOf(backend, sql`customer_b`, customerIds)}) and pair not in (select k.key from ${still})`,
    ...insertReviews(backend, standing.map(({ a, b, ...review }) => ({ ...review, a: side(a), b: side(b) })), { isWhole: true }),
  ]
}
