import { beforeAll, describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,amount,due_date,Branch,Due Amount'
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const GLUED = 'Glued Person,98123456159812345616,LN9,250000,2026-10-05,Hosur Branch,2500'
const TWICE = ['2500', '3100'].map(due => `Twice Told,9812345617,LN10,250000,2026-10-05,Hosur Branch,${due}`)
const ZEROS = ['000123', '123'].map(loan => `Zeros Lost,9812345618,${loan},250000,2026-10-05,Hosur Branch,2500`)

let base: Home
let names: Record<string, string[]>

beforeAll(async () => {
  base = createHome()
  await base.run(['import', base.write('first.csv', fileOf(GLUED, ...TWICE, ...ZEROS))])
  const { data } = await base.json<{ data: Row[] }>('list reviews')
  names = Object.fromEntries(['PHONE_GLUED', 'LOAN_TWICE', 'LOAN_ID_ZEROS'].map(kind => [kind, data.filter(one => one.kind === kind).map(({ id }) => String(id))]))
})

const fresh = () => createHome({}, { like: base })

/** Everything that people see of the book, but for when it was judged. */
async function book(home: Home) {
  const read = async (what: string) => (await home.json<{ data: Row[] }>(`list ${what}`)).data
  return { customers: await read('customers --sort id'), loans: await read('loans --sort id'), rows: await read('rows'), reviews: await read('reviews') }
}

describe.concurrent('match undo of an answer about a row', () => {
  it.each([
    ['PHONE_GLUED', 'accept'], ['PHONE_GLUED', 'reject'], ['PHONE_GLUED', 'set phone=9812345619'],
    ['LOAN_TWICE', 'accept'], ['LOAN_TWICE', 'reject'], ['LOAN_ID_ZEROS', 'accept'], ['LOAN_ID_ZEROS', 'reject'], ['LOAN_ID_ZEROS', 'set loan_id=LN77'],
  ])('gives everything back: %s, %s', async (kind, answer) => {
    const home = fresh()
    const [name] = names[kind]!
    const before = await book(home)
    await home.run(`match decide ${name} ${answer}`)
    const decided = await book(home)
    expect(decided).not.toEqual(before)
    const { code, stdout } = await home.run(`match undo ${name}`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp(`^the answer to ${name}, \\S+( phone=\\S+| loan_id=LN77)? by asha on .* is taken back; `)) })
    expect(await book(home)).toEqual(before)
    expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
    await home.run(`match decide ${name} ${answer}`)
    expect(await book(home)).toEqual(decided)
  })

  it('asks again about the same cell in a later file, which the answer had settled', async () => {
    const home = fresh()
    await home.run(`match decide ${names.PHONE_GLUED} set phone=9812345619`)
    await home.run(['import', home.write('second.csv', fileOf(GLUED.replace(/2500$/, '2600')))])
    expect((await book(home)).customers).toContainEqual(expect.objectContaining({ full_name: 'Glued Person', primary_phone: '+919812345619', status: 'ready' }))
    await home.run(`match undo ${names.PHONE_GLUED}`)
    const { customers, reviews } = await book(home)
    expect(customers).toContainEqual(expect.objectContaining({ full_name: 'Glued Person', primary_phone: null, status: 'review' }))
    expect(reviews.filter(({ kind }) => kind === 'PHONE_GLUED')).toMatchObject([{ loan_id: 'LN9', rows: [{ upload_id: 2 }] }])
    expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
  })

  it('keeps who answered and who took it back, and when, and tells it', async () => {
    const home = fresh()
    const name = names.PHONE_GLUED![0]!
    await home.run(`match decide ${name} set phone=9812345619`)
    expect(await home.json(`match undo ${name}`, { env: { VACLI_OPERATOR: 'meera' } })).toEqual({ review_id: name, answer: 'set', field: 'phone', value: '+919812345619', undone: true })
    expect(query(home.database, 'select answer, field, value, decided_by, undone_by, undone_at > decided_at as later from row_decisions')).toEqual([{ answer: 'set', field: 'phone', value: '+919812345619', decided_by: 'asha', undone_by: 'meera', later: 1 }])
    expect(await home.json('why LN9')).toMatchObject({ answers: [{ review_id: name, answer: 'set', field: 'phone', value: '+919812345619', kind: 'PHONE_GLUED', by: 'asha', at: expect.any(String), undone_by: 'meera', undone_at: expect.any(String) }] })
    expect((await home.run('why LN9')).stdout).toMatch(new RegExp(`answers about rows\\n  ${name}: set phone=98•••••619 by asha on .*; PHONE_GLUED, was taken back by meera on `))
    expect(await home.run(`match undo ${name}`)).toMatchObject({ code: 2, stderr: expect.stringMatching(new RegExp(`^error: the answer to ${name} was taken back by meera on `)) })
  })

  it('of which none was given is refused', async () => {
    expect(await fresh().run(`match undo ${names.LOAN_TWICE![0]}`)).toMatchObject({ code: 2, stderr: expect.stringContaining(`nobody has answered ${names.LOAN_TWICE![0]}`) })
    expect(await fresh().run('match undo r999')).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody has answered r999') })
    expect(await fresh().run('match undo x1')).toMatchObject({ code: 2, stderr: expect.stringContaining('"x1" is no merge') })
  })

  it('is u on the page, also for a phone that was typed, and asks it next', async () => {
    const home = fresh()
    const [glued] = names.PHONE_GLUED!
    const before = await book(home)
    const { code, screen } = await home.terminal('match review', { type: [
      { cue: `question ${glued}`, keys: 'p' },
      { cue: 'Phone of Glued Person', keys: '9812345619\r' },
      { cue: 'the phone is +919812345619; u takes it back', keys: 'u' },
      { cue: `the answer to question ${glued} is taken back`, keys: 'n' },
      { cue: `question ${glued}: rejected; u takes it back`, keys: 'u' },
      { cue: 'PHONE_GLUED', keys: 'q' },
    ] })
    expect(code).toBe(0)
    expect(screen).toContain('0 answered; 4 left')
    expect(query(home.database, 'select answer, undone_by from row_decisions order by id')).toEqual([{ answer: 'set', undone_by: 'asha' }, { answer: 'reject', undone_by: 'asha' }])
    expect(await book(home)).toEqual(before)
  })
})

