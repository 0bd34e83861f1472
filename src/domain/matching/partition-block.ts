import { groupBy } from '../group-by.ts'
import { type BlockMember, identityOf, identityOfNode, identityOnLoan, type Node, nodesOf, plainFingerprintOf } from './block-nodes.ts'
import type { PairKind, Rule } from './compare-borrowers.ts'
import { type PairDecision, type Tie, tieAll, tieEarlier } from './earlier-ties.ts'
import { customersOf, type Mark, marksOf } from './group-fingerprints.ts'
import { joinSame } from './join-same.ts'
import { type Edge, edgeKey, type Judged, judgeEdges, stronger } from './judge-edges.ts'
import { linkedPairs } from './linked-pairs.ts'
import { splitShortNames } from './split-short-names.ts'
import type { Sets } from './union-find.ts'

/** Members that are one customer, with the mark under which it is to be stored: a known one's own, else one that no other group of the block has. */
export interface Group extends Mark {
  /** Known customers, ascending; more than one where a person merged them. Of one whom a person divided, the first part goes on. */
  customers: number[]
  /** Ids, sorted. */
  members: string[]
  /** What made them one, enough to lead from any to any. */
  joins: Join[]
  /** The identity of each member, by its id: what decisions name, and what a later row of the same content has. */
  identities: Map<string, string>
}

/** Why two members are one customer. `person`: decided by one; `known`: the customer was one before; `identity`: phone, name, relative and fate are equal. */
export interface Join { a: string, b: string, rule: Rule | Tie['rule'], score: number | null }

/** A question about two groups, by a member and the identity of each: a decision names the identities. `sharedLoans` are the loans on which both stand. */
export interface PairReview { a: string, b: string, identities: [string, string], kind: PairKind, rule: Rule, score: number | null, sharedLoans: string[] }

export interface Partition {
  groups: Group[]
  reviews: PairReview[]
  /** Two groups each, by a member, that a person set apart when asked about a loan. */
  settled: { a: string, b: string }[]
}

/**
 * Decides together for all members that share a phone or a loan, staged rows and known customers alike (domain 7.2). Members that share neither may be
 * among them and change nothing. The answer does not depend on the order of members or decisions.
 * Where joining is not transitive nobody of the chain is joined, and a person is asked. Nobody is joined with one from whom a person set him apart.
 */
export function partitionBlock(members: readonly BlockMember[], decisions: readonly PairDecision[] = []): Partition {
  if (members.length === 1)
    return { groups: [groupOfOne(members[0]!)], reviews: [], settled: [] }
  const nodes = splitShortNames(nodesOf(members), decisions)
  if (decisions.length === 0 && isOneBorrower(nodes))
    return { groups: groupsOf(nodes, [nodes], new Map([[nodes[0]!, tieAll(nodes).map(withoutScore)]])), reviews: [], settled: [] }

  const earlier = tieEarlier(nodes, decisions)
  const edges = judgeEdges(nodes, linkedPairs(nodes), earlier)
  const { sets, used } = joinSame(nodes, earlier, edges)
  const joins = [...earlier.ties.map(withoutScore), ...used.map(({ a, b, comparison: { rule, score } }) => ({ a, b, rule, score }))]
  const nodesBySet = groupBy(nodes.keys(), place => sets.find(place))
  const groups = groupsOf(nodes, [...nodesBySet.values()].map(places => places.map(place => nodes[place]!)), groupBy(joins, ({ a }) => nodes[sets.find(a)]!))
  const settled = [...edges.values()].filter(({ a, b, isSettled }) => isSettled && sets.find(a) !== sets.find(b)).map(({ a, b }) => ({ a: firstId(nodes[a]!), b: firstId(nodes[b]!) }))
  return { groups, reviews: reviewsOf(nodes, edges, sets), settled }
}

// Most borrowers have a phone to themselves: for them nothing of the rest is needed.
function groupOfOne(member: BlockMember): Group {
  const { id, customer, fingerprint, phones } = member
  return {
    fingerprint: (customer == null ? undefined : fingerprint) ?? plainFingerprintOf(member), phone: phones[0] ?? null,
    customers: customer == null ? [] : [customer], members: [id], joins: [], identities: new Map([[id, identityOf(member)]]),
  }
}

