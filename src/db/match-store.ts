import { getTableColumns, sql } from 'drizzle-orm'
import type { Known, KnownCustomer, KnownLoan, MatchPlan } from '../domain/plan-match.ts'
import type { Backend } from './backend.ts'

const BORROWER_TYPES = { fingerprint: 'text', fullName: 'text', phone: 'text', phoneKind: 'text', state: 'text', language: 'text', email: 'text' } as const
const LOAN_TYPES = { fingerprint: 'text', loanId: 'text', outstandingAmount: 'bigint', dueAmount: 'bigint', lastPaidAmount: 'bigint', dueDate: 'text', lastPaidDate: 'text', cluster: 'text', branch: 'text', branchContactNumber: 'text', employeeName: 'text', employeeId: 'text', employeeContactNumber: 'text', rowId: 'bigint' } as const

/** Read set and write set of the matching: what a chunk of rows may touch, and what was decided about it. */
export function matchStore(backend: Backend) {
  const { db, schema, batch, rowsOf } = backend
  const { customers, loans } = schema

  return {
    async findKnown(source: string, keys: { loanId: string, fingerprint: string }[]): Promise<Omit<Known, 'contradicted'>> {
      const r = rowsOf(keys, { loanId: 'text', fingerprint: 'text' })
      const found = await db.select(loanFields(backend)).from(loans)
        .where(sql`${loans.source} = ${source} and ${loans.loanId} in (select r."loanId" from ${r})`)
      const owners = rowsOf(found.map(({ customerId }) => ({ customerId })), { customerId: 'bigint' }, 'o')
      const borrowers = await db.select(borrowerFields(backend)).from(customers)
        .where(sql`${customers.fingerprint} in (select r.fingerprint from ${r}) or ${customers.id} in (select o."customerId" from ${owners})`)
      return { customers: borrowers satisfies KnownCustomer[], loans: found satisfies KnownLoan[] }
    },

    async applyMatchPlan(plan: MatchPlan, source: string, now: Date) {
      await batch(() => [
        ...bumpPhones(backend, plan),
        ...updateCustomers(backend, plan, now),
        ...insertCustomers(backend, plan, now),
        ...upsertLoans(backend, plan, source, now),
        linkRows(backend, plan, source),
        ...bumpFacts(backend, plan),
      ])
    },
  }
}

function loanFields({ schema: { loans } }: Backend) {
  const { source: _1, latestRowId: _2, createdAt: _3, updatedAt: _4, ...fields } = getTableColumns(loans)
  return fields
}

function borrowerFields({ schema: { customers } }: Backend) {
  const { id, fingerprint, fullName, primaryPhone: phone, phoneKind, state, language, email } = getTableColumns(customers)
  return { id, fingerprint, fullName, phone, phoneKind, state, language, email }
}

function insertCustomers({ schema: { customers }, rowsOf }: Backend, plan: MatchPlan, now: Date) {
  if (plan.newCustomers.length === 0)
    return []
  const at = sql.param(now, customers.firstUploadedAt)
  return [sql`
    insert into ${customers} (fingerprint, full_name, primary_phone, phone_kind, state, language, email, first_uploaded_at, last_uploaded_at)
    select r.fingerprint, r."fullName", r.phone, r."phoneKind", r.state, r.language, r.email, ${at}, ${at}
    from ${rowsOf(plan.newCustomers, BORROWER_TYPES)} where true
    on conflict (fingerprint) do update set last_uploaded_at = excluded.last_uploaded_at`]
}