describe.concurrent('match decide and undo of what was answered', () => {
  const likely = async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(...['Pooja Sharma', 'Puja Sharma', 'Pooja Verma', 'Puja Verma'].map((name, at) => `${name},98123456${11 + Math.floor(at / 2)},LN${at},250000,2026-10-05,Hosur Branch,2500`)))])
    // The numbers of questions and decisions are not the same.
    await home.run('match decide 2 apart')
    return home
  }

  it('say how a pair was answered, by whom and when, and how to take it back', async () => {
    const home = await likely()
    expect(await home.run('match decide 2 merge', { env: { VACLI_OPERATOR: 'meera' } })).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^error: review 2 was answered: kept apart by asha on 2026-11-23, 10:3\d\nTake it back with: vacli match undo 1\n$/) })
    expect(await home.run('match undo 2')).toEqual({ code: 2, stdout: '', stderr: 'error: there is no decision 2\nReview 2 was answered with decision 1: vacli match undo 1\n' })
    await home.run('match undo 1', { env: { VACLI_OPERATOR: 'meera' } })
    expect(await home.run('match decide 2 merge')).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^error: review 2 was answered: kept apart by asha on .*, and taken back by meera on .*\nvacli list reviews shows what is asked now, a pair under a new number\.\n$/) })
    expect(await home.run('match undo 1')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: decision 1 was taken back already by meera on 2026-11-23, 10:3\d\n/) })
  })

  it('say so of a row', async () => {
    const home = fresh()
    const [name] = names.PHONE_GLUED!
    await home.run(`match decide ${name} reject`)
    expect(await home.run(`match decide ${name} accept`)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(new RegExp(`^error: review ${name} was answered: rejected by asha on 2026-11-23, 10:3\\d\nTake it back with: vacli match undo ${name}\n$`)) })
  })

  it('say of a number that was never one that there is no such', async () => {
    const home = fresh()
    for (const name of ['99', 'r99'])
      expect(await home.run(`match decide ${name} ${name === '99' ? 'merge' : 'accept'}`)).toMatchObject({ code: 2, stderr: `error: there is no review ${name}\nvacli list reviews shows those that stand.\n` })
    expect(await home.run('match undo 99')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no decision 99') })
  })
})

