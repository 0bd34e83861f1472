import type { Store } from '../db/store.ts'
import { isPairKind } from '../domain/review-kinds.ts'

/** Whose a loan is, and whether nobody is called about it because its newest file leaves it open whose. */
export interface LoanStanding { loanId: string, fullName: string, isOpen: boolean }

type StandingStore = Pick<Store, 'findRow' | 'findCustomersByLoanId' | 'readFacts'>
type Asked = NonNullable<Awaited<ReturnType<Store['findReview']>>>

/** How the loan stands about which a person was asked; null where the question was about none. */
export async function findLoanStanding(store: StandingStore, { loanId, rowA, rowB }: Pick<Asked, 'loanId' | 'rowA' | 'rowB'>, now: Date): Promise<LoanStanding | null> {
  const row = await store.findRow(rowB ?? rowA ?? 0)
  const owner = loanId === null ? undefined : (await store.findCustomersByLoanId(loanId)).find(({ source }) => source === row?.source)
  if (loanId === null || !owner)
    return null
  const [facts] = await store.readFacts([owner.id], now)
  const newest = await store.findRow(facts?.loans.find(loan => loan.loanId === loanId)?.latestRowId ?? 0)
  return { loanId, fullName: owner.fullName, isOpen: newest?.status === 'review' && isPairKind(newest.code ?? '') }
}
