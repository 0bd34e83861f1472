import { describe, expect, it } from 'vitest'
import { judgeDial } from '../../src/domain/callability.ts'
import { BLOCK_CODES, type BlockCode, type CallRules, DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { CALL_STATUSES, type CallStatus } from '../../src/domain/call.ts'
import type { Attempt, BorrowerFacts } from '../../src/domain/facts.ts'
import { RULES } from '../../src/domain/limits.ts'
import { aBorrower, aLoan, anAttempt, ist, NOW, PHONE } from './a-borrower.ts'

const OLD_PHONE = '+917000000001'

/** Rules that no history trips, so that a case shows the one rule it is about. */
const LOOSE: CallRules = { ...DEFAULT_CALL_RULES, caps: { phoneDay: 99, loanDay: 99, customerDay: 99, phone7d: 99, loan7d: 99 }, retryMax: 99, gapMin: { noAnswer: 0, busy: 0, failed: 0 }, cooloffDays: 0 }
const caps = (changes: Partial<CallRules['caps']>): CallRules => ({ ...LOOSE, caps: { ...LOOSE.caps, ...changes } })

const daily = (days: number[], changes: Partial<Attempt> = {}) => days.map(day => anAttempt(`2026-11-${day} 09:30`, 'no_answer', changes))

function codeOf(facts: BorrowerFacts, rules: CallRules = DEFAULT_CALL_RULES, now = NOW): BlockCode | null {
  const verdict = judgeDial(facts, rules, now)
  return verdict.ok ? null : verdict.code
}

// Each of these is blocked by one rule alone: without it the call would be placed.
const BLOCKED: [sentence: string, code: BlockCode, facts: BorrowerFacts, rules?: CallRules][] = [
  ['nobody is called without a phone', 'NO_PHONE', aBorrower({ phone: null })],
  ['no landline is called', 'LANDLINE', aBorrower({ phoneKind: 'landline' })],
  ['nobody is called who is marked as dead', 'DECEASED', aBorrower({ fullName: 'Late Ram Prasad' })],
  ['no number is called that Exotel refuses for good', 'SUPPRESSED', aBorrower({ phoneRefusal: 'NDNC' })],
  ['no loan is called about that waits for a person', 'REVIEW', aBorrower({ loans: [aLoan({ inReview: true })] })],
  ['nobody is called who left the file', 'ABSENT', aBorrower({ loans: [aLoan({ isAbsent: true })] })],
  ['no number of staff is called', 'STAFF_PHONE', aBorrower({ isStaffPhone: true })],
  ['a phone of six is not called', 'PHONE_SHARED', aBorrower({ sharers: 6 })],
  ['nobody is called about nothing', 'ZERO_DUE', aBorrower({ loans: [aLoan({ dueAmount: 0 })] })],
  ['nobody is called who has paid ahead', 'CREDIT_BALANCE', aBorrower({ loans: [aLoan({ dueAmount: -1 })] })],
  ['nobody is called before the due date', 'PRE_DUE', aBorrower({ loans: [aLoan({ dueDate: '2026-11-25' })] })],
  ['nobody is called upon old data', 'STALE_DATA', aBorrower({ loans: [aLoan({ dataDate: ist('2026-11-20 22:00') })] })],
  ['a phone rings twice a day', 'CAP_PHONE_DAY', aBorrower({ attempts: daily([24, 24]) }), caps({ phoneDay: 2 })],
  ['a borrower is called twice a day, on whatever phone', 'CAP_CUSTOMER_DAY', aBorrower({ attempts: daily([24, 24], { toNumber: OLD_PHONE, loanId: 9 }) }), caps({ customerDay: 2 })],
  ['a loan is called about twice a day, on whatever phone', 'CAP_LOAN_DAY', aBorrower({ attempts: daily([24, 24], { toNumber: OLD_PHONE, customerId: 9 }) }), caps({ loanDay: 2 })],
  ['a phone rings seven times in seven days', 'CAP_PHONE_7D', aBorrower({ attempts: daily([18, 19, 20, 21, 22, 23, 24], { loanId: 9 }) }), caps({ phone7d: 7 })],
  ['a loan is called about seven times in seven days', 'CAP_LOAN_7D', aBorrower({ attempts: daily([18, 19, 20, 21, 22, 23, 24], { toNumber: OLD_PHONE }) }), caps({ loan7d: 7 })],
  ['a shared phone rings for one borrower a day', 'CAP_PHONE_DAY', aBorrower({ attempts: daily([24], { customerId: 2, loanId: 9 }) }), LOOSE],
  ['nobody is called for days after a conversation', 'COOLOFF', aBorrower({ attempts: [anAttempt('2026-11-22 09:30', 'completed', { durationSeconds: 62 })] })],
  ['one retry a day, failed tries counted', 'RETRY_LIMIT', aBorrower({ attempts: [anAttempt('2026-11-24 09:01', 'failed'), anAttempt('2026-11-24 09:02', 'failed')] }), { ...LOOSE, retryMax: 1 }],
  ['no retry before the gap has run', 'GAP', aBorrower({ attempts: [anAttempt('2026-11-24 09:00', 'no_answer')] })],
]

describe('RULES', () => {
  it('let a borrower be called whom none forbids', () => {
    expect(judgeDial(aBorrower(), DEFAULT_CALL_RULES, NOW)).toMatchObject({ ok: true, loan: { loanId: 'LN1' } })
  })

  it('let a number of staff be called that a person allows, and say so', () => {
    const verdict = judgeDial(aBorrower({ isStaffPhone: true, isAllowedAsStaff: true }), DEFAULT_CALL_RULES, NOW)
    expect(verdict.ok).toBe(true)
    expect(verdict.checks.find(({ code }) => code === 'STAFF_PHONE')).toMatchObject({ pass: true, value: 'a number of staff or a branch, allowed by a person' })
  })

  it.each(BLOCKED)('%s: %s', (_, code, facts, rules = DEFAULT_CALL_RULES) => {
    const verdict = judgeDial(facts, rules, NOW)
    expect({ ok: verdict.ok, failed: verdict.checks.filter(check => !check.pass).map(check => check.code) }).toEqual({ ok: false, failed: [code] })
  })

  it.each(RULES.map((rule, at) => [at, rule] as const))('number %i is missed when it is taken out', (at, rule) => {
    RULES.splice(at, 1)
    try {
      expect(BLOCKED.filter(([, , facts, rules]) => codeOf(facts, rules) === null)).toHaveLength(1)
    }
    finally {
      RULES.splice(at, 0, rule)
    }
  })

  it('use codes of the closed list', () => {
    const codes = RULES.map(rule => rule(aBorrower(), aLoan(), DEFAULT_CALL_RULES).code)
    expect(codes.filter(code => !BLOCK_CODES.includes(code))).toEqual([])
  })
})

describe('the amount and the due date', () => {
  it.each<[string, Parameters<typeof aLoan>[0], BlockCode | null]>([
    ['an unknown amount is callable', { dueAmount: null }, null],
    ['one paisa is callable', { dueAmount: 1 }, null],
    ['an unknown due date is callable', { dueDate: null }, null],
    ['on the due date itself the call may be placed', { dueDate: '2026-11-24' }, null],
    ['the day before, it may not', { dueDate: '2026-11-25' }, 'PRE_DUE'],
    ['an old due date is callable', { dueDate: '2019-01-01' }, null],
  ])('%s', (_, loan, code) => {
    expect(codeOf(aBorrower({ loans: [aLoan(loan)] }))).toBe(code)
  })

  it('a loan falls due at midnight in India', () => {
    const facts = aBorrower({ loans: [aLoan({ dueDate: '2026-11-25' })] })
    expect([codeOf(facts, DEFAULT_CALL_RULES, ist('2026-11-24 23:59:59')), codeOf(facts, DEFAULT_CALL_RULES, ist('2026-11-25'))]).toEqual(['PRE_DUE', 'OUTSIDE_HOURS'])
  })
})

describe('the age of the data', () => {
  it.each([
    ['Friday 18:00, on Sunday at noon', '2026-11-20 18:00', '2026-11-22 12:00', null],
    ['Friday 22:00, on Monday at 09:59', '2026-11-20 22:00', '2026-11-23 09:59', null],
    ['Friday 22:00, on Monday at 10:00', '2026-11-20 22:00', '2026-11-23 10:00', 'STALE_DATA'],
    ['Saturday 18:00, on Monday at 17:00', '2026-11-21 18:00', '2026-11-23 17:00', null],
    ['Saturday 18:00, on Tuesday at 09:00', '2026-11-21 18:00', '2026-11-24 09:00', 'STALE_DATA'],
    ['the eve of 2 October, on the 3rd at 09:00', '2026-10-01 18:00', '2026-10-03 09:00', null],
    ['Tuesday 08:00, on Wednesday at 17:00', '2026-11-24 08:00', '2026-11-25 17:00', null],
  ] as const)('of %s', (_, dataDate, now, code) => {
    expect(codeOf(aBorrower({ loans: [aLoan({ dataDate: ist(dataDate), dueDate: null })] }), DEFAULT_CALL_RULES, ist(now))).toBe(code)
  })
})

describe('the caps of a day', () => {
  const COUNTED: CallStatus[] = ['scheduled', 'dialing', 'unknown', 'initiated', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer', 'canceled']

  it.each(CALL_STATUSES.map(status => [status, COUNTED.includes(status)] as const))('rule 11: a call that is %s counts: %s', (status, counts) => {
    const elsewhere = anAttempt('2026-11-24 09:30', status, { customerId: 9, toNumber: OLD_PHONE })
    expect(codeOf(aBorrower({ attempts: [elsewhere] }), caps({ loanDay: 1 }))).toBe(counts ? 'CAP_LOAN_DAY' : null)
  })

  it('count what a day holds, and start again at midnight in India', () => {
    const attempts = [anAttempt('2026-11-23 00:10', 'busy'), anAttempt('2026-11-23 23:50', 'busy')]
    const at = (now: string) => codeOf(aBorrower({ attempts }), caps({ phoneDay: 2 }), ist(now))
    expect([at('2026-11-23 23:59'), at('2026-11-24 00:00'), at('2026-11-24 09:00')]).toEqual(['CAP_PHONE_DAY', 'OUTSIDE_HOURS', null])
  })

  it('are not reached by one call today after two yesterday', () => {
    expect(codeOf(aBorrower({ attempts: daily([23, 23, 24]) }), caps({ phoneDay: 2 }))).toBeNull()
  })

  it('are two by default, for the phone, the borrower and the loan', () => {
    expect(DEFAULT_CALL_RULES.caps).toEqual({ phoneDay: 2, loanDay: 2, customerDay: 2, phone7d: 7, loan7d: 7 })
  })
})

describe('the caps of seven days', () => {
  it.each([
    ['2026-11-24 09:29:59', 'CAP_PHONE_7D'],
    ['2026-11-24 09:30:00', null],
  ])('roll: the call of a week ago is forgotten to the minute, at %s: %s', (now, code) => {
    expect(codeOf(aBorrower({ attempts: daily([17, 18, 19, 20, 21, 22, 23]) }), caps({ phone7d: 7 }), ist(now))).toBe(code)
  })

  it('wait for the seventh last call when there were more', () => {
    const verdict = judgeDial(aBorrower({ attempts: daily([17, 18, 18, 19, 20, 21, 22, 23]) }), caps({ phone7d: 7 }), NOW)
    expect(verdict).toMatchObject({ ok: false, code: 'CAP_PHONE_7D', nextAt: ist('2026-11-25 09:30') })
  })

  it('do not count what never rang', () => {
    const attempts = [18, 19, 20, 21, 22, 23].flatMap(day => (['failed', 'rejected', 'not_placed'] as const).map(status => anAttempt(`2026-11-${day} 09:30`, status)))
    expect(codeOf(aBorrower({ attempts }))).toBeNull()
  })
})

describe('a shared phone', () => {
  it('rings for one of them a day, whoever had the day before', () => {
    const attempts = [anAttempt('2026-11-23 09:30', 'no_answer', { customerId: 2 }), anAttempt('2026-11-24 07:30', 'no_answer', { customerId: 3 })]
    expect(codeOf(aBorrower({ attempts }))).toBe('CAP_PHONE_DAY')
  })

  it.each<[string, Attempt, BlockCode | null]>([
    ['another borrower was called today', anAttempt('2026-11-24 09:30', 'completed', { customerId: 2, durationSeconds: 62 }), 'CAP_PHONE_DAY'],
    ['another borrower did not answer today', anAttempt('2026-11-24 07:30', 'no_answer', { customerId: 2 }), 'CAP_PHONE_DAY'],
    ['another borrower was called yesterday', anAttempt('2026-11-23 17:30', 'completed', { customerId: 2, durationSeconds: 62 }), null],
    ['another borrower\'s call never rang', anAttempt('2026-11-24 09:00', 'failed', { customerId: 2 }), null],
    ['another borrower was called on another phone', anAttempt('2026-11-24 09:30', 'no_answer', { customerId: 2, toNumber: OLD_PHONE, loanId: 9 }), null],
    ['the same borrower was called this morning', anAttempt('2026-11-24 07:30', 'no_answer'), null],
  ])('%s', (_, attempt, code) => {
    expect(codeOf(aBorrower({ attempts: [attempt] }))).toBe(code)
  })
})

describe('the cool-off', () => {
  const LOOSE_COOLOFF = { ...LOOSE, cooloffDays: DEFAULT_CALL_RULES.cooloffDays, maxDataAgeH: 240 }
  const spoken = (durationSeconds: number | null, changes: Partial<Attempt> = {}) => aBorrower({ attempts: [anAttempt('2026-11-21 10:00', 'completed', { durationSeconds, ...changes })] })

  it.each([
    ['a conversation', 62, '2026-11-24'],
    ['a call of 8 seconds', 8, '2026-11-24'],
    ['a call of unknown length', null, '2026-11-24'],
    ['a call of 7 seconds', 7, '2026-11-22'],
    ['a call of no length', 0, '2026-11-22'],
  ])('after %s of %s seconds on the 21st ends at 00:00 on %s', (_, seconds, day) => {
    const before = new Date(ist(day).getTime() - 1000)
    expect([codeOf(spoken(seconds), LOOSE_COOLOFF, before), codeOf(spoken(seconds), LOOSE_COOLOFF, ist(day))]).toEqual(['COOLOFF', 'OUTSIDE_HOURS'])
  })

  it('is as long as the settings say', () => {
    const rules = { ...LOOSE, cooloffDays: 7 }
    expect(judgeDial(spoken(62), rules, NOW)).toMatchObject({ ok: false, code: 'COOLOFF' })
    expect(codeOf(aBorrower({ loans: [aLoan({ dataDate: ist('2026-11-28 08:00') })], attempts: spoken(62).attempts }), rules, ist('2026-11-28 09:00'))).toBeNull()
  })

  it('counts from the conversation, when a short call came after it', () => {
    const attempts = [anAttempt('2026-11-23 10:00', 'completed', { durationSeconds: 62 }), anAttempt('2026-11-23 11:00', 'completed', { durationSeconds: 3 })]
    expect(codeOf(aBorrower({ attempts }))).toBe('COOLOFF')
  })

  it('counts from the last conversation, and from the last answer', () => {
    const spokenOn = (...days: number[]) => aBorrower({ attempts: days.map(day => anAttempt(`2026-11-${day} 09:00`, 'completed', { durationSeconds: 62 })) })
    const answeredOn = (...days: number[]) => aBorrower({ attempts: days.map(day => anAttempt(`2026-11-${day} 09:00`, 'completed', { durationSeconds: 3 })) })
    expect([codeOf(spokenOn(18, 23)), codeOf(answeredOn(22, 24))]).toEqual(['COOLOFF', 'COOLOFF'])
  })

  it('follows the borrower to another phone, and not another borrower on this one', () => {
    expect([codeOf(spoken(62, { toNumber: OLD_PHONE }), DEFAULT_CALL_RULES, ist('2026-11-23 10:00')), codeOf(spoken(62, { customerId: 2 }), DEFAULT_CALL_RULES, ist('2026-11-23 10:00')), codeOf(spoken(62, { customerId: null, toNumber: OLD_PHONE }), DEFAULT_CALL_RULES, ist('2026-11-23 10:00')), codeOf(spoken(62, { customerId: null }), DEFAULT_CALL_RULES, ist('2026-11-23 10:00'))]).toEqual(['COOLOFF', null, null, 'COOLOFF'])
  })
})

describe('the gap between two tries', () => {
  const LOOSE_GAPS = { ...LOOSE, gapMin: DEFAULT_CALL_RULES.gapMin }

  it.each<[CallStatus, number]>([['no_answer', 120], ['canceled', 120], ['busy', 30], ['failed', 30]])('after %s it is %i minutes from the end of the call', (status, minutes) => {
    const ended = ist('2026-11-24 09:05')
    const facts = aBorrower({ attempts: [anAttempt('2026-11-24 09:04', status, { endedAt: ended })] })
    const after = (ms: number) => codeOf(facts, DEFAULT_CALL_RULES, new Date(ended.getTime() + minutes * 60_000 + ms))
    expect([after(-1), after(0)]).toEqual(['GAP', null])
  })

  it('counts from the beginning of a call whose end is not known', () => {
    expect(judgeDial(aBorrower({ attempts: [anAttempt('2026-11-24 09:50', 'busy', { endedAt: null })] }), DEFAULT_CALL_RULES, NOW)).toMatchObject({ code: 'GAP', nextAt: ist('2026-11-24 10:20') })
  })

  it('is the longest that any earlier try asks for', () => {
    const attempts = [anAttempt('2026-11-24 09:00', 'no_answer'), anAttempt('2026-11-24 09:20', 'busy')]
    expect(judgeDial(aBorrower({ attempts }), LOOSE_GAPS, NOW)).toMatchObject({ code: 'GAP', nextAt: ist('2026-11-24 11:00') })
  })

  it.each<[CallStatus]>([['rejected'], ['not_placed']])('is none after %s', (status) => {
    expect(codeOf(aBorrower({ attempts: [anAttempt('2026-11-24 09:59', status)] }), LOOSE_GAPS)).toBe(status === 'rejected' ? 'RETRY_LIMIT' : null)
  })

  it('is kept by phone: a try on the old phone asks for none', () => {
    expect(codeOf(aBorrower({ attempts: [anAttempt('2026-11-24 09:59', 'no_answer', { toNumber: OLD_PHONE })] }))).toBeNull()
  })
})

describe('the retry limit', () => {
  const failed = (at: string, changes: Partial<Attempt> = {}) => anAttempt(at, 'failed', changes)
  const refused = (refusal: Attempt['refusal']) => anAttempt('2026-11-24 09:00', 'rejected', { refusal })

  it.each<[string, Attempt[], BlockCode | null]>([
    ['one failed call leaves one retry', [failed('2026-11-24 09:00')], null],
    ['two failed calls leave none', [failed('2026-11-24 09:00'), failed('2026-11-24 09:30')], 'RETRY_LIMIT'],
    ['two failed calls of yesterday leave today alone', [failed('2026-11-23 09:00'), failed('2026-11-23 09:30')], null],
    ['another borrower\'s failed calls on this phone are not held against this one', [failed('2026-11-24 09:00', { customerId: 2 }), failed('2026-11-24 09:30', { customerId: 2 })], null],
    ['what Exotel refuses is not asked again that day', [refused('request')], 'RETRY_LIMIT'],
    ['a refusal of the account is not held against the borrower', [refused('account'), refused('account'), refused('account')], null],
    ['a call that was not placed is not held against the borrower', [anAttempt('2026-11-24 09:00', 'not_placed'), anAttempt('2026-11-24 09:01', 'not_placed')], null],
  ])('%s', (_, attempts, code) => {
    expect(codeOf(aBorrower({ attempts }))).toBe(code)
  })

  it('may be none at all', () => {
    expect(codeOf(aBorrower({ attempts: [failed('2026-11-24 09:00')] }), { ...DEFAULT_CALL_RULES, retryMax: 0 })).toBe('RETRY_LIMIT')
  })

  it('ends at midnight', () => {
    expect(judgeDial(aBorrower({ attempts: [refused('request')] }), DEFAULT_CALL_RULES, NOW)).toMatchObject({ ok: false, nextAt: ist('2026-11-25 09:00') })
  })
})

it('phones are compared whole', () => {
  expect(codeOf(aBorrower({ attempts: daily([24, 24], { toNumber: PHONE.slice(0, -1), loanId: 9, customerId: 9 }) }))).toBeNull()
})
