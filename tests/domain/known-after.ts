import { type Known, type KnownCustomer, type KnownLoan, lenderLoan } from '../../src/domain/known.ts'
import type { MatchPlan } from '../../src/domain/plan-match.ts'

export const NOBODY: Known = { source: '', customers: [], loans: [], contradicted: new Set(), decisions: [] }

/** What is known once a plan has been written, the way the store writes it. */
export function knownAfter(known: Known, { newCustomers, seenCustomers, otherwiseKnown, loans }: MatchPlan): Known {
  const customers = new Map<number, KnownCustomer>(known.customers.map(customer => [customer.id, customer]))
  const otherwise = new Map(otherwiseKnown.map(({ owner, ...found }) => [owner, found]))
  seenCustomers.forEach(customer => customers.set(customer.id, { ...customers.get(customer.id)!, ...customer, ...otherwise.get(customer.fingerprint) }))
  newCustomers.forEach(values => customers.set(customers.size + 1, { id: customers.size + 1, ...values, spellings: [], otherPhones: [], loanKeys: [], ...otherwise.get(values.fingerprint) }))
  const owner = new Map([...customers.values()].map(({ fingerprint, id }) => [fingerprint, id]))
  const kept = new Map<string, KnownLoan>(known.loans.map(loan => [loan.loanId, loan]))
  for (const { fingerprint, rowId: _, ...values } of loans) {
    const before = kept.get(values.loanId)
    kept.set(values.loanId, { ...values, id: before?.id ?? kept.size + 1, customerId: before?.customerId ?? owner.get(fingerprint)! })
  }
  const keysOf = new Map<number, string[]>()
  for (const { customerId, loanId } of kept.values())
    keysOf.set(customerId, [...keysOf.get(customerId) ?? [], lenderLoan('', loanId)])
  return { ...NOBODY, customers: [...customers.values()].map(customer => ({ ...customer, loanKeys: keysOf.get(customer.id) ?? [] })), loans: [...kept.values()] }
}
