import type { ReviewRows } from './file-checks.ts'
import { doubtedLoans } from './file-review.ts'
import { type BorrowerValues, type KnownCustomer, type KnownLoan, type LoanValues, type MatchPlan, type PlannedRow, planMatch } from './plan-match.ts'
import type { StoredRow } from './stored-row.ts'

/** The surviving rows of one upload, in file order. */
export interface ReplayUpload { source: string, createdAt: Date, reviewRules: ReviewRows[], rows: (StoredRow & { rowId: number })[] }

export interface ReplayedCustomer {
  /** Its number within the replay; what it is in the database, the caller knows. */
  key: number
  values: BorrowerValues
  aliases: string[]
  firstUploadedAt: Date
  lastUploadedAt: Date
  /** Rows that speak of the customer, oldest first. */
  rowIds: number[]
}

export interface ReplayedLoan { source: string, values: LoanValues, customerKey: number, latestRowId: number, createdAt: Date, updatedAt: Date }

export interface ReplayedRow { rowId: number, status: PlannedRow['status'], code: string | null, message: string | null, customerKey: number | null, source: string, loanId: string | null }

export interface Replayed { customers: ReplayedCustomer[], loans: ReplayedLoan[], rows: ReplayedRow[] }

interface State { customers: Map<number, ReplayedCustomer>, byFingerprint: Map<string, number>, loans: Map<string, ReplayedLoan>, rows: ReplayedRow[] }

/** Customers and loans as a function of the surviving rows, in the order in which their uploads were applied: what imports one after the other made of them. */
export function replay(uploads: ReplayUpload[]): Replayed {
  const state: State = { customers: new Map(), byFingerprint: new Map(), loans: new Map(), rows: [] }
  for (const upload of uploads) {
    const contradicted = doubtedLoans(upload.rows.map(({ row }) => row), upload.reviewRules)
    const plan = planMatch(upload.rows, { customers: knownCustomers(state), loans: knownLoans(state, upload.source), contradicted })
    applyPlan(state, plan, upload)
  }
  return { customers: [...state.customers.values()], loans: [...state.loans.values()], rows: state.rows }
}

const loanKeyOf = (source: string, loanId: string) => `${source}\0${loanId}`

function knownCustomers({ customers }: State): KnownCustomer[] {
  return [...customers.values()].map(({ key, values, aliases }) => ({ id: key, ...values, aliases }))
}

function knownLoans({ loans }: State, source: string): KnownLoan[] {
  return [...loans.values()].filter(loan => loan.source === source).map(({ values, customerKey }, at) => ({ id: at + 1, customerId: customerKey, ...values }))
}

function applyPlan(state: State, plan: MatchPlan, { source, createdAt, rows }: ReplayUpload) {
  const { customers, byFingerprint } = state
  for (const { id, ...values } of plan.seenCustomers) {
    const customer = customers.get(id)!
    byFingerprint.delete(customer.values.fingerprint)
    customers.set(id, { ...customer, values, lastUploadedAt: createdAt })
  }
  for (const { id, fingerprint } of plan.seenCustomers)
    byFingerprint.set(fingerprint, id)
  for (const values of plan.newCustomers) {
    const key = customers.size + 1
    customers.set(key, { key, values, aliases: [], firstUploadedAt: createdAt, lastUploadedAt: createdAt, rowIds: [] })
    byFingerprint.set(values.fingerprint, key)
  }
  for (const { owner, fingerprints } of plan.aliases)
    customers.get(byFingerprint.get(owner)!)!.aliases = fingerprints.toSorted()

  for (const { fingerprint, rowId, ...values } of plan.loans) {
    const key = loanKeyOf(source, values.loanId)
    const before = state.loans.get(key)
    state.loans.set(key, { source, values, customerKey: byFingerprint.get(fingerprint)!, latestRowId: rowId, createdAt: before?.createdAt ?? createdAt, updatedAt: createdAt })
  }
  const notes = new Map(rows.map(({ rowId, note }) => [rowId, note]))
  for (const { rowId, status, code, message, fingerprint, loanId } of plan.rows) {
    const customerKey = fingerprint === null ? null : byFingerprint.get(fingerprint) ?? null
    const note = notes.get(rowId)
    state.rows.push({ rowId, status, code: code ?? note?.code ?? null, message: message ?? note?.message ?? null, customerKey, source, loanId: loanId !== null && state.loans.has(loanKeyOf(source, loanId)) ? loanId : null })
    if (customerKey !== null)
      customers.get(customerKey)!.rowIds.push(rowId)
  }
}
