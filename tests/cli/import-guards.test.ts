import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,due_date,Branch,Due Amount,Branch Contact Number,Employee Contact Number'
const NAMES = ['Asha Rao', 'Ravi Kumar', 'Uma Devi', 'Vikas Singh', 'Meena Bai', 'Harish Nair', 'Kavita Joshi', 'Suresh Patil']
const rowOf = (n: number, { phone = `98123456${10 + n}`, due = '2500', date = '05/11/2026', name = NAMES[n % NAMES.length]!, branch = '', staff = '' } = {}) => `${name},${phone},LN${n},${date},Gaya,${due},${branch},${staff}`
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`

const blockOf = async (home: Home, loan: string) => (await home.json<{ data: Row[] }>(`list --loan ${loan}`)).data.map(({ status, blocked_by }) => [status, blocked_by])
const counts = (home: Home) => query(home.database, `select (select count(*) from customers) as customers, (select count(*) from loans) as loans, (select count(*) from staff_phones) as staff`)

describe.concurrent('a file that is stopped as a whole', () => {
  it.each([
    ['mixed date orders', fileOf(rowOf(1, { date: '25/11/2026' }), rowOf(2, { date: '11/25/2026' }), rowOf(3)), /date/],
    ['dates of another order', fileOf(rowOf(1, { date: '11/25/2026' }), rowOf(2, { date: '11/26/2026' })), /--date-order mdy/],
    ['amounts that their own commas cut', fileOf(rowOf(1, { due: '2,50,000' }), rowOf(2, { due: '1,20,000' }), rowOf(3), rowOf(4)), /2 of 4 rows have more or fewer cells/],
    ['names that were lost', fileOf(rowOf(1, { name: '???? ???' }), rowOf(2, { name: '?????' }), rowOf(3), rowOf(4)), /2 of 4 names were lost/],
  ])('changes no customer and no loan, and keeps its rows: %s', async (_, text, message) => {
    const home = createHome()
    await home.run(['import', home.write('first.csv', fileOf(rowOf(7)))])
    const before = counts(home)
    const { code, stdout, stderr } = await home.run(['import', home.write('second.csv', text)])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(counts(home)).toEqual(before)
    expect(query(home.database, 'select status, error is not null as told from file_uploads where id = 2')).toEqual([{ status: 'failed', told: 1 }])
    expect(query(home.database, 'select count(*) as n from upload_rows where file_upload_id = 2')).toEqual([{ n: text.trim().split('\n').length - 1 }])
    expect(await home.run('match'), 'nor does match apply it').toMatchObject({ stdout: 'nothing is pending\n' })
    expect(counts(home)).toEqual(before)
  })

  it('is taken once a person says the order', async () => {
    const home = createHome()
    const file = home.write('a.csv', fileOf(rowOf(1, { date: '11/05/2026' }), rowOf(2, { date: '10/25/2026' })))
    expect(await home.run(['import', file])).toMatchObject({ code: 2 })
    expect(await home.run(['import', file, '--date-order', 'mdy'])).toMatchObject({ code: 0 })
    expect(query(home.database, 'select loan_id, due_date from loans order by loan_id')).toEqual([{ loan_id: 'LN1', due_date: '2026-11-05' }, { loan_id: 'LN2', due_date: '2026-10-25' }])
  })
})

describe.concurrent('what is imported and not called', () => {
  it('two truths for one loan', async () => {
    const home = createHome()
    expect(await home.run(['import', home.write('a.csv', fileOf(rowOf(1, { due: '2500' }), rowOf(1, { due: '3100' }), rowOf(2)))])).toMatchObject({ code: 0, stdout: expect.stringContaining('LOAN_TWICE, 2 rows') })
    expect(query(home.database, `select code, status from upload_rows where loan_key = 'LN1'`)).toEqual(Array(2).fill({ code: 'LOAN_TWICE', status: 'review' }))
    expect(query(home.database, `select due_amount from loans where loan_id = 'LN1'`).filter(({ due_amount }) => due_amount !== null)).toEqual([])
    expect(await home.run('call --loan LN2 --yes')).toMatchObject({ code: 0 })
  })

  it.each([['the branch', { branch: '9812345611' }], ['an employee', { staff: '+91 98123-45611' }], ['an employee, glued to another', { staff: '98123456199812345611' }], ['an employee, with another glued to it', { staff: '98123456119812345619' }]])('a borrower who has the number of %s, also of a later file', async (_, staff) => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(rowOf(1), rowOf(2)))])
    expect(await blockOf(home, 'LN1')).toEqual([['ready', null]])
    await home.run(['import', home.write('b.csv', fileOf(rowOf(3, staff)))])
    expect([await blockOf(home, 'LN1'), await blockOf(home, 'LN2')]).toEqual([[['blocked', 'STAFF_PHONE']], [['ready', null]]])
    expect(await home.run('call --loan LN1 --yes')).toMatchObject({ code: 6 })
  })

  it('six borrowers on one phone, until a person allows it', async () => {
    const home = createHome()
    const shared = (n: number) => rowOf(n, { phone: '9812345677' })
    await home.run(['import', home.write('a.csv', fileOf(shared(1), shared(2), shared(3), shared(4), shared(5)))])
    expect(await blockOf(home, 'LN1')).toEqual([['ready', null]])
    await home.run(['import', home.write('b.csv', fileOf(shared(6), rowOf(7)))])
    expect([await blockOf(home, 'LN1'), await blockOf(home, 'LN6'), await blockOf(home, 'LN7')]).toEqual([[['blocked', 'PHONE_SHARED']], [['blocked', 'PHONE_SHARED']], [['ready', null]]])
    expect(await home.run('call --loan LN6 --yes')).toMatchObject({ code: 6 })
    expect(await home.run('match decide 9812345677 accept')).toMatchObject({ code: 0, stdout: '6 borrowers may share 98•••••677; more are looked at again\n' })
    expect(await blockOf(home, 'LN6')).toEqual([['ready', null]])
    expect(await home.run('match decide 9812345677 accept')).toMatchObject({ code: 0, stdout: '98•••••677 is allowed already; nothing changed\n' })
  })

  it('a borrower on a number of staff, until a person allows just that', async () => {
    const home = createHome()
    const seven = { phone: '9812345677' }
    await home.run(['import', home.write('a.csv', fileOf(...[1, 2, 3, 4, 5, 6].map(n => rowOf(n, seven))))])
    await home.run('match decide 9812345677 accept')
    expect(await blockOf(home, 'LN1')).toEqual([['ready', null]])
    // Leave to share it was not leave to call a branch.
    await home.run(['import', home.write('b.csv', fileOf(rowOf(7, { branch: '9812345677' })))])
    expect(await blockOf(home, 'LN1')).toEqual([['blocked', 'STAFF_PHONE']])
    expect(await home.run('match decide 9812345677 accept')).toMatchObject({ code: 0, stdout: '98•••••677 is a number of staff or a branch: 6 borrowers may be called on it all the same; more are looked at again\n' })
    expect(await blockOf(home, 'LN1')).toEqual([['ready', null]])
    // The next file names it as it does every day.
    await home.run(['import', home.write('c.csv', fileOf(rowOf(8, { branch: '9812345677' })))])
    expect(await home.run('call --loan LN1 --yes')).toMatchObject({ code: 0 })
    expect(await home.run('match decide 9812345677 reject')).toMatchObject({ code: 0, stdout: '98•••••677 is a number of staff or a branch, and nobody is called on it any more\n' })
    expect(await blockOf(home, 'LN2')).toEqual([['blocked', 'STAFF_PHONE']])
  })

  it.each([[1, '1 borrower has'], [5, '5 borrowers share']])('and a phone of %i needs no leave', async (sharers, told) => {
    const home = createHome()
    await home.run(['import', home.write('a.csv', fileOf(...Array.from({ length: sharers }, (_, n) => rowOf(n, { phone: '9812345677' }))))])
    const { code, stderr } = await home.run('match decide 9812345677 accept')
    expect({ code, stderr }).toEqual({ code: 2, stderr: `error: there is nothing to allow: ${told} 98•••••677, up to 5 may, and it is no number of staff or a branch\nvacli show 9812345677\n` })
    expect(query(home.database, 'select max_customers from phones where max_customers is not null'), 'a sixth is not kept out by a word on these').toEqual([])
  })
})

describe.concurrent('a snapshot', () => {
  // What stands in a cell for no branch is no branch: `NA` today and a blank tomorrow are the same loans.
  it.each(['NA', '-', ' ', '="Gaya"', 'Gay\u200ba'])('covers the loans of its own rows, however the branch is written: %j', async (branch) => {
    const home = createHome()
    const at = (n: number) => rowOf(n).replace(',Gaya,', `,${branch.includes('"') ? `"${branch.replaceAll('"', '""')}"` : branch},`)
    await home.run(['import', home.write('a.csv', fileOf(at(1), at(2), at(3)))])
    const { uploads: [upload] } = await home.json<{ uploads: Row[] }>(['import', '--snapshot', home.write('b.csv', fileOf(at(1), at(2)))])
    expect(upload).toMatchObject({ loans: { absent: 1 } })
    expect(await blockOf(home, 'LN3')).toEqual([['blocked', 'ABSENT']])
  })
})

describe.concurrent('the file of yesterday', () => {
  it.each<[string, (rows: string[]) => string[], object]>([
    ['in another order brings nothing', rows => rows.toReversed(), { rows: { created: 0, matched: 6 }, customers: { created: 0, updated: 0 }, loans: { created: 0, updated: 0, unchanged: 6 } }],
    ['with rows behind it brings those', rows => [...rows, rowOf(7), rowOf(8)], { rows: { created: 2, matched: 6 }, customers: { created: 2, updated: 0 }, loans: { created: 2, updated: 0, unchanged: 6 } }],
    ['with every row twice brings nothing', rows => [...rows, ...rows], { rows: { created: 0, matched: 6, skipped: 6 }, customers: { created: 0, updated: 0 }, loans: { created: 0, updated: 0, unchanged: 6 } }],
  ])('%s', async (_, change, expected) => {
    const home = createHome()
    const rows = [1, 2, 3, 4, 5, 6].map(n => rowOf(n))
    await home.run(['import', home.write('a.csv', fileOf(...rows))])
    expect((await home.json<{ uploads: Row[] }>(['import', home.write('b.csv', fileOf(...change(rows)))])).uploads).toMatchObject([expected])
  })
})

it('makes the rejects for their owner alone, whatever the umask', async () => {
  const home = createHome()
  await home.run(['import', home.write('a.csv', fileOf(rowOf(1), rowOf(2, { phone: '981' })))])
  expect((statSync(join(home.folder, 'a.rejects.csv')).mode & 0o777).toString(8)).toBe('600')
})

it('takes the bytes of an earlier import for a snapshot, once it is told that they are one', async () => {
  const home = createHome()
  const header = 'name,phone,loan_id,Due Amount,Branch'
  await home.run(['import', home.write('a.csv', `${header}\nAsha Rao,9812345611,LN1,100,Gaya\nRavi Rao,9812345612,LN2,100,Gaya\nUma Rao,9812345613,LN3,100,Gaya\n`)])
  const second = home.write('b.csv', `${header}\nAsha Rao,9812345611,LN1,90,Gaya\nRavi Rao,9812345612,LN2,100,Gaya\n`)
  await home.run(['import', second])
  expect(await home.json(['import', '--snapshot', second])).toMatchObject({ uploads: [{ status: 'completed', loans: { absent: 1 } }] })
  expect(await home.json(['import', '--snapshot', second])).toMatchObject({ uploads: [{ status: 'unchanged' }] })
  const empty = home.write('empty.csv', `${header}\n`)
  await home.run(['import', empty])
  expect(await home.run(['import', '--snapshot', empty])).toMatchObject({ code: 2, stderr: expect.stringContaining('everybody has paid') })
})

it('leaves no rejects of a file that a guard refused', async () => {
  const home = createHome()
  const file = home.write('mdy.csv', 'name,phone,loan_id,due_date\nAsha Rao,9812345611,LN1,11/05/2026\nRavi Rao,9812345612,LN2,11/15/2026\n')
  expect(await home.run(['import', file])).toMatchObject({ code: 2, stderr: expect.stringContaining('DATE_ORDER') })
  expect(readdirSync(home.folder).filter(name => name.includes('rejects'))).toEqual([])
})

it('says which branch of a snapshot is left out, and why', async () => {
  const home = createHome()
  const header = 'name,phone,loan_id,Branch'
  await home.run(['import', '--snapshot', home.write('a.csv', `${header}\nAsha Rao,9812345611,LN1,Gaya\nRavi Rao,9812345612,LN2,Gaya\n`)])
  const { stdout } = await home.run(['import', '--json', '--snapshot', home.write('b.csv', `${header}\nAsha Rao,9812345611,LN1,Gaya\nUma Rao,9812345613,,Gaya\n`)])
  expect(JSON.parse(stdout)).toMatchObject({ uploads: [{ loans: { absent: 0 }, warnings: [{ code: 'SNAPSHOT_PARTIAL', message: expect.stringContaining('gaya') }] }] })
})