describe.concurrent('an answer that names somebody else\'s number or loan', () => {
  const OTHERS = [
    ['Anil Rao,9812345601,LN2,250000,2026-10-05,Hosur Branch,2500', 'Anil Rao,98123456989812345601,LN1,250000,2026-10-05,Hosur Branch,2500'],
    ['Anil Rao,9812345601,LN2,250000,2026-10-05,Hosur Branch,2500', 'Anill Rao,98123456989911223344,LN1,250000,2026-10-05,Hosur Branch,2500'],
    ['Bala Devi,9812345601,LN2,250000,2026-10-05,Hosur Branch,2500', 'Anil Rao,98123456989911223344,LN1,250000,2026-10-05,Hosur Branch,2500'],
  ] as const

  it.each([
    ['is the same borrower', OTHERS[0], 'phone=9812345601', [{ full_name: 'Anil Rao', status: 'ready' }], []],
    ['asks about one who is named alike', OTHERS[1], 'phone=9812345601', [{ full_name: 'Anil Rao', status: 'ready' }, { full_name: 'Anill Rao', status: 'ready' }], ['POSSIBLE_SAME']],
    ['asks whose the loan is', OTHERS[2], 'loan_id=LN2', null, ['LOAN_NAME_CONFLICT']],
  ] as const)('%s, in one file or in two', async (_, [other, glued], typed, people, asked) => {
    for (const files of [[fileOf(glued, other)], [fileOf(other), fileOf(glued)]]) {
      const home = createHome()
      for (const [at, file] of files.entries())
        await home.run(['import', home.write(`${at}.csv`, file)])
      const doubt = (await book(home)).reviews.find(({ kind }) => kind === 'PHONE_GLUED')
      expect(await home.run(`match decide ${String(doubt!.id)} set ${typed}`)).toMatchObject({ code: 0 })
      const { customers, reviews } = await book(home)
      const listed = customers.filter(({ status }) => status !== 'withdrawn').sort((a, b) => String(a.full_name) < String(b.full_name) ? -1 : 1)
      if (people)
        expect(listed).toMatchObject(people)
      else
        expect(listed.map(({ status }) => status), 'nobody is called meanwhile').not.toContain('ready')
      expect(reviews.map(({ kind }) => kind).filter(kind => kind !== 'LOAN_TWICE')).toEqual(asked)
      expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
      expect(await home.run(['import', home.write('next.csv', fileOf('Next Person,9812345655,LN77,250000,2026-10-05,Hosur Branch,2500'))])).toMatchObject({ code: 0 })
    }
  })
})

it('an undone import leaves no row of its own beside a question', async () => {
  const home = createHome()
  const row = (name: string, loan: string) => fileOf(`${name},9812345601,${loan},250000,2026-10-05,Hosur Branch,2500`)
  await home.run(['import', home.write('a.csv', row('Rajesh Kumar', 'LN1'))])
  await home.run(['import', home.write('b.csv', row('Late Rajesh Kumar', 'LN2'))])
  const before = query(home.database, 'select * from reviews')
  expect(before).toHaveLength(1)
  await home.run(['import', home.write('c.csv', row('Rajesh Kumar', 'LN3'))])
  await home.run('import undo 3 --yes')
  expect(query(home.database, 'select * from reviews')).toEqual(before)
})

it('why tells of one who was merged away who goes on', async () => {
  const home = createHome()
  await home.run(['import', home.write('pair.csv', fileOf('Laxmi Devi,9812345601,LN1,250000,2026-10-05,Hosur Branch,2500', 'Lakshmi Devi,9812345601,LN2,250000,2026-10-05,Hosur Branch,2500'))])
  await home.run('match decide 1 merge')
  const { data: [one] } = await home.json<{ data: Row[] }>('list')
  const gone = [1, 2, 3].find(id => id !== one!.customer_id && query(home.database, `select id from customers where id = ${id}`).length > 0)
  expect(await home.json(`why ${gone}`)).toMatchObject({ merged_into: one!.customer_id, rows: [] })
  expect((await home.run(`why ${gone}`)).stdout).toContain(`merged it into customer ${String(one!.customer_id)}: vacli why ${String(one!.customer_id)}`)
  expect(await home.json(`why ${String(one!.customer_id)}`)).toMatchObject({ merged_into: null })
})
