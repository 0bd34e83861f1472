import { customerFingerprint, keyFingerprint } from '../fingerprint.ts'
import { splitJointName } from '../joint-name.ts'
import { type BorrowerName, readName } from './read-name.ts'

/** A staged row, or what is known of a customer: one spelling with the phones and loans on which it stands. */
export interface BlockMember {
  /** The caller's name for it, unique among those decided together. */
  id: string
  /** As shown: titles, clauses and all. */
  name: string
  coBorrower?: string | null
  /** In E.164, the one of the fingerprint first; further ones are those that were superseded. Empty where there is none. */
  phones: readonly string[]
  /** Loan keys, unique over lenders; at least one. */
  loans: readonly string[]
  /** The known customer of whom this tells. Members of one customer are together already, and two known customers never become one by themselves. */
  customer?: number | null
  /** The customer's fingerprint as stored: no other group is given it. */
  fingerprint?: string
  /** Further identities that stand for the customer, as `identityOf` gave them: of old phones and of spellings that were merged. */
  aliases?: readonly string[]
}

/** Members that say the same of a borrower: one phone, one name key, one relative, one fate, one known customer. */
export interface Node {
  /** Phone and name key as text: what the plain fingerprint is a hash of. */
  plain: string
  /** That, the relative and the fate: what the identity is a hash of. */
  content: string
  /** The content, the second borrower and the known customer, for order and ties. */
  text: string
  name: BorrowerName
  members: BlockMember[]
  phones: Set<string>
  loans: Set<string>
  customer: number | null
  aliases: Set<string>
  /** Set where phone and name are too little to say whose loan it is: the loan that sets the node apart. */
  ownLoan: string | null
}

type Content = Pick<BlockMember, 'name' | 'coBorrower' | 'phones' | 'loans'>

/**
 * SHA-256 that stands for what a member says of its borrower, in decisions that a person took. It is the customer's fingerprint where the name tells
 * no relative and no death; otherwise these set it apart.
 */
export function identityOf(member: Content): string {
  return identityOfName(readName(member.name, member.coBorrower ?? null), member, null)
}

/** The identity of one of several who share phone and name, each with loans of his own. */
export function identityOnLoan(member: Content, loan: string): string {
  return identityOfName(readName(member.name, member.coBorrower ?? null), member, loan)
}

export function identityOfNode({ name, members, ownLoan }: Node): string {
  return identityOfName(name, members[0]!, ownLoan)
}

/** What stands for a member's phone and name alone. */
export function plainFingerprintOf({ name, coBorrower, phones, loans }: Content): string {
  return customerFingerprint(phones[0] ?? null, coBorrower == null ? splitJointName(name).first : name, loans[0] ?? '')
}

export function plainIdentityOfNode({ name, members }: Node): string {
  return keyFingerprint(members[0]!.phones[0] ?? null, name.key, members[0]!.loans[0] ?? '')
}

function identityOfName({ key, relative, isDeceased }: BorrowerName, { phones, loans }: Content, ownLoan: string | null): string {
  const apart = [relative?.key ?? '', isDeceased ? 'late' : '', ownLoan ?? '']
  return keyFingerprint(phones[0] ?? null, key, loans[0] ?? '', ...apart.some(Boolean) ? apart : [])
}

/** The distinct contents, in an order that depends on nothing else. */
export function nodesOf(members: readonly BlockMember[]): Node[] {
  const read = new Map<string, BorrowerName>()
  const nodes = new Map<string, Node>()
  for (const member of members) {
    const spelling = `${member.name}\0${member.coBorrower ?? ''}`
    const name = read.get(spelling) ?? readName(member.name, member.coBorrower ?? null)
    read.set(spelling, name)
    add(nodes, name, member, null)
  }
  return inOrder(nodes)
}

/** A node for each loan of a node; a member with several loans, which are together already, stays whole. */
export function splitByLoan({ name, members }: Node): Node[] {
  const nodes = new Map<string, Node>()
  members.forEach(member => add(nodes, name, member, [...member.loans].sort()[0] ?? null))
  return inOrder(nodes)
}

function inOrder(nodes: ReadonlyMap<string, Node>): Node[] {
  return [...nodes.values()].sort((a, b) => a.text < b.text ? -1 : 1)
}

function add(nodes: Map<string, Node>, name: BorrowerName, member: BlockMember, ownLoan: string | null) {
  const plain = `${member.phones[0] ?? `loan:${member.loans[0] ?? ''}`}|${name.key}`
  const content = `${plain}|${name.relative?.key ?? ''}|${name.isDeceased ? 'late' : ''}|${ownLoan ?? ''}`
  const text = `${content}|${name.second?.key ?? ''}|${member.customer ?? ''}`
  const node = nodes.get(text) ?? { plain, content, text, name, members: [], phones: new Set(), loans: new Set(), customer: member.customer ?? null, aliases: new Set(), ownLoan }
  nodes.set(text, node)
  node.members.push(member)
  member.phones.forEach(phone => node.phones.add(phone))
  member.loans.forEach(loan => node.loans.add(loan))
  member.aliases?.forEach(alias => node.aliases.add(alias))
}
