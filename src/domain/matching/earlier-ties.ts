import { groupBy, groupByEach } from '../group-by.ts'
import { identityOfNode, identityOnLoan, type Node } from './block-nodes.ts'
import { disjointSets, type Sets } from './union-find.ts'

/** What a person once said of two identities. */
export interface PairDecision {
  a: string
  b: string
  verdict: 'merge' | 'apart'
  /** Whether the question was whose a loan is. */
  isAboutLoan?: boolean
}

/** A reason for which two nodes are one customer before their names are compared. */
export interface Tie { a: number, b: number, rule: 'person' | 'known' | 'identity' }

/** What holds before names are compared: who is together already, why, and who must never be; of the latter those of whom a person said so when asked about a loan. */
export interface Earlier { sets: Sets, ties: Tie[], apart: [number, number][], apartOnLoans: [number, number][] }

/**
 * Applies what is settled: what a person decided, then which members are of one known customer, then which have the same identity.
 * "Apart" beats all of them; ties that together contradict it are left out, and so is an identity that two known customers claim.
 */
export function tieEarlier(nodes: readonly Node[], decisions: readonly PairDecision[]): Earlier {
  const sets = disjointSets(nodes.length)
  const ties: Tie[] = []
  const places = placesByIdentity(nodes, decisions)
  const named = decisions.length > 0 ? groupByEach(nodes.keys(), place => decidedAs(nodes[place]!)) : places
  const placesOf = (some: readonly PairDecision[]) => some.flatMap(({ a, b }) => cross(named.get(a), named.get(b))).sort(([a, b], [c, d]) => a - c || b - d)
  const decidedApart = decisions.filter(({ verdict }) => verdict === 'apart')
  const apart = placesOf(decidedApart)
  const apply = (found: Tie[]) => {
    for (const tie of uncontradicted(nodes.length, sets, found, apart)) {
      if (sets.join(tie.a, tie.b))
        ties.push(tie)
    }
  }
  apply(placesOf(decisions.filter(({ verdict }) => verdict === 'merge')).map(([a, b]) => ({ a, b, rule: 'person' })))
  const known = [...nodes.keys()].filter(place => nodes[place]!.customer !== null)
  apply([...groupBy(known, place => nodes[place]!.customer).values()].flatMap(all => star(all, 'known')))
  const knownRoots = new Set(known.map(place => sets.find(place)))
  const isOfOne = (all: number[]) => new Set(all.map(place => sets.find(place)).filter(root => knownRoots.has(root))).size <= 1
  apply([...places.values()].filter(isOfOne).flatMap(all => star(all, 'identity')))
  return { sets, ties, apart, apartOnLoans: placesOf(decidedApart.filter(({ isAboutLoan }) => isAboutLoan)) }
}

/** The ties of nodes that all have one identity, and no more than one known customer. */
export function tieAll(nodes: readonly Node[]): Tie[] {
  const sets = disjointSets(nodes.length)
  const known = [...nodes.keys()].filter(place => nodes[place]!.customer !== null)
  return [...star(known, 'known'), ...star([...nodes.keys()], 'identity')].filter(({ a, b }) => sets.join(a, b))
}

// What was said of a short name before its loans were divided is said of each of them.
function decidedAs(node: Node): Set<string> {
  const onLoans = node.members.flatMap(member => member.loans.map(loan => identityOnLoan(member, loan)))
  return new Set([identityOfNode(node), ...node.aliases, ...onLoans, ...node.ownLoan === null ? [] : [identityOfNode({ ...node, ownLoan: null })]])
}

// The content serves as well as its hash where nothing from outside is compared with it.
function placesByIdentity(nodes: readonly Node[], decisions: readonly PairDecision[]): Map<string, number[]> {
  const isHashed = decisions.length > 0 || nodes.some(node => node.aliases.size > 0)
  return groupByEach(nodes.keys(), (place) => {
    const node = nodes[place]!
    return isHashed ? new Set([identityOfNode(node), ...node.aliases]) : [node.content]
  })
}

function cross(some: number[] = [], others: number[] = []): [number, number][] {
  return some.flatMap(a => others.flatMap((b): [number, number][] => a === b ? [] : [[Math.min(a, b), Math.max(a, b)]]))
}

function star([first, ...others]: number[], rule: Tie['rule']): Tie[] {
  return others.map(b => ({ a: first!, b, rule }))
}

/** The ties that lead nobody to one from whom a person set him apart. */
function uncontradicted(count: number, sets: Sets, ties: Tie[], apart: [number, number][]): Tie[] {
  if (apart.length === 0)
    return ties
  const tried = disjointSets(count)
  for (let place = 0; place < count; place++)
    tried.join(place, sets.find(place))
  ties.forEach(({ a, b }) => tried.join(a, b))
  const broken = new Set(apart.filter(([a, b]) => tried.find(a) === tried.find(b)).map(([a]) => tried.find(a)))
  return ties.filter(({ a }) => !broken.has(tried.find(a)))
}
