import type { ReviewRows } from './file-checks.ts'
import { doubtedLoans } from './file-review.ts'
import { type BorrowerValues, type KeyedDecision, type KnownCustomer, type KnownLoan, lenderLoan, type LoanValues, type OtherPhone, type Spelling } from './known.ts'
import { loanValues } from './plan-loan.ts'
import { type MatchPlan, type PlannedReview, type PlannedRow, planMatch, type ReviewSide } from './plan-match.ts'
import { type RowAnswers, answeredRows } from './row-answers.ts'
import type { StoredRow } from './stored-row.ts'

/** The surviving rows of one upload, in file order. */
export interface ReplayUpload { source: string, createdAt: Date, reviewRules: ReviewRows[], rows: (StoredRow & { rowId: number })[] }

export interface ReplayedCustomer {
  /** Its number within the replay; what it is in the database, the caller knows. */
  key: number
  values: BorrowerValues
  spellings: Spelling[]
  otherPhones: OtherPhone[]
  firstUploadedAt: Date
  lastUploadedAt: Date
  /** Rows that speak of the customer, oldest first. */
  rowIds: number[]
}

export interface ReplayedLoan { source: string, values: LoanValues, customerKey: number, latestRowId: number, createdAt: Date, updatedAt: Date }

export type ReplayedRow = Omit<PlannedRow, 'fingerprint' | 'customerId' | 'knownLoanId'> & { customerKey: number | null, source: string }

type Side = Omit<ReviewSide, 'fingerprint'> & { customerKey: number | null }
export type ReplayedReview = Omit<PlannedReview, 'a' | 'b'> & { a: Side & { customerKey: number }, b: Side }

export interface Replayed { customers: ReplayedCustomer[], loans: ReplayedLoan[], rows: ReplayedRow[], reviews: ReplayedReview[] }

/** What people said of pairs and of rows. */
export interface Decided { decisions: KeyedDecision[], answers: RowAnswers }

export const NOTHING_DECIDED: Decided = { decisions: [], answers: { byRow: new Map(), byDoubt: new Map() } }

const REFUSED = { status: 'rejected', message: 'a person refused the row', customerKey: null, loanId: null, rule: null, score: null } as const

interface State { customers: Map<number, ReplayedCustomer>, born: number, byFingerprint: Map<string, number>, loans: Map<string, ReplayedLoan>, rows: ReplayedRow[], reviews: Map<string, ReplayedReview> }

/** Customers and loans as a function of the surviving rows, in the order in which their uploads were applied, and of what people decided: what imports one after the other made of them. */
export function replay(uploads: ReplayUpload[], { decisions, answers }: Decided = NOTHING_DECIDED): Replayed {
  const state: State = { customers: new Map(), born: 0, byFingerprint: new Map(), loans: new Map(), rows: [], reviews: new Map() }
  for (const upload of uploads) {
    const { rows, refused } = answeredRows(upload.rows, upload.source, answers)
    const contradicted = doubtedLoans(rows.map(({ row }) => row), upload.reviewRules)
    state.rows.push(...refused.map(({ rowId, code }) => ({ ...REFUSED, rowId, code, source: upload.source })))
    const plan = planMatch(rows, { source: upload.source, customers: knownCustomers(state), loans: knownLoans(state, upload.source), contradicted, decisions })
    applyPlan(state, plan, upload)
  }
  return { customers: [...state.customers.values()], loans: [...state.loans.values()], rows: state.rows, reviews: [...state.reviews.values()] }
}

function knownCustomers({ customers, loans }: State): KnownCustomer[] {
  const owned = new Map<number, string[]>()
  for (const { source, values, customerKey } of loans.values())
    owned.set(customerKey, [...owned.get(customerKey) ?? [], lenderLoan(source, values.loanId)])
  return [...customers.values()].map(({ key, values, spellings, otherPhones }) => ({ id: key, ...values, spellings, otherPhones, loanKeys: owned.get(key) ?? [] }))
}

function knownLoans({ loans }: State, source: string): KnownLoan[] {
  return [...loans.values()].filter(loan => loan.source === source).map(({ values, customerKey }, at) => ({ id: at + 1, customerId: customerKey, ...values }))
}

function applyPlan(state: State, plan: MatchPlan, upload: ReplayUpload) {
  applyCustomers(state, plan, upload)
  plan.merged.forEach(({ owner, customerId }) => mergeCustomer(state, state.byFingerprint.get(owner)!, customerId))
  const { source, createdAt } = upload
  for (const { fingerprint, rowId, ...loan } of plan.loans) {
    const values = loanValues(loan)
    const key = lenderLoan(source, values.loanId)
    const before = state.loans.get(key)
    state.loans.set(key, { source, values, customerKey: state.byFingerprint.get(fingerprint)!, latestRowId: rowId, createdAt: before?.createdAt ?? createdAt, updatedAt: createdAt })
  }
  applyRows(state, plan, upload)
  applyReviews(state, plan)
}

