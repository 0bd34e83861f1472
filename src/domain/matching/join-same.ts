import { groupBy } from '../group-by.ts'
import type { Node } from './block-nodes.ts'
import { compareBorrowers } from './compare-borrowers.ts'
import type { Earlier } from './earlier-ties.ts'
import { type Edge, edgeKey, type Judged } from './judge-edges.ts'
import { eachPair } from './linked-pairs.ts'
import { disjointSets, type Sets } from './union-find.ts'

/** No borrower has so many spellings, phones and loans: a chain of more is an accident of the data. */
const LONGEST_CHAIN = 200

/** Joins what is the same, chain by chain, where every two of the chain may be one; a chain in which two may not be one stays as it was. */
export function joinSame(nodes: readonly Node[], { sets }: Earlier, edges: ReadonlyMap<string, Edge>): { sets: Sets, used: Judged[] } {
  const eligible = [...edges.values()].filter(edge => edge.same && !edge.isApart && !edge.blocking)
  const chains = copyOf(sets, nodes.length)
  eligible.forEach(({ a, b }) => chains.join(a, b))
  const chainOf = groupBy(eligible.flatMap(({ a, b }) => [a, b]), root => chains.find(root))
  const membersOf = groupBy(nodes.keys(), place => sets.find(place))
  const isSound = new Map([...chainOf].map(([chain, roots]) => [chain, isTransitive(nodes, [...new Set(roots)], membersOf, edges)]))

  const joined = copyOf(sets, nodes.length)
  const byStrength = eligible.filter(({ a }) => isSound.get(chains.find(a))).map(({ same }) => same!).sort((x, y) => (y.comparison.score ?? 0) - (x.comparison.score ?? 0) || x.a - y.a || x.b - y.b)
  return { sets: joined, used: byStrength.filter(({ a, b }) => joined.join(a, b)) }
}

function isTransitive(nodes: readonly Node[], roots: number[], membersOf: ReadonlyMap<number, number[]>, edges: ReadonlyMap<string, Edge>): boolean {
  const isKnown = (root: number) => membersOf.get(root)!.some(place => nodes[place]!.customer !== null)
  if (roots.length > LONGEST_CHAIN || roots.filter(isKnown).length > 1)
    return false
  let isSound = true
  eachPair(roots, (a, b) => {
    const edge = edges.get(edgeKey(a, b))
    isSound &&= edge ? mayBeOne(edge) : membersOf.get(a)!.some(one => membersOf.get(b)!.some(other => couldBeOne(nodes[one]!, nodes[other]!)))
  })
  return isSound
}

function mayBeOne({ isApart, blocking, same, possible }: Edge): boolean {
  return !isApart && !blocking && Boolean(same ?? possible)
}

// They share nothing themselves. The chain between them is as good as a loan, but it makes no one man of two fathers' sons.
function couldBeOne({ name: a }: Node, { name: b }: Node): boolean {
  const { kind } = compareBorrowers(a, b, { phone: true, loan: false })
  return kind !== 'RELATION_DIFFERS' && kind !== 'DECEASED_DIFFERS' && compareBorrowers(a, b, { phone: false, loan: true }).verdict === 'same'
}

function copyOf(sets: Sets, count: number): Sets {
  const copy = disjointSets(count)
  for (let place = 0; place < count; place++)
    copy.join(place, sets.find(place))
  return copy
}
