import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clockAt, createHome, type Home, query, type Row } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,due_date,Branch,Due Amount'
const rowOf = (n: number, { branch = 'Gaya', due = '2500' } = {}) => `Borrower ${String.fromCharCode(65 + n)}a,98123456${String(10 + n)},LN${n},15/11/2026,${branch},${due}`
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const loansOf = async (home: Home) => (await home.json<{ data: Row[] }>('list loans --sort id')).data.map(({ loan_id, absent }) => `${String(loan_id)}${absent ? ' absent' : ''}`)
const blockOf = async (home: Home, loan: string) => (await home.json<{ data: Row[] }>(`list --loan ${loan}`)).data.map(({ status, blocked_by }) => [status, blocked_by])
const tell = async (home: Home, args: string[]) => (await home.json<{ uploads: Row[] }>(['import', ...args])).uploads[0]!

describe.concurrent('a snapshot', () => {
  it('stops the loans that it no longer names, until a file names them again', async () => {
    const home = createHome()
    await home.run(['import', home.write('day1.csv', fileOf(rowOf(1), rowOf(2), rowOf(3), rowOf(4, { branch: 'Patna' })))])
    expect(await tell(home, ['--snapshot', home.write('day2.csv', fileOf(rowOf(1, { due: '1500' }), rowOf(2), rowOf(5)))]))
      .toMatchObject({ rows: { total: 3, created: 1, matched: 2 }, loans: { created: 1, updated: 1, unchanged: 1, amount_changed: 1, paid_down: 1, phone_changed: 0, absent: 1 } })
    expect(await loansOf(home)).toEqual(['LN1', 'LN2', 'LN3 absent', 'LN4', 'LN5'])
    expect(await blockOf(home, 'LN3')).toEqual([['blocked', 'ABSENT']])
    expect(await home.run('call --loan LN3 --yes')).toMatchObject({ code: 6 })

    await home.run(['import', '--snapshot', home.write('day3.csv', fileOf(rowOf(1), rowOf(2), rowOf(3), rowOf(5)))])
    expect(await loansOf(home)).toEqual(['LN1', 'LN2', 'LN3', 'LN4', 'LN5'])
    expect(await blockOf(home, 'LN3')).toEqual([['ready', null]])
  })

  it('of all branches covers the whole source, and of no other source', async () => {
    const home = createHome()
    await home.run(['import', home.write('north.csv', fileOf(rowOf(1), rowOf(2), rowOf(3), rowOf(4, { branch: 'Patna' })))])
    await home.run(['import', '--source', 'axis', home.write('axis.csv', fileOf(rowOf(4, { branch: 'Patna' })))])
    expect(await tell(home, ['--snapshot', '--scope', 'all', home.write('b.csv', fileOf(rowOf(1), rowOf(2), rowOf(3)))])).toMatchObject({ loans: { absent: 1 } })
    expect(await loansOf(home)).toEqual(['LN1', 'LN2', 'LN3', 'LN4 absent', 'LN4'])
  })

  it('does not stop a loan whose row is rejected, nor any of a branch of which a row cannot be told', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(1), rowOf(2), rowOf(3), rowOf(4, { branch: 'Patna' }), rowOf(5, { branch: 'Patna' })))])
    const bad = rowOf(2).replace('9812345612', '981234')
    const untold = rowOf(4, { branch: 'Patna' }).replace('LN4', '')
    const { code } = await home.run(['import', '--snapshot', home.write('b.csv', fileOf(rowOf(1), bad, untold))])
    expect([code, await loansOf(home)]).toEqual([3, ['LN1', 'LN2', 'LN3 absent', 'LN4', 'LN5']])
  })

  it('that would stop more than 40% asks, and without a terminal names the flag', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(1), rowOf(2), rowOf(3), rowOf(4), rowOf(5)))])
    const short = home.write('b.csv', fileOf(rowOf(1), rowOf(2)))
    expect(await home.run(['import', '--snapshot', short])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: 3 of the 5 loans that this snapshot covers are not in it .*\n.*--accept-shrink --reason/) })
    expect(query(home.database, 'select status from file_uploads order by id desc limit 1')).toEqual([{ status: 'failed' }])
    expect(query(home.database, `select count(*) as n from upload_rows where file_upload_id = 2 and status = 'pending'`), 'kept for inspection').toEqual([{ n: 2 }])
    expect(await loansOf(home)).toEqual(['LN1', 'LN2', 'LN3', 'LN4', 'LN5'])
    expect(await home.run(['match'])).toMatchObject({ stdout: 'nothing is pending\n' })

    expect(await home.run(['import', '--snapshot', '--accept-shrink', short])).toMatchObject({ code: 2, stderr: expect.stringContaining('--accept-shrink needs a reason') })
    expect(await home.run(['import', '--snapshot', '--accept-shrink', '--reason', 'camp day', short])).toMatchObject({ code: 0 })
    expect(await loansOf(home)).toEqual(['LN1', 'LN2', 'LN3 absent', 'LN4 absent', 'LN5 absent'])
    expect(query(home.database, 'select reason from file_uploads order by id desc limit 1')).toEqual([{ reason: 'camp day' }])
  })

  it('that stops just 40% is taken', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(1), rowOf(2), rowOf(3), rowOf(4), rowOf(5)))])
    expect(await home.run(['import', '--snapshot', home.write('b.csv', fileOf(rowOf(1), rowOf(2), rowOf(3)))])).toMatchObject({ code: 0 })
  })

  it('asks a person at a terminal, and No leaves everything', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(1), rowOf(2), rowOf(3)))])
    const short = home.write('b.csv', fileOf(rowOf(1)))
    const no = await home.terminal(['import', '--snapshot', short], { type: [{ cue: 'Is the file whole?', keys: 'n\r' }] })
    expect([no.code, await loansOf(home)]).toEqual([8, ['LN1', 'LN2', 'LN3']])
    const yes = await home.terminal(['import', '--snapshot', short], { type: [{ cue: 'Is the file whole?', keys: 'y\r' }] })
    expect([yes.code, await loansOf(home)]).toEqual([0, ['LN1', 'LN2 absent', 'LN3 absent']])
  })

  it.each([
    ['of a header alone', HEADER, 'it would say that everybody has paid'],
    ['of nothing', '', 'is empty'],
  ])('%s is refused', async (_, text, message) => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(1)))])
    expect(await home.run(['import', '--snapshot', home.write('b.csv', text)])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
    expect(await loansOf(home)).toEqual(['LN1'])
  })

  it('of which the scope makes no sense is refused before the file is read', async () => {
    const home = createHome()
    expect(await home.run(['import', '--scope', 'all', 'none.csv'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --snapshot') })
    expect(await home.run(['import', '--snapshot', '--scope', 'gaya', 'none.csv'])).toMatchObject({ code: 2, stderr: expect.stringContaining('branch=Gaya') })
  })
})

describe.concurrent('a dry run', () => {
  it('tells the same and leaves nothing, not even a database', async () => {
    const home = createHome()
    const file = home.write('a.csv', fileOf(rowOf(1), rowOf(2), 'Borrower Xa,123,LN9,15/11/2026,Gaya,100'))
    const dry = await tell(home, ['--dry-run', file])
    expect(dry).toMatchObject({ dry_run: true, rows: { total: 3, created: 2, rejected: 1 }, rejects_file: null })
    expect(() => statSync(home.database)).toThrow('ENOENT')
    const { rejects_file: file2, ...real } = await tell(home, [file])
    expect({ ...real, dry_run: true, rejects_file: null, data_date: dry.data_date }).toEqual(dry)
    expect(file2).toBe(join(home.folder, 'a.rejects.csv'))
    const before = readFileSync(home.database)
    expect(await tell(home, ['--dry-run', '--snapshot', '--accept-shrink', '--reason', 'x', home.write('b.csv', fileOf(rowOf(1)))])).toMatchObject({ loans: { absent: 1 } })
    expect(readFileSync(home.database).equals(before)).toBe(true)
  })
})

describe.concurrent('rejected rows', () => {
  it('come back in a file that, corrected, brings in those rows alone', async () => {
    const home = createHome()
    const file = home.write('a.csv', fileOf(rowOf(1), rowOf(2).replace('9812345612', '9.81235E+09')))
    expect(await tell(home, [file])).toMatchObject({ rows: { created: 1, rejected: 1 } })
    const rejects = join(home.folder, 'a.rejects.csv')
    expect(statSync(rejects).mode & 0o777).toBe(0o600)
    home.write('fixed.csv', readFileSync(rejects, 'utf8').replace('9.81235E+09', '9812345612'))
    expect(await home.run(['import', '--snapshot', join(home.folder, 'fixed.csv')])).toMatchObject({ code: 2, stderr: expect.stringContaining('is no snapshot') })
    expect(await tell(home, [join(home.folder, 'fixed.csv')])).toMatchObject({ rows: { total: 1, created: 1, rejected: 0 } })
    expect(await loansOf(home)).toEqual(['LN1', 'LN2'])
  })

  it('refuse the whole file with --strict', async () => {
    const home = createHome()
    const file = home.write('a.csv', fileOf(rowOf(1), rowOf(2).replace('9812345612', '981')))
    expect(await home.run(['import', '--strict', file])).toMatchObject({ code: 2, stderr: expect.stringContaining('1 row would be rejected') })
    expect(query(home.database, 'select (select count(*) from customers) as customers, (select status from file_uploads) as status')).toEqual([{ customers: 0, status: 'failed' }])
  })
})

describe.concurrent('a source', () => {
  it('has loan ids of its own, and remembers how its files are read', async () => {
    const home = createHome()
    const odd = (n: number) => `Cell No,name,loan_id\n98123456${10 + n},Borrower ${String.fromCharCode(65 + n)}a,LN1\n`
    expect(await home.run(['import', '--source', 'axis', home.write('a.csv', odd(1))])).toMatchObject({ code: 2, stderr: expect.stringContaining('--map "Cell No=phone"') })
    expect(await tell(home, ['--source', 'axis', '--map', 'Cell No=phone', home.write('a.csv', odd(1))])).toMatchObject({ rows: { created: 1 } })
    expect(await tell(home, ['--source', 'axis', home.write('b.csv', `${odd(1)}9812345619,Borrower Za,LN2\n`)])).toMatchObject({ rows: { created: 1, matched: 1 } })
    expect(await tell(home, ['--source', 'north', '--map', 'cell no=phone', home.write('c.csv', odd(3))])).toMatchObject({ rows: { created: 1 } })
    expect(query(home.database, 'select source, loan_id from loans order by id')).toEqual([{ source: 'axis', loan_id: 'LN1' }, { source: 'axis', loan_id: 'LN2' }, { source: 'north', loan_id: 'LN1' }])
  })
})

it('takes the data\'s date from the title, and says so where --as-of is to hold against it', async () => {
  const home = createHome(clockAt('2026-11-23T10:30:00+05:30'))
  const text = `XYZ Finance - DPD report as on 21-Nov-2026\n${fileOf(rowOf(1))}`
  const first = await tell(home, [home.write('a.csv', text)])
  expect(first).toMatchObject({ data_date: '2026-11-21T23:59:59.999+05:30', warnings: [] })
  expect(await tell(home, ['--as-of', '2026-11-22', '--accept-as-of', '--force', home.write('a.csv', text)])).toMatchObject({ data_date: '2026-11-22T00:00:00+05:30', warnings: [{ code: 'DATA_DATE_DIFFERS' }] })
})
