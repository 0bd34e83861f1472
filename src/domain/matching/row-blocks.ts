import { groupBy } from '../group-by.ts'
import type { Known, KnownCustomer, StagedRow } from '../known.ts'
import { zerolessId } from '../zero-spellings.ts'
import { disjointSets } from './union-find.ts'

/** Rows of one file that must be decided together, in file order, and the customers who share a phone or a loan with one of them. */
export interface RowBlock { rows: StagedRow[], customers: KnownCustomer[] }

/** Rows that share a phone or a loan, or whose loans or phones are one known customer's, however many steps lie between. Loan ids that differ in leading zeros count as one. */
export function blocksOf(staged: readonly StagedRow[], { customers, loans }: Pick<Known, 'customers' | 'loans'>): RowBlock[] {
  const byId = new Map(customers.map(customer => [customer.id, customer]))
  const owners = new Map(loans.map(loan => [loan.loanId, byId.get(loan.customerId)]))
  const byPhone = customersByPhone(customers)
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
  return [...groupBy(staged.keys(), at => sets.find(at)).values()].map(places => toBlock(places.map(at => staged[at]!), byPhone, owners))
}

function toBlock(rows: StagedRow[], byPhone: ReadonlyMap<string, KnownCustomer[]>, owners: ReadonlyMap<string, KnownCustomer | undefined>): RowBlock {
  if (byPhone.size === 0 && owners.size === 0)
    return { rows, customers: [] }
  const neighbours = new Set<KnownCustomer>()
  for (const { row: { phone, loanId } } of rows) {
    const owner = owners.get(loanId)
    if (owner)
      neighbours.add(owner)
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
