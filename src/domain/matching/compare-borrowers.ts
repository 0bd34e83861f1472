import { fitInitials } from './initials.ts'
import { type BorrowerName, inLatin, type Words } from './read-name.ts'
import { type NameScore, scoreNames } from './score-names.ts'

/** What a person is asked about two borrowers. But for `POSSIBLE_SAME` nobody is called until it is answered. */
export type PairKind = 'POSSIBLE_SAME' | 'LOAN_NAME_CONFLICT' | 'LOAN_CUSTOMER_CONFLICT' | 'RELATION_DIFFERS' | 'DECEASED_DIFFERS' | 'CO_BORROWER' | 'AMBIGUOUS'

/** Whoever owes on that phone owes it either way: both stay callable, one call a day for both. */
export const CALLABLE_REVIEW = 'POSSIBLE_SAME' satisfies PairKind

/** What two borrowers have in common beside their names. */
export interface Common { phone: boolean, loan: boolean }

/** On what a decision stands: what is shared, and what of the names. */
export type Rule = `${'loan' | 'phone'}+${'name' | 'spelling' | 'initials' | 'placeholder' | 'script' | 'co-borrower'}` | 'loan' | 'phone'

/** `score` is 0 to 1, and null where the scripts cannot be compared. */
export type Comparison = { rule: Rule, score: number | null } & ({ verdict: 'same' | 'apart', kind: null } | { verdict: 'review', kind: PairKind })

const SAME_LOAN = 0.7
const SAME_PHONE = 0.88
// Shared words lend a likeness to strangers: `Suresh Sharma` and `Sunita Sharma`.
const LEAST_WEAKEST = 0.7
const SAME_RELATIVE = 0.7
// Clearly another name even as a rough transliteration has it.
const OTHER_SCRIPT_APART = 0.6

/** What of two names agrees, and how far. `by` is null where another script clearly has another name. */
interface Likeness extends NameScore { by: 'name' | 'spelling' | 'initials' | 'placeholder' | 'script' | null, isReadable: boolean }

/**
 * Decides for two borrowers who share a phone or a loan (domain 7.2): one customer, two, or a question to a person. The order of the two does not matter.
 * A known loan goes before a known phone. Nothing but an equal name, or a like one on the same loan, makes two borrowers one.
 */
export function compareBorrowers(a: BorrowerName, b: BorrowerName, common: Common): Comparison {
  const likeness = likenessOf(a, b)
  return common.loan ? onOneLoan(likeness) : onOnePhone(a, b, likeness)
}

function onOneLoan({ by, score, weakest, isReadable }: Likeness): Comparison {
  // A transliteration supports what the loan says, but a rough likeness of it is none.
  const least = by === 'script' ? SAME_PHONE : SAME_LOAN
  if (by !== null && (by === 'name' || by === 'initials' || (isReadable && score >= least && weakest >= LEAST_WEAKEST)))
    return { verdict: 'same', kind: null, rule: `loan+${by}`, score }
  return { verdict: 'review', kind: 'LOAN_NAME_CONFLICT', rule: 'loan', score: isReadable ? score : null }
}

function onOnePhone(a: BorrowerName, b: BorrowerName, likeness: Likeness): Comparison {
  const { by, weakest } = likeness
  const score = likeness.isReadable ? likeness.score : null
  const isLike = by !== null && (by !== 'spelling' || (likeness.score >= SAME_PHONE && weakest >= LEAST_WEAKEST))
  if (isLike && a.isDeceased !== b.isDeceased)
    return { verdict: 'review', kind: 'DECEASED_DIFFERS', rule: `phone+${by}`, score }
  if (by === 'name' && relativesDiffer(a, b))
    return { verdict: 'review', kind: 'RELATION_DIFFERS', rule: 'phone+name', score }
  if (by === 'name')
    return { verdict: 'same', kind: null, rule: 'phone+name', score }
  if (isLike)
    return { verdict: 'review', kind: 'POSSIBLE_SAME', rule: `phone+${by}`, score }

  const asSecond = Math.max(scoreAsSecond(a, b), scoreAsSecond(b, a))
  if (asSecond >= SAME_PHONE)
    return { verdict: 'review', kind: 'CO_BORROWER', rule: 'phone+co-borrower', score: asSecond }
  return { verdict: 'apart', kind: null, rule: 'phone', score }
}

/** How well one is the second borrower of the other's loan. */
function scoreAsSecond({ second }: BorrowerName, other: Words): number {
  if (!second)
    return 0
  const { score, weakest } = likenessOf(second, other)
  return weakest >= LEAST_WEAKEST ? score : 0
}

/** Two fathers are two people, however alike the names; where only one is given, it says nothing. */
function relativesDiffer({ relative: a }: BorrowerName, { relative: b }: BorrowerName): boolean {
  if (!a || !b)
    return false
  const { by, score } = likenessOf(a, b)
  return by !== 'name' && by !== 'initials' && score < SAME_RELATIVE
}

function likenessOf(a: Words, b: Words): Likeness {
  if (a.key === b.key)
    return { by: 'name', score: 1, weakest: 1, isReadable: true }
  const [one, other] = a.script === b.script ? [a, b] : [inLatin(a), inLatin(b)]
  if (!one || !other)
    return { by: 'script', score: 0, weakest: 0, isReadable: false }

  const score = scoreNames(one, other)
  if (a.script !== b.script)
    return { by: score.score < OTHER_SCRIPT_APART && !fitInitials(one, other) ? null : 'script', ...score, isReadable: true }
  return { by: a.givenKey === b.givenKey ? 'placeholder' : fitInitials(a, b) ? 'initials' : 'spelling', ...score, isReadable: true }
}
