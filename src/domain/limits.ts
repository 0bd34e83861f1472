import type { BlockCode, CallRules } from './call-rules.ts'
import { CONVERSATION_SECONDS } from './call.ts'
import { type Attempt, type BorrowerFacts, countedAttempts, type LoanFacts, triedAttempts } from './facts.ts'
import { dayOfDate, istDate, istDay, startOfIstDay } from './ist.ts'
import { isDeceased } from './name.ts'
import { dataExpiry } from './working-hours.ts'

/** One rule applied to one loan: not before `from` ('never' until something is written), not after `until`. */
export interface Limit {
  code: BlockCode
  from: Date | 'never' | undefined
  until: Date | undefined
  /** What was found, and what is allowed, for a person to read: made only where somebody does. */
  told: () => [value: string, limit: string]
}

type Rule = (facts: BorrowerFacts, loan: LoanFacts, rules: CallRules) => Limit

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS

const never = (code: BlockCode, forbidden: boolean, told: () => [value: string, limit: string]): Limit => limited(code, forbidden ? 'never' : undefined, told)

function limited(code: BlockCode, from: Date | 'never' | undefined, told: () => [value: string, limit: string], until?: Date): Limit {
  return { code, from, until, told }
}

/** Rules about the borrower and the loan. */
const STANDING_RULES: Rule[] = [
  ({ phone }) => never('NO_PHONE', phone === null, () => [phone ?? 'none', 'a phone']),
  ({ phoneKind }) => never('LANDLINE', phoneKind === 'landline', () => [phoneKind, 'mobile']),
  ({ fullName }) => {
    const isMarked = isDeceased(fullName)
    return never('DECEASED', isMarked, () => [isMarked ? 'marked as dead' : 'no mark', 'no mark'])
  },
  (_, { isAbsent }) => never('ABSENT', isAbsent, () => [isAbsent ? 'no longer in the file' : 'in the file', 'in the newest file']),
  ({ isStaffPhone, isAllowedAsStaff }) => never('STAFF_PHONE', isStaffPhone && !isAllowedAsStaff, () => [isStaffPhone ? `a number of staff or a branch${isAllowedAsStaff ? ', allowed by a person' : ''}` : 'nobody\'s of the lender', 'the borrower\'s own number']),
  ({ sharers, allowedSharers }, _, { phoneMaxCustomers }) => never('PHONE_SHARED', sharers > (allowedSharers ?? phoneMaxCustomers), () => [`${sharers} borrowers`, `${allowedSharers ?? phoneMaxCustomers} borrowers`]),
  ({ phoneRefusal }) => never('SUPPRESSED', phoneRefusal !== null, () => [phoneRefusal ?? 'not refused', 'not refused']),
  ({ isAsked }, { inReview }) => never('REVIEW', inReview || isAsked, () => [inReview ? 'waiting for a person' : isAsked ? 'waiting for a person to say whose loan it is' : 'decided', 'decided']),
  (_, { dueAmount }) => never('ZERO_DUE', dueAmount === 0, () => [rupeesText(dueAmount), 'more than zero']),
  (_, { dueAmount }) => never('CREDIT_BALANCE', (dueAmount ?? 0) < 0, () => [rupeesText(dueAmount), 'more than zero']),
  (_, { dueDate }) => limited('PRE_DUE', dueDate ? startOfIstDay(dayOfDate(dueDate)) : undefined, () => [dueDate ?? 'unknown', 'due']),
  (_, { dataDate }, rules) => limited('STALE_DATA', undefined, () => [istDate(dataDate), `${rules.maxDataAgeH} h`], dataExpiry(dataDate, rules)),
]

/** Every rule, in the order in which a person should read them; where two end together, the first names the reason. */
export const RULES: Rule[] = [
  ...STANDING_RULES,
  ({ attempts, phone }, _, { caps }) => dayCap('CAP_PHONE_DAY', attempts.filter(a => a.toNumber === phone), caps.phoneDay),
  ({ attempts, customerId }, _, { caps }) => dayCap('CAP_CUSTOMER_DAY', attempts.filter(a => a.customerId === customerId), caps.customerDay),
  ({ attempts }, { id }, { caps }) => dayCap('CAP_LOAN_DAY', attempts.filter(a => a.loanId === id), caps.loanDay),
  ({ attempts, phone }, _, { caps }) => weekCap('CAP_PHONE_7D', attempts.filter(a => a.toNumber === phone), caps.phone7d),
  ({ attempts }, { id }, { caps }) => weekCap('CAP_LOAN_7D', attempts.filter(a => a.loanId === id), caps.loan7d),
  sharedPhoneTurn,
  cooloff,
  retryLimit,
  gap,
]

