import { and, count, eq, gte, isNull, min, ne, or, type SQL, sql, type SQLWrapper } from 'drizzle-orm'
import type { Callability } from '../domain/callability.ts'
import { type BorrowerFacts, isAllowedAsStaff, type LoanFacts } from '../domain/facts.ts'
import { CALLABLE_REVIEW } from '../domain/matching/compare-borrowers.ts'
import { groupBy } from '../domain/group-by.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

const DAY_MS = 86_400_000
const JUDGED_UNDER = 'judged_under'

/** The facts of a borrower as read, with the marks that show later whether they still hold. */
export interface ReadFacts extends BorrowerFacts { factsSeq: number, phoneSeq: number }

/** What the rules read, and what they concluded. */
export function factsStore(backend: Backend) {
  const { db, schema, batch, eachOf } = backend
  const { customers, meta } = schema

  return {
    /** Customers whose facts or rules changed since they were judged. Under which rules all were judged is kept, so that only those whose facts changed are looked for. */
    async findCustomersToJudge(rulesHash: string, limit: number) {
      const among = async (condition: SQL | undefined) => (await db.select({ id: customers.id }).from(customers).where(condition).limit(limit)).map(({ id }) => id)
      const unjudged = await among(isNull(customers.judgedBy))
      const [under] = await db.select({ value: meta.value }).from(meta).where(eq(meta.key, JUDGED_UNDER))
      if (unjudged.length > 0 || under?.value === rulesHash)
        return unjudged
      const others = await among(ne(customers.judgedBy, rulesHash))
      if (others.length === 0)
        await batch(tx => [tx.insert(meta).values({ key: JUDGED_UNDER, value: rulesHash }).onConflictDoUpdate({ target: meta.key, set: { value: rulesHash } })])
      return others
    },

    /** The facts of these customers, with the calls of so many days. The marks are read first: a change while reading shows as a mark that moved. */
    async readFacts(customerIds: number[], now: Date, days = 8): Promise<ReadFacts[]> {
      const borrowers = await readBorrowers(backend, customerIds)
      const loans = await readLoans(backend, customerIds)
      const attempts = await readAttempts(backend, customerIds, new Date(now.getTime() - days * DAY_MS))
      const loansOf = groupBy(loans, loan => loan.customerId)
      const byCustomer = groupBy(attempts, attempt => attempt.customerId)
      const byPhone = groupBy(attempts, attempt => attempt.toNumber)
      const standing = await readPhoneStanding(backend, borrowers)
      const asked = await readAsked(backend, customerIds)
      return borrowers.map(({ customerId, fullName, phone, phoneKind, factsSeq, phoneSeq, phoneRefusal, allowedSharers, allowedAt }) => ({
        customerId, fullName, phone, phoneKind, factsSeq, phoneRefusal, allowedSharers,
        phoneSeq: phoneSeq ?? 0,
        isStaffPhone: standing.staff.has(phone ?? ''),
        isAllowedAsStaff: isAllowedAsStaff({ allowedSharers, allowedAt, staffSince: standing.staff.get(phone ?? '') ?? null }),
        sharers: standing.sharers.get(phone ?? '') ?? 1,
        isAsked: asked.has(customerId),
        loans: (loansOf.get(customerId) ?? []).map(loanFacts),
        attempts: inOrder(byCustomer.get(customerId), byPhone.get(phone ?? '')),
      }))
    },

    // What a power cut takes is judged again. A customer whose facts moved since they were read keeps its mark and is judged again.
    async saveCallability(judged: { customerId: number, factsSeq: number, callability: Callability }[], rulesHash: string) {
      const rows = judged.map(({ customerId, factsSeq, callability }) => ({ customerId, factsSeq, ...callability }))
      await batch(() => [eachOf(rows, { customerId: 'bigint', factsSeq: 'bigint', from: 'timestamp', until: 'timestamp', code: 'text' }, (r, { from }) => sql`
        update ${customers} set callable_from = ${r.from}, callable_until = ${r.until}, callable_code = ${r.code}, judged_by = ${rulesHash}
        ${from} where ${customers.id} = ${r.customerId} and ${customers.factsSeq} = ${r.factsSeq}`)], { isUnflushed: true })
    },
  }
}

type LoanRead = Awaited<ReturnType<typeof readLoans>>[number]
type AttemptRead = Awaited<ReturnType<typeof readAttempts>>[number]

// Written out: copying the rest of an object takes ten times as long.
function loanFacts({ id, loanId, dueAmount, outstandingAmount, dueDate, dataDate, latestRowId, latestUploadId, latestStatus, latestCode, absentBy, uploadStatus }: LoanRead): LoanFacts {
  return { id, loanId, dueAmount, outstandingAmount, dueDate, dataDate, latestRowId, latestUploadId, inReview: latestStatus === 'review' && latestCode !== CALLABLE_REVIEW, isAbsent: absentBy !== null || uploadStatus === 'undone' }
}

