import { groupBy } from '../group-by.ts'
import type { Known, KnownCustomer, StagedRow } from '../known.ts'
import { zerolessId } from '../zero-spellings.ts'
import { formerFingerprints } from './former-owners.ts'
import { disjointSets } from './union-find.ts'

/** Rows of one file that must be decided together, in file order, and the customers who share a phone or a loan with one of them. */
export interface RowBlock { rows: StagedRow[], customers: KnownCustomer[] }

/** Rows that share a phone or a loan, or whose loans or phones are one known customer's, however many steps lie between. Loan ids that differ in leading zeros count as one. */
export function blocksOf(staged: readonly StagedRow[], { source, customers, loans }: Pick<Known, 'source' | 'customers' | 'loans'>): RowBlock[] {
  const byId = new Map(customers.map(customer => [customer.id, customer]))
  const owners = new Map(loans.map(loan => [loan.loanId, byId.get(loan.customerId)]))
  const byPhone = customersByPhone(customers)
  const formers = formersOf(staged, { source, customers }, owners)
  const sets = disjointSets(staged.length)
  const [phones, loanIds, owned] = [new Map<string, number>(), new Map<string, number>(), new Map<KnownCustomer, number>()]
  const link = <Key>(firstOf: Map<Key, number>, key: Key, at: number) => {
    const first = firstOf.get(key)
    if (first === undefined)
      firstOf.set(key, at)
    else
      sets.join(first, at)
  }
  for (const [at, { row: { phone, loanId } }] of staged.entries()) {
    if (phone !== null)
      link(phones, phone, at)
    link(loanIds, zerolessId(loanId) ?? loanId, at)
    const owner = owners.get(loanId)
    if (owner)
      link(owned, owner, at)
    if (phone !== null)
      byPhone.get(phone)?.forEach(customer => link(owned, customer, at))
  }
  if (formers.size > 0)
    staged.forEach((row, at) => formers.has(row) && link(owned, formers.get(row)!, at))
  return [...groupBy(staged.keys(), at => sets.find(at)).values()].map(places => toBlock(places.map(at => staged[at]!), byPhone, owners, formers))
}

/** Rows without a phone that name a loan of another, with whoever without a phone is known by that loan. */
function formersOf(staged: readonly StagedRow[], { source, customers }: Pick<Known, 'source' | 'customers'>, owners: ReadonlyMap<string, KnownCustomer | undefined>): Map<StagedRow, KnownCustomer> {
  const phoneless = new Map(customers.flatMap(customer => customer.phone === null ? [[customer.fingerprint, customer] as const] : []))
  const rows = phoneless.size === 0 ? [] : staged
  return new Map(rows.flatMap((one) => {
    const found = formerFingerprints(one, source, owners.get(one.row.loanId)).find(fingerprint => phoneless.has(fingerprint))
    return found === undefined ? [] : [[one, phoneless.get(found)!] as const]
  }))
}

function toBlock(rows: StagedRow[], byPhone: ReadonlyMap<string, KnownCustomer[]>, owners: ReadonlyMap<string, KnownCustomer | undefined>, formers: ReadonlyMap<StagedRow, KnownCustomer>): RowBlock {
  if (byPhone.size === 0 && owners.size === 0)
    return { rows, customers: [] }
  const neighbours = new Set<KnownCustomer>()
  for (const staged of rows) {
    const { row: { phone, loanId } } = staged
    const [owner, former] = [owners.get(loanId), formers.get(staged)]
    if (owner)
      neighbours.add(owner)
    if (former)
      neighbours.add(former)
    if (phone !== null)
      byPhone.get(phone)?.forEach(customer => neighbours.add(customer))
  }
  return { rows, customers: neighbours.size > 1 ? [...neighbours].sort((a, b) => a.id - b.id) : [...neighbours] }
}

function customersByPhone(customers: readonly KnownCustomer[]): Map<string, KnownCustomer[]> {
  const byPhone = new Map<string, KnownCustomer[]>()
  const add = (phone: string, customer: KnownCustomer) => {
    const others = byPhone.get(phone)
    if (others)
      others.push(customer)
    else
      byPhone.set(phone, [customer])
  }
  for (const customer of customers) {
    if (customer.phone !== null)
      add(customer.phone, customer)
    for (const { phone } of customer.spellings) {
      if (phone !== null && phone !== customer.phone)
        add(phone, customer)
    }
  }
  return byPhone
}
