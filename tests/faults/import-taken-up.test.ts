import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row, until } from '../cli/run-vacli.ts'

const ROWS = 16_000
const HEADER = 'name,phone,loan_id,due_date,Branch,Due Amount'
const borrower = (at: number) => `Borrower ${'ABCDEFGHIJ'[at % 10]} ${'KLMNOPQRST'[Math.floor(at / 10) % 10]}`

/** Many rows, of which a few are rejected, near the top and at the end. */
function fileOf(count: number, from: number, row: (at: number) => { phone?: string, date?: string, due?: number } = () => ({})): string {
  const lines = Array.from({ length: count }, (_, n) => {
    const at = from + n
    const { phone = String(7_123_400_000 + at), date = '05/11/2026', due = 2500 } = row(at)
    return `${borrower(at)},${n === 3 || n === count - 1 ? '981' : phone},LN${at},${date},Gaya,${due}`
  })
  return `${[HEADER, ...lines].join('\n')}\n`
}

// Half of the loans are new, and of the others each kind of change is there.
const DAY2 = fileOf(ROWS, ROWS / 2, at => at % 7 === 0 ? { phone: String(7_200_000_000 + at) } : at % 5 === 0 ? { due: 1000 } : at % 3 === 0 ? { date: '06/11/2026' } : {})
const SNAPSHOT = ['import', '--snapshot', '--as-of', '2026-11-23']
const ACCEPTED = ['--accept-shrink', '--reason', 'a branch was closed']

const count = (home: Home, where: string) => Number(query(home.database, `select count(*) as n from upload_rows where ${where}`)[0]!.n)
const rejectsOf = (home: Home) => readdirSync(home.folder).filter(name => name.includes('rejects'))

async function killWhen(home: Home, args: string[], isTime: () => boolean) {
  const { child, ended } = home.spawn(args)
  await until('the moment to kill it', isTime)
  child.kill('SIGKILL')
  expect((await ended).code).toBeNull()
}

let day1: Home
let told: Row
let rejects: string
beforeAll(async () => {
  day1 = createHome()
  await day1.run(['import', '--as-of', '2026-11-22', day1.write('day1.csv', fileOf(ROWS, 0))])
  day1.write('day2.csv', DAY2)
  const calm = createHome({}, { like: day1 })
  told = await report(calm)
  rejects = readFileSync(join(calm.folder, 'day2.rejects.csv'), 'utf8')
})

async function report(home: Home, more: string[] = ACCEPTED): Promise<Row> {
  const { uploads: [upload] } = await home.json<{ uploads: [Row] }>([...SNAPSHOT, ...more, join(home.folder, 'day2.csv')])
  return { ...upload, rejects_file: basename(String(upload.rejects_file)) }
}

describe('an import that is killed and taken up again', () => {
  it('tells of the whole file, though its guards were answered before, and leaves one file of rejects', async () => {
    const home = createHome({}, { like: day1 })
    const args = [...SNAPSHOT, ...ACCEPTED, join(home.folder, 'day2.csv')]
    await killWhen(home, args, () => existsSync(join(home.folder, 'day2.rejects.csv')))
    await killWhen(home, args, () => count(home, `file_upload_id = 2 and status = 'matched'`) > 0)
    expect(count(home, `file_upload_id = 2 and status = 'pending'`)).toBeGreaterThan(0)
    expect(await home.run('import undo 2 --dry-run')).toMatchObject({ code: 0 })

    expect(await report(home, [])).toEqual(told)
    expect(rejectsOf(home)).toEqual(rejectsOf(day1).concat('day2.rejects.csv'))
    expect(readFileSync(join(home.folder, 'day2.rejects.csv'), 'utf8')).toBe(rejects)
    expect(query(home.database, 'select status, settings from file_uploads where id = 2')).toEqual([{ status: 'completed', settings: '{"review_rows":[],"mapping":{},"date_order":null}' }])
  })

  it('tells the same after any number of kills', async () => {
    const home = createHome({}, { like: day1 })
    for (let chunks = 1; chunks <= 3; chunks++)
      await killWhen(home, [...SNAPSHOT, ...ACCEPTED, join(home.folder, 'day2.csv')], () => existsSync(home.database) && count(home, `file_upload_id = 2 and status in ('matched', 'created')`) > (chunks - 1) * 4000)
    expect(await report(home)).toEqual(told)
  })

  it('by match tells the same counts', async () => {
    const home = createHome({}, { like: day1 })
    await killWhen(home, [...SNAPSHOT, ...ACCEPTED, join(home.folder, 'day2.csv')], () => count(home, `file_upload_id = 2 and status = 'matched'`) > 0)
    const { uploads: [upload] } = await home.json<{ uploads: [{ customers: Row, loans: Row }] }>('match')
    expect(upload.customers).toEqual(told.customers)
    expect(told.loans).toMatchObject(upload.loans)
  })
})
