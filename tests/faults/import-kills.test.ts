import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createHome, type Home, query } from '../cli/run-vacli.ts'
import { seeded } from './seeded.ts'
import { SEED, sizeOf, tell } from './tell.ts'

const ROWS = sizeOf('IMPORT_ROWS', 20_000, 200_000)
const KILLS = sizeOf('IMPORT_KILLS', 12, 100)

const random = seeded(SEED)
const phoneOf = (customer: number) => `98${String(10_000_000 + customer * 7)}`

/** A file in which a customer has several loans, a row in a hundred cannot be used and one is a copy. */
function makeFile(rows: number, due: (row: number) => number): string {
  const lines = Array.from({ length: rows }, (_, at) => {
    const customer = at % Math.ceil(rows * 0.6)
    return `Borrower ${String.fromCharCode(65 + customer % 26)}${'abcdefghij'[customer % 10]},${at % 100 === 99 ? '981' : phoneOf(customer)},LN${at},05/11/2026,Branch ${customer % 20},${due(at)}`
  })
  return `name,phone,loan_id,due_date,Branch,Due Amount\n${lines.join('\n')}\n${lines[0]}\n`
}

/** Starts the import and kills it somewhere; false when it was through before. */
async function isKilled(home: Home, args: string[], afterMs: number): Promise<boolean> {
  const { child, ended } = home.spawn(args)
  const closed = once(child, 'close')
  const first = await Promise.race([wait(afterMs).then(() => 'killed'), closed.then(() => 'ended')])
  child.kill('SIGKILL')
  await ended
  return first === 'killed'
}

async function killOften(home: Home, args: string[], longestMs: number): Promise<number> {
  let kills = 0
  while (kills < KILLS && await isKilled(home, args, 150 + random() * longestMs))
    kills++
  return kills
}

const figures = (home: Home) => query(home.database, `select (select count(*) from customers) as customers, (select count(*) from loans) as loans, (select count(*) from upload_rows) as rows,
  (select count(*) from upload_rows where status = 'pending') as pending, (select count(*) from loans where absent_by is not null) as absent, (select sum(due_amount) from loans) as due`)[0]

it('an import that is killed again and again is completed by the next: every row once, as if nothing had happened', async () => {
  const [killed, calm] = [createHome(), createHome()]
  const [day1, day2] = [makeFile(ROWS, at => 1000 + at), makeFile(Math.floor(ROWS * 0.8), at => 500 + at)]
  let kills = 0
  for (const [name, text] of [['day1.csv', day1], ['day2.csv', day2]] as const) {
    const args = ['import', '--snapshot', '--rejects', '/dev/null/nowhere', name]
    for (const home of [killed, calm])
      home.write(name, text)
    const began = performance.now()
    await calm.run(args.with(-1, `${calm.folder}/${name}`))
    kills += await killOften(killed, args.with(-1, `${killed.folder}/${name}`), (performance.now() - began) * 1.2)
    expect([0, 3]).toContain((await killed.run(args.with(-1, `${killed.folder}/${name}`))).code) // unchanged, where the last was through before it was killed
  }
  tell(`seed ${SEED}: an import of ${ROWS} rows and the next day's snapshot, killed ${kills} times`)
  expect(kills).toBeGreaterThan(0)
  expect(figures(killed)).toEqual(figures(calm))
  expect(query(killed.database, 'select file_upload_id, count(*) as n, count(distinct line_number) as lines, status from upload_rows group by 1, 4 order by 1, 4'))
    .toEqual(query(calm.database, 'select file_upload_id, count(*) as n, count(distinct line_number) as lines, status from upload_rows group by 1, 4 order by 1, 4'))
  expect(await killed.json('db check --deep')).toEqual({ sound: true, damage: [] })
})

it('an undo that is killed again and again is completed by the next command that imports', async () => {
  const home = createHome()
  await home.run(['import', home.write('day1.csv', makeFile(2000, at => 1000 + at))])
  const before = figures(home)
  await home.run(['import', home.write('day2.csv', makeFile(2000, at => 500 + at))])
  let kills = 0
  while (kills < 5 && await isKilled(home, ['import', 'undo', '2', '--yes'], 250 + random() * 600))
    kills++
  tell(`seed ${SEED}: an undo killed ${kills} times`)
  await home.run('import undo 2 --yes')
  const { rows: _1, ...left } = figures(home)!
  const { rows: _2, ...first } = before!
  expect(left).toEqual(first)
  expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
})

it('of two imports at once one goes on and the other is told so', async () => {
  const home = createHome()
  await home.run('db migrate')
  const files = [home.write('a.csv', makeFile(ROWS, at => at)), home.write('b.csv', makeFile(ROWS, at => at + 1))]
  const runs = await Promise.all(files.map(file => home.run(['import', file])))
  expect(runs.map(({ code }) => code).sort()).toEqual([3, 7])
  expect(runs.find(({ code }) => code === 7)!.stderr).toContain('another import into this database is running')
})
