import { groupBy, groupByEach } from '../group-by.ts'
import { identityOnLoan, type Node, splitByLoan } from './block-nodes.ts'
import { compareBorrowers, type Comparison } from './compare-borrowers.ts'
import type { PairDecision } from './earlier-ties.ts'
import { MOST_COMPARED } from './linked-pairs.ts'
import { isInitials } from './read-name.ts'
import { scoreNames } from './score-names.ts'

const ON_PHONE = { phone: true, loan: false }
const ONE_NAME = 0.95

/**
 * Divides by loan what two people may have written of themselves. Where Rajesh and Ramesh Kumar share a phone, two rows of an `R Kumar` on it need not be one man's,
 * although phone and name key are equal. Once a person has told two such loans apart, they stay divided.
 */
export function splitShortNames(nodes: Node[], decisions: readonly PairDecision[]): Node[] {
  const short = nodes.filter(isShort)
  const onSeveralLoans = [...groupBy(short, ({ content }) => content).values()].filter(isOnSeveralLoans).flat()
  if (onSeveralLoans.length === 0)
    return nodes
  const decided = new Set(decisions.flatMap(({ a, b }) => [a, b]))
  const fullerByPhone = groupByEach(nodes.filter(isFuller), ({ phones }) => phones)
  const split = new Set(onSeveralLoans.filter(node => isDecided(node, decided) || [...node.phones].some(phone => fitsSeveral(node, fullerByPhone.get(phone) ?? []))))
  return split.size === 0 ? nodes : nodes.flatMap(node => split.has(node) ? splitByLoan(node) : [node]).sort((a, b) => a.text < b.text ? -1 : 1)
}

// A row and the customer of whom it tells are two nodes, and one borrower with one loan.
const isOnSeveralLoans = (all: readonly Node[]) => new Set(all.flatMap(({ loans }) => [...loans])).size > 1
// Who stands beside the short name on a loan is not the one it is short for.
const isFit = ({ verdict, kind }: Comparison) => verdict === 'review' && kind !== 'CO_BORROWER'
const isShort = ({ name }: Node) => name.hasInitials || name.words.length === 1
const isFuller = ({ name }: Node) => name.words.length > 1 && !name.words.some(isInitials)

function isDecided({ members }: Node, decided: ReadonlySet<string>): boolean {
  return decided.size > 0 && members.some(member => member.loans.some(loan => decided.has(identityOnLoan(member, loan))))
}

/** Whether the short name fits two fuller ones that are not one name themselves. Among very many it will. */
function fitsSeveral(node: Node, fuller: Node[]): boolean {
  if (fuller.length > MOST_COMPARED)
    return true
  const fitting = fuller.filter(other => other !== node && isFit(compareBorrowers(node.name, other.name, ON_PHONE)))
  return fitting.some((one, at) => fitting.slice(at + 1).some(other => one.name.key !== other.name.key && scoreNames(one.name, other.name).weakest < ONE_NAME))
}