const withoutScore = (tie: Tie) => ({ ...tie, score: null })

/** Whether all say the same, and nothing must be compared. */
function isOneBorrower(nodes: Node[]): boolean {
  return nodes.length > 0 && nodes.every(({ content }) => content === nodes[0]!.content) && new Set(nodes.flatMap(({ customer }) => customer ?? [])).size <= 1
}

type PlacedJoin = Omit<Join, 'a' | 'b'> & { a: number, b: number }

function groupsOf(nodes: readonly Node[], sets: Node[][], joins: ReadonlyMap<Node, PlacedJoin[]>): Group[] {
  const customers = customersOf(sets)
  const marks = marksOf(sets, customers)
  return sets.map((set, at) => ({
    ...marks[at]!,
    customers: customers[at]!,
    members: set.flatMap(({ members }) => members.map(({ id }) => id)).sort(),
    joins: (joins.get(set[0]!) ?? []).map(join => ({ ...join, a: firstId(nodes[join.a]!), b: firstId(nodes[join.b]!) })),
    identities: new Map(set.flatMap(node => node.members.map(({ id }) => [id, identityOfNode(node)] as const))),
  }))
}

/** One question for any two groups, the most serious, unless a person has answered it. Who was set apart on a phone may still be asked about on a loan. */
function reviewsOf(nodes: readonly Node[], edges: ReadonlyMap<string, Edge>, sets: Sets): PairReview[] {
  const known = new Set([...nodes.keys()].filter(place => nodes[place]!.customer !== null).map(place => sets.find(place)))
  const areKnown = ({ a, b }: Edge) => known.has(sets.find(a)) && known.has(sets.find(b))
  const between = groupBy([...edges.values()].filter(({ a, b }) => sets.find(a) !== sets.find(b)), ({ a, b }) => edgeKey(sets.find(a), sets.find(b)))
  return [...between.values()]
    .filter(all => !all.some(({ isSettled }) => isSettled))
    .flatMap((all) => {
      const isApart = all.some(edge => edge.isApart)
      const asked = all.map(edge => questionOf(edge, isApart || areKnown(edge)))
      return asked.filter(judged => !isApart || judged?.comparison.rule.startsWith('loan')).reduce(stronger, null) ?? []
    })
    .sort((x, y) => x.a - y.a || x.b - y.b)
    .map(judged => toReview(nodes, judged))
}

// What would be joined, had the chain been sound, must be asked.
function questionOf({ blocking, same, possible }: Edge, areKnown: boolean): Judged | null {
  if (blocking || !same)
    return blocking ?? possible
  const { rule, score } = same.comparison
  return { ...same, comparison: { verdict: 'review', kind: areKnown && rule.startsWith('loan') ? 'LOAN_CUSTOMER_CONFLICT' : 'AMBIGUOUS', rule, score } }
}

function toReview(nodes: readonly Node[], { a, b, comparison }: Judged): PairReview {
  if (comparison.verdict !== 'review')
    throw new TypeError(`no question about ${comparison.rule}`)
  const [one, other] = [nodes[a]!, nodes[b]!]
  const { kind, rule, score } = comparison
  return { a: firstId(one), b: firstId(other), identities: distinctIdentities(one, other), kind, rule, score, sharedLoans: [...one.loans].filter(loan => other.loans.has(loan)).sort() }
}

// Two customers may have been written alike: then a loan of each tells them apart.
function distinctIdentities(one: Node, other: Node): [string, string] {
  const identities: [string, string] = [identityOfNode(one), identityOfNode(other)]
  const onLoan = ({ members, loans }: Node) => identityOnLoan(members[0]!, [...loans].sort()[0]!)
  return identities[0] === identities[1] ? [onLoan(one), onLoan(other)] : identities
}

function firstId({ members }: Node): string {
  return members.reduce((first, { id }) => id < first ? id : first, members[0]!.id)
}
