import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchKey } from '../../src/domain/branch-key.ts'
import type { LoanRow } from '../../src/domain/loan-row.ts'
import { NO_MATCHES } from '../../src/domain/match-counts.ts'
import type { Known } from '../../src/domain/known.ts'
import { type MatchPlan, planMatch } from '../../src/domain/plan-match.ts'
import { aRow } from './a-row.ts'
import { knownAfter, NOBODY } from './known-after.ts'

const FIRST_ROW = 101
const plan = (rows: LoanRow[], known: Partial<Known> = {}) => planMatch(rows.map((row, at) => ({ rowId: FIRST_ROW + at, row })), { ...NOBODY, ...known })

/** What is known once the rows of earlier files have been written. */
function knowing(...files: LoanRow[][]): Known {
  return files.reduce((known, rows) => knownAfter(known, plan(rows, known)), NOBODY)
}

function borrowerOf({ fingerprint, fullName, phone, phoneKind, state, language, email }: LoanRow) {
  return { fingerprint, fullName, phone, phoneKind, state, language, email }
}

function loanOf({ alternatePhone: _, coBorrower: __, ...row }: LoanRow) {
  return Object.fromEntries(Object.entries({ ...row, branchKey: branchKey(row.branch) }).filter(([key]) => !['fingerprint', 'fullName', 'phone', 'phoneKind', 'state', 'language', 'email'].includes(key)))
}

const fates = ({ rows }: MatchPlan) => rows.map(({ status, code }) => code ? `${status} ${code}` : status)

