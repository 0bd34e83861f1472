import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockAt, callability, judgeDial, nextAt } from '../../src/domain/callability.ts'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { CALL_STATUSES, isOpen, OPEN_STATUSES } from '../../src/domain/call.ts'
import type { BorrowerFacts, LoanFacts } from '../../src/domain/facts.ts'
import { aBorrower, aLoan, anAttempt, ist, NOW } from './a-borrower.ts'
import { HOST_ZONES, inHostZone } from './host-zone.ts'

const RULES = DEFAULT_CALL_RULES
const judge = (facts: BorrowerFacts, now = NOW) => judgeDial(facts, RULES, now)
const FRESH_UNTIL = ist('2026-11-25 20:00')

describe('callability', () => {
  it('of somebody whom nothing forbids lasts as long as the data', () => {
    expect(callability(aBorrower({ loans: [aLoan({ dueDate: null })] }), RULES)).toEqual({ from: new Date(0), until: FRESH_UNTIL, code: null })
  })

  it('begins with the due date', () => {
    expect(callability(aBorrower(), RULES)).toEqual({ from: ist('2026-11-05'), until: FRESH_UNTIL, code: 'PRE_DUE' })
  })

  it('begins when the last of the rules lets go, and names that one', () => {
    const attempts = [anAttempt('2026-11-24 09:00', 'no_answer'), anAttempt('2026-11-23 09:00', 'completed', { durationSeconds: 62 })]
    expect(callability(aBorrower({ attempts }), RULES)).toEqual({ from: ist('2026-11-26'), until: FRESH_UNTIL, code: 'COOLOFF' })
  })

  it('names the first of the rules where two let go together', () => {
    const attempts = [anAttempt('2026-11-24 09:00', 'no_answer'), anAttempt('2026-11-24 11:00', 'completed', { durationSeconds: 3 })]
    expect(callability(aBorrower({ attempts }), RULES)).toEqual({ from: ist('2026-11-25'), until: FRESH_UNTIL, code: 'CAP_PHONE_DAY' })
  })

  it('never begins where a rule waits for something to be written', () => {
    expect(callability(aBorrower({ fullName: 'Late Ram', phoneRefusal: 'NDNC' }), RULES)).toEqual({ from: null, until: FRESH_UNTIL, code: 'DECEASED' })
  })

  it('waits for a person where the phone does, and for a phone where nothing is to be decided', () => {
    const codeOf = (loan: Partial<LoanFacts>) => callability(aBorrower({ phone: null, loans: [aLoan(loan)] }), RULES).code
    expect([codeOf({ inReview: true }), codeOf({}), codeOf({ inReview: true, isAbsent: true })]).toEqual(['REVIEW', 'NO_PHONE', 'ABSENT'])
    expect(judge(aBorrower({ phone: null, loans: [aLoan({ inReview: true })] }))).toMatchObject({ ok: false, code: 'REVIEW', checks: expect.arrayContaining([expect.objectContaining({ code: 'NO_PHONE', pass: false })]) })
  })

  it('waits for a person to say whether it is this one who is marked as dead', () => {
    const codeOf = (isAsked: boolean) => callability(aBorrower({ fullName: 'Late Ram', isAsked }), RULES).code
    expect([codeOf(true), codeOf(false)]).toEqual(['REVIEW', 'DECEASED'])
  })

  it('of somebody without a loan never begins', () => {
    expect(callability(aBorrower({ loans: [] }), RULES)).toEqual({ from: null, until: null, code: 'ABSENT' })
  })

  it('does not change with the host\'s zone', () => {
    const facts = aBorrower({ attempts: [anAttempt('2026-11-23 23:50', 'busy'), anAttempt('2026-11-24 00:10', 'no_answer')] })
    const seen = HOST_ZONES.map(([zone]) => inHostZone(zone, () => [callability(facts, RULES), judge(facts)]))
    expect(seen).toEqual(seen.map(() => seen[0]))
  })
})

