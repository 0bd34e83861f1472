import { groupByEach } from './group-by.ts'
import type { DecidedBlock } from './matching/decide-block.ts'
import { edgeKey } from './matching/judge-edges.ts'
import type { Draft } from './plan-match.ts'

/**
 * Known loans that fall to another borrower, with the place of that one's group. Asked about a loan, a person said that its owner and another are two: from then on it
 * is the one's whom a file names alone. A file that names both, or tells two stories of the loan, changes nothing.
 */
export function takenLoans({ loans, known: { contradicted } }: Pick<Draft, 'loans' | 'known'>, { groups, settled }: Pick<DecidedBlock, 'groups' | 'settled'>): Map<string, number> {
  if (settled.size === 0)
    return new Map()
  const placesOf = groupByEach(groups.keys(), place => new Set(groups[place]!.rows.map(({ row }) => row.loanId)))
  const taken = new Map<string, number>()
  for (const [loanId, [place, ...others]] of placesOf) {
    const owner = loans.get(loanId)?.customer
    if (!owner || others.length > 0 || contradicted.has(loanId))
      continue
    const ownerPlace = groups.findIndex(({ customers }) => customers.some(({ id }) => id === owner.id))
    if (ownerPlace !== place && settled.has(edgeKey(ownerPlace, place!)))
      taken.set(loanId, place!)
  }
  return taken
}
