import type { Note } from './cell.ts'
import type { LoanRow } from './loan-row.ts'
import type { PairDecision } from './matching/earlier-ties.ts'

export type BorrowerValues = Pick<LoanRow, 'fingerprint' | 'fullName' | 'phone' | 'phoneKind' | 'state' | 'language' | 'email'>
/** A loan as stored; the second phone and the second borrower stay with the row. */
export type LoanValues = Omit<LoanRow, keyof BorrowerValues | 'alternatePhone' | 'coBorrower'>

/** A usable row; with a review, a person must decide about one of its cells before its loan is called. */
export interface StagedRow { rowId: number, row: LoanRow, review?: Note | null, /** A person has said that the loan id stands as it is written. */ isOwnLoan?: boolean }

/** How a customer was written in an earlier row, beside the name and phone that are shown; older databases kept the identity alone. */
export interface Spelling { identity: string, fullName: string | null, coBorrower: string | null, phone: string | null }

/** A number of the customer that is not the one to call: a second one that a row gave, or one that a later file replaced. */
export interface OtherPhone { number: string, kind: 'alternate' | 'superseded' }

/** A customer as stored, with the keys of all loans, whoever lent. */
export interface KnownCustomer extends BorrowerValues { id: number, spellings: Spelling[], otherPhones: OtherPhone[], loanKeys: string[] }
export interface KnownLoan extends LoanValues { id: number, customerId: number }

/** What a person decided of two identities, with the phone of each, or the loan where it has none: what to look decisions up by. */
export interface KeyedDecision extends PairDecision { keys: [string, string] }

/** What is already there that the rows may speak of. */
export interface Known {
  /** The lender: a loan id is unique within it. */
  source: string
  /** Owners of the rows' loans, and whoever has or had one of the rows' phones. */
  customers: KnownCustomer[]
  loans: KnownLoan[]
  /** Loans of which the same file tells two stories: nobody can say which row is true. */
  contradicted: Set<string>
  decisions: KeyedDecision[]
}

const OF_LENDER = '\u001f'

/** A loan's key over all lenders, as identities without a phone have it. */
export function lenderLoan(source: string, loanId: string): string {
  return source === '' ? loanId : `${source}${OF_LENDER}${loanId}`
}

/** By what a decision about a borrower is found. */
export function decisionKey(phone: string | null, loan: string): string {
  return phone ?? `loan:${loan}`
}

/** The lender and the loan of a key that names a loan; undefined for one that is a phone. */
export function loanOfKey(key: string): { source: string, loanId: string } | undefined {
  if (!key.startsWith('loan:'))
    return undefined
  const loan = key.slice('loan:'.length)
  const at = loan.indexOf(OF_LENDER)
  return { source: at === -1 ? '' : loan.slice(0, at), loanId: loan.slice(at + 1) }
}

/** The lender's own id of a loan, given its key; undefined where another lent. */
export function loanIdOf(source: string, key: string): string | undefined {
  const at = key.indexOf(OF_LENDER)
  return (at === -1 ? '' : key.slice(0, at)) === source ? key.slice(at + 1) : undefined
}
