import type { Note } from './cell.ts'
import type { LoanRow } from './loan-row.ts'
import { isDeceased, nameKey, relativeKey } from './name.ts'
import type { RowStatus } from './upload.ts'
import { zerolessId } from './zero-spellings.ts'

export type BorrowerValues = Pick<LoanRow, 'fingerprint' | 'fullName' | 'phone' | 'phoneKind' | 'state' | 'language' | 'email'>
/** A loan as stored; the second phone and the second borrower stay with the row. */
export type LoanValues = Omit<LoanRow, keyof BorrowerValues | 'alternatePhone' | 'coBorrower'>

/** A usable row; with a review, a person must decide about one of its cells before its loan is called. */
export interface StagedRow { rowId: number, row: LoanRow, review?: Note | null }
/** A customer as stored; `aliases` are fingerprints of phones that once were the customer's. */
export interface KnownCustomer extends BorrowerValues { id: number, aliases: string[] }
export interface KnownLoan extends LoanValues { id: number, customerId: number }

/** What is already there that the rows may speak of. */
export interface Known {
  customers: KnownCustomer[]
  loans: KnownLoan[]
  /** Loans of which the same file tells two stories: nobody can say which row is true. */
  contradicted: Set<string>
}

export interface MatchPlan {
  newCustomers: BorrowerValues[]
  /** Known customers that a row speaks of, with the values they end with. */
  seenCustomers: (BorrowerValues & { id: number })[]
  /** Those of them who end as they were, by id: only that they were seen is new. */
  unchangedCustomers: number[]
  /** Customers who left a fingerprint, by the one they end with, with all the aliases they have now. */
  aliases: { owner: string, fingerprints: string[] }[]
  /** Loans to write, one per key, each with the fingerprint its customer ends with and its newest row, which may be one in review. */
  loans: (LoanValues & { fingerprint: string, rowId: number })[]
  rows: PlannedRow[]
  /** Numbers whose facts change: where the borrowers were and where they are now. */
  touchedPhones: string[]
  /** Whose facts change and who has no number, by the fingerprint they end with. */
  touchedWithoutPhone: string[]
  counts: MatchCounts
}

export interface PlannedRow { rowId: number, status: RowStatus, code: string | null, message: string | null, fingerprint: string | null, loanId: string | null }

/** What the rows changed. Of the known loans: unchanged ones, those with another amount, those of them whose due amount fell, and those whose borrower has a new phone. */
export interface MatchCounts { customersCreated: number, customersUpdated: number, loansCreated: number, loansUpdated: number, loansUnchanged: number, amountsChanged: number, paidDown: number, phonesChanged: number }

interface Customer { id: number | null, values: BorrowerValues, before: BorrowerValues | null, aliases: Set<string>, hasMoved: boolean }
interface Loan { known: KnownLoan | null, values: LoanValues, customer: Customer, rowId: number, isUpdated: boolean }
interface Draft { customers: Map<string, Customer>, loans: Map<string, Loan>, /** Loans whose id is a number, by it without its zeros. */ byZeroless: Map<string, Loan>, rows: PlannedRow[], seen: Set<Customer> }

/**
 * Decides for a chunk of rows, in file order: the loan by its id, the customer by the fingerprint, else new.
 * Two people are never made one: where a loan's customer and the row's name differ, a person decides.
 */
export function planMatch(staged: StagedRow[], known: Known): MatchPlan {
  const draft = startDraft(known)
  for (const { rowId, row, review } of staged) {
    const { status, code, message, fingerprint, loanId } = decide(draft, rowId, row, known.contradicted)
    const decided = review && status !== 'review' ? { status: 'review' as const, code: review.code, message: review.message } : { status, code, message }
    draft.rows.push({ rowId, status: decided.status, code: decided.code, message: decided.message, fingerprint, loanId })
  }
  return finishPlan(draft)
}

type Decision = Omit<PlannedRow, 'rowId'>

function decide(draft: Draft, rowId: number, row: LoanRow, contradicted: Set<string>): Decision {
  const loan = draft.loans.get(row.loanId)
  const twin = loan ?? draft.byZeroless.get(zerolessId(row.loanId) ?? '')
  if (contradicted.has(row.loanId))
    return review(rowId, twin, 'LOAN_TWICE', `loan ${row.loanId} stands in this file more than once with different values`)
  if (twin !== loan)
    return review(rowId, twin, 'LOAN_ID_ZEROS', `loan ${row.loanId} may be ${twin!.values.loanId} with other zeros before it`)
  const sameKey = row.phone ? draft.customers.get(row.fingerprint) : undefined
  if (!loan && sameKey && relativesDiffer(sameKey.values.fullName, row.fullName))
    return { ...review(rowId, undefined, 'RELATIVE_CONFLICT', `${row.fullName} and ${sameKey.values.fullName} share a phone and a name, and name different relatives`), fingerprint: sameKey.values.fingerprint }
  if (!loan)
    return addLoan(draft, rowId, row)
  if (loan.customer.values.fullName !== row.fullName && nameKey(loan.customer.values.fullName) !== nameKey(row.fullName))
    return review(rowId, loan, 'LOAN_NAME_CONFLICT', `loan ${row.loanId} belongs to ${loan.customer.values.fullName}, and the row names ${row.fullName}`)

  if (sameKey && sameKey !== loan.customer)
    return review(rowId, loan, 'LOAN_CUSTOMER_CONFLICT', `loan ${row.loanId} belongs to another customer of that name on another phone`)
  return updateLoan(draft, rowId, row, loan)
}

