import { groupBy } from './group-by.ts'
import { loanIdOf, type StagedRow } from './known.ts'
import type { LoanRow } from './loan-row.ts'
import { decideBlock, type DecidedBlock, type DecidedGroup, type DecisionsByKey, type Ground, type GroupReview } from './matching/decide-block.ts'
import { edgeKey, SEVERITY } from './matching/judge-edges.ts'
import type { RowBlock } from './matching/row-blocks.ts'
import { type Customer, keepPhones, keepSpellings, newCustomer, settlePhone, speakOf } from './plan-borrower.ts'
import { agreedValues, loanValues, mergeLoan } from './plan-loan.ts'
import { type Draft, keepLoan, keyOfLoan, type PlannedRow } from './plan-match.ts'
import { areSpelledLike, standingLoanIds } from './standing-loan-ids.ts'
import { takenLoans } from './taken-loans.ts'
import { zerolessId } from './zero-spellings.ts'

/** A group with its customer; none where all of its rows speak of loans of others. */
interface Owner { place: number, group: DecidedGroup, customer: Customer | null, /** What a person is asked about a borrower whom these rows made. */ doubt: GroupReview | null }

/** Rows that stand, and those about which a person must be asked first, with the reason. */
interface Fate { staged: StagedRow, owner: Owner, loanId: string, /** Whether the loan is the owner's. */ isOwn: boolean, doubt: { code: string, message: string } | null }

export function planBlock(draft: Draft, block: RowBlock, decisions: DecisionsByKey) {
  const decided = decideBlock(block, draft.known.source, decisions)
  if (decided.isPlain && isUndoubted(draft, block))
    return planPlain(draft, decided.groups[0]!)
  const owners = ownersOf(draft, decided)
  const fates = fatesOf(draft, block, owners, decided)
  // Customers are numbered as the file names them.
  const [byOwner, byLoan] = [groupBy(fates, ({ owner }) => owner), groupBy(fates.filter(({ doubt }) => doubt), ({ loanId }) => loanId)]
  for (const owner of owners.filter(({ group }) => group.rows.length > 0).sort((a, b) => a.group.rows[0]!.rowId - b.group.rows[0]!.rowId))
    planOwner(draft, owner, byOwner.get(owner)!, { block, owners, byLoan, isPlain: decided.isPlain })
  fates.filter(({ doubt }) => doubt).forEach(fate => keepDoubt(draft, fate))
  if (!decided.isPlain)
    keepReviews(draft, block, owners, decided.reviews)
}

/** Whether nothing about the loans of a plain block must be asked: nearly always, and found out with little. */
function isUndoubted({ known: { source, contradicted }, loans, byZeroless }: Draft, { rows, customers: [customer] }: RowBlock): boolean {
  if (!rows.every(({ row: { loanId, alternatePhone } }) => alternatePhone === null && !contradicted.has(loanId)))
    return false
  const fresh = rows.filter(({ row: { loanId } }) => !loans.has(loanId)).map(({ row: { loanId } }) => loanId)
  if (fresh.some(loanId => byZeroless.has(zerolessId(loanId) ?? loanId)))
    return false
  const known = customer ? customer.loanKeys.flatMap(key => loanIdOf(source, key) ?? []) : []
  return fresh.length === 0 || fresh.length + known.length === 1 || !areSpelledLike([...fresh, ...known])
}

function planPlain(draft: Draft, group: DecidedGroup) {
  const [known] = group.customers
  const customer = known ? draft.customers.get(known.id)! : newCustomer(group.rows[0]!.row, group.fingerprint, group.phone)
  speakOf(customer, group.rows.map(({ row }) => row))
  draft.seen.add(customer)
  for (const [at, staged] of group.rows.entries())
    hold(planRow(draft, staged, staged.row.loanId, customer, known || at > 0 ? null : NEW), staged)
}

const NEW: Ground = { rule: 'new', score: null }
const BY_PERSON: Ground = { rule: 'person', score: null }

function ownersOf(draft: Draft, decided: DecidedBlock): Owner[] {
  const { groups, reviews } = decided
  const taken = takenLoans(draft, decided)
  const ownerships = new Set([...ownedLoans(draft, groups), ...taken.values()])
  const doubts = doubtsOf(groups, reviews)
  const owners = groups.map((group, place): Owner => {
    const [first, ...others] = group.customers
    const customer = first ? draft.customers.get(first.id)! : ownerships.has(place) ? newCustomer(group.rows[0]!.row, group.fingerprint, group.phone) : null
    others.forEach(({ id }) => mergeInto(draft, customer!, id))
    return { place, group, customer, doubt: first ? null : doubts.get(place) ?? null }
  })
  for (const [loanId, place] of taken) {
    const loan = draft.loans.get(loanId)!
    Object.assign(loan, { former: loan.customer, customer: owners[place]!.customer! })
  }
  return owners
}

