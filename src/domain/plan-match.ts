import type { BorrowerValues, Known, OtherPhone, Spelling, StagedRow } from './known.ts'
import { lenderLoan } from './known.ts'
import type { PairKind } from './matching/compare-borrowers.ts'
import { blocksOf } from './matching/row-blocks.ts'
import { decisionsByKey } from './matching/decide-block.ts'
import { planBlock } from './plan-block.ts'
import { type Customer, knownCustomer } from './plan-borrower.ts'
import { countLoans, isSame, type Loan, loanValues, type PlannedLoan, plannedLoan } from './plan-loan.ts'
import type { RowStatus } from './upload.ts'
import { zerolessId } from './zero-spellings.ts'

export interface MatchPlan {
  newCustomers: BorrowerValues[]
  /** Known customers that a row speaks of, with the values they end with. */
  seenCustomers: (BorrowerValues & { id: number })[]
  /** Those of them who end as they were, by id: only that they were seen is new. */
  unchangedCustomers: number[]
  /** Customers whose phone moved, by the fingerprint they end with. */
  movedCustomers: string[]
  /** Customers whose further spellings or phones changed, by the fingerprint they end with, with all that they have now. */
  otherwiseKnown: { owner: string, spellings: Spelling[], otherPhones: OtherPhone[] }[]
  /** Known customers whom a person made one, by the fingerprint of the one that goes on: what is theirs must be made anew from the rows. */
  merged: { owner: string, customerId: number }[]
  /** Loans to write, one per key, each with the fingerprint its customer ends with and its newest row, which may be one in review. */
  loans: PlannedLoan[]
  /** In file order. */
  rows: PlannedRow[]
  /** Questions about two borrowers, each once. */
  reviews: PlannedReview[]
  /** Known customers, by the block in which they were compared: of two in one block all questions that still stand are among these. */
  compared: { customerId: number, block: number }[]
  /** Numbers that somebody had and whose facts change: where the borrowers were and where they are now. */
  touchedPhones: string[]
  /** Known customers whose facts change and who have no number, by the fingerprint they end with. */
  touchedWithoutPhone: string[]
  counts: MatchCounts
}

/** A row with its customer and its loan, by their own ids too where they were known; `rule` and `score` say why it is that customer's. */
export interface PlannedRow { rowId: number, status: RowStatus, code: string | null, message: string | null, fingerprint: string | null, customerId: number | null, loanId: string | null, knownLoanId: number | null, rule: string | null, score: number | null }

/** One side of a question: an identity, its customer by the fingerprint it ends with, and one of its rows. A row of somebody else's loan has no customer of its own. */
export interface ReviewSide { identity: string, fingerprint: string | null, rowId: number | null }

/** `key` names the pair: the two identities in order. */
export interface PlannedReview { key: string, kind: PairKind, rule: string, score: number | null, a: ReviewSide, b: ReviewSide, loanId: string | null }

/** What the rows changed. Of the known loans: unchanged ones, those with another amount, those of them whose due amount fell, those whose borrower has a new phone, and those of them of which nothing else is new. */
export interface MatchCounts { customersCreated: number, customersUpdated: number, loansCreated: number, loansUpdated: number, loansUnchanged: number, amountsChanged: number, paidDown: number, phonesChanged: number, phonesOnly: number }

/** What is being planned. */
export interface Draft {
  known: Known
  /** Known customers by id; the ones who are new are in `seen`. */
  customers: Map<number, Customer>
  seen: Set<Customer>
  loans: Map<string, Loan>
  /** Loans whose id is a number, by it without its zeros. */
  byZeroless: Map<string, Loan>
  /** Rows with the customer they end with, whose fingerprint may still change. */
  rows: { planned: PlannedRow, customer: Customer | null }[]
  merged: { owner: Customer, customerId: number }[]
  reviews: (Omit<PlannedReview, 'a' | 'b'> & Record<'a' | 'b', Omit<ReviewSide, 'fingerprint'> & { customer: Customer | null }>)[]
  compared: MatchPlan['compared']
}

/**
 * Decides whose the rows are, block by block: the loan by its id, the borrower by phone and name, else new (domain 7.2). The order of rows changes nothing
 * about that; among rows of one borrower or loan the later one's values win. Two people are never made one: what is doubtful, a person decides.
 */
