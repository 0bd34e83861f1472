import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clockAt, createHome, FIXTURES, HEADER, type Home, loanFile, query, type Row } from './run-vacli.ts'

interface Upload { id: number, filename: string, status: string, rows: Record<string, number>, customers: Row, loans: Row, rejects: Row[], rejected_by_code: Row, warnings: Row[], warnings_by_code: Row }
interface Imported { uploads: Upload[] }

const ONE = loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }])
const line = (name: string, phone: string, loan: string) => loanFile([{ name, phone, loan }]).split('\n')[1]!

const rowsOf = (home: Home) => query(home.database, 'select line_number as line, status, code from upload_rows order by line_number').map(({ line, status, code }) => [line, status, code])

describe.concurrent('import', () => {
  it('reads the clean branch file whole', async () => {
    const home = createHome()
    const { code, stdout } = await home.run(['import', join(FIXTURES, 'branch-clean.csv')])
    expect({ code, stdout: stdout.split('\n').slice(0, 2) }).toEqual({ code: 0, stdout: ['branch-clean.csv: upload 1, 24 rows: 24 created', '  customers: 20 new, 0 changed; loans: 24 new, 0 changed'] })
  })

  it('and the next day\'s file over it', async () => {
    const home = createHome()
    await home.run(['import', join(FIXTURES, 'branch-clean.csv')])
    const { uploads: [upload] } = await home.json<Imported>(['import', join(FIXTURES, 'branch-clean-day2.csv')])
    expect(upload).toMatchObject({ id: 2, status: 'completed', rows: { total: 25, created: 3, matched: 22, rejected: 0 }, loans: { created: 3 }, warnings_by_code: { PHONE_CHANGED: 1 } })
    expect(query(home.database, 'select (select count(*) from customers) as customers, (select count(*) from loans) as loans')).toEqual([{ customers: 22, loans: 27 }])
    expect(query(home.database, `select loan_id, due_amount from loans where loan_id in ('LOAN009', 'LOAN020', 'LOAN023') order by loan_id`))
      .toEqual([{ loan_id: 'LOAN009', due_amount: 2_050_000 }, { loan_id: 'LOAN020', due_amount: 590_000 }, { loan_id: 'LOAN023', due_amount: 195_000 }])
  })

  it('tells what became of every row of the messy one', async () => {
    const home = createHome()
    const { uploads: [upload] } = await home.json<Imported>(['import', join(FIXTURES, 'branch-messy.csv')])
    expect(upload).toMatchObject({ rows: { total: 28, created: 14, matched: 0, review: 2, rejected: 8, skipped: 4, pending: 0 } })
    expect(rowsOf(home).filter(([, status]) => status === 'rejected' || status === 'skipped' || status === 'review')).toEqual([
      [12, 'skipped', 'BLANK'], [17, 'skipped', 'HEADER'], [18, 'skipped', 'DUPLICATE_ROW'], [19, 'review', 'LOAN_TWICE'], [20, 'review', 'LOAN_TWICE'],
      [21, 'rejected', 'PHONE_SCI_LOST'], [22, 'rejected', 'PHONE_LENGTH'], [23, 'rejected', 'PHONE_DUMMY'], [24, 'rejected', 'PHONE_MASKED'],
      [25, 'rejected', 'AMOUNT_WORDS'], [26, 'rejected', 'DATE_INVALID'], [27, 'rejected', 'NAME_INVALID'], [28, 'rejected', 'LOAN_ID_MISSING'], [30, 'skipped', 'TOTAL'],
    ])
  })

  it('takes standard input as "-"', async () => {
    const home = createHome()
    expect(await home.run('import -', { stdin: ONE })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^stdin: upload 1, 1 row: 1 created\n/) })
    expect(await home.run('import -', { stdin: ONE }), 'by its bytes').toMatchObject({ code: 0, stdout: 'stdin: already imported as upload 1; nothing changed\n' })
    expect(await home.run(['import', home.write('same.csv', ONE)]), 'whatever its name').toMatchObject({ stdout: 'same.csv: already imported as upload 1; nothing changed\n' })
    expect(await home.run('import -', { stdin: '' })).toMatchObject({ code: 2, stderr: expect.stringContaining('stdin is empty') })
  })

  it('goes on with the other files when one is bad', async () => {
    const home = createHome()
    const good = [home.write('north.csv', ONE), home.write('south.csv', loanFile([{ name: 'Ravi Rao', phone: '7000041202', loan: 'A2' }]))]
    const bad = home.write('bad.csv', 'nothing,of,use\n1,2,3\n')
    const { code, stdout, stderr } = await home.run(['import', good[0]!, bad, good[1]!])
    expect(code).toBe(3)
    expect(stdout.match(/^\S+: upload \d.*$/gm)).toEqual(['north.csv: upload 1, 1 row: 1 created', 'south.csv: upload 3, 1 row: 1 created'])
    expect(stderr).toContain('error: bad.csv has no column for name, phone, loan_id')
    expect(query(home.database, 'select filename, status from file_uploads order by id')).toEqual([{ filename: 'north.csv', status: 'completed' }, { filename: 'bad.csv', status: 'failed' }, { filename: 'south.csv', status: 'completed' }])
  })

  it('stages with --no-match, and match decides once', async () => {
    const home = createHome()
    const staged = await home.json<Imported>(['import', join(FIXTURES, 'branch-messy.csv'), '--no-match'])
    expect(staged.uploads).toEqual([expect.objectContaining({ id: 1, status: 'processing', rows: { total: 28, created: 0, matched: 0, review: 0, rejected: 8, skipped: 4, pending: 16 }, customers: { created: 0, updated: 0 } })])
    expect(await home.json('list')).toMatchObject({ total: 0 })

    const matched = await home.json<Imported>('match')
    expect(matched.uploads).toEqual([expect.objectContaining({ id: 1, status: 'completed', decided: 16, rows: expect.objectContaining({ created: 14, review: 2, pending: 0 }) })])
    const before = home.tables()
    expect(await home.run('match')).toEqual({ code: 0, stdout: 'nothing is pending\n', stderr: '' })
    expect(await home.json('match')).toEqual({ uploads: [] })
    expect(home.tables()).toEqual(before)

    const like = createHome()
    await like.run(['import', join(FIXTURES, 'branch-messy.csv')])
    const facts = (one: Home) => query(one.database, 'select full_name, primary_phone, state, callable_code from customers order by id')
    expect(facts(home), 'as an import in one go decides').toEqual(facts(like))
  })

  it('--no-match followed by the import of the same file decides it', async () => {
    const home = createHome()
    const file = home.write('loans.csv', ONE)
    expect(await home.run(['import', file, '--no-match'])).toMatchObject({ code: 0, stderr: 'next: vacli match\n' })
    expect(await home.run(['import', file])).toMatchObject({ code: 0, stdout: expect.stringContaining('upload 1, 1 row: 1 created') })
  })

  it('takes the same bytes as a new upload with --force, and nobody twice', async () => {
    const home = createHome()
    const file = home.write('loans.csv', ONE)
    await home.run(['import', file])
    const { uploads: [again] } = await home.json<Imported>(['import', file, '--force'])
    expect(again).toMatchObject({ id: 2, status: 'completed', rows: { total: 1, created: 0, matched: 1 }, customers: { created: 0, updated: 0 }, loans: { created: 0, updated: 0 } })
    expect(query(home.database, 'select (select count(*) from customers) as customers, (select count(*) from loans) as loans')).toEqual([{ customers: 1, loans: 1 }])
  })

  it.each([
    ['yesterday', '2026-11-22T00:00:00+05:30'], ['21/11/2026', '2026-11-21T00:00:00+05:30'], ['2026-11-23T09:00:00+05:30', '2026-11-23T09:00:00+05:30'],
  ])('keeps the date of the data: --as-of %s', async (asOf, kept) => {
    const home = createHome()
    await home.run(['import', '-', '--as-of', asOf], { stdin: ONE, env: { TZ: 'America/New_York' } })
    expect(await home.json('list uploads')).toMatchObject({ data: [{ data_date: kept }] })
  })

  it.each(['someday', '2026-11-24', '2026-13-01'])('refuses --as-of %s and writes nothing', async (asOf) => {
    const home = createHome()
    expect(await home.run(['import', '-', '--as-of', asOf], { stdin: ONE })).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`--as-of cannot be "${asOf}"`) })
    expect(await home.run('list')).toMatchObject({ code: 4 })
  })

  it.each([
    ['a file of no bytes', '', 'empty'],
    ['a file of blank lines', '\n\n', 'no column for name, phone, loan_id'],
    ['a header that lacks columns', 'name,amount\nAsha,5\n', 'no column for phone, loan_id; its first line reads: name, amount'],
    ['a file without a header', `${line('Asha Rao', '7000041201', 'A1')}\n`, 'no column for name, phone, loan_id'],
    ['a quote that is never closed', `${HEADER}\n${line('Asha Rao', '7000041201', 'A1')}\n"Ravi Rao,7000041202,A2\n${line('Uma Rao', '7000041203', 'A3')}\n`, 'loans.csv, line 3: a quote opened here is never closed'],
  ])('refuses %s, says why, and marks the upload as failed', async (_, content, named) => {
    const home = createHome()
    const { code, stdout, stderr } = await home.run(['import', home.write('loans.csv', content)])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toContain(named)
    expect(query(home.database, 'select status, error, completed_at is not null as ended from file_uploads')).toEqual([{ status: 'failed', error: expect.stringContaining(named), ended: 1 }])
    expect(query(home.database, 'select count(*) as n from customers')).toEqual([{ n: 0 }])
    expect(await home.run('list uploads --status failed')).toMatchObject({ code: 0, stdout: expect.stringContaining(named.slice(0, 20)) })
  })

  it('can be mended and imported after it failed', async () => {
    const home = createHome()
    await home.run(['import', home.write('loans.csv', `${HEADER}\n"Ravi`)])
    expect(await home.run(['import', home.write('loans.csv', ONE)])).toMatchObject({ code: 0, stdout: expect.stringContaining('upload 2, 1 row: 1 created') })
    expect(await home.run('match'), 'a failed upload is not taken up').toMatchObject({ stdout: 'nothing is pending\n' })
  })

  it('warns of a header alone', async () => {
    const home = createHome()
    const { uploads: [upload] } = await home.json<Imported>(['import', home.write('loans.csv', `${HEADER}\n`)])
    expect(upload).toMatchObject({ status: 'completed', rows: { total: 0 }, warnings: [{ line: 1, code: 'NO_ROWS', message: expect.any(String) }] })
  })

  it.each([
    ['a byte order mark', `\ufeff${ONE}`], ['CRLF', ONE.replaceAll('\n', '\r\n')], ['CR alone', ONE.replaceAll('\n', '\r')], ['no line end at the end', ONE.trimEnd()], ['headers in another case', ONE.replace(HEADER, HEADER.toUpperCase())],
  ])('reads %s', async (_, content) => {
    const home = createHome()
    expect(await home.run('import -', { stdin: content })).toMatchObject({ code: 0, stdout: expect.stringContaining('1 row: 1 created') })
    expect(query(home.database, 'select line_number, phone_normalized, loan_key from upload_rows')).toEqual([{ line_number: 2, phone_normalized: '+917000041201', loan_key: 'A1' }])
  })

  it('counts physical lines through quoted line breaks and blank rows', async () => {
    const home = createHome()
    const broken = line('X', '7000041201', 'A1').replace('X', '"Asha\nBhanu\nRao"')
    const content = [HEADER, broken, '', line('Ravi Rao', '7000041202', 'A2'), ',,,,,,,,,,,,,,', line('Uma Rao', '123', 'A3'), ''].join('\r\n')
    const { code, stdout } = await home.run('import -', { stdin: content })
    expect(code).toBe(3)
    expect(rowsOf(home)).toEqual([[2, 'created', null], [5, 'skipped', 'BLANK'], [6, 'created', null], [7, 'skipped', 'BLANK'], [8, 'rejected', 'PHONE_LENGTH']])
    expect(stdout).toContain('    line 8: "123" has 3 digits; a mobile number has 10\n')
    expect(query(home.database, 'select full_name from customers order by id')).toEqual([{ full_name: 'Asha Bhanu Rao' }, { full_name: 'Ravi Rao' }])
  })

  it('keeps the cells of a row as they stood, under the file\'s own headers', async () => {
    const home = createHome()
    await home.run('import -', { stdin: 'Mobile No,Customer Name,Loan No,Due Amount,Remark,\n 70000 41201 ,"Rao, Asha ",A1,"1,500.50",=1+1,x\n' })
    const { data } = await home.json<{ data: Row[] }>('list rows')
    expect(data).toEqual([{ upload_id: 1, line: 2, status: 'created', code: null, message: null, customer_id: 1, loan_id: 'A1', raw: { 'Mobile No': ' 70000 41201 ', 'Customer Name': 'Rao, Asha ', 'Loan No': 'A1', 'Due Amount': '1,500.50', Remark: '=1+1', 'column 6': 'x' } }])
  })

  it('makes its files for the owner alone, whatever the umask', async () => {
    const home = createHome()
    await home.run(['import', home.write('loans.csv', ONE)])
    expect((statSync(home.database).mode & 0o777).toString(8)).toBe('600')
  })

  it('says nothing with --quiet unless rows were rejected', async () => {
    const home = createHome()
    expect(await home.run('import - --quiet', { stdin: ONE })).toEqual({ code: 0, stdout: '', stderr: '' })
    const { code, stdout } = await home.run(['import', join(FIXTURES, 'branch-messy.csv'), '--quiet'])
    expect({ code, stdout: stdout.split('\n')[0] }).toEqual({ code: 3, stdout: 'branch-messy.csv: upload 2, 28 rows: 14 created, 2 review, 8 rejected, 4 skipped' })
  })

  it('writes its answer to a file, and does not begin where that file is there', async () => {
    const home = createHome()
    const answer = join(home.folder, 'answer.json')
    expect(await home.run(['import', '-', '--json', '-o', answer], { stdin: ONE })).toMatchObject({ code: 0, stdout: '' })
    expect(JSON.parse(readFileSync(answer, 'utf8'))).toMatchObject({ uploads: [{ id: 1 }] })
    expect(await home.run(['import', '-', '--force', '--json', '-o', answer], { stdin: ONE })).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('answer.json is there already') })
    expect(query(home.database, 'select count(*) as n from file_uploads')).toEqual([{ n: 1 }])
  })

  it('knows a borrower of an earlier day again', async () => {
    const home = createHome()
    await home.run('import -', { stdin: ONE, env: clockAt('2026-11-20T18:00:00+05:30') })
    await home.run('import -', { stdin: loanFile([{ name: 'ASHA RAO', phone: '+91 70000-41201', loan: 'A2' }]) })
    expect(await home.json('list')).toMatchObject({ total: 1, data: [{ full_name: 'ASHA RAO', loans: 2, first_uploaded_at: expect.stringContaining('2026-11-20T18:00'), last_uploaded_at: expect.stringContaining('2026-11-23T10:3') }] })
  })
})
