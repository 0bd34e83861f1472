import { type Known, type KnownCustomer, lenderLoan, type StagedRow } from '../known.ts'
import { identityOf, identityOnLoan, plainFingerprintOf } from './block-nodes.ts'

/** Fingerprints under which one without a phone is known by the loan that the row names; none where the loan is that one's still, or nobody's. */
export function formerFingerprints({ row: { phone, fullName, coBorrower, loanId, fingerprint } }: StagedRow, source: string, owner: KnownCustomer | undefined): string[] {
  if (phone !== null || !owner || owner.fingerprint === fingerprint)
    return []
  const loan = lenderLoan(source, loanId)
  const member = { name: fullName, coBorrower, phones: [], loans: [loan] }
  return [plainFingerprintOf(member), identityOf(member), identityOnLoan(member, loan)]
}

/** Those fingerprints for rows of loans that are another's now: neither phone nor loan leads to whoever had them before. */
export function formerFingerprintsOf(staged: readonly StagedRow[], { source, customers, loans }: Pick<Known, 'source' | 'customers' | 'loans'>): string[] {
  const rows = staged.filter(({ row }) => row.phone === null)
  if (rows.length === 0)
    return []
  const byId = new Map(customers.map(customer => [customer.id, customer]))
  const owners = new Map(loans.map(loan => [loan.loanId, byId.get(loan.customerId)]))
  const known = new Set(customers.map(({ fingerprint }) => fingerprint))
  return rows.flatMap(one => formerFingerprints(one, source, owners.get(one.row.loanId))).filter(fingerprint => !known.has(fingerprint))
}
