import { beforeAll, describe, expect, it } from 'vitest'
import { type Fate, importCases, type MatchCase, type Outcome, type Way, WAYS, type Written } from './match-cases.ts'

// domain.md 7.3. The outcome is what it says: yes/auto is one customer and no question, no/auto two and no question, REVIEW a question; only that of two who are likely the same leaves both callable.
const AUTO: Outcome = { customers: 1, loans: 2, standing: ['ready'], kinds: [] }
const ONE: Outcome = { ...AUTO, loans: 1 }
const APART: Outcome = { ...AUTO, customers: 2 }
const LIKELY: Outcome = { ...APART, kinds: ['POSSIBLE_SAME'] }
const asked = (...kinds: string[]): Outcome => ({ ...APART, standing: ['review REVIEW'], kinds })
const askedOfLoan = (...kinds: string[]): Outcome => ({ ...asked(...kinds), customers: 1, loans: 1 })
const group = (customers: number, standing = 'ready'): Outcome => ({ customers, loans: customers, standing: [standing], kinds: [] })

const aCase = (number: string, outcome: Outcome, rows: Written[], inFiles?: Outcome | null): MatchCase =>
  ({ number, title: [...new Set(rows.map(({ name, phone, loan }) => [name, phone, loan].filter(Boolean).join(' ')))].slice(0, 2).join(' / '), rows, outcome, ...inFiles === undefined ? {} : { inFiles } })

/** Two rows on one phone, whose loans are two; and once more with one loan for both, where that goes before the names (domain 7.2). */
const pair = (number: string, a: string, b: string, outcome: Outcome, onOneLoan: Outcome = ONE): MatchCase[] => [
  aCase(number, outcome, [{ name: a, loan: 'L1' }, { name: b, loan: 'L2' }]),
  aCase(number, onOneLoan, [{ name: a, loan: 'L1' }, { name: b, loan: 'L1' }]),
]

const WOMEN = ['Sunita Devi', 'Kavita Yadav', 'Meena Kumari', 'Rekha Sharma', 'Fatima Begum', 'Pooja Das', 'Lakshmi Rao', 'Geeta Patel', 'Asha Nair', 'Joymati Oraon', 'Farida Khatun', 'Usha Naik', 'Bimla Bai', 'Zarina Ansari']
const women = (count: number, more: (at: number) => Partial<Written> = () => ({})) => WOMEN.slice(0, count).map((name, at): Written => ({ name, loan: `L${at + 1}`, ...more(at) }))