// A fingerprint that one customer leaves, another of the plan may take: all leave first, then each takes its own, and only then come the new ones.
function updateCustomers({ schema: { customers }, rowsOf }: Backend, plan: MatchPlan, now: Date) {
  if (plan.seenCustomers.length === 0)
    return []
  const seen = rowsOf(plan.seenCustomers, { id: 'bigint', ...BORROWER_TYPES })
  return [
    sql`update ${customers} set fingerprint = 'moving ' || ${customers.id} from ${seen} where ${customers.id} = r.id and ${customers.fingerprint} <> r.fingerprint`,
    sql`
    update ${customers} set fingerprint = r.fingerprint, full_name = r."fullName", primary_phone = r.phone, phone_kind = r."phoneKind",
      state = r.state, language = r.language, email = r.email, last_uploaded_at = ${sql.param(now, customers.lastUploadedAt)}
    from ${seen} where ${customers.id} = r.id`,
  ]
}

function upsertLoans({ schema: { customers, loans }, rowsOf }: Backend, plan: MatchPlan, source: string, now: Date) {
  if (plan.loans.length === 0)
    return []
  const at = sql.param(now, loans.createdAt)
  const values = ['outstanding_amount', 'due_amount', 'last_paid_amount', 'due_date', 'last_paid_date', 'cluster', 'branch', 'branch_contact_number', 'employee_name', 'employee_id', 'employee_contact_number', 'latest_row_id', 'updated_at']
  return [sql`
    insert into ${loans} (customer_id, source, loan_id, outstanding_amount, due_amount, last_paid_amount, due_date, last_paid_date,
      cluster, branch, branch_contact_number, employee_name, employee_id, employee_contact_number, latest_row_id, created_at, updated_at)
    select c.id, ${source}, r."loanId", r."outstandingAmount", r."dueAmount", r."lastPaidAmount", r."dueDate", r."lastPaidDate",
      r.cluster, r.branch, r."branchContactNumber", r."employeeName", r."employeeId", r."employeeContactNumber", r."rowId", ${at}, ${at}
    from ${rowsOf(plan.loans, LOAN_TYPES)} join ${customers} c on c.fingerprint = r.fingerprint where true order by r."rowId"
    on conflict (source, loan_id) do update set ${sql.raw(values.map(column => `${column} = excluded.${column}`).join(', '))}`]
}

function linkRows({ schema: { customers, loans, uploadRows }, rowsOf }: Backend, plan: MatchPlan, source: string) {
  const r = rowsOf(plan.rows, { rowId: 'bigint', status: 'text', code: 'text', message: 'text', fingerprint: 'text', loanId: 'text' })
  return sql`
    update ${uploadRows} set status = m.status, code = coalesce(m.code, ${uploadRows.code}), message = coalesce(m.message, ${uploadRows.message}),
      match_customer_id = m.customer_id, match_loan_id = m.loan_pk
    from (select r."rowId" as row_id, r.status, r.code, r.message, c.id as customer_id, l.id as loan_pk from ${r}
      left join ${customers} c on c.fingerprint = r.fingerprint
      left join ${loans} l on l.source = ${source} and l.loan_id = r."loanId") m
    where ${uploadRows.id} = m.row_id`
}

/** Every customer that a row speaks of is judged anew. */
function bumpFacts({ schema: { customers }, rowsOf }: Backend, plan: MatchPlan) {
  const fingerprints = [...new Set(plan.loans.map(({ fingerprint }) => fingerprint))].map(fingerprint => ({ fingerprint }))
  if (fingerprints.length === 0)
    return []
  return [sql`
    update ${customers} set facts_seq = facts_seq + 1, judged_by = null
    where fingerprint in (select f.fingerprint from ${rowsOf(fingerprints, { fingerprint: 'text' }, 'f')})`]
}

// A dial that was prepared before this finds the facts of its phone moved. Phones come first in every batch, so that no two wait for each other.
function bumpPhones({ schema: { phones }, rowsOf }: Backend, { touchedPhones }: MatchPlan) {
  if (touchedPhones.length === 0)
    return []
  return [sql`
    insert into ${phones} (number, seq)
    select p.number, 1 from ${rowsOf(touchedPhones.map(number => ({ number })), { number: 'text' }, 'p')} where true order by p.number
    on conflict (number) do update set seq = ${phones.seq} + 1`]
}