describe('callability over several loans', () => {
  const stale = aLoan({ id: 1, loanId: 'LN1', dueDate: '2026-10-01', dataDate: ist('2026-11-02 08:00') })
  const fresh = (changes: Partial<LoanFacts> = {}) => aLoan({ id: 2, loanId: 'LN2', dueDate: '2026-11-15', ...changes })

  it.each<[string, LoanFacts[], ReturnType<typeof callability>]>([
    ['one callable loan is enough', [aLoan({ dueAmount: 0 }), fresh()], { from: ist('2026-11-15'), until: FRESH_UNTIL, code: 'PRE_DUE' }],
    ['the one that may be called first begins', [aLoan(), fresh()], { from: ist('2026-11-05'), until: FRESH_UNTIL, code: 'PRE_DUE' }],
    ['a loan that left the file does not hide the one that is in it', [stale, fresh()], { from: ist('2026-11-15'), until: FRESH_UNTIL, code: 'PRE_DUE' }],
    ['nor when both have always been due', [{ ...stale, dueDate: null }, fresh({ dueDate: null })], { from: new Date(0), until: FRESH_UNTIL, code: null }],
    ['times that touch are one', [stale, fresh({ dueDate: '2026-11-03' })], { from: ist('2026-10-01'), until: FRESH_UNTIL, code: 'PRE_DUE' }],
    ['times that touch to the minute, too', [aLoan({ dueDate: '2026-11-01', dataDate: ist('2026-11-20 12:00') }), fresh({ dueDate: '2026-11-23' })], { from: ist('2026-11-01'), until: FRESH_UNTIL, code: 'PRE_DUE' }],
    ['a loan that falls due after its data is too old adds nothing', [fresh({ dueDate: '2026-12-05' }), stale], { from: ist('2026-10-01'), until: ist('2026-11-03 20:00'), code: 'PRE_DUE' }],
    ['what waits for a person is named before what nothing helps', [aLoan({ dueAmount: 0 }), fresh({ inReview: true })], { from: null, until: FRESH_UNTIL, code: 'REVIEW' }],
  ])('%s', (_, loans, expected) => {
    expect([callability(aBorrower({ loans }), RULES), callability(aBorrower({ loans: loans.toReversed() }), RULES)]).toEqual([expected, expected])
  })
})

describe('blockAt', () => {
  const one = { from: ist('2026-11-24 10:00'), until: ist('2026-11-25 10:00'), code: 'GAP' as const }

  it.each([
    ['2026-11-24 09:59:59', 'GAP'],
    ['2026-11-24 10:00:00', null],
    ['2026-11-25 09:59:59', null],
    ['2026-11-25 10:00:00', 'STALE_DATA'],
  ])('at %s it names %s', (at, code) => {
    expect(blockAt(one, ist(at))).toBe(code)
  })

  it('names the code for ever where nothing begins', () => {
    expect(blockAt({ from: null, until: ist('2026-11-25'), code: 'REVIEW' }, ist('2027-01-01'))).toBe('REVIEW')
  })
})

describe('nextAt', () => {
  it.each([
    ['now', '2026-11-24 00:00', '2026-11-24 10:00', '2026-11-24 10:00'],
    ['when the rule lets go', '2026-11-24 11:00', '2026-11-24 10:00', '2026-11-24 11:00'],
    ['when the window opens after the rule has let go', '2026-11-24 17:55', '2026-11-24 10:00', '2026-11-25 09:00'],
    ['when the window opens', '2026-11-24 00:00', '2026-11-24 20:00', '2026-11-25 09:00'],
  ])('is %s', (_, from, now, next) => {
    expect(nextAt({ from: ist(from), until: FRESH_UNTIL, code: 'GAP' }, RULES, ist(now))).toEqual(ist(next))
  })

  it.each([
    ['nothing begins', null, FRESH_UNTIL],
    ['the data is too old by then', ist('2026-11-26'), FRESH_UNTIL],
    ['the data is too old when the window opens', ist('2026-11-24 18:00'), ist('2026-11-25 08:00')],
    ['the data is too old at that very moment', ist('2026-11-24 18:00'), ist('2026-11-25 09:00')],
  ])('is never where %s', (_, from, until) => {
    expect(nextAt({ from, until, code: 'GAP' }, RULES, NOW)).toBeNull()
  })
})