/** A person made two customers one: what was the second one's is the first one's. */
function mergeInto({ merged, customers, loans }: Draft, owner: Customer, customerId: number) {
  const gone = customers.get(customerId)
  merged.push({ owner, customerId })
  for (const loan of loans.values()) {
    if (loan.customer === gone)
      loan.customer = owner
  }
}

/** Places of the groups to which a loan falls: a known loan stays with its owner, a new one is the first's by content. */
function ownedLoans({ loans }: Draft, groups: DecidedGroup[]): Set<number> {
  const firstOf = new Map<string, number>()
  const inOrder = [...groups.keys()].sort((a, b) => Number(groups[b]!.customers.length > 0) - Number(groups[a]!.customers.length > 0) || a - b)
  for (const place of inOrder) {
    for (const { row: { loanId } } of groups[place]!.rows) {
      if (!loans.has(loanId) && !firstOf.has(loanId))
        firstOf.set(loanId, place)
    }
  }
  return new Set(firstOf.values())
}

/** The most serious question about each borrower who is new, by place: of two new ones the second is asked about. */
function doubtsOf(groups: DecidedGroup[], reviews: GroupReview[]): Map<number, GroupReview> {
  const doubts = new Map<number, GroupReview>()
  for (const review of [...reviews].sort((x, y) => SEVERITY[x.kind] - SEVERITY[y.kind])) {
    for (const place of groups[review.b]!.customers.length > 0 ? [review.b, review.a] : [review.b]) {
      if (!doubts.has(place))
        doubts.set(place, review)
    }
  }
  return doubts
}

function fatesOf(draft: Draft, { rows }: RowBlock, owners: Owner[], decided: DecidedBlock): Fate[] {
  const ownerOf = new Map(owners.flatMap(owner => owner.group.rows.map(({ rowId }) => [rowId, owner] as const)))
  const asked = { kinds: new Map(decided.reviews.map(({ a, b, kind }) => [edgeKey(a, b), kind])), settled: decided.settled }
  const standing = standingLoanIds(draft, owners.map(({ group, customer }) => ({ loanIds: group.rows.map(({ row }) => row.loanId), knownLoanIds: group.customers.flatMap(({ loanKeys }) => loanKeys.flatMap(key => loanIdOf(draft.known.source, key) ?? [])), customer })))
  const ownerOfCustomer = new Map(owners.map(owner => [owner.customer, owner]))
  const loanOwner = new Map<string, Owner>()
  for (const owner of owners.filter(({ customer }) => customer)) {
    for (const { row: { loanId } } of owner.group.rows) {
      const known = draft.loans.get(loanId)?.customer
      if (known ? owner.customer === known || owner.group.customers.some(({ id }) => id === known.id) : !loanOwner.has(loanId) || owner.group.customers.length > 0)
        loanOwner.set(loanId, owner)
    }
  }
  return rows.map((staged) => {
    const owner = ownerOf.get(staged.rowId)!
    const { loanId } = staged.row
    const other = staged.isOwnLoan ? undefined : standing.get(loanId)
    if (other)
      return { staged, owner, loanId: other.loanId, isOwn: false, doubt: { code: other.code, message: other.message } }
    if (draft.known.contradicted.has(loanId))
      return { staged, owner, loanId, isOwn: loanOwner.get(loanId) === owner, doubt: { code: 'LOAN_TWICE', message: `loan ${loanId} stands in this file more than once with different values` } }
    if (loanOwner.get(loanId) !== owner)
      return { staged, owner, loanId, isOwn: false, doubt: decided.isPlain ? null : foreignLoan(draft, staged, owner, loanOwner.get(loanId) ?? ownerOfCustomer.get(draft.loans.get(loanId)?.customer ?? null), asked) }
    return { staged, owner, loanId, isOwn: true, doubt: null }
  })
}

/** What stands to be asked about two groups, and who was set apart when asked about a loan, by `edgeKey`. */
interface Asked { kinds: ReadonlyMap<string, GroupReview['kind']>, settled: ReadonlySet<string> }