export function planMatch(staged: StagedRow[], known: Known): MatchPlan {
  const draft = startDraft(known)
  const decisions = decisionsByKey(known.decisions)
  for (const block of blocksOf(staged, known))
    planBlock(draft, block, decisions)
  return finishPlan(draft)
}

function startDraft(known: Known): Draft {
  const customers = new Map(known.customers.map(customer => [customer.id, knownCustomer(customer)]))
  const draft: Draft = { known, customers, seen: new Set(), loans: new Map(), byZeroless: new Map(), rows: [], merged: [], reviews: [], compared: [] }
  for (const loan of known.loans) {
    const customer = customers.get(loan.customerId)
    if (customer)
      keepLoan(draft, { known: loan, values: loanValues(loan), customer, rowId: 0, isUpdated: false })
  }
  return draft
}

// An older book may have both spellings: then each is known as it stands, and which of them a third one means is the first's by order.
export function keepLoan({ loans, byZeroless }: Pick<Draft, 'loans' | 'byZeroless'>, loan: Loan) {
  const { loanId } = loan.values
  loans.set(loanId, loan)
  const digits = zerolessId(loanId)
  const other = digits === undefined ? undefined : byZeroless.get(digits)
  if (digits !== undefined && !(other && other.values.loanId < loanId))
    byZeroless.set(digits, loan)
}

function finishPlan(draft: Draft): MatchPlan {
  const seen = [...draft.seen]
  const loans = [...draft.loans.values()].filter(loan => loan.rowId > 0)
  const isChanged = (customer: Customer) => customer.before !== null && !isSame(customer.values, customer.before)
  return {
    newCustomers: seen.filter(customer => customer.id === null).map(customer => customer.values),
    seenCustomers: seen.flatMap(({ id, values }) => id === null ? [] : [{ id, ...values }]),
    unchangedCustomers: seen.flatMap(customer => customer.id === null || customer.hasMoved || isChanged(customer) ? [] : customer.id),
    movedCustomers: seen.filter(customer => customer.hasMoved).map(({ values }) => values.fingerprint),
    otherwiseKnown: seen.filter(customer => customer.isOtherwiseKnown).map(({ values, spellings, otherPhones }) => ({ owner: values.fingerprint, spellings, otherPhones })),
    merged: draft.merged.map(({ owner, customerId }) => ({ owner: owner.values.fingerprint, customerId })),
    loans: loans.map(plannedLoan),
    rows: draft.rows.map(({ planned, customer }) => {
      planned.fingerprint = customer?.values.fingerprint ?? null
      planned.customerId = customer?.id ?? null
      return planned
    }).sort((a, b) => a.rowId - b.rowId),
    reviews: draft.reviews.map(({ a, b, ...review }) => ({ ...review, a: sideOf(a), b: sideOf(b) })),
    compared: draft.compared,
    ...touchedFacts(draft, loans),
    counts: {
      customersCreated: seen.filter(customer => customer.id === null).length,
      customersUpdated: seen.filter(isChanged).length,
      ...countLoans(loans),
    },
  }
}

/** Only of borrowers who were there before: nobody can have judged the facts of one who is new, nor those of a number that nobody had. */
function touchedFacts(draft: Draft, loans: Loan[]): Pick<MatchPlan, 'touchedPhones' | 'touchedWithoutPhone'> {
  const held = new Set(draft.known.customers.map(({ phone }) => phone))
  const [phones, withoutPhone] = [new Set<string>(), new Set<string>()]
  // Whoever was compared may be asked about now, or no more.
  const compared = draft.compared.map(({ customerId }) => draft.customers.get(customerId)!)
  for (const { before, values } of [...loans.flatMap(({ customer, former }) => former ? [customer, former] : customer), ...compared]) {
    if (before === null && !held.has(values.phone))
      continue
    for (const phone of [before?.phone, values.phone]) {
      if (phone != null)
        phones.add(phone)
    }
    if (before !== null && values.phone === null)
      withoutPhone.add(values.fingerprint)
  }
  return { touchedPhones: [...phones], touchedWithoutPhone: [...withoutPhone] }
}

function sideOf({ identity, rowId, customer }: Draft['reviews'][number]['a']): ReviewSide {
  return { identity, fingerprint: customer?.values.fingerprint ?? null, rowId }
}

/** The key of a loan of the draft's lender over all lenders. */
export const keyOfLoan = ({ known }: Pick<Draft, 'known'>, loanId: string) => lenderLoan(known.source, loanId)
