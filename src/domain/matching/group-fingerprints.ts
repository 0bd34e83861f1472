import { identityOfNode, identityOnLoan, type Node, plainIdentityOfNode } from './block-nodes.ts'

/** The known customers of each set; of one whom a person divided, the first part goes on. */
export function customersOf(sets: Node[][]): number[][] {
  const placed = new Set<number>()
  return sets.map((set) => {
    const own = new Set(set.flatMap(({ customer }) => customer === null || placed.has(customer) ? [] : [customer]))
    own.forEach(customer => placed.add(customer))
    return [...own].sort((a, b) => a - b)
  })
}

/**
 * A fingerprint for each set of nodes, all different. A known customer keeps its own; of several with one phone and name key the one that tells no relative and
 * no death has the plain one, and for the others it carries what sets them apart.
 */
export function fingerprintsOf(sets: Node[][], customers: number[][]): string[] {
  const taken = new Set(sets.flatMap(set => set.flatMap(({ members }) => members.flatMap(({ fingerprint }) => fingerprint ?? []))))
  const claims = new Map<string, number>()
  for (const plain of sets.flatMap(set => [...new Set(set.map(node => node.plain))]))
    claims.set(plain, (claims.get(plain) ?? 0) + 1)
  return sets.map((set, at) => {
    const fingerprint = storedOf(set, customers[at]![0]) ?? firstFree(candidatesOf(set, claims), taken) ?? byLoans(set[0]!)
    taken.add(fingerprint)
    return fingerprint
  })
}

function firstFree(candidates: Iterable<string>, taken: ReadonlySet<string>): string | undefined {
  for (const candidate of candidates) {
    if (!taken.has(candidate))
      return candidate
  }
  return undefined
}

function* candidatesOf(set: Node[], claims: ReadonlyMap<string, number>): Generator<string> {
  const withPhone = set.filter(({ phones }) => phones.size > 0)
  const [first] = [...withPhone, ...set] as [Node]
  const bare = withPhone.find(isBare) ?? set.find(isBare)
  if (bare || claims.get(first.plain) === 1)
    yield plainIdentityOfNode(bare ?? first)
  yield identityOfNode(first)
}

const isBare = ({ name, ownLoan }: Node) => !name.relative && !name.isDeceased && ownLoan === null

function storedOf(set: Node[], customer: number | undefined): string | undefined {
  return set.filter(node => customer !== undefined && node.customer === customer).flatMap(({ members }) => members).find(({ fingerprint }) => fingerprint !== undefined)?.fingerprint
}

// Two of one content whom a person set apart: their loans tell them apart.
function byLoans({ members, loans }: Node): string {
  return identityOnLoan(members[0]!, [...loans].sort().join(' '))
}