/** The rules that can forbid something: those about calls cannot where there was none. */
export function rulesFor({ attempts }: BorrowerFacts): Rule[] {
  return attempts.length === 0 ? STANDING_RULES : RULES
}

function dayCap(code: BlockCode, attempts: Attempt[], cap: number): Limit {
  const counted = countedAttempts(attempts)
  const lastDay = counted.length > 0 ? istDay(counted.at(-1)!.at) : 0
  const thatDay = counted.filter(attempt => istDay(attempt.at) === lastDay).length
  return limited(code, thatDay >= cap ? startOfIstDay(lastDay + 1) : undefined, () => [String(thatDay), String(cap)])
}

function weekCap(code: BlockCode, attempts: Attempt[], cap: number): Limit {
  const counted = countedAttempts(attempts)
  const freed = counted.at(-cap)
  return limited(code, freed && new Date(freed.at.getTime() + WEEK_MS), () => [String(counted.length), String(cap)])
}

// A family's handset rings for one of them a day; the next one has the next day.
function sharedPhoneTurn({ attempts, customerId, phone }: BorrowerFacts): Limit {
  const other = countedAttempts(attempts).findLast(attempt => attempt.toNumber === phone && attempt.customerId !== null && attempt.customerId !== customerId)
  return limited('CAP_PHONE_DAY', other && startOfIstDay(istDay(other.at) + 1), () => [other ? `customer ${other.customerId} on ${istDate(other.at)}` : 'nobody else', 'one borrower a day on a shared phone'])
}

// Whom the account called on a phone of several nobody knows: it may have been this one.
function ownAttempts({ attempts, customerId, phone }: BorrowerFacts): Attempt[] {
  return attempts.filter(attempt => attempt.customerId === customerId || (attempt.customerId === null && attempt.toNumber === phone))
}

/** No call for some days after a conversation, whose own day counts as the first; after a short answer, not again that day. */
function cooloff(facts: BorrowerFacts, _: LoanFacts, rules: CallRules): Limit {
  const own = ownAttempts(facts)
  const answered = own.findLast(({ status }) => status === 'completed')
  const conversation = own.findLast(isConversation)
  const from = [
    ...(answered ? [startOfIstDay(istDay(answered.at) + 1)] : []),
    ...(conversation ? [startOfIstDay(istDay(conversation.at) + rules.cooloffDays)] : []),
  ].sort((a, b) => b.getTime() - a.getTime())[0]
  return limited('COOLOFF', from, () => [conversation ? `spoke on ${istDate(conversation.at)}` : 'no conversation', `${rules.cooloffDays} days`])
}

// A duration that has not come yet is taken for a conversation: waiting too long is the safe mistake.
function isConversation({ status, durationSeconds }: Attempt): boolean {
  return status === 'completed' && (durationSeconds === null || durationSeconds >= CONVERSATION_SECONDS)
}

function retryLimit(facts: BorrowerFacts, _: LoanFacts, rules: CallRules): Limit {
  const tried = triedAttempts(ownAttempts(facts))
  const lastDay = tried.length > 0 ? istDay(tried.at(-1)!.at) : 0
  const retries = tried.filter(attempt => istDay(attempt.at) === lastDay).length - 1
  // What Exotel refuses today it will refuse again in an hour.
  const refused = tried.at(-1)?.status === 'rejected'
  return limited('RETRY_LIMIT', retries >= rules.retryMax || refused ? startOfIstDay(lastDay + 1) : undefined, () => [String(Math.max(retries, 0)), String(rules.retryMax)])
}

function gap({ attempts, phone }: BorrowerFacts, _: LoanFacts, { gapMin }: CallRules): Limit {
  const minutesAfter: Partial<Record<Attempt['status'], number>> = { no_answer: gapMin.noAnswer, canceled: gapMin.noAnswer, busy: gapMin.busy, failed: gapMin.failed }
  const gaps = attempts.filter(attempt => attempt.toNumber === phone).flatMap(({ status, at, endedAt }) => {
    const minutes = minutesAfter[status]
    return minutes === undefined ? [] : [{ status, minutes, from: new Date((endedAt ?? at).getTime() + minutes * 60_000) }]
  })
  const longest = gaps.sort((a, b) => b.from.getTime() - a.from.getTime())[0]
  return limited('GAP', longest?.from, () => longest ? [longest.status, `${longest.minutes} min`] : ['no earlier try', `${gapMin.busy} min`])
}

const rupeesText = (paise: number | null) => paise === null ? 'unknown' : (paise / 100).toFixed(2)
