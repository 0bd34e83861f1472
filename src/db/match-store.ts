import { and, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm'
import { type Known, type KnownCustomer, type KnownLoan, lenderLoan } from '../domain/known.ts'
import type { MatchPlan } from '../domain/plan-match.ts'
import { groupBy } from '../domain/group-by.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

const BORROWER_TYPES = { fingerprint: 'text', fullName: 'text', phone: 'text', phoneKind: 'text', state: 'text', language: 'text', email: 'text' } as const
const LOAN_TYPES = { fingerprint: 'text', customerId: 'bigint', loanId: 'text', outstandingAmount: 'bigint', dueAmount: 'bigint', lastPaidAmount: 'bigint', dueDate: 'text', lastPaidDate: 'text', cluster: 'text', branch: 'text', branchContactNumber: 'text', employeeName: 'text', employeeId: 'text', employeeContactNumber: 'text', branchKey: 'text', rowId: 'bigint' } as const

/** Read set and write set of the matching: what a chunk of rows may touch, and what was decided about it. */
export function matchStore(backend: Backend) {
  const { db, schema, batch, rowsOf } = backend
  const { customers, customerAliases, loans } = schema

  return {
    /** Owners of the loans, and whoever has or had one of the phones; whom no surviving row speaks of any more is not known. */
    async findKnown(source: string, keys: { loanId: string, phone: string | null }[]): Promise<Pick<Known, 'customers' | 'loans'>> {
      const found = await findLoans(backend, source, keys)
      const owners = rowsOf(found.map(({ customerId }) => ({ customerId })), { customerId: 'bigint' }, 'o')
      const numbers = rowsOf(keys.filter(({ phone }) => phone !== null), { phone: 'text' }, 'p')
      const borrowers = await readBorrowers(backend, sql`(${customers.primaryPhone} in (select p.phone from ${numbers})
        or ${customers.id} in (select o."customerId" from ${owners})
        or ${customers.id} in (select a.customer_id from ${customerAliases} a where a.phone in (select p.phone from ${numbers})))`)
      return { customers: borrowers, loans: found }
    },

    /** Whoever has one of the fingerprints. */
    async findKnownAs(fingerprints: string[]): Promise<KnownCustomer[]> {
      return fingerprints.length === 0 ? [] : readBorrowers(backend, sql`${customers.fingerprint} in (select f.fingerprint from ${rowsOf(fingerprints.map(fingerprint => ({ fingerprint })), { fingerprint: 'text' }, 'f')})`)
    },

    /** Loans of the lender with these ids. */
    async findLoans(source: string, loanIds: string[]): Promise<KnownLoan[]> {
      return loanIds.length === 0 ? [] : findLoans(backend, source, loanIds.map(loanId => ({ loanId })))
    },

    /** Whether any loan of the lender has an id with a zero before it: only then may an id without one be another spelling. */
    async hasLoanWithZeros(source: string): Promise<boolean> {
      const [found] = await db.select({ id: loans.id }).from(loans).where(and(eq(loans.source, source), gte(loans.loanId, '0'), lt(loans.loanId, '1'))).limit(1)
      return found !== undefined
    },

    /** Writes what was decided of rows of one upload; `at` is when that was made, `absentBy` what holds its loans back until snapshots that come after it have been asked. It waits for no disk: rows that a power cut makes pending again are decided again. */
    async applyMatchPlan(plan: MatchPlan, source: string, at: Date, absentBy: number | null = null) {
      await batch(() => [
        ...bumpPhones(backend, plan),
        ...updateCustomers(backend, plan, at),
        ...bumpFacts(backend, plan),
        ...insertCustomers(backend, plan, at),
        ...keepSpellings(backend, plan),
        ...upsertLoans(backend, plan, { source, absentBy }, at),
        linkRows(backend, plan, source),
        ...keepReviews(backend, plan),
      ], { isUnflushed: true, linksAreSure: true })
    },
  }
}

async function readBorrowers(backend: Backend, condition: SQL): Promise<KnownCustomer[]> {
  const { db, schema: { customers } } = backend
  const borrowers = await db.select(borrowerFields(backend)).from(customers).where(and(eq(customers.withdrawn, 0), condition)).orderBy(customers.id)
  const ids = borrowers.map(({ id }) => id)
  const [spellings, phones, owned] = [groupBy(await findSpellings(backend, ids), bySource), groupBy(await findOtherPhones(backend, ids), bySource), groupBy(await findLoanKeys(backend, ids), bySource)]
  return borrowers.map(({ id, fingerprint, fullName, phone, phoneKind, state, language, email }): KnownCustomer => ({
    id, fingerprint, fullName, phone, phoneKind, state, language, email,
    spellings: (spellings.get(id) ?? []).map(({ customerId: _, ...spelling }) => spelling),
    otherPhones: (phones.get(id) ?? []).map(({ customerId: _, ...other }) => other),
    loanKeys: (owned.get(id) ?? []).map(({ source: lender, loanId }) => lenderLoan(lender, loanId)),
  }))
}

const bySource = ({ customerId }: { customerId: number }) => customerId

/** Under which identities the customers are known beside their own, in order. */
export async function findSpellings(backend: Backend, customerIds: number[]) {
  const { fingerprint: identity, customerId, fullName, coBorrower, phone } = getTableColumns(backend.schema.customerAliases)
  return customerIds.length === 0 ? [] : backend.db.select({ customerId, identity, fullName, coBorrower, phone }).from(backend.schema.customerAliases).where(isOneOf(backend, customerId, customerIds)).orderBy(identity)
}

/** Numbers of the customers that are not called, in order. */
export async function findOtherPhones(backend: Backend, customerIds: number[]) {
  const { customerId, number, kind } = getTableColumns(backend.schema.customerPhones)
  return customerIds.length === 0 ? [] : backend.db.select({ customerId, number, kind }).from(backend.schema.customerPhones).where(isOneOf(backend, customerId, customerIds)).orderBy(number)
}

async function findLoanKeys(backend: Backend, customerIds: number[]) {
  const { loans } = backend.schema
  return customerIds.length === 0 ? [] : backend.db.select({ customerId: loans.customerId, source: loans.source, loanId: loans.loanId }).from(loans).where(and(isOneOf(backend, loans.customerId, customerIds), eq(loans.withdrawn, 0))).orderBy(loans.source, loans.loanId)
}

async function findLoans(backend: Backend, source: string, keys: { loanId: string }[]): Promise<KnownLoan[]> {
  const { db, schema: { loans }, rowsOf } = backend
  return db.select(loanFields(backend)).from(loans).where(and(eq(loans.withdrawn, 0), sql`${loans.source} = ${source} and ${loans.loanId} in (select r."loanId" from ${rowsOf(keys, { loanId: 'text' })})`))
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

/** Replaces all further spellings and phones of those whose changed. */
function keepSpellings(backend: Backend, { otherwiseKnown }: Pick<MatchPlan, 'otherwiseKnown'>) {
  const { schema: { customers, customerAliases, customerPhones }, rowsOf } = backend
  if (otherwiseKnown.length === 0)
    return []
  const owned = sql`customer_id in (select c.id from ${customers} c where c.fingerprint in (select o.owner from ${rowsOf(otherwiseKnown, { owner: 'text' }, 'o')}))`
  return [
    sql`delete from ${customerAliases} where ${owned}`,
    sql`delete from ${customerPhones} where ${owned}`,
    ...insertSpellings(backend, otherwiseKnown),
  ]
}

export function insertSpellings({ schema: { customers, customerAliases, customerPhones }, rowsOf }: Backend, otherwiseKnown: MatchPlan['otherwiseKnown']) {
  const r = rowsOf(otherwiseKnown.flatMap(({ owner, spellings }) => spellings.map(spelling => ({ owner, ...spelling }))), { owner: 'text', identity: 'text', fullName: 'text', coBorrower: 'text', phone: 'text' })
  const p = rowsOf(otherwiseKnown.flatMap(({ owner, otherPhones }) => otherPhones.map(phone => ({ owner, ...phone }))), { owner: 'text', number: 'text', kind: 'text' }, 'p')
  return [
    sql`insert into ${customerAliases} (fingerprint, customer_id, full_name, co_borrower, phone) select r.identity, c.id, r."fullName", r."coBorrower", r.phone from ${r} join ${customers} c on c.fingerprint = r.owner where true
      on conflict (customer_id, fingerprint) do update set full_name = excluded.full_name, co_borrower = excluded.co_borrower, phone = excluded.phone`,
    sql`insert into ${customerPhones} (customer_id, number, kind) select c.id, p.number, p.kind from ${p} join ${customers} c on c.fingerprint = p.owner where true on conflict (customer_id, number) do update set kind = excluded.kind`,
  ]
}

/** Questions of which all known sides were compared stand as they were found now; one about a row ends with the row that is newer. */
function keepReviews(backend: Backend, { reviews: found, compared }: MatchPlan) {
  const { schema: { reviews, loans }, rowsOf } = backend
  const sides = (alias: string) => rowsOf(compared, { customerId: 'bigint', block: 'bigint' }, alias)
  const still = rowsOf(found.map(({ key }) => ({ key })), { key: 'text' }, 'k')
  return [
    ...(compared.length === 0 ? [] : [sql`delete from ${reviews} where pair not in (select k.key from ${still}) and exists (select 1 from ${sides('x')} join ${sides('y')} on y.block = x.block where x."customerId" = ${reviews.customerA} and y."customerId" = ${reviews.customerB})`]),
    ...insertReviews(backend, found),
    sql`delete from ${reviews} where customer_b is null and not exists (select 1 from ${loans} l where l.latest_row_id = ${reviews}.row_b)`,
  ]
}

const SIDES = { key: 'text', kind: 'text', rule: 'text', score: 'real', loanId: 'text', identityA: 'text', identityB: 'text', fingerprintA: 'text', fingerprintB: 'text', rowA: 'bigint', rowB: 'bigint' } as const

/** A side that stands without a row keeps the one that it had, unless all rows were read again. */
export function insertReviews({ schema: { reviews, customers }, rowsOf }: Backend, found: MatchPlan['reviews'], { isWhole = false } = {}) {
  if (found.length === 0)
    return []
  const r = rowsOf(found.map(({ a, b, ...review }) => ({ ...review, identityA: a.identity, identityB: b.identity, fingerprintA: a.fingerprint, fingerprintB: b.fingerprint, rowA: a.rowId, rowB: b.rowId })), SIDES)
  const columns = ['kind', 'rule', 'score', 'identity_a', 'identity_b', 'customer_a', 'customer_b', 'loan_id']
  return [sql`
    insert into ${reviews} (pair, ${sql.raw(columns.join(', '))}, row_a, row_b)
    select r.key, r.kind, r.rule, r.score, r."identityA", r."identityB", a.id, b.id, r."loanId", r."rowA", r."rowB"
    from ${r} join ${customers} a on a.fingerprint = r."fingerprintA" left join ${customers} b on b.fingerprint = r."fingerprintB" where true
    on conflict (pair) do update set ${sql.raw(columns.map(column => `${column} = excluded.${column}`).join(', '))},
      ${isWhole ? sql`row_a = excluded.row_a, row_b = excluded.row_b` : sql`row_a = coalesce(excluded.row_a, ${reviews.rowA}), row_b = coalesce(excluded.row_b, ${reviews.rowB})`}`]
}

// A fingerprint that one customer leaves, another of the plan may take: all leave first, then each takes its own, and only then come the new ones.
function updateCustomers(backend: Backend, plan: MatchPlan, now: Date) {
  if (plan.seenCustomers.length === 0)
    return []
  const { schema: { customers }, eachOf } = backend
  const at = sql.param(now, customers.lastUploadedAt)
  const movers = new Set(plan.movedCustomers)
  const moved = plan.seenCustomers.filter(({ fingerprint }) => movers.has(fingerprint))
  const unchanged = new Set(plan.unchangedCustomers)
  return [
    ...(moved.length + plan.merged.length === 0 ? [] : leaveFingerprints(backend, moved, plan.merged)),
    eachOf(plan.seenCustomers.filter(({ id }) => !unchanged.has(id)), { id: 'bigint', ...BORROWER_TYPES }, (r, { from }) => sql`
      update ${customers} set fingerprint = ${r.fingerprint}, full_name = ${r.fullName}, primary_phone = ${r.phone}, phone_kind = ${r.phoneKind},
        state = ${r.state}, language = ${r.language}, email = ${r.email}, last_uploaded_at = ${at}
      ${from} where ${customers.id} = ${r.id}`),
    // Whoever has another loan in the same file was seen a moment ago.
    eachOf(plan.unchangedCustomers.map(id => ({ id })), { id: 'bigint' }, (r, { from }) => sql`update ${customers} set last_uploaded_at = ${at} ${from} where ${customers.id} = ${r.id} and ${customers.lastUploadedAt} <> ${at}`),
  ]
}

function leaveFingerprints({ schema: { customers }, eachOf }: Backend, moved: MatchPlan['seenCustomers'], merged: MatchPlan['merged']) {
  return [
    // Nobody speaks of them any more, so the fingerprint is free.
    eachOf(moved, { fingerprint: 'text' }, (r, { from }) => sql`update ${customers} set fingerprint = 'withdrawn ' || ${customers.id} ${from} where ${customers.withdrawn} = 1 and ${customers.fingerprint} = ${r.fingerprint}`),
    eachOf([...moved, ...merged.map(({ customerId: id }) => ({ id }))], { id: 'bigint' }, (r, { from }) => sql`update ${customers} set fingerprint = 'moving ' || ${customers.id} ${from} where ${customers.id} = ${r.id}`),
  ]
}

const LOAN_COLUMNS = ['customer_id', 'withdrawn', 'absent_by', 'branch_key', 'outstanding_amount', 'due_amount', 'last_paid_amount', 'due_date', 'last_paid_date', 'cluster', 'branch', 'branch_contact_number', 'employee_name', 'employee_id', 'employee_contact_number', 'latest_row_id', 'updated_at']

function upsertLoans({ schema: { customers, loans }, eachOf }: Backend, plan: MatchPlan, { source, absentBy }: { source: string, absentBy: number | null }, now: Date) {
  if (plan.loans.length === 0)
    return []
  const at = sql.param(now, loans.createdAt)
  return [eachOf(plan.loans, LOAN_TYPES, (r, { values }) => sql`
    insert into ${loans} (customer_id, source, loan_id, outstanding_amount, due_amount, last_paid_amount, due_date, last_paid_date,
      cluster, branch, branch_contact_number, employee_name, employee_id, employee_contact_number, branch_key, withdrawn, absent_by, latest_row_id, created_at, updated_at)
    ${values(sql`coalesce(${r.customerId}, (select c.id from ${customers} c where c.fingerprint = ${r.fingerprint}))`, sql`${source}`, r.loanId, r.outstandingAmount, r.dueAmount, r.lastPaidAmount, r.dueDate, r.lastPaidDate,
      r.cluster, r.branch, r.branchContactNumber, r.employeeName, r.employeeId, r.employeeContactNumber, r.branchKey, sql`0`, absentBy === null ? sql`null` : sql.raw(String(absentBy)), r.rowId, at, at)}
    on conflict (source, loan_id) do update set ${sql.raw(LOAN_COLUMNS.map(column => `${column} = excluded.${column}`).join(', '))},
      created_at = case when ${loans.withdrawn} = 1 then excluded.created_at else ${loans.createdAt} end`)]
}

function linkRows({ schema: { customers, loans, uploadRows }, eachOf }: Backend, plan: MatchPlan, source: string) {
  return eachOf(plan.rows, { rowId: 'bigint', status: 'text', code: 'text', message: 'text', fingerprint: 'text', customerId: 'bigint', loanId: 'text', knownLoanId: 'bigint', rule: 'text', score: 'real' }, (r, { from }) => sql`
    update ${uploadRows} set status = ${r.status}, code = coalesce(${r.code}, ${uploadRows.code}), message = coalesce(${r.message}, ${uploadRows.message}),
      match_customer_id = coalesce(${r.customerId}, (select c.id from ${customers} c where c.fingerprint = ${r.fingerprint})),
      match_loan_id = coalesce(${r.knownLoanId}, (select l.id from ${loans} l where l.source = ${source} and l.loan_id = ${r.loanId})), match_rule = ${r.rule}, match_score = ${r.score}
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
