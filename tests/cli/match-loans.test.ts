import { describe, expect, it } from 'vitest'
import { type Borrower, createHome, type Home, loanFile, type Row } from './run-vacli.ts'

const RAJESH: Borrower = { name: 'Rajesh Kumar', phone: '9812340101', loan: 'L1' }
const VIKAS: Borrower = { name: 'Vikas Singh', phone: '9812340102', loan: 'L1' }

const list = async (home: Home, what: string) => (await home.json<{ data: Row[] }>(['list', what, '--limit', '0'])).data

/** Whose each loan is and how its borrower stands, and the kinds of the questions. */
async function told(home: Home) {
  const [loans, reviews] = [await list(home, 'loans'), await list(home, 'reviews')]
  return { loans: loans.map(({ loan_id, full_name, status }) => [loan_id, full_name, status].join(' ')).sort(), kinds: reviews.map(({ kind }) => kind) }
}

let files = 0
async function load(home: Home, ...borrowers: Borrower[]) {
  const { code, stdout, stderr } = await home.run(['import', home.write(`${files++}.csv`, loanFile(borrowers))])
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** Answers the one question that stands; returns what is told. */
async function answer(home: Home, word: string) {
  const [review, ...others] = await list(home, 'reviews')
  expect(others).toEqual([])
  return (await home.run(['match', 'decide', String(review!.id), word])).stdout
}

const isSound = async (home: Home) => expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })

