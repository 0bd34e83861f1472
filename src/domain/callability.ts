import type { BlockCode, CallRules } from './call-rules.ts'
import { isOpen } from './call.ts'
import type { BorrowerFacts, LoanFacts } from './facts.ts'
import { istTimeOfDay } from './ist.ts'
import { type Limit, RULES, rulesFor } from './limits.ts'
import { hoursText, isWithinHours, nextDialTime } from './window.ts'

/** From when until when somebody may be called, but for the hour of the day. `from` null: not until something is written. */
export interface Callability {
  from: Date | null
  until: Date | null
  /** What holds before `from`; null when nothing does. */
  code: BlockCode | null
}

export interface Check { code: BlockCode, pass: boolean, value: string, limit: string }

export type Verdict = { ok: true, loan: LoanFacts, checks: Check[] } | { ok: false, code: BlockCode, checks: Check[], nextAt: Date | null }

const ALWAYS = new Date(0)
// Of glued numbers none is taken until a person says which: there is a phone, and it waits. And a person says whether it is this borrower who has died.
const ANSWERED_BY_REVIEW: ReadonlySet<BlockCode> = new Set(['NO_PHONE', 'DECEASED'])

/**
 * The callability of a borrower: when one of the loans may be called. The loan with the newest data leads, others add the time before where nothing
 * lies between: a loan that left the file long ago must not hide the one that is in it.
 */
export function callability(facts: BorrowerFacts, rules: CallRules): Callability {
  const [first, ...others] = judgeLoans(facts, rules, rulesFor(facts)).map(one => one.callability)
  return others.reduce(joined, first ?? { from: null, until: null, code: 'ABSENT' })
}

function joined(all: Callability, loan: Callability): Callability {
  const touches = all.from !== null && loan.from !== null && loan.from < all.from && untilMs(loan) >= all.from.getTime()
  return touches ? { ...all, from: loan.from, code: loan.code } : all
}

/** Whether a call may start now, on which loan, and every check that was made on the way. */
export function judgeDial(facts: BorrowerFacts, rules: CallRules, now: Date): Verdict {
  const judged = judgeLoans(facts, rules, RULES)
  const nextMs = (one: JudgedLoan) => nextAt(one.callability, rules, now)?.getTime() ?? Number.POSITIVE_INFINITY
  const chosen = judged.filter(one => blockAt(one.callability, now) === null).sort(byUrgency)[0] ?? judged.sort((a, b) => compare(nextMs(a), nextMs(b)))[0]
  if (!chosen)
    return { ok: false, code: 'ABSENT', checks: [], nextAt: null }

  const openCall = facts.attempts.find(attempt => (attempt.toNumber === facts.phone || attempt.customerId === facts.customerId) && isOpen(attempt.status))
  const openCode = openCall?.status === 'unknown' ? 'UNKNOWN_CALL' : 'GAP'
  const withinHours = isWithinHours(now, rules)
  const checks: Check[] = [
    { code: 'OUTSIDE_HOURS', pass: withinHours, value: istTimeOfDay(now), limit: hoursText(rules) },
    { code: openCode, pass: !openCall, value: openCall ? `a call is ${openCall.status}` : 'no open call', limit: 'one open call per phone and borrower' },
    ...chosen.limits.map((one) => {
      const [value, limit] = one.told()
      return { code: one.code, pass: holds(one, now), value, limit }
    }),
  ]
  // The hour comes last among the reasons: it passes by itself, the others say more.
  const code = openCall ? openCode : blockAt(chosen.callability, now) ?? (withinHours ? null : 'OUTSIDE_HOURS')
  if (code === null)
    return { ok: true, loan: chosen.loan, checks }
  return { ok: false, code, checks, nextAt: openCall ? null : nextAt(chosen.callability, rules, now) }
}

/** Why somebody may not be called now, but for the hour of the day; null when nothing forbids it. */
export function blockAt({ from, until, code }: Callability, now: Date): BlockCode | null {
  if (from === null || now < from)
    return code
  return until !== null && now >= until ? 'STALE_DATA' : null
}

/** The next moment at which a call may start; null when it takes more than time. */
export function nextAt({ from, until }: Callability, rules: CallRules, now: Date): Date | null {
  if (from === null)
    return null
  const next = nextDialTime(from > now ? from : now, rules)
  return until !== null && next >= until ? null : next
}

interface JudgedLoan { loan: LoanFacts, limits: Limit[], callability: Callability }

function judgeLoans(facts: BorrowerFacts, rules: CallRules, applicable: typeof RULES): JudgedLoan[] {
  return facts.loans.map((loan) => {
    const limits = applicable.map(rule => rule(facts, loan, rules))
    return { loan, limits, callability: fold(limits) }
  }).sort(byCallability)
}

function fold(limits: Limit[]): Callability {
  let until: Date | null = null
  const forever: BlockCode[] = []
  let from = ALWAYS
  let code: BlockCode | null = null
  for (const limit of limits) {
    if (limit.until !== undefined && (until === null || limit.until < until))
      until = limit.until
    if (limit.from === 'never') {
      forever.push(limit.code)
    }
    else if (limit.from !== undefined && limit.from > from) {
      from = limit.from
      code = limit.code
    }
  }
  if (forever.length === 0)
    return { from, until, code }
  const first = forever.includes('REVIEW') ? forever.find(one => !ANSWERED_BY_REVIEW.has(one)) : forever[0]
  return { from: null, until, code: first! }
}

function holds({ from, until }: Limit, now: Date): boolean {
  return from !== 'never' && (from === undefined || now >= from) && (until === undefined || now < until)
}

const untilMs = ({ until }: Callability) => until?.getTime() ?? Number.POSITIVE_INFINITY

// Loans that may be called at some time come first, then those that wait for a person, then those that nothing will help.
function byCallability(a: JudgedLoan, b: JudgedLoan): number {
  const standing = ({ callability: one }: JudgedLoan) => one.from === null ? (one.code === 'REVIEW' ? 2 : 3) : Number(one.from.getTime() >= untilMs(one))
  return standing(a) - standing(b)
    || compare(untilMs(b.callability), untilMs(a.callability))
    || compare(a.callability.from?.getTime() ?? 0, b.callability.from?.getTime() ?? 0)
    || byUrgency(a, b)
}

// Subtraction of two infinities is no order.
const compare = <Value extends number | string>(a: Value, b: Value) => a === b ? 0 : a < b ? -1 : 1

// Longest overdue first, then the largest due.
function byUrgency(a: { loan: LoanFacts }, b: { loan: LoanFacts }): number {
  return compare(a.loan.dueDate ?? '9999', b.loan.dueDate ?? '9999') || (b.loan.dueAmount ?? 0) - (a.loan.dueAmount ?? 0) || a.loan.id - b.loan.id
}
