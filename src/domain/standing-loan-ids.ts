import { type Known, loanIdOf, type StagedRow } from './known.ts'
import type { Draft } from './plan-match.ts'
import type { Customer } from './plan-borrower.ts'
import { zerolessId } from './zero-spellings.ts'

/** What stands for a loan id that is perhaps another spelling of it, and how a person is told. */
export interface OtherSpelling { loanId: string, code: 'LOAN_ID_ZEROS' | 'LOAN_ID_SEPARATORS', message: string }

interface GroupLoans { loanIds: string[], knownLoanIds: string[], customer: Customer | null }

/**
 * Loan ids of a block that may be another loan's with other zeros before it, or of the same borrower with other separators, by id. A known loan stands;
 * of new ones the id in which more is written.
 */
export function standingLoanIds({ loans, byZeroless }: Pick<Draft, 'loans' | 'byZeroless'>, groups: GroupLoans[]): Map<string, OtherSpelling> {
  const others = new Map<string, OtherSpelling>()
  const fresh = [...new Set(groups.flatMap(({ loanIds }) => loanIds))].filter(id => !loans.has(id))
  for (const id of fresh) {
    const digits = zerolessId(id)
    const twin = digits === undefined ? undefined : byZeroless.get(digits)?.values.loanId ?? fullest(fresh.filter(other => zerolessId(other) === digits))
    if (twin !== undefined && twin !== id)
      others.set(id, { loanId: twin, code: 'LOAN_ID_ZEROS', message: `loan ${id} may be ${twin} with other zeros before it` })
  }
  for (const { loanIds, knownLoanIds } of groups) {
    const ids = new Set([...knownLoanIds, ...loanIds])
    if (ids.size < 2)
      continue
    for (const id of new Set(loanIds)) {
      if (loans.has(id) || others.has(id) || knownLoanIds.includes(id))
        continue
      const alike = [...ids].filter(other => bare(other) === bare(id) && !others.has(other))
      const twin = fullest(alike.filter(other => loans.has(other) || knownLoanIds.includes(other))) ?? fullest(alike)
      if (twin !== undefined && twin !== id)
        others.set(id, { loanId: twin, code: 'LOAN_ID_SEPARATORS', message: `loan ${id} may be ${twin} with other signs in it` })
    }
  }
  return others
}

/** Whether two ids are other spellings of one number: with other signs in them, or other zeros before them. */
export function isSpelledLike(one: string | undefined, other: string): boolean {
  return one !== undefined && one !== other && (bare(one) === bare(other) || (zerolessId(one) ?? one) === zerolessId(other))
}

const PLAIN = /^[A-Za-z0-9]*$/
const bare = (loanId: string) => PLAIN.test(loanId) ? loanId : loanId.replace(/[^\p{L}\p{M}\p{N}]/gu, '')

function fullest(ids: string[]): string | undefined {
  return ids.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))[0]
}

/** Ids of known loans that a row may mean, written with other signs: the loans of whoever has its phone. */
export function otherSpellings(staged: readonly StagedRow[], { source, customers, loans }: Pick<Known, 'source' | 'customers' | 'loans'>): string[] {
  const read = new Set(loans.map(({ loanId }) => loanId))
  const asked = new Set(staged.filter(({ row: { loanId } }) => !read.has(loanId)).map(({ row: { loanId } }) => bare(loanId)))
  return customers.flatMap(({ loanKeys }) => loanKeys).flatMap(key => loanIdOf(source, key) ?? []).filter(loanId => !read.has(loanId) && asked.has(bare(loanId)))
}
