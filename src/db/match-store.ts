import { and, eq, getTableColumns, gte, lt, sql } from 'drizzle-orm'
import { branchKey } from '../domain/branch-key.ts'
import type { Known, KnownCustomer, KnownLoan, MatchPlan } from '../domain/plan-match.ts'
import { groupBy } from '../domain/group-by.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

const BORROWER_TYPES = { fingerprint: 'text', fullName: 'text', phone: 'text', phoneKind: 'text', state: 'text', language: 'text', email: 'text' } as const
const LOAN_TYPES = { fingerprint: 'text', loanId: 'text', outstandingAmount: 'bigint', dueAmount: 'bigint', lastPaidAmount: 'bigint', dueDate: 'text', lastPaidDate: 'text', cluster: 'text', branch: 'text', branchContactNumber: 'text', employeeName: 'text', employeeId: 'text', employeeContactNumber: 'text', branchKey: 'text', rowId: 'bigint' } as const

/** Read set and write set of the matching: what a chunk of rows may touch, and what was decided about it. */
export function matchStore(backend: Backend) {
  const { db, schema, batch, rowsOf } = backend
  const { customers, customerAliases, loans } = schema

  return {
    /** What the rows may speak of; whom no surviving row speaks of any more is not known. */
    async findKnown(source: string, keys: { loanId: string, fingerprint: string }[]): Promise<Omit<Known, 'contradicted'>> {
      const r = rowsOf(keys, { loanId: 'text', fingerprint: 'text' })
      const found = await db.select(loanFields(backend)).from(loans)
        .where(and(eq(loans.withdrawn, 0), sql`${loans.source} = ${source} and ${loans.loanId} in (select r."loanId" from ${r})`))
      const owners = rowsOf(found.map(({ customerId }) => ({ customerId })), { customerId: 'bigint' }, 'o')
      const borrowers = await db.select(borrowerFields(backend)).from(customers).where(and(eq(customers.withdrawn, 0), sql`(${customers.fingerprint} in (select r.fingerprint from ${r})
        or ${customers.id} in (select o."customerId" from ${owners})
        or ${customers.id} in (select a.customer_id from ${customerAliases} a where a.fingerprint in (select r.fingerprint from ${r})))`))
      const aliases = groupBy(await findAliases(backend, borrowers.map(({ id }) => id)), alias => alias.customerId)
      return {
        customers: borrowers.map((borrower): KnownCustomer => ({ ...borrower, aliases: (aliases.get(borrower.id) ?? []).map(({ fingerprint }) => fingerprint) })),
        loans: found satisfies KnownLoan[],
      }
    },

    /** Whether any loan of the lender has an id with a zero before it: only then may an id without one be another spelling. */
    async hasLoanWithZeros(source: string): Promise<boolean> {
      const [found] = await db.select({ id: loans.id }).from(loans).where(and(eq(loans.source, source), gte(loans.loanId, '0'), lt(loans.loanId, '1'))).limit(1)
      return found !== undefined
    },

    /** Writes what was decided of rows of one upload; `at` is when that was made. It waits for no disk: rows that a power cut makes pending again are decided again. */
    async applyMatchPlan(plan: MatchPlan, source: string, at: Date) {
      await batch(() => [
        ...bumpPhones(backend, plan),
        ...updateCustomers(backend, plan, at),
        ...bumpFacts(backend, plan),
        ...insertCustomers(backend, plan, at),
        ...keepAliases(backend, plan),
        ...upsertLoans(backend, plan, source, at),
        linkRows(backend, plan, source),
      ], { isUnflushed: true, linksAreSure: true })
    },
  }
}

export async function findAliases(backend: Backend, customerIds: number[]) {
  const { customerAliases } = backend.schema
  return customerIds.length === 0 ? [] : backend.db.select({ customerId: customerAliases.customerId, fingerprint: customerAliases.fingerprint }).from(customerAliases).where(isOneOf(backend, customerAliases.customerId, customerIds)).orderBy(customerAliases.fingerprint)
}

function loanFields({ schema: { loans } }: Backend) {
  const { source: _1, latestRowId: _2, createdAt: _3, updatedAt: _4, branchKey: _5, absentBy: _6, withdrawn: _7, ...fields } = getTableColumns(loans)
  return fields
}

