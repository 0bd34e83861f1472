import type { Node } from './block-nodes.ts'
import { type Common, compareBorrowers, type Comparison, type PairKind } from './compare-borrowers.ts'
import type { Earlier } from './earlier-ties.ts'
import type { LinkedPair } from './linked-pairs.ts'

/** A verdict on two nodes. */
export interface Judged { a: number, b: number, comparison: Comparison }

/** All that is known between two sets of nodes, by the smaller root first: the strongest of each verdict. `isSettled`: a person who was asked about a loan set them apart. */
export interface Edge { a: number, b: number, isApart: boolean, isSettled: boolean, blocking: Judged | null, same: Judged | null, possible: Judged | null }

// What is asked first where several questions stand between the same two.
export const SEVERITY: Record<PairKind, number> = { LOAN_NAME_CONFLICT: 0, LOAN_CUSTOMER_CONFLICT: 1, DECEASED_DIFFERS: 2, RELATION_DIFFERS: 3, AMBIGUOUS: 4, CO_BORROWER: 5, POSSIBLE_SAME: 6 }

/** Compares what is linked and not together yet. */
export function judgeEdges(nodes: readonly Node[], pairs: readonly LinkedPair[], { sets, apart, apartOnLoans }: Earlier): Map<string, Edge> {
  const edges = new Map<string, Edge>()
  const edgeOf = (one: number, other: number) => {
    const [a, b] = [sets.find(one), sets.find(other)].sort((x, y) => x - y) as [number, number]
    const edge = edges.get(edgeKey(a, b)) ?? { a, b, isApart: false, isSettled: false, blocking: null, same: null, possible: null }
    edges.set(edgeKey(a, b), edge)
    return edge
  }
  for (const [a, b] of apart)
    edgeOf(a, b).isApart = true
  for (const [a, b] of apartOnLoans)
    edgeOf(a, b).isSettled = true
  for (const { a, b, common } of pairs) {
    if (sets.find(a) !== sets.find(b))
      add(edgeOf(a, b), { a, b, comparison: compareNodes(nodes[a]!, nodes[b]!, common) })
  }
  return edges
}

/** Two of one short name, of which nobody can say whose it is, are asked about; everybody else is compared by name. */
function compareNodes(a: Node, b: Node, common: Common): Comparison {
  const comparison = compareBorrowers(a.name, b.name, common)
  const isUndecided = a.ownLoan !== null && b.ownLoan !== null && !common.loan && comparison.verdict === 'same'
  return isUndecided ? { ...comparison, verdict: 'review', kind: 'AMBIGUOUS' } : comparison
}

export const edgeKey = (a: number, b: number) => a < b ? `${a} ${b}` : `${b} ${a}`

function add(edge: Edge, judged: Judged) {
  const { verdict, kind } = judged.comparison
  if (verdict === 'same')
    edge.same = stronger(edge.same, judged)
  else if (kind === 'POSSIBLE_SAME')
    edge.possible = stronger(edge.possible, judged)
  else if (verdict === 'review')
    edge.blocking = stronger(edge.blocking, judged)
}

/** The more serious of two; among equals the better score, and then the one that comes first by content. */
export function stronger(a: Judged | null, b: Judged | null): Judged | null {
  if (!a || !b)
    return a ?? b
  return compareJudged(a, b) <= 0 ? a : b
}

function compareJudged(a: Judged, b: Judged): number {
  const rank = ({ comparison }: Judged) => comparison.kind === null ? 0 : SEVERITY[comparison.kind]
  return rank(a) - rank(b) || (b.comparison.score ?? 0) - (a.comparison.score ?? 0) || a.a - b.a || a.b - b.b
}
