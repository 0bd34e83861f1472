import { groupBy } from '../group-by.ts'
import { decisionKey, type KeyedDecision, type KnownCustomer, lenderLoan, type Spelling, type StagedRow } from '../known.ts'
import type { LoanRow } from '../loan-row.ts'
import { type BlockMember, plainFingerprintOf } from './block-nodes.ts'
import { edgeKey } from './judge-edges.ts'
import { type Group, type PairReview, partitionBlock } from './partition-block.ts'
import type { RowBlock } from './row-blocks.ts'

/** Why a row belongs to its customer, and how alike the names are, 0 to 1. */
export interface Ground { rule: string, score: number | null }

/** Rows of one borrower. */
export interface DecidedGroup {
  /** Under what a new customer is stored, and on which phone; of a known one its own. */
  fingerprint: string
  phone: string | null
  /** Known customers who are this borrower; more than one where a person merged them. */
  customers: KnownCustomer[]
  rows: StagedRow[]
  groundOf: (rowId: number) => Ground | null
  /** Every way in which rows and customers of the group are written; empty where all say the same. */
  spellings: () => Spelling[]
}

/** A question about two groups, by their places. */
export interface GroupReview extends Omit<PairReview, 'a' | 'b'> { a: number, b: number }

export interface DecidedBlock {
  groups: DecidedGroup[]
  reviews: GroupReview[]
  /** Pairs of groups, as `edgeKey` names their places, that a person set apart when asked about a loan: files say which of the two has it. */
  settled: ReadonlySet<string>
  /** Whether nobody was compared with anybody: one borrower, who is new or known by the very same name and phone. */
  isPlain: boolean
}

/** Decisions by the phones and loans that they are about. */
export type DecisionsByKey = ReadonlyMap<string, KeyedDecision[]>

export function decisionsByKey(decisions: readonly KeyedDecision[]): DecisionsByKey {
  const byKey = new Map<string, KeyedDecision[]>()
  for (const decision of decisions)
    new Set(decision.keys).forEach(key => byKey.set(key, [...byKey.get(key) ?? [], decision]))
  return byKey
}

/** Decides who the rows of a block are. Depends on their content alone, not on their order. */
export function decideBlock(block: RowBlock, source: string, decisions: DecisionsByKey): DecidedBlock {
  const relevant = decisions.size === 0 ? [] : relevantDecisions(block, source, decisions)
  const plain = relevant.length === 0 ? findPlainGroup(block, source) : undefined
  if (plain)
    return { groups: [plain], reviews: [], settled: new Set(), isPlain: true }

  const written = new Map<string, Omit<Spelling, 'identity'>>()
  const members: BlockMember[] = []
  const add = (member: BlockMember, fullName: string, coBorrower: string | null, phone: string | null) => {
    members.push(member)
    written.set(member.id, { fullName, coBorrower, phone })
  }
  for (const { rowId, row } of block.rows)
    add({ id: `r${rowId}`, name: row.fullName, coBorrower: row.coBorrower, phones: row.phone === null ? [] : [row.phone], loans: [lenderLoan(source, row.loanId)] }, row.fullName, row.coBorrower, row.phone)
  for (const customer of block.customers)
    membersOf(customer).forEach(({ member, fullName, coBorrower, phone }) => add(member, fullName, coBorrower, phone))

  const { groups, reviews, settled } = partitionBlock(members, relevant)
  const index: BlockIndex = { rowOf: new Map(block.rows.map(staged => [`r${staged.rowId}`, staged])), customerOf: new Map(block.customers.map(customer => [customer.id, customer])) }
  const placeOf = new Map(groups.flatMap((group, place) => group.members.map(id => [id, place] as const)))
  return {
    groups: groups.map(group => toDecided(group, index, written)),
    reviews: reviews.map(({ a, b, ...review }) => ({ ...review, a: placeOf.get(a)!, b: placeOf.get(b)! })),
    settled: new Set(settled.map(({ a, b }) => edgeKey(placeOf.get(a)!, placeOf.get(b)!))),
    isPlain: false,
  }
}

