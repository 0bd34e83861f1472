import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,due_date,Due Amount'
const rowOf = (name: string, phone: string, loan: string, due = '2500') => `${name},${phone},${loan},05/11/2026,${due}`
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const ASHA = rowOf('Asha Rao', '9812345611', 'LN1')
const RAVI = rowOf('Ravi Rao', '9812345612', 'LN2')
const statusesOf = async (home: Home) => (await home.json<{ data: Row[] }>('list --sort id')).data.map(({ full_name, status }) => [full_name, status])

/** The tables that rows make, but for the bookkeeping that only goes forward. */
function dump(home: Home) {
  const all = (table: string) => query(home.database, `select * from ${table}`)
  return {
    customers: all('customers').map(({ facts_seq: _, ...rest }) => rest), loans: all('loans'), aliases: all('customer_aliases'),
    rows: query(home.database, `select r.* from upload_rows r join file_uploads f on f.id = r.file_upload_id where f.status <> 'undone'`), staff: all('staff_phones'),
  }
}

describe.concurrent('import undo', () => {
  it('shows its effect, asks, and takes the upload back as if it had never been', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(ASHA))])
    const before = dump(home)
    await home.run(['import', home.write('b.csv', fileOf(rowOf('Asha Rao', '9812345699', 'LN1', '99'), rowOf('Asha Rao', '9812345611', 'LN7'), RAVI))])
    expect(dump(home)).not.toEqual(before)

    const no = await home.terminal('import undo 2', { type: [{ cue: 'Undo upload 2?', keys: 'n\r' }] })
    expect(no.screen).toContain('upload 2 (b.csv): 3 rows would be withdrawn')
    expect(no.code).toBe(8)
    expect(await home.run('import undo 2')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(await home.json('import undo 2 --dry-run')).toMatchObject({ dry_run: true, rows: 3, customers: 2, loans: 3, withdrawn: 1, calls: 0 })

    expect(await home.json('import undo 2 --yes')).toMatchObject({ id: 2, status: 'undone', already_undone: false })
    expect(dump(home)).toEqual(before)
    expect(await home.json('import undo 2 --yes')).toMatchObject({ already_undone: true })
    expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
    expect((await home.json<{ data: Row[] }>('list uploads')).data.map(({ status }) => status)).toEqual(['undone', 'completed'])
  })

  it('says what would be where it asks, what is where it was told, and that nothing is where nothing is', async () => {
    const home = createHome()
    const file = home.write('a.csv', fileOf(ASHA, RAVI))
    await home.run(['import', file])
    const would = 'upload 1 (a.csv): 2 rows would be withdrawn\n  2 customers and 2 loans would go back to what other files say; of 2 of the customers no other file speaks\n  0 calls made because of it stay on record\n'
    expect(await home.run('import undo 1 --dry-run')).toEqual({ code: 0, stdout: would, stderr: '' })
    const done = would.replace('would be withdrawn', 'withdrawn').replace('would go back', 'went back')
    expect(await home.run('import undo 1 --yes')).toEqual({ code: 0, stdout: done, stderr: 'upload 1 is undone; next: vacli list --status withdrawn\n' })
    expect(await home.run('import undo 1 --yes')).toEqual({ code: 0, stdout: 'upload 1 (a.csv) is undone already\n', stderr: '' })
    expect(await home.json('import undo 1')).toMatchObject({ status: 'undone', already_undone: true, rows: 0, customers: 0, loans: 0 })

    await home.run(['import', '--no-match', file])
    expect(await home.run('import undo 2 --yes')).toMatchObject({ code: 0, stdout: 'upload 2 (a.csv): 2 rows withdrawn\n  none of them was applied to a customer or a loan\n  0 calls made because of it stay on record\n' })
  })

  it.each([[''], [' --yes'], [' --dry-run']])('of a failed upload has nothing to take back, and leaves it as it is: undo 1%s', async (flags) => {
    const home = createHome()
    await home.run(['import', '--strict', home.write('a.csv', fileOf(ASHA, rowOf('Ravi Rao', '981', 'LN2')))])
    const before = home.tables()
    expect(await home.run(`import undo 1${flags}`)).toEqual({ code: 0, stdout: 'upload 1 (a.csv) failed, and nothing of it was applied: there is nothing to undo\n', stderr: '' })
    expect(await home.json(`import undo 1${flags}`)).toMatchObject({ status: 'failed', already_undone: false, rows: 0, customers: 0, loans: 0 })
    expect(home.tables()).toEqual(before)
  })

  it('is completed by match where it was cut off', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(ASHA, RAVI))])
    const client = new Database(home.database)
    client.exec('update file_uploads set status = \'undone\'')
    client.close()
    expect(await home.run('match')).toMatchObject({ code: 0 })
    expect(query(home.database, 'select count(*) as customers from customers')).toEqual([{ customers: 0 }])
  })

  it('lets the same bytes come in again', async () => {
    const home = createHome()
    const file = home.write('a.csv', fileOf(ASHA))
    await home.run(['import', file])
    await home.run('import undo 1 --yes')
    expect(await home.json(['import', file])).toMatchObject({ uploads: [{ id: 2, status: 'completed', rows: { created: 1 } }] })
    expect(await home.json(['import', file])).toMatchObject({ uploads: [{ id: 2, status: 'unchanged' }] })
  })

  it('is never refused because of calls: they stay, and whoever was called is withdrawn', async () => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(ASHA, RAVI))])
    expect(await home.run('call --customer 1 --yes')).toMatchObject({ code: 0 })
    expect(await home.json('import undo 1 --yes')).toMatchObject({ calls: 1, withdrawn: 2 })
    expect(await statusesOf(home)).toEqual([['Asha Rao', 'withdrawn']])
    expect(await home.json('show 1')).toMatchObject({ customer_id: 1, status: 'withdrawn', loans: [], calls: [{ id: 1, status: 'completed' }] })
    expect(await home.run('call --customer 1 --yes')).toMatchObject({ code: 6 })
    // The conversation of today still counts when a file brings the borrower back.
    await home.run(['import', home.write('b.csv', fileOf(ASHA))])
    expect(await home.json('list')).toMatchObject({ data: [{ customer_id: 1, status: 'completed', blocked_by: 'COOLOFF' }] })
  })

  it.each([['99', 'there is no upload 99'], ['x', '"x" is no upload']])('says what is wrong with %s', async (id, message) => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(ASHA))])
    expect(await home.run(`import undo ${id} --yes`)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })
})