const CASES: MatchCase[] = [
  aCase('1', ONE, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'RAJESH  KUMAR.', loan: 'L1' }]),
  aCase('2', askedOfLoan('LOAN_TWICE', 'LOAN_TWICE'), [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L1', due: '3,100' }], ONE),
  aCase('3', askedOfLoan('LOAN_TWICE', 'LOAN_TWICE'), [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L1', due: '3,100' }], null),
  aCase('4', AUTO, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L2' }]),
  ...pair('5', 'Rajesh Kumar', 'Kumar Rajesh', AUTO),
  ...pair('6', 'Shri Rajesh Kumar', 'Rajesh Kumar', AUTO),
  ...pair('7', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar', AUTO),
  ...pair('8', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar S/O Shyam Lal', asked('RELATION_DIFFERS')),
  ...pair('9', 'Smt Sunita Devi W/o Late Ram', 'Sunita Devi', AUTO),
  ...pair('10', 'Late Ram Prasad', 'Ram Prasad', asked('DECEASED_DIFFERS'), { ...ONE, standing: ['blocked DECEASED'] }),
  ...pair('11', 'R Kumar', 'Rajesh Kumar', LIKELY),
  ...pair('12', 'S.K. Mishra', 'S K Mishra', AUTO),
  ...pair('12', 'S.K. Mishra', 'SK Mishra', AUTO),
  ...pair('13', 'S K Mishra', 'Satish Kumar Mishra', LIKELY),
  ...pair('14', 'Lakshmi M', 'M. Lakshmi', AUTO),
  ...pair('15', 'Rajesh', 'Rajesh Kumar', LIKELY),
  ...pair('16', 'Sunita Devi', 'Sunita Kumari', LIKELY),
  ...pair('17', 'Pooja Sharma', 'Puja Sharma', LIKELY),
  ...pair('18', 'Lakshmi', 'Laxmi', LIKELY),
  ...pair('19', 'Mohd Salim', 'Mohammad Salim', AUTO),
  ...pair('20', 'Md Salim', 'Salim', LIKELY),
  ...pair('21', 'सुनीता देवी', 'Sunita Devi', LIKELY),
  ...pair('22', '\u095E\u093E\u0924\u093F\u092E\u093E', '\u092B\u093C\u093E\u0924\u093F\u092E\u093E', AUTO),
  ...pair('22', '\u095E\u093E\u0924\u093F\u092E\u093E', '\u092B\u093C\u093E\u200D\u0924\u093F\u092E\u093E', AUTO),
  ...pair('23', 'Rajesh Kumar', 'Sunita Devi', APART, askedOfLoan('LOAN_NAME_CONFLICT')),
  ...pair('24', 'Rajesh Kumar', 'Rohit Kumar', APART, askedOfLoan('LOAN_NAME_CONFLICT')),
  ...pair('24', 'Sunita Devi', 'Anita Devi', APART),
  ...pair('24b', 'Rajesh Kumar', 'Ramesh Kumar', LIKELY),
  aCase('25', group(4), women(4)),
  aCase('26', group(9, 'blocked PHONE_SHARED'), women(9)),
  aCase('27', group(14, 'blocked STAFF_PHONE'), women(14, at => ({ branch: `Branch ${at % 5}`, employeePhone: 'P' }))),
  aCase('28', ONE, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L1', phone: 'P2' }]),
  aCase('29', APART, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L2', phone: 'P2', branch: 'Salem' }]),
  aCase('30', askedOfLoan('LOAN_NAME_CONFLICT'), [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Vikas Singh', loan: 'L1', phone: 'P2' }]),
  aCase('31', APART, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Vikas Singh', loan: 'L9' }]),
  aCase('32', AUTO, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L2' }]),
  aCase('33', APART, [{ name: 'Rajesh Kumar', loan: 'L1' }, { name: 'Sunita Devi', loan: 'L2' }]),
  aCase('34', AUTO, [{ name: 'Rajesh Kumar & Sunita Devi', loan: 'L1' }, { name: 'Rajesh Kumar', loan: 'L2' }]),
  aCase('35', asked('CO_BORROWER'), [{ name: 'Rajesh Kumar & Sunita Devi', loan: 'L1' }, { name: 'Sunita Devi', loan: 'L3' }]),
  aCase('36', askedOfLoan('LOAN_ID_ZEROS'), [{ name: 'Rajesh Kumar', loan: '000#' }, { name: 'Rajesh Kumar', loan: '#' }]),
  aCase('37', askedOfLoan('LOAN_ID_SEPARATORS'), [{ name: 'Rajesh Kumar', loan: 'LN/#' }, { name: 'Rajesh Kumar', loan: 'ln # ' }]),
  aCase('38', ONE, [{ name: 'Rajesh Kumar', loan: 'L1', branch: 'Hosur' }, { name: 'Rajesh Kumar', loan: 'L1', branch: 'Salem' }]),
  aCase('39', APART, [{ name: 'Rajesh Kumar', loan: 'L1', source: 'X' }, { name: 'Vikas Singh', loan: 'L1', phone: 'P2', source: 'Y' }]),
  // Whose the loans are, phone and name say, whoever lent: one customer of both lenders, whom one call a day reaches.
  aCase('39', AUTO, [{ name: 'Rajesh Kumar', loan: 'L1', source: 'X' }, { name: 'Rajesh Kumar', loan: 'L1', source: 'Y' }]),
  aCase('40', LIKELY, [{ name: 'Pooja Sharma', loan: 'L1' }, { name: 'Puja Sharma', loan: 'L2' }]),
]

let fates: Record<Way, Fate[]>

beforeAll(async () => {
  const told = await Promise.all((Object.keys(WAYS) as Way[]).map(async way => [way, await importCases(CASES, way)] as const))
  fates = Object.fromEntries(told) as Record<Way, Fate[]>
})

describe.each(Object.keys(WAYS) as Way[])('two rows %s', (way) => {
  const told = CASES.map((one, at) => ({ ...one, at, wanted: WAYS[way].files === 1 || one.inFiles === undefined ? one.outcome : one.inFiles })).filter(({ wanted }) => wanted !== null)
  it.each(told)('match $number: $title', ({ at, wanted }) => {
    const { groups: _, ...outcome } = fates[way][at]!
    expect(outcome).toEqual(wanted)
  })
})

it.each(CASES.map((one, at) => ({ ...one, at })))('match $number: $title is the same from both ends of a file', ({ at }) => {
  expect(fates['in one file, reversed'][at]).toEqual(fates['in one file'][at])
})