describe('planMatch', () => {
  it('makes a customer and a loan of an unknown row', () => {
    const row = aRow()
    expect(plan([row])).toEqual({
      newCustomers: [borrowerOf(row)],
      seenCustomers: [],
      unchangedCustomers: [],
      movedCustomers: [],
      otherwiseKnown: [],
      merged: [],
      reviews: [],
      compared: [],
      loans: [{ ...loanOf(row), fingerprint: row.fingerprint, customerId: null, rowId: 101 }],
      rows: [{ rowId: 101, status: 'created', code: null, message: null, fingerprint: row.fingerprint, customerId: null, loanId: 'LN1', knownLoanId: null, rule: 'new', score: null }],
      touchedPhones: [],
      touchedWithoutPhone: [],
      counts: { ...NO_MATCHES, customersCreated: 1, loansCreated: 1 },
    })
  })

  it('changes nothing for a row that says what is known', () => {
    const row = aRow()
    expect(plan([row], knowing([row]))).toEqual({
      newCustomers: [],
      seenCustomers: [{ id: 1, ...borrowerOf(row) }],
      unchangedCustomers: [1],
      movedCustomers: [],
      otherwiseKnown: [],
      merged: [],
      reviews: [],
      compared: [],
      loans: [{ ...loanOf(row), fingerprint: row.fingerprint, customerId: 1, rowId: 101 }],
      rows: [{ rowId: 101, status: 'matched', code: null, message: null, fingerprint: row.fingerprint, customerId: 1, loanId: 'LN1', knownLoanId: 1, rule: 'loan+name', score: 1 }],
      touchedPhones: ['+919812345678'],
      touchedWithoutPhone: [],
      counts: { ...NO_MATCHES, loansUnchanged: 1 },
    })
  })

  it('plans nothing for no rows', () => {
    expect(plan([], knowing([aRow()]))).toEqual({ newCustomers: [], seenCustomers: [], unchangedCustomers: [], movedCustomers: [], otherwiseKnown: [], merged: [], reviews: [], compared: [], loans: [], rows: [], touchedPhones: [], touchedWithoutPhone: [], counts: { ...NO_MATCHES } })
  })

  it('match 2: takes the figures of the next day\'s file', () => {
    const today = aRow({ due_amount: '3,100' })
    expect(plan([today], knowing([aRow()]))).toMatchObject({
      loans: [{ loanId: 'LN1', dueAmount: 310_000, rowId: 101 }],
      counts: { ...NO_MATCHES, loansUpdated: 1, amountsChanged: 1 },
    })
  })

  it('match 3: lets a person decide where one file tells two stories of a new loan', () => {
    const twice = plan([aRow(), aRow({ due_amount: '3,100' }), aRow({ loan_id: 'LN2' })], { contradicted: new Set(['LN1']) })
    expect(fates(twice)).toEqual(['review LOAN_TWICE', 'review LOAN_TWICE', 'created'])
    expect(twice.rows[0]).toEqual({ rowId: 101, status: 'review', code: 'LOAN_TWICE', message: 'loan LN1 stands in this file more than once with different values', fingerprint: aRow().fingerprint, customerId: null, loanId: 'LN1', knownLoanId: null, rule: null, score: null })
    expect(twice.loans.map(({ loanId, dueAmount, branch }) => [loanId, dueAmount, branch])).toEqual([['LN2', 250_000, 'Patna'], ['LN1', null, 'Patna']])
  })

  it('match 3: keeps the values of a known loan and blocks it by its newest row', () => {
    const row = aRow()
    const twice = plan([aRow({ due_amount: '1' }), aRow({ due_amount: '2' })], { ...knowing([row]), contradicted: new Set(['LN1']) })
    expect(twice).toEqual({
      newCustomers: [],
      seenCustomers: [],
      unchangedCustomers: [],
      movedCustomers: [],
      otherwiseKnown: [],
      merged: [],
      reviews: [],
      compared: [],
      loans: [{ ...loanOf(row), fingerprint: row.fingerprint, customerId: 1, rowId: 102 }],
      rows: [101, 102].map(rowId => ({ rowId, status: 'review', code: 'LOAN_TWICE', message: 'loan LN1 stands in this file more than once with different values', fingerprint: row.fingerprint, customerId: 1, loanId: 'LN1', knownLoanId: 1, rule: null, score: null })),
      touchedPhones: ['+919812345678'],
      touchedWithoutPhone: [],
      counts: { ...NO_MATCHES },
    })
  })

  it.each([
    ['match 1', 'RAJESH  KUMAR.'],
    ['match 5', 'Kumar Rajesh'],
    ['match 6', 'Shri Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar S/O Ram Lal'],
  ])('%s: gives %j on the same phone another loan of the same customer', (_, name) => {
    const second = aRow({ name, loan_id: 'LN2' })
    expect(plan([second], knowing([aRow()]))).toMatchObject({
      newCustomers: [],
      seenCustomers: [{ id: 1, fullName: second.fullName }],
      rows: [{ status: 'created', code: null, fingerprint: aRow().fingerprint, loanId: 'LN2', rule: 'phone+name', score: 1 }],
      counts: { ...NO_MATCHES, customersUpdated: 1, loansCreated: 1 },
    })
  })

  it('match 4: several rows of one borrower in a file make one customer', () => {
    const rows = [aRow(), aRow({ loan_id: 'LN2' }), aRow({ loan_id: 'LN3', name: 'KUMAR RAJESH' })]
    expect(plan(rows)).toMatchObject({
      newCustomers: [{ fullName: 'KUMAR RAJESH', phone: '+919812345678' }],
      loans: [{ loanId: 'LN1' }, { loanId: 'LN2' }, { loanId: 'LN3' }],
      counts: { ...NO_MATCHES, customersCreated: 1, loansCreated: 3 },
    })
  })

  it.each([
    ['match 23', 'Rajesh Kumar', 'Sunita Devi'],
    ['match 24', 'Rajesh Kumar', 'Rohit Kumar'],
    ['match 24b', 'Rajesh Kumar', 'Ramesh Kumar'],
  ])('%s: never makes %j and %j on one phone one customer', (_, a, b) => {
    const rows = [aRow({ name: a }), aRow({ name: b, loan_id: 'LN2' })]
    expect(plan(rows).counts.customersCreated).toBe(2)
    expect(plan(rows.slice(1), knowing(rows.slice(0, 1))).counts.customersCreated).toBe(1)
  })

  it('match 29: never makes two of one name on two phones one customer', () => {
    expect(plan([aRow(), aRow({ phone: '9911223344', loan_id: 'LN2' })]).counts.customersCreated).toBe(2)
  })

  it('match 28: moves the phone when a known loan brings a new one', () => {
    const moved = aRow({ phone: '9911223344' })
    expect(plan([moved], knowing([aRow()]))).toEqual({
      newCustomers: [],
      seenCustomers: [{ id: 1, ...borrowerOf(moved) }],
      unchangedCustomers: [],
      movedCustomers: [moved.fingerprint],
      otherwiseKnown: [{ owner: moved.fingerprint, spellings: [{ identity: aRow().fingerprint, fullName: 'Rajesh Kumar', coBorrower: null, phone: '+919812345678' }], otherPhones: [{ number: '+919812345678', kind: 'superseded' }] }],
      merged: [],
      reviews: [],
      compared: [{ customerId: 1, block: 0 }],
      loans: [{ ...loanOf(moved), fingerprint: moved.fingerprint, customerId: 1, rowId: 101 }],
      rows: [{ rowId: 101, status: 'matched', code: 'PHONE_CHANGED', message: 'the phone of Rajesh Kumar changed and the old one is no longer called', fingerprint: moved.fingerprint, customerId: 1, loanId: 'LN1', knownLoanId: 1, rule: 'loan+name', score: 1 }],
      touchedPhones: ['+919812345678', '+919911223344'],
      touchedWithoutPhone: [],
      counts: { ...NO_MATCHES, customersUpdated: 1, phonesChanged: 1, phonesOnly: 1 },
    })
  })

  it('match 28: moves a landline as a landline, and a mobile as a mobile', () => {
    const toLandline = plan([aRow({ phone: '0522-2612345' })], knowing([aRow()]))
    const toMobile = plan([aRow()], knowing([aRow({ phone: '0522-2612345' })]))
    expect([toLandline.seenCustomers[0]?.phoneKind, toMobile.seenCustomers[0]?.phoneKind]).toEqual(['landline', 'mobile'])
  })

  it('match 28: gives a phone to a borrower who had none', () => {
    const planned = plan([aRow()], knowing([aRow({ phone: '' })]))
    expect(planned).toMatchObject({ newCustomers: [], seenCustomers: [{ id: 1, ...borrowerOf(aRow()) }], rows: [{ code: 'PHONE_CHANGED', message: 'the phone of Rajesh Kumar changed' }], touchedPhones: ['+919812345678'] })
  })

  it('match 28: keeps the phone where the new row has none', () => {
    expect(plan([aRow({ phone: '-' })], knowing([aRow()]))).toMatchObject({ seenCustomers: [{ id: 1, phone: '+919812345678', fingerprint: aRow().fingerprint }], rows: [{ status: 'matched', code: null }], counts: { customersUpdated: 0 } })
  })

  it.each([
    ['after', [aRow({ phone: '9911223344' }), aRow({ loan_id: 'LN2' })]],
    ['before', [aRow({ loan_id: 'LN2' }), aRow({ phone: '9911223344' })]],
  ])('match 28: a new loan on the old phone %s the change is the same borrower\'s', (_, rows) => {
    expect(plan(rows, knowing([aRow()]))).toMatchObject({
      newCustomers: [],
      seenCustomers: [{ id: 1, phone: '+919911223344' }],
      loans: [{ fingerprint: aRow({ phone: '9911223344' }).fingerprint }, { fingerprint: aRow({ phone: '9911223344' }).fingerprint }],
    })
  })

  it('match 28: lets a person decide where the new phone with that name is another customer\'s', () => {
    const namesake = aRow({ phone: '9911223344', loan_id: 'LN2' })
    const planned = plan([aRow({ phone: '9911223344' })], knowing([aRow(), namesake]))
    expect(planned).toMatchObject({
      seenCustomers: [],
      loans: [{ loanId: 'LN1', fingerprint: aRow().fingerprint, rowId: 101 }],
      rows: [{ status: 'review', code: 'LOAN_CUSTOMER_CONFLICT', fingerprint: aRow().fingerprint, loanId: 'LN1' }],
      counts: { ...NO_MATCHES },
    })
  })

  it.each([
    ['first', [aRow({ phone: '9911223344', loan_id: 'LN2' }), aRow({ phone: '9833445566', loan_id: 'LN2' }), aRow({ phone: '9911223344' })]],
    ['second', [aRow({ phone: '9911223344', loan_id: 'LN2' }), aRow({ phone: '9911223344' }), aRow({ phone: '9833445566', loan_id: 'LN2' })]],
  ])('match 28: and also where that other customer moves away in the same file, whoever comes %s', (_, [namesake, ...rows]) => {
    const planned = plan(rows, knowing([aRow(), namesake!]))
    expect(Object.fromEntries(planned.rows.map(({ loanId, code }) => [loanId, code]))).toEqual({ LN1: 'LOAN_CUSTOMER_CONFLICT', LN2: 'AMBIGUOUS' })
  })

  it('says who changes and has no number, also where a person must decide', () => {
    const known = aRow({ phone: '-' })
    expect(plan([aRow({ phone: '-', due_amount: '9' })], knowing([known])).touchedWithoutPhone).toEqual([known.fingerprint])
    expect(plan([aRow({ phone: '-', name: 'Vikas Singh' })], knowing([known])).touchedWithoutPhone).toEqual([known.fingerprint])
  })

  it.each([['before', [aRow({ phone: '9911223344' }), aRow()]], ['after', [aRow(), aRow({ phone: '9911223344' })]]])('keeps the phone that the file names beside another, whether it stands %s it or not', (_, rows) => {
    expect(plan(rows, knowing([aRow()]))).toMatchObject({
      seenCustomers: [{ id: 1, phone: aRow().phone }], movedCustomers: [],
      otherwiseKnown: [{ owner: aRow().fingerprint, spellings: [{ phone: '+919911223344' }], otherPhones: [{ number: '+919911223344', kind: 'alternate' }] }],
    })
  })

  it('match 30: lets a person decide where the name of a known loan is another', () => {
    const row = aRow()
    const vikas = aRow({ name: 'Vikas Singh', phone: '9911223344', due_amount: '9' })
    const planned = plan([vikas], knowing([row]))
    expect(planned).toEqual({
      newCustomers: [],
      seenCustomers: [],
      unchangedCustomers: [],
      movedCustomers: [],
      otherwiseKnown: [],
      merged: [],
      reviews: [{ key: [row.fingerprint, vikas.fingerprint].sort().join(' '), kind: 'LOAN_NAME_CONFLICT', rule: 'loan', score: expect.closeTo(0.58), a: { identity: row.fingerprint, fingerprint: row.fingerprint, rowId: null }, b: { identity: vikas.fingerprint, fingerprint: null, rowId: 101 }, loanId: 'LN1' }],
      compared: [{ customerId: 1, block: 0 }],
      loans: [{ ...loanOf(row), fingerprint: row.fingerprint, customerId: 1, rowId: 101 }],
      rows: [{ rowId: 101, status: 'review', code: 'LOAN_NAME_CONFLICT', message: 'loan LN1 belongs to Rajesh Kumar, and the row names Vikas Singh', fingerprint: row.fingerprint, customerId: 1, loanId: 'LN1', knownLoanId: 1, rule: null, score: null }],
      touchedPhones: ['+919812345678'],
      touchedWithoutPhone: [],
      counts: { ...NO_MATCHES },
    })
  })

  it('match 8: leaves two borrowers of one name and phone with different fathers to a person', () => {
    const known = knowing([aRow({ name: 'Rajesh Kumar S/O Ram Lal' })], [aRow({ name: 'Rajesh Kumar S/O Ram Lal' })])
    const row = aRow({ name: 'Rajesh Kumar S/O Shyam Lal', loan_id: 'LN2' })
    expect(plan([row], known)).toMatchObject({
      newCustomers: [{ fullName: row.fullName, phone: row.phone }],
      loans: [{ loanId: 'LN2' }],
      rows: [{ status: 'review', code: 'RELATION_DIFFERS', loanId: 'LN2' }],
      reviews: [{ kind: 'RELATION_DIFFERS', a: { fingerprint: expect.any(String) }, b: { fingerprint: expect.any(String) } }],
    })
  })

  it('match 7: takes a father who is named once for no difference', () => {
    const known = knowing([aRow({ name: 'Rajesh Kumar S/O Ram Lal' })], [aRow({ name: 'Rajesh Kumar S/O Ram Lal' })])
    expect(plan([aRow({ loan_id: 'LN2' })], known).rows).toMatchObject([{ status: 'created', code: null }])
    expect(plan([aRow({ name: 'Rajesh Kumar s/o Shri Ram Lal', loan_id: 'LN2' })], known).rows).toMatchObject([{ status: 'created', code: null }])
  })

  it('unblocks a loan in review by a later row that fits', () => {
    const known = knowing([aRow()], [aRow({ name: 'Vikas Singh' })])
    expect(plan([aRow()], known)).toMatchObject({ rows: [{ status: 'matched', code: null }], loans: [{ rowId: 101 }] })
  })

  it.each([['000123', '123'], ['123', '000123']])('match 36: lets a person decide whether a known loan %s is the row\'s %s, and blocks it until then', (stored, written) => {
    const known = knowing([aRow({ loan_id: stored })])
    const row = aRow({ loan_id: written, name: 'Sunita Devi', phone: '9911223344', due_amount: '3,100' })
    expect(plan([row], known)).toMatchObject({
      newCustomers: [],
      loans: [{ loanId: stored, rowId: FIRST_ROW, dueAmount: 250_000 }],
      rows: [{ status: 'review', code: 'LOAN_ID_ZEROS', loanId: stored, message: `loan ${written} may be ${stored} with other zeros before it` }],
      counts: { ...NO_MATCHES, loansUnchanged: 0 },
    })
  })

  it('match 36: also within one file, and where the file tells two stories of it', () => {
    expect(plan([aRow({ loan_id: '000123' }), aRow({ loan_id: '123' })])).toMatchObject({ loans: [{ loanId: '000123', rowId: FIRST_ROW + 1 }], rows: [{ status: 'created' }, { status: 'review', loanId: '000123' }] })
    const twice = plan([aRow({ loan_id: '123' })], { ...knowing([aRow({ loan_id: '000123' })]), contradicted: new Set(['123']) })
    expect(twice).toMatchObject({ loans: [{ loanId: '000123', rowId: FIRST_ROW }], rows: [{ code: 'LOAN_ID_ZEROS' }] })
  })

  it('match 36: an id that is known as it stands is that loan, and letters keep their zeros', () => {
    const known = knowing([aRow({ loan_id: '000123' })], [aRow({ loan_id: 'LN007' })])
    expect(plan([aRow({ loan_id: '000123' }), aRow({ loan_id: 'LN7' })], known).rows).toMatchObject([{ status: 'matched', loanId: '000123' }, { status: 'created', loanId: 'LN7' }])
  })

  it('match 38: takes the loan to another branch', () => {
    expect(plan([aRow({ branch: 'Gaya' })], knowing([aRow()]))).toMatchObject({ loans: [{ branch: 'Gaya' }], counts: { loansUpdated: 1 } })
  })

  it('keeps what a file leaves out of the descriptions, and takes its figures as they are, blank or not', () => {
    const bare = aRow({ amount: '', due_date: '', state: '', cluster: '', branch: '', branch_contact_number: '', employee: '', employee_id: '', employee_contact_number: '', last_paid_date: '', last_paid_amount: '', due_amount: '' })
    const planned = plan([bare], knowing([aRow({ email: 'r@example.in' })]))
    expect(planned.loans).toEqual([{
      ...loanOf(aRow()), outstandingAmount: null, dueAmount: null, dueDate: null, lastPaidDate: null, lastPaidAmount: null,
      fingerprint: aRow().fingerprint, customerId: 1, rowId: 101,
    }])
    expect(planned.seenCustomers).toEqual([{ id: 1, ...borrowerOf(aRow()), email: 'r@example.in' }])
  })

  it('shows the newest spelling of a name', () => {
    expect(plan([aRow({ name: 'RAJESH KUMAR' })], knowing([aRow()]))).toMatchObject({ seenCustomers: [{ fullName: 'RAJESH KUMAR' }], counts: { customersUpdated: 1 } })
  })

  it.each([
    ['names 68', ['Late Rajesh Kumar', 'Rajesh Kumar'], 'Late Rajesh Kumar'],
    ['names 68', ['Rajesh Kumar', 'Late Rajesh Kumar', 'Rajesh Kumar'], 'Late Rajesh Kumar'],
    ['names 68', ['Rajesh Kumar (Expired)', 'Kumar Rajesh'], 'Rajesh Kumar (Expired)'],
    ['names 68', ['Late Rajesh Kumar', 'RAJESH KUMAR (LATE)'], 'RAJESH KUMAR (LATE)'],
  ])('%s: a mark of death is never lost, over %j', (_, names, shown) => {
    const files = names.map(name => [aRow({ name })])
    expect(knowing(...files).customers).toEqual([expect.objectContaining({ fullName: shown })])
    expect(plan(names.map(name => aRow({ name }))).newCustomers).toEqual([expect.objectContaining({ fullName: shown })])
  })

  it('phone 37: the word that a number is a landline is never lost', () => {
    const rows = [aRow({ phone: '08022221234' }), aRow({ phone: '080-22221234' }), aRow({ phone: '8022221234' })]
    expect(knowing(...rows.map(row => [row])).customers).toEqual([expect.objectContaining({ phone: '+918022221234', phoneKind: 'landline' })])
  })

  it('tells borrowers without a phone apart by their loans', () => {
    const rows = [aRow({ phone: '' }), aRow({ phone: '', loan_id: 'LN2' })]
    expect(plan(rows)).toMatchObject({ touchedPhones: [], counts: { customersCreated: 2 } })
    expect(plan(rows, knowing(rows)).counts).toEqual({ ...NO_MATCHES, loansUnchanged: 2 })
  })

  describe('over any files', () => {
    const row = fc.record({
      name: fc.constantFrom('Rajesh Kumar', 'KUMAR RAJESH', 'Late Rajesh Kumar', 'Sunita Devi', 'Smt Sunita Devi W/o Late Ram', 'Vikas Singh'),
      phone: fc.constantFrom('9812345678', '+91 98123 45678', '9911223344', '0522-2612345', ''),
      loan_id: fc.constantFrom('LN1', 'LN2', 'LN3', 'LN4'),
      due_amount: fc.constantFrom('100', '200', '-', ''),
    }).map(aRow)
    const file = fc.array(row, { maxLength: 6 })
    const files = fc.array(file, { minLength: 1, maxLength: 4 })

    it('gives every row a fate, every loan one customer and every customer a fingerprint of its own', () => {
      fc.assert(fc.property(files, fc.subarray(['LN1', 'LN2']), (history, twice) => {
        const known = knowing(...history.slice(0, -1))
        const planned = plan(history.at(-1)!, { ...known, contradicted: new Set(twice) })
        const after = knownAfter(known, planned)
        const fingerprints = after.customers.map(({ fingerprint }) => fingerprint)

        expect(planned.rows.map(({ rowId }) => rowId)).toEqual(history.at(-1)!.map((_, at) => FIRST_ROW + at))
        expect(new Set(fingerprints).size).toBe(fingerprints.length)
        expect(new Set(planned.loans.map(({ loanId }) => loanId)).size).toBe(planned.loans.length)
        expect(planned.loans.filter(({ fingerprint }) => !fingerprints.includes(fingerprint))).toEqual([])
        expect(planned.rows.filter(({ fingerprint, status }) => fingerprint === null ? status !== 'review' : !fingerprints.includes(fingerprint))).toEqual([])
        expect(after.customers.filter(({ id }) => !after.loans.some(loan => loan.customerId === id))).toEqual([])
      }), { numRuns: 1000 })
    })

    it('changes nothing when a file without two stories comes again', () => {
      fc.assert(fc.property(fc.uniqueArray(row, { selector: ({ loanId }) => loanId }), (rows) => {
        const again = plan(rows, knowing(rows))
        expect(again.counts).toEqual({ ...NO_MATCHES, customersUpdated: expect.any(Number), loansUnchanged: rows.length, phonesChanged: expect.any(Number), phonesOnly: expect.any(Number) })
        expect(again.rows.every(({ status }) => status === 'matched')).toBe(true)
      }), { numRuns: 500 })
    })

    it('never gives a loan to a borrower of another name', () => {
      fc.assert(fc.property(files, (history) => {
        const known = knowing(...history)
        const givenName = (name: string) => ['sunita', 'vikas', 'rajesh'].find(given => name.toLowerCase().includes(given))!
        // Whoever stands in the first file that names the loan; of two there, either.
        const told = (loanId: string) => history.find(file => file.some(one => one.loanId === loanId))!.filter(one => one.loanId === loanId).map(({ fullName }) => givenName(fullName))
        const owners = known.loans.map(({ loanId, customerId }) => [loanId, givenName(known.customers.find(({ id }) => id === customerId)!.fullName)] as const)
        expect(owners.filter(([loanId, given]) => !told(loanId).includes(given))).toEqual([])
      }), { numRuns: 500 })
    })
  })
})