/** One borrower, and nobody to compare with: nearly every block of a working day. */
function findPlainGroup({ rows, customers }: RowBlock, source: string): DecidedGroup | undefined {
  const [{ row: first }] = rows as [StagedRow]
  const [known] = customers
  if (customers.length > 1 || first.coBorrower !== null || (rows.length > 1 && !rows.every(({ row }) => isSame(row, first))))
    return undefined
  if (known && (known.fingerprint !== first.fingerprint || known.fullName !== first.fullName || first.phone === null))
    return undefined
  return {
    fingerprint: first.phone === null ? plainFingerprintOf({ name: first.fullName, coBorrower: first.coBorrower, phones: [], loans: [lenderLoan(source, first.loanId)] }) : first.fingerprint,
    phone: first.phone, customers, rows, groundOf: () => null, spellings: () => [],
  }
}

function isSame(a: LoanRow, b: LoanRow): boolean {
  return a.fullName === b.fullName && a.phone === b.phone && b.coBorrower === a.coBorrower && (a.phone !== null || a.loanId === b.loanId)
}

/** A customer as named now and as written before. A known fingerprint is no other group's. */
function membersOf({ id, fullName, phone, fingerprint, spellings, loanKeys }: KnownCustomer): (Omit<Spelling, 'identity' | 'fullName'> & { fullName: string, member: BlockMember })[] {
  const loans = loanKeys.length === 0 ? [`customer:${fingerprint}`] : [...loanKeys].sort()
  const common = { loans, customer: id, fingerprint }
  // Of one without a phone the fingerprint tells by which loan it was known, also where that is another's now.
  const aliases = [...spellings.map(({ identity }) => identity), ...phone === null ? [fingerprint] : []]
  return [
    { fullName, coBorrower: null, phone, member: { ...common, id: `c${id}`, name: fullName, coBorrower: null, phones: phone === null ? [] : [phone], aliases } },
    ...spellings.flatMap((spelling, at) => spelling.fullName === null
      ? []
      : [{
          fullName: spelling.fullName, coBorrower: spelling.coBorrower, phone: spelling.phone,
          member: { ...common, id: `c${id}/${at}`, name: spelling.fullName, coBorrower: spelling.coBorrower, phones: spelling.phone === null ? [] : [spelling.phone], aliases: [spelling.identity] },
        }]),
  ]
}

/** Rows of a block by the names of their members, and its customers by id. */
interface BlockIndex { rowOf: ReadonlyMap<string, StagedRow>, customerOf: ReadonlyMap<number, KnownCustomer> }

function toDecided(group: Group, { rowOf, customerOf }: BlockIndex, written: ReadonlyMap<string, Omit<Spelling, 'identity'>>): DecidedGroup {
  const edges = groupBy(group.joins.flatMap(join => [{ id: join.a, join }, { id: join.b, join }]), ({ id }) => id)
  return {
    fingerprint: group.fingerprint,
    phone: group.phone,
    customers: group.customers.map(id => customerOf.get(id)!),
    rows: group.members.flatMap(id => rowOf.get(id) ?? []).sort((a, b) => a.rowId - b.rowId),
    // Of one who says what another says already, there is nothing to tell.
    groundOf: rowId => edges.get(`r${rowId}`)?.map(({ join: { rule, score } }) => ({ rule, score })).find(({ rule }) => rule !== 'identity' && rule !== 'known') ?? null,
    // What was written before is known; and of one without a phone the fingerprint is what stands for it, whatever loans come.
    spellings: () => [...group.identities].flatMap(([id, identity]) => {
      const spelling = written.get(id)!
      const customer = id.startsWith('c') ? customerOf.get(Number(id.slice(1))) : undefined
      return id.includes('/') ? [] : [{ ...spelling, identity: customer && customer.phone === null ? customer.fingerprint : identity }]
    }),
  }
}

function relevantDecisions({ rows, customers }: RowBlock, source: string, decisions: DecisionsByKey): KeyedDecision[] {
  const keys = new Set([
    ...rows.map(({ row: { phone, loanId } }) => decisionKey(phone, lenderLoan(source, loanId))),
    ...customers.flatMap(({ phone, spellings, loanKeys }) => [phone, ...spellings.map(spelling => spelling.phone)].flatMap(one => one === null ? loanKeys.map(key => decisionKey(null, key)) : [one])),
  ])
  return [...new Set([...keys].flatMap(key => decisions.get(key) ?? []))]
}