/** Why a row does not change the loan that it names: that is another customer's. */
function foreignLoan(draft: Draft, { row }: StagedRow, owner: Owner, loanOwner: Owner | undefined, { kinds, settled }: Asked): NonNullable<Fate['doubt']> {
  const name = draft.loans.get(row.loanId)?.customer.values.fullName ?? loanOwner?.customer?.values.fullName ?? 'another borrower'
  const pair = loanOwner && edgeKey(owner.place, loanOwner.place)
  if (pair !== undefined && settled.has(pair))
    return { code: owner.group.customers.length > 0 ? 'LOAN_CUSTOMER_CONFLICT' : 'LOAN_NAME_CONFLICT', message: `a person said that ${name} and ${row.fullName} are two, and this file names both or a third for loan ${row.loanId}: nobody is called about it until a file names one of them alone` }
  const kind = pair === undefined ? undefined : kinds.get(pair)
  if (kind === 'LOAN_CUSTOMER_CONFLICT' || owner.group.customers.length > 0)
    return { code: 'LOAN_CUSTOMER_CONFLICT', message: `loan ${row.loanId} belongs to ${name}, and the row to another customer, ${row.fullName}` }
  return { code: kind ?? 'LOAN_NAME_CONFLICT', message: `loan ${row.loanId} belongs to ${name}, and the row names ${row.fullName}` }
}

interface Surroundings { block: RowBlock, owners: Owner[], byLoan: ReadonlyMap<string, Fate[]>, isPlain: boolean }

function planOwner(draft: Draft, { group, customer, doubt }: Owner, ownFates: Fate[], { block, owners, byLoan, isPlain }: Surroundings) {
  const own = ownFates.filter(fate => !fate.doubt)
  const contradicted = ownFates.filter(fate => fate.isOwn && fate.doubt && !draft.loans.get(fate.loanId)?.known)
  const speaking = [...own, ...contradicted].map(({ staged }) => staged.row)
  if (!customer || speaking.length === 0)
    return
  const isKnown = customer.id !== null
  const formerOf = (loanId: string) => draft.loans.get(loanId)?.former
  const ofKnownLoans = own.filter(({ loanId }) => draft.loans.has(loanId) && !formerOf(loanId)).map(({ staged }) => staged.row)
  speakOf(customer, speaking)
  draft.seen.add(customer)
  const loanKey = keyOfLoan(draft, speaking[0]!.loanId)
  const moved = isKnown && settlePhone(customer, ofKnownLoans, () => takenBeside(draft, block, group, owners), loanKey)
  if (!(isPlain && speaking.every(({ alternatePhone }) => alternatePhone === null))) {
    keepPhones(customer, speaking, group.customers.slice(1).flatMap(({ phone }) => phone ?? []))
    keepSpellings(customer, group.spellings(), loanKey)
  }
  const isNew = customer.id === null
  own.forEach((fate, at) => {
    const former = formerOf(fate.loanId)
    const row = planRow(draft, fate.staged, fate.loanId, customer, former ? BY_PERSON : isNew && at === 0 ? NEW : group.groundOf(fate.staged.rowId))
    Object.assign(row, former ? takenNote(fate.staged.row, former) : noteOn(row.rule, fate.staged.row, moved, customer))
    if (doubt)
      Object.assign(row, { status: 'review', ...doubtText(doubt, fate.staged, owners) })
    hold(row, fate.staged)
  })
  for (const loanId of new Set(contradicted.map(fate => fate.loanId))) {
    const told = byLoan.get(loanId)!
    const [first, ...others] = told.map(({ staged }) => staged.row)
    keepLoan(draft, { known: null, values: agreedValues([first!, ...others]), customer, rowId: told.at(-1)!.staged.rowId, isUpdated: true })
  }
}

// Whoever has the phone, or had it, is in the block.
function takenBeside(draft: Draft, { customers }: RowBlock, group: DecidedGroup, owners: Owner[]): Set<string> {
  const own = new Set(group.customers.map(({ id }) => id))
  return new Set([
    ...owners.filter(owner => owner.group !== group).flatMap(owner => owner.customer?.values.fingerprint ?? owner.group.fingerprint),
    ...customers.filter(({ id }) => !own.has(id)).map(({ id }) => draft.customers.get(id)!.values.fingerprint),
  ])
}

function planRow(draft: Draft, { rowId, row }: StagedRow, loanId: string, customer: Customer, ground: Ground | null): PlannedRow {
  const loan = draft.loans.get(loanId)
  const planned: PlannedRow = { rowId, status: loan?.known || loan?.isUpdated ? 'matched' : 'created', code: null, message: null, fingerprint: null, customerId: null, loanId, knownLoanId: loan?.known?.id ?? null, rule: null, score: null }
  if (loan) {
    loan.values = mergeLoan(loan.values, loanValues(row))
    loan.rowId = rowId
    loan.isUpdated = true
  }
  else {
    keepLoan(draft, { known: null, values: loanValues(row), customer, rowId, isUpdated: true })
  }
  const { rule, score } = ground ?? { rule: loan ? 'loan+name' : 'phone+name', score: 1 }
  planned.rule = rule
  planned.score = score
  draft.rows.push({ planned, customer })
  return planned
}

