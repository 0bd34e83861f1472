import { groupBy, groupByEach } from '../group-by.ts'
import type { Node } from './block-nodes.ts'
import type { Common } from './compare-borrowers.ts'

/** Two nodes by their places, the smaller first, and what they share. */
export interface LinkedPair { a: number, b: number, common: Common }

// A number with more names than this is a field officer's or a shop's: it is blocked as shared, and likenesses among its names would only flood the reviews.
export const MOST_COMPARED = 50

/** Pairs of nodes that share a phone or a loan, each once. On a phone of more than 50 names only equal names are paired, and not those of which more than 50 differ in their relatives; on a loan of so many each is paired with the first. */
export function linkedPairs(nodes: readonly Node[]): LinkedPair[] {
  const pairs = new Map<number, LinkedPair>()
  const link = (one: number, other: number, by: keyof Common) => {
    const [a, b] = one < other ? [one, other] : [other, one]
    const key = a * nodes.length + b
    const pair = pairs.get(key) ?? { a, b, common: { phone: false, loan: false } }
    pair.common[by] = true
    pairs.set(key, pair)
  }
  const places = [...nodes.keys()]
  for (const [, bucket] of groupByEach(places, place => nodes[place]!.phones)) {
    const alike = bucket.length <= MOST_COMPARED ? [bucket] : [...groupBy(bucket, place => nodes[place]!.name.key).values()]
    for (const some of alike.filter(({ length }) => length <= MOST_COMPARED))
      eachPair(some, (a, b) => link(a, b, 'phone'))
  }
  for (const [, bucket] of groupByEach(places, place => nodes[place]!.loans)) {
    if (bucket.length <= MOST_COMPARED)
      eachPair(bucket, (a, b) => link(a, b, 'loan'))
    else
      bucket.slice(1).forEach(place => link(bucket[0]!, place, 'loan'))
  }
  return [...pairs.values()].sort((x, y) => x.a - y.a || x.b - y.b)
}

export function eachPair(places: readonly number[], visit: (a: number, b: number) => void) {
  for (let i = 0; i < places.length; i++) {
    for (let j = i + 1; j < places.length; j++)
      visit(places[i]!, places[j]!)
  }
}
