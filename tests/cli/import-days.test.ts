import { describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,due_date,Due Amount,Branch'
const NAMES = ['Asha Rao', 'Uma Rao', 'Om Rao', 'Ravi Rao', 'Meena Rao']
const rowOf = (at: number, { phone = `981234561${at}`, date = '05/11/2026', due = '2500' } = {}) => `${NAMES[at]},${phone},LN${at},${date},${due},Gaya`
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const DAY = fileOf(rowOf(0), rowOf(1))
type Upload = Row & { warnings: Row[], loans: Record<string, number> }
const tell = async (home: Home, args: string[]) => (await home.json<{ uploads: [Upload] }>(['import', ...args])).uploads[0]
const count = (home: Home) => query(home.database, 'select (select count(*) from file_uploads) as uploads, (select count(*) from loans) as loans')[0]

describe.concurrent('bytes that are known', () => {
  it.each([
    ['another date', [], ['--as-of', '2026-11-20'], 'with the data date 2026-11-23'],
    ['a column that was named', ['--map', 'Branch=cluster'], [], 'with --map "Branch=cluster"'],
    ['a column to be named', [], ['--map', 'Branch=cluster'], 'without --map'],
    ['another order of dates', ['--date-order', 'mdy'], ['--date-order', 'dmy'], 'with --date-order mdy'],
    ['an encoding', [], ['--encoding', 'windows-1252'], 'without --encoding'],
    ['a delimiter', ['--delimiter', 'comma'], [], 'with --delimiter comma'],
    ['no snapshot any more', ['--snapshot'], [], 'as a snapshot of gaya'],
    ['a snapshot of all', ['--snapshot'], ['--snapshot', '--scope', 'all'], 'as a snapshot of gaya'],
  ])('are told how they were imported, and what to add: %s', async (_, then, now, way) => {
    const home = createHome()
    const file = home.write('a.csv', DAY)
    await home.run(['import', ...then, file])
    const before = count(home)
    const message = `these bytes were imported ${way}; to import them again as you say now, add --force`
    const { code, stdout } = await home.run(['import', ...now, file])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `a.csv: already imported as upload 1; nothing changed\n  noted: IMPORTED_OTHERWISE\n    ${message}\n` })
    expect(await tell(home, [...now, file])).toMatchObject({ id: 1, status: 'unchanged', rows: { total: 0 }, warnings: [{ line: null, code: 'IMPORTED_OTHERWISE', message }] })
    expect(count(home)).toEqual(before)
    expect(await tell(home, [...now, '--force', file])).toMatchObject({ id: 2, status: 'completed' })
  })

  it.each([[[]], [['--source', 'axis', '--map', 'Branch=cluster', '--as-of', '2026-11-22', '--delimiter', 'comma']], [['--snapshot', '--date-order', 'dmy']]])('say no more than that where nothing differs: %j', async (flags) => {
    const home = createHome()
    const file = home.write('a.csv', DAY)
    await home.run(['import', ...flags, file])
    expect(await home.run(['import', ...flags, file])).toMatchObject({ code: 0, stdout: 'a.csv: already imported as upload 1; nothing changed\n' })
  })
})

describe.concurrent('the difference to the last file', () => {
  it('adds up: of the known loans each is in one class', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(0), rowOf(1), rowOf(2), rowOf(3)))])
    const next = home.write('b.csv', fileOf(rowOf(0), rowOf(1, { date: '06/11/2026' }), rowOf(2, { due: '1000' }), rowOf(3, { due: '1000', date: '06/11/2026' }), rowOf(4)))
    const { stdout } = await home.run(['import', '--dry-run', next])
    expect(stdout).toContain('  since the last file: 1 new, 1 unchanged, 2 with another amount (2 paid down), 1 with other changes, 0 with another phone alone\n')
    const { loans } = await tell(home, [next])
    expect(loans).toMatchObject({ created: 1, unchanged: 1, amount_changed: 2, other_changed: 1, updated: 3, phone_changed: 0 })
  })

  it('is told where nothing but phones changed', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', DAY)])
    const { stdout } = await home.run(['import', home.write('b.csv', fileOf(rowOf(0, { phone: '9812345699' })))])
    expect(stdout).toContain('0 unchanged, 0 with another amount (0 paid down), 0 with other changes, 1 with another phone alone')
  })
})

describe.concurrent('a file that is older than the newest of its source', () => {
  const warning = (id: number) => ({ line: null, code: 'OLDER_FILE', message: `its data is of 2026-11-20, and upload 1 (new.csv) told of some of its loans as of 2026-11-22: the older figures of those stand now; if that is not meant: vacli import undo ${id}, or import new.csv again with --force` })

  it('is imported and says so, by the date of a title or of a flag', async () => {
    const home = createHome()
    await home.run(['import', '--as-of', '2026-11-22', home.write('new.csv', DAY)])
    const titled = home.write('titled.csv', `Report as on 20-Nov-2026,,\n${fileOf(rowOf(0, { date: '25/10/2026' }))}`)
    expect((await tell(home, ['--dry-run', titled])).warnings).toEqual([warning(2)])
    expect(await tell(home, [titled])).toMatchObject({ status: 'completed', rows: { matched: 1 }, warnings: [warning(2)] })
    expect(await tell(home, ['--as-of', '2026-11-20', home.write('flag.csv', fileOf(rowOf(1, { date: '25/10/2026' })))])).toMatchObject({ status: 'completed', warnings: [warning(3)] })
  })

  it('is told of by match where its rows were only staged then', async () => {
    const staged = createHome()
    await staged.run(['import', '--no-match', '--as-of', '2026-11-20', staged.write('old.csv', fileOf(rowOf(0, { date: '25/10/2026' }), rowOf(2)))])
    await staged.run(['import', '--as-of', '2026-11-22', staged.write('new.csv', DAY)])
    const message = 'its data is of 2026-11-20, and upload 2 (new.csv) told of some of its loans as of 2026-11-22: the older figures of those stand now; if that is not meant: vacli import undo 1, or import new.csv again with --force'
    const { stdout } = await createHome({}, { like: staged }).run('match')
    expect(stdout).toContain(`  noted: OLDER_FILE\n    ${message}\n`)
    expect(await staged.json('match')).toMatchObject({ uploads: [{ id: 1, decided: 2, warnings: [{ line: null, code: 'OLDER_FILE', message }] }] })
    await staged.run(['import', '--no-match', '--as-of', '2026-11-23', staged.write('next.csv', fileOf(rowOf(1, { date: '26/10/2026' })))])
    expect(await staged.json('match')).toMatchObject({ uploads: [{ id: 3, warnings: [] }] })
  })

  it('is not one of the same day, of another source, of other loans or after an undo', async () => {
    const home = createHome()
    const next = (name: string, at: number) => home.write(name, fileOf(rowOf(at, { date: '25/10/2026' })))
    await home.run(['import', '--as-of', '2026-11-22T09:00:00+05:30', home.write('new.csv', DAY)])
    expect((await tell(home, ['--as-of', '2026-11-22', next('same.csv', 0)])).warnings).toEqual([])
    expect((await tell(home, ['--as-of', '2026-11-20', '--source', 'axis', next('other.csv', 1)])).warnings).toEqual([])
    expect((await tell(home, ['--as-of', '2026-11-20', next('branch.csv', 2)])).warnings).toEqual([])
    await home.run('import undo 1 --yes')
    await home.run('import undo 2 --yes')
    expect((await tell(home, ['--as-of', '2026-11-20', next('again.csv', 0)])).warnings).toEqual([])
  })
})
