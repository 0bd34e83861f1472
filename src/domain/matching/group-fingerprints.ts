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

/** Under what a customer is stored: the fingerprint, and the phone that it stands for. */
export interface Mark { fingerprint: string, phone: string | null }

/**
 * A fingerprint for each set of nodes, all different. A known customer keeps its own; of several with one phone and name key the one that tells no relative and
 * no death has the plain one, and for the others it carries what sets them apart.
 */
export function marksOf(sets: Node[][], customers: number[][]): Mark[] {
  const taken = new Set(sets.flatMap(set => set.flatMap(({ members }) => members.flatMap(({ fingerprint }) => fingerprint ?? []))))
  const claims = new Map<string, number>()
  for (const plain of sets.flatMap(set => [...new Set(set.map(node => node.plain))]))
    claims.set(plain, (claims.get(plain) ?? 0) + 1)
  return sets.map((set, at) => {
    const mark = storedOf(set, customers[at]![0]) ?? firstFree(candidatesOf(set, claims), taken) ?? byLoans(set[0]!)
    taken.add(mark.fingerprint)
    return mark
  })
}

function firstFree(candidates: Iterable<Mark>, taken: ReadonlySet<string>): Mark | undefined {
  for (const candidate of candidates) {
    if (!taken.has(candidate.fingerprint))
      return candidate
  }
  return undefined
}

const phoneOf = ({ members }: Node) => members[0]!.phones[0] ?? null

function* candidatesOf(set: Node[], claims: ReadonlyMap<string, number>): Generator<Mark> {
  const withPhone = set.filter(({ phones }) => phones.size > 0)
  const [first] = [...withPhone, ...set] as [Node]
  const bare = withPhone.find(isBare) ?? set.find(isBare)
  if (bare || claims.get(first.plain) === 1)
    yield { fingerprint: plainIdentityOfNode(bare ?? first), phone: phoneOf(bare ?? first) }
  yield { fingerprint: identityOfNode(first), phone: phoneOf(first) }
}

const isBare = ({ name, ownLoan }: Node) => !name.relative && !name.isDeceased && ownLoan === null

function storedOf(set: Node[], customer: number | undefined): Mark | undefined {
  const own = set.filter(node => customer !== undefined && node.customer === customer).flatMap(({ members }) => members).find(({ fingerprint }) => fingerprint !== undefined)
  return own && { fingerprint: own.fingerprint!, phone: own.phones[0] ?? null }
}

// Two of one content whom a person set apart: their loans tell them apart.
function byLoans(node: Node): Mark {
  return { fingerprint: identityOnLoan(node.members[0]!, [...node.loans].sort().join(' ')), phone: phoneOf(node) }
}