function borrowerFields({ schema: { customers } }: Backend) {
  const { id, fingerprint, fullName, primaryPhone: phone, phoneKind, state, language, email } = getTableColumns(customers)
  return { id, fingerprint, fullName, phone, phoneKind, state, language, email }
}

// One who was withdrawn and whom a row speaks of again keeps the id, and with it the calls that were made.
function insertCustomers({ schema: { customers }, eachOf }: Backend, plan: MatchPlan, now: Date) {
  if (plan.newCustomers.length === 0)
    return []
  const at = sql.param(now, customers.firstUploadedAt)
  const revived = ['full_name', 'primary_phone', 'phone_kind', 'state', 'language', 'email', 'first_uploaded_at'].map(column => `${column} = case when customers.withdrawn = 1 then excluded.${column} else customers.${column} end`)
  return [eachOf(plan.newCustomers, BORROWER_TYPES, (r, { values }) => sql`
    insert into ${customers} (fingerprint, full_name, primary_phone, phone_kind, state, language, email, first_uploaded_at, last_uploaded_at, facts_seq)
    ${values(r.fingerprint, r.fullName, r.phone, r.phoneKind, r.state, r.language, r.email, at, at, sql`1`)}
    on conflict (fingerprint) do update set last_uploaded_at = excluded.last_uploaded_at, withdrawn = 0,
      facts_seq = ${customers.factsSeq} + 1, judged_by = null, ${sql.raw(revived.join(', '))}`)]
}

function keepAliases({ schema: { customers, customerAliases }, rowsOf }: Backend, { aliases }: Pick<MatchPlan, 'aliases'>) {
  if (aliases.length === 0)
    return []
  const r = rowsOf(aliases.flatMap(({ owner, fingerprints }) => fingerprints.map(fingerprint => ({ owner, fingerprint }))), { owner: 'text', fingerprint: 'text' })
  const owners = rowsOf(aliases, { owner: 'text' }, 'o')
  return [
    sql`delete from ${customerAliases} where customer_id in (select c.id from ${customers} c where c.fingerprint in (select o.owner from ${owners}))`,
    sql`insert into ${customerAliases} (fingerprint, customer_id) select r.fingerprint, c.id from ${r} join ${customers} c on c.fingerprint = r.owner where true on conflict (fingerprint) do update set customer_id = excluded.customer_id`,
  ]
}

// A fingerprint that one customer leaves, another of the plan may take: all leave first, then each takes its own, and only then come the new ones.
function updateCustomers(backend: Backend, plan: MatchPlan, now: Date) {
  if (plan.seenCustomers.length === 0)
    return []
  const { schema: { customers }, eachOf } = backend
  const at = sql.param(now, customers.lastUploadedAt)
  const movers = new Set(plan.aliases.map(({ owner }) => owner))
  const moved = plan.seenCustomers.filter(({ fingerprint }) => movers.has(fingerprint))
  const unchanged = new Set(plan.unchangedCustomers)
  return [
    ...(moved.length === 0 ? [] : leaveFingerprints(backend, moved)),
    eachOf(plan.seenCustomers.filter(({ id }) => !unchanged.has(id)), { id: 'bigint', ...BORROWER_TYPES }, (r, { from }) => sql`
      update ${customers} set fingerprint = ${r.fingerprint}, full_name = ${r.fullName}, primary_phone = ${r.phone}, phone_kind = ${r.phoneKind},
        state = ${r.state}, language = ${r.language}, email = ${r.email}, last_uploaded_at = ${at}
      ${from} where ${customers.id} = ${r.id}`),
    // Whoever has another loan in the same file was seen a moment ago.
    eachOf(plan.unchangedCustomers.map(id => ({ id })), { id: 'bigint' }, (r, { from }) => sql`update ${customers} set last_uploaded_at = ${at} ${from} where ${customers.id} = ${r.id} and ${customers.lastUploadedAt} <> ${at}`),
  ]
}

function leaveFingerprints({ schema: { customers }, eachOf }: Backend, moved: MatchPlan['seenCustomers']) {
  return [
    // Nobody speaks of them any more, so the fingerprint is free.
    eachOf(moved, { fingerprint: 'text' }, (r, { from }) => sql`update ${customers} set fingerprint = 'withdrawn ' || ${customers.id} ${from} where ${customers.withdrawn} = 1 and ${customers.fingerprint} = ${r.fingerprint}`),
    eachOf(moved, { id: 'bigint' }, (r, { from }) => sql`update ${customers} set fingerprint = 'moving ' || ${customers.id} ${from} where ${customers.id} = ${r.id}`),
  ]
}

