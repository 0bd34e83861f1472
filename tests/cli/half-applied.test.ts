import { beforeAll, describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row, until } from './run-vacli.ts'

// Three chunks, of which the first is applied when it is killed.
const ROWS = 9000
const LAST = ROWS - 1
const rowOf = (at: number, due: number) => `Borrower ${'ABCDEFGHIJ'[at % 10]} ${'KLMNOPQRST'[Math.floor(at / 10) % 10]},${7_123_400_000 + at},LN${at},25/10/2026,${due},Gaya`
const fileOf = (...rows: string[]) => `name,phone,loan_id,due_date,Due Amount,Branch\n${rows.join('\n')}\n`

/** Upload 2 is staged alone and names the first and last loan; upload 3 is a snapshot, without a loan of upload 1, that was killed between two chunks. */
let killed: Home
let left: number
const fileIn = (home: Home, name: string) => `${home.folder}/${name}`
const uploads = (home: Home) => query(home.database, 'select id, status, applied_order from file_uploads order by id').map(({ id, status, applied_order }) => [id, status, applied_order])
const dues = (home: Home) => query(home.database, `select loan_id, due_amount from loans where loan_id in ('LN0', 'LN${LAST}') order by loan_id`).map(({ due_amount }) => due_amount)

beforeAll(async () => {
  killed = createHome()
  await killed.run(['import', killed.write('day1.csv', fileOf(rowOf(0, 100), rowOf(1, 100), rowOf(ROWS, 100)))])
  await killed.run(['import', '--no-match', killed.write('staged.csv', fileOf(rowOf(0, 200), rowOf(LAST, 200)))])
  const { child, ended } = killed.spawn(['import', '--snapshot', killed.write('big.csv', fileOf(...Array.from({ length: ROWS }, (_, at) => rowOf(at, 300))))])
  await until('the first chunk', () => Number(query(killed.database, 'select count(*) as n from loans')[0]!.n) > 3)
  child.kill('SIGKILL')
  await ended
  killed.write('next.csv', fileOf(rowOf(0, 400), rowOf(LAST, 400)))
  killed.write('refused.csv', fileOf(rowOf(0, 400), 'Asha Rao,981,LN77,25/10/2026,400,Gaya'))
  left = Number(query(killed.database, `select count(*) as n from upload_rows where file_upload_id = 3 and status = 'pending'`)[0]!.n)
  expect(left).toBeGreaterThan(0)
  expect(uploads(killed)).toEqual([[1, 'completed', 1], [2, 'processing', null], [3, 'processing', 2]])
})

const told = () => `upload 3 (big.csv) had been cut off while its rows were decided: the ${left} rows that were left were decided and it was completed first; it is a snapshot and no longer names 1 loan`

async function verifySound(home: Home) {
  expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
}

describe.concurrent('an import that was killed while its rows were applied', () => {
  it('is completed before another file is imported, whose figures stand then', async () => {
    const home = createHome({}, { like: killed })
    const { uploads: [upload] } = await home.json<{ uploads: [Row] }>(['import', fileIn(home, 'next.csv')])
    expect(upload).toMatchObject({ id: 4, status: 'completed', warnings: [{ line: null, code: 'CUT_OFF', message: told() }], warnings_by_code: { CUT_OFF: 1 } })
    expect(uploads(home)).toEqual([[1, 'completed', 1], [2, 'processing', null], [3, 'completed', 2], [4, 'completed', 3]])
    expect(await home.run(['import', '--snapshot', fileIn(home, 'big.csv')])).toMatchObject({ code: 0, stdout: 'big.csv: already imported as upload 3; nothing changed\n' })
    expect(dues(home)).toEqual([40000, 40000])
    await verifySound(home)
  })

  it('is completed in a dry run of another, of which nothing stays', async () => {
    const home = createHome({}, { like: killed })
    const { code, stdout } = await home.run(['import', '--dry-run', fileIn(home, 'next.csv')])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`  noted: CUT_OFF\n    ${told()}\n`) })
    expect(stdout).toContain('0 new, 0 unchanged, 2 with another amount')
    expect(uploads(home)).toEqual(uploads(killed))
  })

  it('is told of where the other file is refused', async () => {
    const home = createHome({}, { like: killed })
    const { code, stderr } = await home.run(['import', '--strict', fileIn(home, 'refused.csv')])
    expect({ code, lines: stderr.split('\n').slice(0, 1) }).toEqual({ code: 2, lines: [told()] })
    expect(uploads(home).slice(2)).toEqual([[3, 'completed', 2], [4, 'failed', null]])
  })

  it('waits where rows are only staged, and is decided by match before them', async () => {
    const home = createHome({}, { like: killed })
    await home.run(['import', '--no-match', fileIn(home, 'next.csv')])
    expect(uploads(home)).toEqual([...uploads(killed), [4, 'processing', null]])
    await home.run('match')
    expect(uploads(home)).toEqual([[1, 'completed', 1], [2, 'completed', 3], [3, 'completed', 2], [4, 'completed', 4]])
    expect(dues(home)).toEqual([40000, 40000])
    await verifySound(home)
  })

  it('is completed before another is undone', async () => {
    const home = createHome({}, { like: killed })
    const { code, stderr } = await home.run('import undo 1 --yes')
    expect({ code, line: stderr.split('\n')[0] }).toEqual({ code: 0, line: told() })
    expect(uploads(home)).toEqual([[1, 'undone', null], [2, 'processing', null], [3, 'completed', 2]])
    await verifySound(home)
  })

  it('is undone as it is', async () => {
    const home = createHome({}, { like: killed })
    expect(await home.run('import undo 3 --yes')).toMatchObject({ code: 0, stderr: 'upload 3 is undone; next: vacli list --status withdrawn\n' })
    expect(uploads(home)).toEqual([[1, 'completed', 1], [2, 'processing', null], [3, 'undone', null]])
    await verifySound(home)
  })
})

it('an import that was killed while its file was read is left by match to its next import', async () => {
  const home = createHome()
  await home.run(['import', home.write('day1.csv', fileOf(rowOf(0, 100)))])
  const big = home.write('big.csv', fileOf(...Array.from({ length: ROWS }, (_, at) => rowOf(at, 300))))
  const { child, ended } = home.spawn(['import', big])
  await until('the first rows', () => Number(query(home.database, 'select count(*) as n from upload_rows')[0]!.n) > 1)
  child.kill('SIGKILL')
  await ended
  expect(query(home.database, 'select total_records from file_uploads where id = 2')).toEqual([{ total_records: null }])

  expect(await home.run('match')).toMatchObject({ code: 0, stderr: 'upload 2 was not read to its end: vacli import big.csv\n' })
  expect(uploads(home)).toEqual([[1, 'completed', 1], [2, 'processing', null]])
  await home.run(['import', home.write('next.csv', fileOf(rowOf(0, 400), rowOf(LAST, 400)))])
  await home.run(['import', big])
  expect(uploads(home)).toEqual([[1, 'completed', 1], [2, 'completed', 3], [3, 'completed', 2]])
  await verifySound(home)
})