describe.concurrent('a loan of which two were asked about and kept apart', () => {
  it('is the one\'s whom its newest file names, and an undo gives everything back', async () => {
    const home = createHome()
    await load(home, RAJESH)
    await load(home, VIKAS)
    const before = { told: await told(home), customers: await list(home, 'customers') }
    expect(before.told).toEqual({ loans: ['L1 Rajesh Kumar review'], kinds: ['LOAN_NAME_CONFLICT'] })

    expect(await answer(home, 'apart')).toBe('review 1: two borrowers, and not asked again; loan L1 is Vikas Singh\'s, whom alone its newest file names; take it back with: vacli match undo 1\n')
    expect(await told(home)).toEqual({ loans: ['L1 Vikas Singh ready'], kinds: [] })
    // Nobody tells the first borrower what the second one owes.
    expect((await list(home, 'customers')).map(({ full_name, loans, status, blocked_by }) => [full_name, loans, status, blocked_by])).toContainEqual(['Rajesh Kumar', 0, 'blocked', 'ABSENT'])
    expect(await home.json(`call --customer ${RAJESH.phone} --yes`)).toMatchObject({ placed: 0, blocked: { ABSENT: 1 } })
    expect(await home.json(`call --customer ${VIKAS.phone} --yes --dry-run`)).toMatchObject({ selected: 1, blocked: {} })
    expect((await home.run('why L1')).stdout).toContain('loan L1: a person said so\n')
    await isSound(home)

    expect(await home.run('match undo 1')).toMatchObject({ code: 0 })
    expect(await told(home)).toEqual(before.told)
    const facts = (customers: Row[]) => customers.map(({ customer_id, full_name, primary_phone, loans, status }) => [customer_id, full_name, primary_phone, loans, status])
    expect(facts(await list(home, 'customers'))).toEqual(facts(before.customers))
    await isSound(home)
  })

  it('waits while its newest file names both, which is said, and is given by the next that names one alone', async () => {
    const home = createHome()
    await load(home, RAJESH)
    await load(home, RAJESH, VIKAS)
    expect(await answer(home, 'apart')).toContain('loan L1 stays with Rajesh Kumar and nobody is called about it, because its newest file names more than one: a file that names one of them alone gives it to that one')
    expect(await told(home)).toEqual({ loans: ['L1 Rajesh Kumar review'], kinds: [] })
    const { stdout } = await home.run('why L1')
    expect(stdout).toContain('a person said that Rajesh Kumar and Vikas Singh are two, and this file names both or a third for loan L1: nobody is called about it until a file names one of them alone')
    expect(await home.json(`call --customer ${RAJESH.phone} --yes`)).toMatchObject({ placed: 0, blocked: { REVIEW: 1 } })

    const report = await load(home, VIKAS)
    expect(report).toContain('loan L1 was Rajesh Kumar\'s and is Vikas Singh\'s now: a person said that they are two, and this file names only the second')
    expect(await told(home)).toEqual({ loans: ['L1 Vikas Singh ready'], kinds: [] })
    await load(home, VIKAS, RAJESH)
    expect(await told(home)).toEqual({ loans: ['L1 Vikas Singh review'], kinds: [] })
    await load(home, { ...RAJESH, due: '3100' })
    expect(await told(home)).toEqual({ loans: ['L1 Rajesh Kumar ready'], kinds: [] })
    await isSound(home)
  })

  it('goes to a customer who is known by name and phone, and has the loan beside the own one', async () => {
    const home = createHome()
    const namesake = { ...RAJESH, phone: VIKAS.phone }
    await load(home, RAJESH, { ...namesake, loan: 'L2' })
    await load(home, namesake)
    expect(await told(home)).toEqual({ loans: ['L1 Rajesh Kumar review', 'L2 Rajesh Kumar review'], kinds: ['LOAN_CUSTOMER_CONFLICT'] })
    await answer(home, 'apart')
    expect((await list(home, 'loans')).map(({ loan_id, primary_phone, status }) => [loan_id, primary_phone, status]).sort()).toEqual([['L1', `+91${VIKAS.phone}`, 'ready'], ['L2', `+91${VIKAS.phone}`, 'ready']])
    await isSound(home)
  })

  it('goes back to one without a phone, whom only that loan tells from others', async () => {
    const home = createHome()
    const phoneless = { ...RAJESH, phone: '' }
    await load(home, phoneless)
    await load(home, VIKAS)
    await answer(home, 'apart')
    expect(await told(home)).toEqual({ loans: ['L1 Vikas Singh ready'], kinds: [] })
    await load(home, { ...phoneless, due: '3100' })
    expect(await told(home)).toEqual({ loans: ['L1 Rajesh Kumar blocked'], kinds: [] })
    expect(await list(home, 'customers')).toHaveLength(2)
    await isSound(home)
    expect(await home.run('match undo 1')).toMatchObject({ code: 0 })
    expect((await told(home)).loans).toEqual(['L1 Rajesh Kumar blocked'])
    await isSound(home)
  })

  it('is asked about, where a person has kept its two apart for a likeness alone', async () => {
    const home = createHome()
    const [pooja, puja] = [{ ...RAJESH, name: 'Pooja Sharma' }, { ...RAJESH, name: 'Puja Sharma', loan: 'L2' }]
    await load(home, pooja, puja)
    await answer(home, 'apart')
    await load(home, { ...puja, loan: 'L1' })
    expect((await told(home)).kinds).toEqual(['LOAN_CUSTOMER_CONFLICT'])
    await answer(home, 'apart')
    expect(await told(home)).toEqual({ loans: ['L1 Puja Sharma ready', 'L2 Puja Sharma ready'], kinds: [] })
    // That they are two stays, when only the word about the loan is taken back.
    await home.run('match undo 2')
    expect(await told(home)).toEqual({ loans: ['L1 Pooja Sharma review', 'L2 Puja Sharma review'], kinds: ['LOAN_CUSTOMER_CONFLICT'] })
    await isSound(home)
  })

  it('is told of on the page of questions', async () => {
    const home = createHome()
    await load(home, RAJESH)
    await load(home, VIKAS)
    const { screen } = await home.terminal('match review', { type: [
      { cue: 'question 1', keys: '?' },
      { cue: 'hide this', keys: 'a' },
      { cue: 'Nothing is left to ask', keys: 'q' },
    ] })
    expect(screen).toContain('the loan is the one\'s whom its newest file names alone')
    expect(screen).toContain('loan L1 is Vikas Singh\'s, whom alone its newest file names')
  })
})