/** What a person may want to look at in a row that was taken: its phone or its name are not what they were. */
function noteOn(rule: string | null, { phone, fullName, loanId }: LoanRow, moved: boolean, { before, values }: Customer): { code: string, message: string } | null {
  if (phone !== null && phone === values.phone && moved)
    return { code: 'PHONE_CHANGED', message: `the phone of ${values.fullName} changed${before?.phone ? ' and the old one is no longer called' : ''}` }
  if (phone !== null && phone !== values.phone)
    return { code: 'PHONE_OTHER', message: `the phone of this row is kept and not called: another is known of ${values.fullName}` }
  const other = before?.fullName ?? values.fullName
  return rule?.startsWith('loan+') && rule !== 'loan+name' && other !== fullName ? { code: 'NAME_SPELLED', message: `loan ${loanId} is ${other}'s, and the row writes ${fullName}` } : null
}

function takenNote({ loanId, fullName }: LoanRow, { values }: Customer): { code: string, message: string } {
  return { code: 'LOAN_MOVED', message: `loan ${loanId} was ${values.fullName}'s and is ${fullName}'s now: a person said that they are two, and this file names only the second` }
}

/** What the row was staged with, a person must decide first. */
function hold(row: PlannedRow, { review }: StagedRow) {
  if (review && row.status !== 'review')
    Object.assign(row, { status: 'review', code: review.code, message: review.message })
}

const ASKED: Record<GroupReview['kind'], string> = {
  POSSIBLE_SAME: 'may be the same borrower', LOAN_NAME_CONFLICT: 'have one loan and two names', LOAN_CUSTOMER_CONFLICT: 'have one loan and are two customers', RELATION_DIFFERS: 'name different relatives',
  DECEASED_DIFFERS: 'may be one borrower, and one is marked as dead', CO_BORROWER: 'may be one borrower, once as the second of a loan', AMBIGUOUS: 'may be one borrower, or either of others',
}

function doubtText({ kind, a, b }: GroupReview, { row }: StagedRow, owners: Owner[]): { code: string, message: string } {
  const nameOf = (place: number) => owners[place]!.customer?.values.fullName ?? owners[place]!.group.rows[0]?.row.fullName
  const names = [nameOf(a), nameOf(b)]
  const other = names[0] === row.fullName ? names[1] : names[0]
  return { code: kind, message: `${row.fullName} and ${other ?? 'another'} ${ASKED[kind]}` }
}

// The loan's newest row is now one in review, and that is what blocks it; its values stay as they were.
function keepDoubt(draft: Draft, { staged: { rowId }, owner, loanId, doubt }: Fate) {
  const loan = draft.loans.get(loanId)
  if (loan)
    loan.rowId = Math.max(rowId, doubt!.code === 'LOAN_TWICE' ? loan.rowId : 0)
  const row: PlannedRow = { rowId, status: 'review', ...doubt!, fingerprint: null, customerId: null, loanId: loan ? loanId : null, knownLoanId: loan?.known?.id ?? null, rule: null, score: null }
  const customer = loan?.customer ?? owner.customer
  draft.rows.push({ planned: row, customer: customer && isKept(draft, customer) ? customer : null })
}

/** Whether the customer exists once the plan is written. */
const isKept = ({ seen }: Draft, customer: Customer) => customer.id !== null || seen.has(customer)

function keepReviews(draft: Draft, { customers }: RowBlock, owners: Owner[], reviews: GroupReview[]) {
  const { compared } = draft
  const block = compared.length
  compared.push(...customers.map(({ id }) => ({ customerId: id, block })))
  for (const { a, b, identities, kind, rule, score, sharedLoans } of reviews) {
    const sides = [a, b].map((place, at) => {
      const { customer, group } = owners[place]!
      return { identity: identities[at]!, customer: customer !== null && isKept(draft, customer) ? customer : null, rowId: group.rows.at(-1)?.rowId ?? null }
    }).sort((x, y) => Number(x.customer === null) - Number(y.customer === null) || (x.identity < y.identity ? -1 : 1))
    if (sides[0]!.customer === null)
      continue
    const own = sharedLoans.flatMap(key => loanIdOf(draft.known.source, key) ?? [])
    draft.reviews.push({ key: identities.toSorted().join(' '), kind, rule, score, a: sides[0]!, b: sides[1]!, loanId: own[0] ?? null })
  }
}