/** Two fathers are two people, however alike the names; where only one is given, it says nothing. */
function relativesDiffer(a: string, b: string): boolean {
  if (a === b)
    return false
  const [one, other] = [relativeKey(a), relativeKey(b)]
  return one !== undefined && other !== undefined && one !== other
}

function addLoan(draft: Draft, rowId: number, row: LoanRow): Decision {
  const customer = draft.customers.get(row.fingerprint) ?? addCustomer(draft, row)
  speakOf(draft, customer, row)
  keepLoan(draft, { known: null, values: loanValues(row), customer, rowId, isUpdated: true })
  return { status: 'created', code: null, message: null, fingerprint: customer.values.fingerprint, loanId: row.loanId }
}

// An older book may have both spellings: then each is known as it stands, and which of them a third one means is the first's by order.
function keepLoan({ loans, byZeroless }: Draft, loan: Loan) {
  const { loanId } = loan.values
  loans.set(loanId, loan)
  const digits = zerolessId(loanId)
  const other = digits === undefined ? undefined : byZeroless.get(digits)
  if (digits !== undefined && !(other && other.values.loanId < loanId))
    byZeroless.set(digits, loan)
}

function updateLoan(draft: Draft, rowId: number, row: LoanRow, loan: Loan): Decision {
  const moved = row.phone !== null && row.phone !== loan.customer.values.phone
  const oldPhone = loan.customer.values.phone
  speakOf(draft, loan.customer, row)
  if (moved)
    movePhone(draft, loan.customer, row)
  loan.values = mergeLoan(loan.values, loanValues(row))
  loan.rowId = rowId
  loan.isUpdated = true
  const moveNote = moved ? { code: 'PHONE_CHANGED', message: `the phone of ${row.fullName} changed${oldPhone ? ' and the old one is no longer called' : ''}` } : { code: null, message: null }
  return { status: 'matched', ...moveNote, fingerprint: loan.customer.values.fingerprint, loanId: row.loanId }
}

// The loan's newest row is now one in review, and that is what blocks it; its values stay as they were.
function review(rowId: number, loan: Loan | undefined, code: string, message: string): Decision {
  if (loan)
    loan.rowId = rowId
  return { status: 'review', code, message, fingerprint: loan?.customer.values.fingerprint ?? null, loanId: loan ? loan.values.loanId : null }
}

function addCustomer(draft: Draft, row: LoanRow): Customer {
  const customer: Customer = { id: null, values: borrowerValues(row), before: null, aliases: new Set(), hasMoved: false }
  draft.customers.set(row.fingerprint, customer)
  return customer
}

/** The newest spelling is shown, but a mark of death and the word that a number is a landline are never lost, and what a file leaves out is kept. */
function speakOf(draft: Draft, customer: Customer, row: LoanRow) {
  const { values } = customer
  customer.values = {
    fingerprint: values.fingerprint,
    fullName: values.fullName !== row.fullName && isDeceased(values.fullName) && !isDeceased(row.fullName) ? values.fullName : row.fullName,
    phone: values.phone,
    phoneKind: row.phone === values.phone && row.phoneKind === 'landline' ? 'landline' : values.phoneKind,
    state: row.state ?? values.state,
    language: row.language ?? values.language,
    email: row.email ?? values.email,
  }
  draft.seen.add(customer)
}

// The old fingerprint still finds the customer: another row, or another branch's file, may not have heard of the new phone yet.
function movePhone(draft: Draft, customer: Customer, row: LoanRow) {
  customer.aliases.add(customer.values.fingerprint)
  customer.aliases.delete(row.fingerprint)
  customer.hasMoved = true
  customer.values = { ...customer.values, phone: row.phone, phoneKind: row.phoneKind, fingerprint: row.fingerprint }
  draft.customers.set(row.fingerprint, customer)
}

