import { customerFingerprint } from './fingerprint.ts'
import type { BorrowerValues, KnownCustomer, OtherPhone, Spelling } from './known.ts'
import type { LoanRow } from './loan-row.ts'
import { identityOf, identityOnLoan } from './matching/block-nodes.ts'
import { isDeceased } from './name.ts'

/** A customer while rows are being decided: as it was, and as the rows make it. */
export interface Customer {
  id: number | null
  values: BorrowerValues
  before: BorrowerValues | null
  spellings: Spelling[]
  otherPhones: OtherPhone[]
  hasMoved: boolean
  /** Whether spellings or other phones are others than before. */
  isOtherwiseKnown: boolean
}

export function knownCustomer({ id, spellings, otherPhones, ...borrower }: KnownCustomer): Customer {
  const values = borrowerValues(borrower)
  return { id, values, before: values, spellings, otherPhones, hasMoved: false, isOtherwiseKnown: false }
}

export function newCustomer(row: LoanRow, fingerprint: string, phone: string | null): Customer {
  return { id: null, values: { ...borrowerValues(row), fingerprint, phone, phoneKind: row.phone === phone ? row.phoneKind : 'mobile' }, before: null, spellings: [], otherPhones: [], hasMoved: false, isOtherwiseKnown: false }
}

export function borrowerValues({ fingerprint, fullName, phone, phoneKind, state, language, email }: BorrowerValues): BorrowerValues {
  return { fingerprint, fullName, phone, phoneKind, state, language, email }
}

/** What a file says of a customer, in its order: what it leaves out is kept, and the word that a number is a landline is never lost. */
export function speakOf(customer: Customer, rows: readonly LoanRow[]) {
  const { values } = customer
  const shown = shownName(values.fullName, customer.before !== null, rows)
  let { phoneKind, state, language, email } = values
  for (const row of rows) {
    if (row.phone === values.phone && row.phoneKind === 'landline')
      phoneKind = 'landline'
    state = row.state ?? state
    language = row.language ?? language
    email = row.email ?? email
  }
  customer.values = { fingerprint: values.fingerprint, fullName: shown, phone: values.phone, phoneKind, state, language, email }
}

/** The newest file's spelling, but a mark of death is never lost; of several in one file the one that says most, whatever their order. */
function shownName(before: string, isKnown: boolean, rows: readonly LoanRow[]): string {
  const [first] = rows
  if (first === undefined || rows.every(({ fullName }) => fullName === before))
    return before
  const names = rows.every(({ fullName }) => fullName === first.fullName) ? [first.fullName] : [...new Set(rows.map(({ fullName }) => fullName))].sort(byContent)
  return isKnown && isDeceased(before) && !isDeceased(names[0]!) ? before : names[0]!
}

function byContent(a: string, b: string): number {
  return Number(isDeceased(b)) - Number(isDeceased(a)) || b.length - a.length || (a < b ? -1 : 1)
}

/**
 * The phone moves where the lender's rows of a known loan no longer name the one that is called. Of several new ones the first by its digits is called and the others are kept.
 * Returns whether it moved.
 */
export function settlePhone(customer: Customer, ownRows: readonly LoanRow[], takenBeside: () => ReadonlySet<string>, ownLoan: string): boolean {
  const named = [...new Set(ownRows.flatMap(({ phone }) => phone ?? []))].sort()
  const { phone: old, fullName } = customer.values
  const [next] = named
  if (next === undefined || (old !== null && named.includes(old)))
    return false
  const taken = takenBeside()
  const content = { name: fullName, phones: [next], loans: [ownLoan] }
  const fingerprint = [customerFingerprint(next, fullName, ownLoan), identityOf(content), identityOnLoan(content, ownLoan)].find(candidate => !taken.has(candidate))!
  const landline = ownRows.find(({ phone, phoneKind }) => phone === next && phoneKind === 'landline')
  customer.values = { ...customer.values, phone: next, phoneKind: landline ? 'landline' : 'mobile', fingerprint }
  customer.hasMoved = true
  return true
}

/** Keeps numbers that are not called: those that rows give beside the first, and the one that was replaced. */
export function keepPhones(customer: Customer, rows: readonly LoanRow[], others: readonly string[]) {
  const { phone } = customer.values
  const kinds = new Map(customer.otherPhones.map(({ number, kind }) => [number, kind]))
  for (const number of [...rows.flatMap(row => [row.phone, row.alternatePhone]), ...others]) {
    if (number !== null && !kinds.has(number))
      kinds.set(number, 'alternate')
  }
  const old = customer.before?.phone
  if (customer.hasMoved && old != null)
    kinds.set(old, 'superseded')
  if (phone !== null)
    kinds.delete(phone)
  const next = [...kinds].map(([number, kind]): OtherPhone => ({ number, kind })).sort((a, b) => a.number < b.number ? -1 : 1)
  if (textOf(next) !== textOf(customer.otherPhones)) {
    customer.otherPhones = next
    customer.isOtherwiseKnown = true
  }
}

/** Keeps under which identities the customer is known beside the one of the name and phone that are shown. */
export function keepSpellings(customer: Customer, found: readonly Spelling[], ownLoan: string) {
  const { fullName, phone } = customer.values
  const own = identityOf({ name: fullName, phones: phone === null ? [] : [phone], loans: [ownLoan] })
  const byIdentity = new Map<string, Spelling>()
  for (const spelling of [...customer.spellings, ...found].sort(bySpelling)) {
    if ((spelling.identity !== own || spelling.coBorrower !== null) && !byIdentity.has(spelling.identity))
      byIdentity.set(spelling.identity, spelling)
  }
  const next = [...byIdentity.values()].sort((a, b) => a.identity < b.identity ? -1 : 1)
  if (textOf(next) !== textOf(customer.spellings)) {
    customer.spellings = next
    customer.isOtherwiseKnown = true
  }
}

// Of two texts with one identity the one with more in it is kept.
function bySpelling(a: Spelling, b: Spelling): number {
  const text = ({ fullName, coBorrower }: Spelling) => `${coBorrower ?? ''}|${fullName ?? ''}`
  return Number(b.fullName !== null) - Number(a.fullName !== null) || Number(b.coBorrower !== null) - Number(a.coBorrower !== null) || (text(a) < text(b) ? -1 : 1)
}

const textOf = (values: readonly object[]) => JSON.stringify(values.map(value => Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)))