function inOrder(ofCustomer: AttemptRead[] = [], onPhone: AttemptRead[] = []): AttemptRead[] {
  return ofCustomer.length + onPhone.length === 0 ? [] : [...new Set([...ofCustomer, ...onPhone])].sort((a, b) => a.at.getTime() - b.at.getTime() || a.id - b.id)
}

async function readBorrowers(backend: Backend, ids: number[]) {
  const { customers, phones } = backend.schema
  return backend.db.select({
    customerId: customers.id,
    fullName: customers.fullName,
    phone: customers.primaryPhone,
    phoneKind: customers.phoneKind,
    factsSeq: customers.factsSeq,
    phoneSeq: phones.seq,
    phoneRefusal: phones.refusal,
    allowedSharers: phones.maxCustomers,
    allowedAt: phones.allowedAt,
  }).from(customers).leftJoin(phones, eq(phones.number, customers.primaryPhone)).where(isOneOf(backend, customers.id, ids))
}

async function readLoans(backend: Backend, ids: number[]) {
  const { loans, uploadRows, fileUploads } = backend.schema
  return backend.db.select({
    customerId: loans.customerId,
    id: loans.id,
    loanId: loans.loanId,
    dueAmount: loans.dueAmount,
    outstandingAmount: loans.outstandingAmount,
    dueDate: loans.dueDate,
    latestRowId: loans.latestRowId,
    latestUploadId: fileUploads.id,
    latestStatus: uploadRows.status,
    latestCode: uploadRows.code,
    dataDate: fileUploads.dataDate,
    uploadStatus: fileUploads.status,
    absentBy: loans.absentBy,
  }).from(loans)
    .innerJoin(uploadRows, eq(uploadRows.id, loans.latestRowId))
    .innerJoin(fileUploads, eq(fileUploads.id, uploadRows.fileUploadId))
    .where(and(isOneOf(backend, loans.customerId, ids), eq(loans.withdrawn, 0)))
    .orderBy(loans.id)
}

/** Borrowers of whom a person must say whether they are somebody else; whoever is merely likely the same stays callable. */
async function readAsked({ db, schema: { reviews }, rowsOf }: Backend, customerIds: number[]): Promise<Set<number>> {
  const r = rowsOf(customerIds.map(id => ({ id })), { id: 'bigint' })
  const found = await db.select({ a: reviews.customerA, b: reviews.customerB }).from(reviews).where(and(ne(reviews.kind, CALLABLE_REVIEW), sql`(${reviews.customerA} in (select r.id from ${r}) or ${reviews.customerB} in (select r.id from ${r}))`))
  return new Set(found.flatMap(({ a, b }) => b === null ? [a] : [a, b]))
}

/** Which of the phones are the lender's own, since which upload, and how many borrowers share each. */
async function readPhoneStanding({ db, schema: { customers, fileUploads, staffPhones }, rowsOf }: Backend, borrowers: { phone: string | null }[]) {
  const numbers = rowsOf([...new Set(borrowers.flatMap(({ phone }) => phone ?? []))].map(number => ({ number })), { number: 'text' }, 'n')
  const among = (column: SQLWrapper) => sql`${column} in (select n.number from ${numbers})`
  const staff = await db.select({ number: staffPhones.number, since: min(fileUploads.createdAt) }).from(staffPhones)
    .innerJoin(fileUploads, eq(fileUploads.id, staffPhones.fileUploadId)).where(among(staffPhones.number)).groupBy(staffPhones.number)
  const shared = await db.select({ number: customers.primaryPhone, sharers: count() }).from(customers).where(and(among(customers.primaryPhone), eq(customers.withdrawn, 0))).groupBy(customers.primaryPhone)
  return { staff: new Map(staff.map(({ number, since }) => [number, since])), sharers: new Map(shared.map(({ number, sharers }) => [number!, sharers])) }
}

async function readAttempts(backend: Backend, ids: number[], since: Date) {
  const { callSessions, customers } = backend.schema
  const phonesOf = sql`(select c.primary_phone from ${customers} c where c.primary_phone is not null and ${isOneOf(backend, sql`c.id`, ids)})`
  return backend.db.select({
    id: callSessions.id,
    customerId: callSessions.customerId,
    loanId: callSessions.loanId,
    toNumber: callSessions.toNumber,
    status: callSessions.status,
    refusal: callSessions.refusal,
    at: callSessions.createdAt,
    endedAt: callSessions.endedAt,
    durationSeconds: callSessions.durationSeconds,
  }).from(callSessions).where(and(
    gte(callSessions.createdAt, since),
    or(isOneOf(backend, callSessions.customerId, ids), sql`${callSessions.toNumber} in ${phonesOf}`),
  )).orderBy(callSessions.id)
}