/** Figures and dates are the new file's, also when it gives none; descriptions it leaves out are kept. */
function mergeLoan(old: LoanValues, next: LoanValues): LoanValues {
  return {
    loanId: next.loanId,
    outstandingAmount: next.outstandingAmount,
    dueAmount: next.dueAmount,
    dueDate: next.dueDate,
    lastPaidDate: next.lastPaidDate,
    lastPaidAmount: next.lastPaidAmount,
    cluster: next.cluster ?? old.cluster,
    branch: next.branch ?? old.branch,
    branchContactNumber: next.branchContactNumber ?? old.branchContactNumber,
    employeeName: next.employeeName ?? old.employeeName,
    employeeId: next.employeeId ?? old.employeeId,
    employeeContactNumber: next.employeeContactNumber ?? old.employeeContactNumber,
  }
}

function startDraft(known: Known): Draft {
  const customers = known.customers.map((borrower): Customer => {
    const values = borrowerValues(borrower)
    return { id: borrower.id, values, before: values, aliases: new Set(borrower.aliases), hasMoved: false }
  })
  const byId = new Map(customers.map(customer => [customer.id!, customer]))
  const draft: Draft = { customers: new Map(customers.flatMap(customer => [customer.values.fingerprint, ...customer.aliases].map(key => [key, customer]))), loans: new Map(), byZeroless: new Map(), rows: [], seen: new Set() }
  for (const loan of known.loans) {
    const customer = byId.get(loan.customerId)
    if (customer)
      keepLoan(draft, { known: loan, values: loanValues(loan), customer, rowId: 0, isUpdated: false })
  }
  return draft
}

function finishPlan(draft: Draft): MatchPlan {
  const seen = [...draft.seen]
  const loans = [...draft.loans.values()].filter(loan => loan.rowId > 0)
  const changed = (customer: Customer) => customer.before !== null && !same(customer.values, customer.before)
  return {
    newCustomers: seen.filter(customer => customer.id === null).map(customer => customer.values),
    seenCustomers: seen.flatMap(({ id, values }) => id === null ? [] : [{ id, ...values }]),
    unchangedCustomers: seen.flatMap(customer => customer.id === null || customer.hasMoved || changed(customer) ? [] : customer.id),
    aliases: seen.filter(customer => customer.hasMoved).map(({ values, aliases }) => ({ owner: values.fingerprint, fingerprints: [...aliases] })),
    loans: loans.map(({ values, customer, rowId }) => ({ ...values, fingerprint: customer.values.fingerprint, rowId })),
    // A phone may have moved after an earlier row of the same chunk was decided: rows end with the fingerprint their customer ends with.
    rows: draft.rows.map(row => endWith(row, (row.loanId && draft.loans.get(row.loanId)?.customer.values.fingerprint) || row.fingerprint)),
    touchedPhones: [...new Set(loans.flatMap(({ customer }) => [customer.before?.phone, customer.values.phone]))].filter(phone => phone != null),
    touchedWithoutPhone: [...new Set(loans.flatMap(({ customer: { values } }) => values.phone === null ? values.fingerprint : []))],
    counts: {
      customersCreated: seen.filter(customer => customer.id === null).length,
      customersUpdated: seen.filter(changed).length,
      ...countLoans(loans),
    },
  }
}

function endWith(row: PlannedRow, fingerprint: string | null): PlannedRow {
  if (row.fingerprint !== fingerprint)
    row.fingerprint = fingerprint
  return row
}

function countLoans(loans: Loan[]) {
  const known = loans.flatMap(({ known, values, customer, isUpdated }) => known && isUpdated ? [{ before: loanValues(known), values, customer }] : [])
  const updated = known.filter(({ before, values }) => !same(values, before))
  const isOther = (key: 'dueAmount' | 'outstandingAmount') => ({ before, values }: typeof known[number]) => before[key] !== values[key]
  return {
    loansCreated: loans.filter(loan => !loan.known).length,
    loansUpdated: updated.length,
    loansUnchanged: known.filter(({ before, values, customer }) => same(values, before) && !customer.hasMoved).length,
    amountsChanged: updated.filter(loan => isOther('dueAmount')(loan) || isOther('outstandingAmount')(loan)).length,
    paidDown: updated.filter(({ before, values }) => before.dueAmount !== null && values.dueAmount !== null && values.dueAmount < before.dueAmount).length,
    phonesChanged: known.filter(({ customer }) => customer.hasMoved).length,
  }
}

function borrowerValues({ fingerprint, fullName, phone, phoneKind, state, language, email }: BorrowerValues): BorrowerValues {
  return { fingerprint, fullName, phone, phoneKind, state, language, email }
}

// Written out: all loans then have one shape, and copying the rest of an object takes ten times as long.
function loanValues({ loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount, cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber }: LoanValues): LoanValues {
  return { loanId, outstandingAmount, dueAmount, dueDate, lastPaidDate, lastPaidAmount, cluster, branch, branchContactNumber, employeeName, employeeId, employeeContactNumber }
}

function same<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every(key => a[key] === b[key])
}
