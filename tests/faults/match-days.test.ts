import { describe, expect, it } from 'vitest'
import { type Borrower, clockAt, createHome, type Environment, type Home, loanFile, type Row } from '../cli/run-vacli.ts'

// Cases of domain.md 7.3 that take more than an import of two rows.
const PHONE = '9812340101'
const REFUSED = '9812340009'
const NEXT_DAY = clockAt('2026-11-24T10:30:00+05:30')
const RAJESH: Borrower = { name: 'Rajesh Kumar', phone: PHONE, loan: 'L1' }
const POOJA: Borrower = { name: 'Pooja Sharma', phone: PHONE, loan: 'L1' }
const PUJA: Borrower = { name: 'Puja Sharma', phone: PHONE, loan: 'L2' }

let files = 0
async function load(home: Home, borrowers: Borrower[], env: Environment = {}) {
  const { code, stderr } = await home.run(['import', home.write(`${files++}.csv`, loanFile(borrowers))], { env })
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
}

const list = async (home: Home, what: string, env: Environment = {}) => (await home.json<{ data: Row[] }>(['list', what, '--limit', '0'], { env })).data

/** Each customer as `name loans standing`, and the kinds of the questions. */
async function told(home: Home, env: Environment = {}) {
  const [customers, loans, reviews] = [await list(home, 'customers', env), await list(home, 'loans', env), await list(home, 'reviews', env)]
  return {
    customers: customers.map(({ customer_id, full_name, status, blocked_by }) => [full_name, ...loans.filter(loan => loan.customer_id === customer_id).map(({ loan_id }) => loan_id).sort(), status, blocked_by].filter(Boolean).join(' ')).sort(),
    kinds: reviews.map(({ kind }) => kind),
  }
}

it('match 31: has a new customer on the phone of somebody a year later (a mark of the phone as reassigned is left out)', async () => {
  const home = createHome()
  const later = clockAt('2027-11-23T10:30:00+05:30')
  await load(home, [RAJESH])
  await load(home, [{ name: 'Vikas Singh', phone: PHONE, loan: 'L9', dueDate: '2027-10-05' }], later)
  expect(await told(home, later)).toEqual({ customers: ['Rajesh Kumar L1 blocked STALE_DATA', 'Vikas Singh L9 ready'], kinds: [] })
})

it('match 32: a new loan does not erase that the phone is in the do-not-disturb register', async () => {
  const home = createHome()
  const refused = { ...RAJESH, phone: REFUSED }
  await load(home, [refused])
  await home.run(['call', '--customer', REFUSED, '--yes'])
  await load(home, [refused, { ...refused, loan: 'L2' }], NEXT_DAY)
  expect(await told(home, NEXT_DAY)).toEqual({ customers: ['Rajesh Kumar L1 L2 blocked SUPPRESSED'], kinds: [] })
})

it('match 33: another name on that phone is another customer (that a wrong number of the first asks about the second is left out)', async () => {
  const home = createHome()
  await load(home, [RAJESH])
  await load(home, [{ name: 'Sunita Devi', phone: PHONE, loan: 'L2' }], NEXT_DAY)
  expect(await told(home, NEXT_DAY)).toEqual({ customers: ['Rajesh Kumar L1 ready', 'Sunita Devi L2 ready'], kinds: [] })
})

describe.each([
  ['of one file', async (home: Home) => load(home, [POOJA, PUJA])],
  ['of one file, reversed', async (home: Home) => load(home, [PUJA, POOJA])],
  ['of two files', async (home: Home) => {
    await load(home, [POOJA])
    await load(home, [PUJA])
  }],
  ['of two files, reversed', async (home: Home) => {
    await load(home, [PUJA])
    await load(home, [POOJA])
  }],
] as const)('match 40: two %s', (_, loadBoth) => {
  const APART = { customers: ['Pooja Sharma L1 ready', 'Puja Sharma L2 ready'], kinds: ['POSSIBLE_SAME'] }

  it('are merged by a person and taken apart again, and calls stay with the phone', async () => {
    const home = createHome()
    await loadBoth(home)
    expect(await told(home)).toEqual(APART)

    const [review] = await list(home, 'reviews')
    const merged = await home.json(['match', 'decide', String(review!.id), 'merge'])
    const one = await told(home)
    expect(one).toEqual({ customers: [expect.stringMatching(/^(Pooja|Puja) Sharma L1 L2 ready$/)], kinds: [] })

    expect((await home.json(['call', '--customer', PHONE, '--yes'])).placed).toBe(1)
    const [call] = await list(home, 'calls')
    await home.run(['match', 'undo', String(merged.decision_id)])
    const { customers, kinds } = await told(home)
    expect(kinds).toEqual(['POSSIBLE_SAME'])
    // The one who was called rests, and the phone does not ring again that day for the other.
    expect(customers.map(text => text.replace(/ (completed COOLOFF|blocked CAP_PHONE_DAY)$/, ' rests'))).toEqual(['Pooja Sharma L1 rests', 'Puja Sharma L2 rests'])
    expect((await list(home, 'calls'))[0]).toMatchObject({ id: call!.id, to_number: `+91${PHONE}` })
  })

  it.each([['merge', [/^(Pooja|Puja) Sharma L1 L2 ready$/]], ['apart', [/^Pooja Sharma L1 ready$/, /^Puja Sharma L2 ready$/]]] as const)('are not asked about again the next day, when a person has said %s', async (answer, wanted) => {
    const home = createHome()
    await loadBoth(home)
    await home.run(['match', 'decide', String((await list(home, 'reviews'))[0]!.id), answer])
    await load(home, [{ ...POOJA, due: '3100' }, { ...PUJA, due: '3100' }], NEXT_DAY)
    expect(await told(home, NEXT_DAY)).toEqual({ customers: wanted.map(text => expect.stringMatching(text)), kinds: [] })
  })
})

describe('match 36 and 37: an id that is perhaps another spelling of one', () => {
  it.each([['zeros', '000123', '123', 'LOAN_ID_ZEROS'], ['separators', 'LN/123', 'ln 123 ', 'LOAN_ID_SEPARATORS']] as const)('is asked about once: %s', async (_, full, short, kind) => {
    const home = createHome()
    const both = [{ ...RAJESH, loan: full }, { ...RAJESH, loan: short }]
    await load(home, both)
    const [review] = await list(home, 'reviews')
    expect(review).toMatchObject({ kind })
    await home.run(['match', 'decide', String(review!.id), 'accept'])
    await load(home, both.map(row => ({ ...row, due: '3100' })), NEXT_DAY)
    const loans = [full, short].map(loan => loan.toUpperCase().replaceAll(' ', '')).sort()
    expect(await told(home, NEXT_DAY)).toEqual({ customers: [`Rajesh Kumar ${loans.join(' ')} ready`], kinds: [] })
  })
})