function applyCustomers({ customers, byFingerprint, ...state }: State, plan: MatchPlan, { createdAt }: ReplayUpload) {
  for (const { id, ...values } of plan.seenCustomers) {
    const customer = customers.get(id)!
    byFingerprint.delete(customer.values.fingerprint)
    customers.set(id, { ...customer, values, lastUploadedAt: createdAt })
  }
  for (const { id, fingerprint } of plan.seenCustomers)
    byFingerprint.set(fingerprint, id)
  for (const values of plan.newCustomers) {
    const key = state.born = Math.max(state.born, ...customers.keys()) + 1
    customers.set(key, { key, values, spellings: [], otherPhones: [], firstUploadedAt: createdAt, lastUploadedAt: createdAt, rowIds: [] })
    byFingerprint.set(values.fingerprint, key)
  }
  for (const { owner, spellings, otherPhones } of plan.otherwiseKnown)
    Object.assign(customers.get(byFingerprint.get(owner)!)!, { spellings, otherPhones })
}

/** What was the second one's is the first one's; the older goes on being known since when it was. */
function mergeCustomer(state: State, key: number, from: number) {
  const [customer, gone] = [state.customers.get(key)!, state.customers.get(from)!]
  state.customers.delete(from)
  // The one who goes on may have taken it.
  if (state.byFingerprint.get(gone.values.fingerprint) === from)
    state.byFingerprint.delete(gone.values.fingerprint)
  customer.rowIds.unshift(...gone.rowIds)
  customer.firstUploadedAt = new Date(Math.min(customer.firstUploadedAt.getTime(), gone.firstUploadedAt.getTime()))
  for (const loan of state.loans.values()) {
    if (loan.customerKey === from)
      loan.customerKey = key
  }
  for (const row of state.rows) {
    if (row.customerKey === from)
      row.customerKey = key
  }
  for (const [pair, { a, b }] of state.reviews) {
    const keys = [a, b].map(({ customerKey }) => customerKey === from ? key : customerKey)
    if (keys[0] === keys[1])
      state.reviews.delete(pair)
    else
      [a.customerKey, b.customerKey] = keys as [number, number | null]
  }
}

function applyRows(state: State, plan: MatchPlan, { source, rows }: ReplayUpload) {
  const notes = new Map(rows.map(({ rowId, note }) => [rowId, note]))
  for (const { fingerprint, customerId: _, knownLoanId: __, ...row } of plan.rows) {
    const customerKey = fingerprint === null ? null : state.byFingerprint.get(fingerprint) ?? null
    const note = notes.get(row.rowId)
    const { loanId } = row
    state.rows.push({ ...row, code: row.code ?? note?.code ?? null, message: row.message ?? note?.message ?? null, customerKey, source, loanId: loanId !== null && state.loans.has(lenderLoan(source, loanId)) ? loanId : null })
    if (customerKey !== null)
      state.customers.get(customerKey)!.rowIds.push(row.rowId)
  }
}

function applyReviews({ reviews, loans, byFingerprint }: State, plan: MatchPlan) {
  const found = new Set(plan.reviews.map(({ key }) => key))
  const blocksOf = new Map<number, Set<number>>()
  for (const { customerId, block } of plan.compared)
    blocksOf.set(customerId, (blocksOf.get(customerId) ?? new Set()).add(block))
  for (const [pair, { a, b }] of reviews) {
    const wereCompared = b.customerKey !== null && [...blocksOf.get(a.customerKey) ?? []].some(block => blocksOf.get(b.customerKey!)?.has(block))
    if (wereCompared && !found.has(pair))
      reviews.delete(pair)
  }
  for (const { a, b, ...review } of plan.reviews) {
    const side = ({ fingerprint, ...rest }: ReviewSide, before: Side | undefined): Side => ({ ...rest, rowId: rest.rowId ?? before?.rowId ?? null, customerKey: fingerprint === null ? null : byFingerprint.get(fingerprint)! })
    const before = reviews.get(review.key)
    reviews.set(review.key, { ...review, a: side(a, before?.a) as ReplayedReview['a'], b: side(b, before?.b) })
  }
  // A question about a row alone ends with the row that is newer.
  const newest = new Set([...loans.values()].map(({ latestRowId }) => latestRowId))
  for (const [pair, { b }] of reviews) {
    if (b.customerKey === null && !newest.has(b.rowId!))
      reviews.delete(pair)
  }
}