describe('judgeDial', () => {
  it('lists every check it made, in order, with value and limit', () => {
    expect(judge(aBorrower({ attempts: [anAttempt('2026-11-23 09:00', 'no_answer')] }))).toEqual({
      ok: true,
      loan: aLoan(),
      checks: [
        { code: 'OUTSIDE_HOURS', pass: true, value: '10:00', limit: '09:00-17:50' },
        { code: 'GAP', pass: true, value: 'no open call', limit: 'one open call per phone and borrower' },
        { code: 'NO_PHONE', pass: true, value: '+919812345678', limit: 'a phone' },
        { code: 'LANDLINE', pass: true, value: 'mobile', limit: 'mobile' },
        { code: 'DECEASED', pass: true, value: 'no mark', limit: 'no mark' },
        { code: 'ABSENT', pass: true, value: 'in the file', limit: 'in the newest file' },
        { code: 'STAFF_PHONE', pass: true, value: 'nobody\'s of the lender', limit: 'the borrower\'s own number' },
        { code: 'PHONE_SHARED', pass: true, value: '1 borrowers', limit: '5 borrowers' },
        { code: 'SUPPRESSED', pass: true, value: 'not refused', limit: 'not refused' },
        { code: 'REVIEW', pass: true, value: 'decided', limit: 'decided' },
        { code: 'ZERO_DUE', pass: true, value: '15000.00', limit: 'more than zero' },
        { code: 'CREDIT_BALANCE', pass: true, value: '15000.00', limit: 'more than zero' },
        { code: 'PRE_DUE', pass: true, value: '2026-11-05', limit: 'due' },
        { code: 'STALE_DATA', pass: true, value: '2026-11-24', limit: '36 h' },
        { code: 'CAP_PHONE_DAY', pass: true, value: '1', limit: '2' },
        { code: 'CAP_CUSTOMER_DAY', pass: true, value: '1', limit: '2' },
        { code: 'CAP_LOAN_DAY', pass: true, value: '1', limit: '2' },
        { code: 'CAP_PHONE_7D', pass: true, value: '1', limit: '7' },
        { code: 'CAP_LOAN_7D', pass: true, value: '1', limit: '7' },
        { code: 'CAP_PHONE_DAY', pass: true, value: 'nobody else', limit: 'one borrower a day on a shared phone' },
        { code: 'COOLOFF', pass: true, value: 'no conversation', limit: '3 days' },
        { code: 'RETRY_LIMIT', pass: true, value: '0', limit: '1' },
        { code: 'GAP', pass: true, value: 'no_answer', limit: '120 min' },
      ],
    })
  })

  it.each([
    ['2026-11-24 08:59:59', 'OUTSIDE_HOURS', '2026-11-24 09:00'],
    ['2026-11-24 17:50:00', 'OUTSIDE_HOURS', '2026-11-25 09:00'],
  ])('keeps to the window: at %s %s, next at %s', (now, code, next) => {
    expect(judge(aBorrower(), ist(now))).toMatchObject({ ok: false, code, nextAt: ist(next) })
  })

  it.each(['2026-11-24 09:00:00', '2026-11-24 17:49:59'])('calls at %s', (now) => {
    expect(judge(aBorrower(), ist(now))).toMatchObject({ ok: true })
  })

  it('calls nobody on a holiday', () => {
    expect(judge(aBorrower({ loans: [aLoan({ dataDate: ist('2026-10-01 18:00'), dueDate: null })] }), ist('2026-10-02 12:00'))).toMatchObject({ ok: false, code: 'OUTSIDE_HOURS', nextAt: ist('2026-10-03 09:00') })
  })

  it('names the hour last: it passes by itself', () => {
    expect(judge(aBorrower({ loans: [aLoan({ inReview: true })] }), ist('2026-11-24 20:00'))).toMatchObject({ code: 'REVIEW', nextAt: null })
  })

  it.each(OPEN_STATUSES.map(status => [status, status === 'unknown' ? 'UNKNOWN_CALL' : 'GAP'] as const))('places no call beside one that is %s: %s, and only its end helps', (status, code) => {
    expect(judge(aBorrower({ attempts: [anAttempt('2026-11-22 09:00', status)] }))).toMatchObject({ ok: false, code, nextAt: null })
  })

  it('places no call beside one to another borrower on the same phone', () => {
    expect(judge(aBorrower({ attempts: [anAttempt('2026-11-22 09:00', 'ringing', { customerId: 2, loanId: 9 })] }))).toMatchObject({ ok: false, code: 'GAP' })
  })

  it('names the same rule as the list does', () => {
    const facts = aBorrower({ attempts: [anAttempt('2026-11-24 09:00', 'busy'), anAttempt('2026-11-24 09:40', 'completed', { durationSeconds: 62 })] })
    expect(judge(facts)).toMatchObject({ ok: false, code: 'COOLOFF' })
    expect(blockAt(callability(facts, RULES), NOW)).toBe('COOLOFF')
  })

  it('says of somebody without a loan that there is none', () => {
    expect(judge(aBorrower({ loans: [] }))).toEqual({ ok: false, code: 'ABSENT', checks: [], nextAt: null })
  })

  describe('chooses among several loans', () => {
    const chosen = (...loans: Partial<LoanFacts>[]) => {
      const verdict = judge(aBorrower({ loans: loans.map((loan, at) => aLoan({ id: at + 1, loanId: `LN${at + 1}`, ...loan })) }))
      return verdict.ok ? verdict.loan.loanId : verdict.code
    }

    it.each<[string, Partial<LoanFacts>[], string]>([
      ['the longest overdue', [{ dueDate: '2026-11-05' }, { dueDate: '2026-10-05' }, { dueDate: '2026-11-01' }], 'LN2'],
      ['then the largest due', [{ dueAmount: 100 }, { dueAmount: 300 }, { dueAmount: 200 }], 'LN2'],
      ['an unknown amount last', [{ dueAmount: null }, { dueAmount: 1 }], 'LN2'],
      ['an unknown due date last', [{ dueDate: null }, { dueDate: '2026-11-20' }], 'LN2'],
      ['the first among equals', [{}, {}], 'LN1'],
      ['none that is paid', [{ dueDate: '2026-01-01', dueAmount: 0 }, {}], 'LN2'],
      ['none in review', [{ dueDate: '2026-01-01', inReview: true }, {}], 'LN2'],
      ['none before its due date', [{ dueDate: '2026-11-25' }, { dueDate: '2026-11-24' }], 'LN2'],
      ['none upon old data', [{ dueDate: '2026-01-01', dataDate: ist('2026-11-02') }, {}], 'LN2'],
      ['the reason of the one that may be called first', [{ dueDate: '2026-11-26' }, { dueDate: '2026-11-25' }, { inReview: true }], 'PRE_DUE'],
      ['a review before what nothing helps', [{ dueAmount: 0 }, { inReview: true }], 'REVIEW'],
      ['the reason of the longest overdue among those that nothing helps', [{ dueAmount: -5 }, { dueAmount: 0, dueDate: '2026-01-01' }], 'ZERO_DUE'],
    ])('%s', (_, loans, expected) => {
      expect(chosen(...loans)).toBe(expected)
    })
  })

  const moment = fc.integer({ min: ist('2026-11-16').getTime() / 60_000, max: NOW.getTime() / 60_000 }).map(minutes => new Date(minutes * 60_000))
  const loans = fc.array(fc.record({ dueAmount: fc.constantFrom(null, 0, -5, 100, 300), dueDate: fc.constantFrom(null, '2026-11-01', '2026-11-18', '2026-11-24', '2026-11-27'), dataDate: fc.constantFrom(ist('2026-11-17'), ist('2026-11-21'), ist('2026-11-24 08:00')), inReview: fc.boolean() }), { maxLength: 4 })
  const attempts = fc.array(fc.record({ at: moment, status: fc.constantFrom(...CALL_STATUSES), durationSeconds: fc.constantFrom(null, 3, 60), customerId: fc.constantFrom(1, 1, 2), loanId: fc.constantFrom(1, 2, 9), toNumber: fc.constantFrom('+919812345678', '+917000000001') }), { maxLength: 5 })
  const borrower = fc.record({ loans, attempts }).map(facts => aBorrower({
    loans: facts.loans.map((loan, at) => aLoan({ id: at + 1, loanId: `LN${at + 1}`, ...loan })),
    attempts: facts.attempts.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map(({ at, status, ...changes }) => ({ ...anAttempt('2026-11-24', status, changes), at, endedAt: at })),
  }))
  const now = fc.constantFrom(NOW, ist('2026-11-24 20:00'), ist('2026-11-25 09:00'), ist('2026-11-26 12:00'))

  it('passes a check from the very moment at which its rule lets go, until the very moment at which it ends', () => {
    const failed = (facts: BorrowerFacts, at: Date) => judge(facts, at).checks.filter(check => !check.pass).map(check => check.code)
    const busy = aBorrower({ attempts: [anAttempt('2026-11-24 09:30', 'busy')] })
    const old = aBorrower({ loans: [aLoan({ dataDate: ist('2026-11-20 22:00') })] })
    expect([failed(busy, ist('2026-11-24 09:59:59')), failed(busy, ist('2026-11-24 10:00')), failed(old, ist('2026-11-23 09:59:59')), failed(old, ist('2026-11-23 10:00'))]).toEqual([['GAP'], [], [], ['STALE_DATA']])
  })

  it('allows a call exactly where every check passes', () => {
    fc.assert(fc.property(borrower, now, (facts, at) => {
      const verdict = judge(facts, at)
      expect(verdict.ok).toBe(verdict.checks.length > 0 && verdict.checks.every(check => check.pass))
    }), { numRuns: 1000 })
  })

  it('allows, within hours and beside no open call, whomever the list shows as ready', () => {
    fc.assert(fc.property(borrower, now, (facts, at) => {
      const listed = blockAt(callability(facts, RULES), at) === null
      const free = !facts.attempts.some(attempt => (attempt.toNumber === facts.phone || attempt.customerId === facts.customerId) && isOpen(attempt.status))
      if (listed && free)
        expect(['OUTSIDE_HOURS', undefined]).toContain((judge(facts, at) as { code?: string }).code)
    }), { numRuns: 1000 })
  })

  it('and lists as ready whomever it allows, where all the data is of one day', () => {
    fc.assert(fc.property(borrower, now, (facts, at) => {
      const sameDay = { ...facts, loans: facts.loans.map(loan => ({ ...loan, dataDate: ist('2026-11-24 08:00') })) }
      if (judge(sameDay, at).ok)
        expect(blockAt(callability(sameDay, RULES), at)).toBeNull()
    }), { numRuns: 1000 })
  })

  it('promises a next time at which the call is allowed, if nothing changes', () => {
    fc.assert(fc.property(borrower, now, (facts, at) => {
      const verdict = judge(facts, at)
      if (!verdict.ok && verdict.nextAt !== null)
        expect([verdict.nextAt >= at, judge(facts, verdict.nextAt)]).toEqual([true, expect.objectContaining({ ok: true })])
    }), { numRuns: 1000 })
  })
})