const LOAN_COLUMNS = ['customer_id', 'withdrawn', 'absent_by', 'branch_key', 'outstanding_amount', 'due_amount', 'last_paid_amount', 'due_date', 'last_paid_date', 'cluster', 'branch', 'branch_contact_number', 'employee_name', 'employee_id', 'employee_contact_number', 'latest_row_id', 'updated_at']

function upsertLoans({ schema: { customers, loans }, eachOf }: Backend, plan: MatchPlan, source: string, now: Date) {
  if (plan.loans.length === 0)
    return []
  const at = sql.param(now, loans.createdAt)
  return [eachOf(plan.loans.map(loan => ({ ...loan, branchKey: branchKey(loan.branch) })), LOAN_TYPES, (r, { values }) => sql`
    insert into ${loans} (customer_id, source, loan_id, outstanding_amount, due_amount, last_paid_amount, due_date, last_paid_date,
      cluster, branch, branch_contact_number, employee_name, employee_id, employee_contact_number, branch_key, withdrawn, absent_by, latest_row_id, created_at, updated_at)
    ${values(sql`(select c.id from ${customers} c where c.fingerprint = ${r.fingerprint})`, sql`${source}`, r.loanId, r.outstandingAmount, r.dueAmount, r.lastPaidAmount, r.dueDate, r.lastPaidDate,
      r.cluster, r.branch, r.branchContactNumber, r.employeeName, r.employeeId, r.employeeContactNumber, r.branchKey, sql`0`, sql`null`, r.rowId, at, at)}
    on conflict (source, loan_id) do update set ${sql.raw(LOAN_COLUMNS.map(column => `${column} = excluded.${column}`).join(', '))},
      created_at = case when ${loans.withdrawn} = 1 then excluded.created_at else ${loans.createdAt} end`)]
}

function linkRows({ schema: { customers, loans, uploadRows }, eachOf }: Backend, plan: MatchPlan, source: string) {
  return eachOf(plan.rows, { rowId: 'bigint', status: 'text', code: 'text', message: 'text', fingerprint: 'text', loanId: 'text' }, (r, { from }) => sql`
    update ${uploadRows} set status = ${r.status}, code = coalesce(${r.code}, ${uploadRows.code}), message = coalesce(${r.message}, ${uploadRows.message}),
      match_customer_id = (select c.id from ${customers} c where c.fingerprint = ${r.fingerprint}),
      match_loan_id = (select l.id from ${loans} l where l.source = ${source} and l.loan_id = ${r.loanId})
    ${from} where ${uploadRows.id} = ${r.rowId}`)
}

/** Every known customer that a row speaks of is judged anew, and whoever shares a phone with one of them: how many do is a fact of each. The new ones come after this, unjudged. */
function bumpFacts({ schema: { customers }, eachOf }: Backend, plan: MatchPlan) {
  const touched = sql`facts_seq = ${customers.factsSeq} + 1, judged_by = null`
  return [
    eachOf(plan.touchedWithoutPhone.map(fingerprint => ({ fingerprint })), { fingerprint: 'text' }, (r, { from }) => sql`update ${customers} set ${touched} ${from} where ${customers.fingerprint} = ${r.fingerprint}`),
    eachOf(plan.touchedPhones.map(number => ({ number })), { number: 'text' }, (r, { from }) => sql`update ${customers} set ${touched} ${from} where ${customers.primaryPhone} = ${r.number}`),
  ]
}

// A dial that was prepared before this finds the facts of its phone moved. Phones come first in every batch, in one order, so that no two wait for each other.
function bumpPhones({ schema: { phones }, eachOf }: Backend, { touchedPhones }: MatchPlan) {
  return [eachOf([...touchedPhones].sort().map(number => ({ number })), { number: 'text' }, (r, { values }) => sql`
    insert into ${phones} (number, seq) ${values(r.number, sql`1`)} on conflict (number) do update set seq = ${phones.seq} + 1`)]
}
