import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { BIN, clockAt, createHome, FIXTURES, HEADER, type Home, loanFile, type Row, start, writeSettings } from './run-vacli.ts'

interface List { total: number, shown: number, data: Row[] }

let home: Home

// The clean file came the evening before, just before midnight in India; the messy one in the morning.
beforeAll(async () => {
  home = createHome()
  writeSettings(home, { 'call.rate_per_minute': '6000' })
  await home.run(['import', join(FIXTURES, 'branch-clean.csv')], { env: clockAt('2026-11-22T23:58:00+05:30') })
  await home.run(['import', join(FIXTURES, 'branch-messy.csv')], { env: clockAt('2026-11-23T00:02:00+05:30') })
  await home.run('call --customer 1 --customer 2 --max 2 --yes')
})

async function listed(args: string[], field: string, env: Record<string, string> = {}): Promise<unknown[]> {
  const { data } = await home.json<List>(['list', ...args, '--limit', '0'], { env })
  return data.map(row => row[field])
}

const ids = (...ranges: ([number, number] | number)[]) => ranges.flatMap(range => typeof range === 'number' ? [range] : Array.from({ length: range[1] - range[0] + 1 }, (_, at) => range[0] + at))
const loanIds = (from: number, to: number) => ids([from, to]).map(n => `LOAN${String(n).padStart(3, '0')}`)

describe.concurrent('list', () => {
  it.each([
    { filter: ['--customer', '7000041104'], customers: [4] },
    { filter: ['--customer', '4', '--customer', '+91 70000 41109'], customers: [4, 8] },
    { filter: ['--loan', 'LOAN005', 'LOAN203'], customers: [5, 23] },
    { filter: ['--upload', '1'], customers: ids([1, 20]) },
    { filter: ['--status', 'completed'], customers: [1] },
    { filter: ['--status', 'retry'], customers: [2] },
    { filter: ['--status', 'BLOCKED'], customers: [29, 30, 31, 32] },
    { filter: ['--status', 'ready', '--upload', '2'], customers: ids([21, 28], 34) },
    { filter: ['--state', 'kerala'], customers: [10, 12] },
    { filter: ['--state', 'W.B.'], customers: [25] },
    { filter: ['--state', 'jharkand'], customers: [24, 30, 34] },
    { filter: ['--cluster', 'east cluster'], customers: ids([21, 34]) },
    { filter: ['--branch', 'hosur branch', '--state', 'Andhra Pradesh'], customers: [20] },
    { filter: ['--employee', 'Naveen Shetty'], customers: ids([8, 12]) },
    { filter: ['--employee', 'emp202'], customers: ids([27, 31], 33, 34) },
    { filter: ['--dpd', '1-9'], customers: [20] },
    { filter: ['--dpd', '150+'], customers: [1, 2, 4] },
    { filter: ['--min-due', '₹20,000.00', '--max-due', '23500'], customers: [9] },
    { filter: ['--max-due', '1000'], customers: [3, 31] },
    { filter: ['--blocked-by', 'zero-due'], customers: [31] },
    { filter: ['--blocked-by', 'staff-phone'], customers: [32] },
    { filter: ['--blocked-by', 'COOLOFF'], customers: [1] },
    { filter: ['--not-called-for', '7d', '--branch', 'Bangalore Main Branch'], customers: ids([3, 12]) },
    { filter: ['--search', 'सुनीता'], customers: [23] },
    { filter: ['--search', '41120'], customers: [16, 17, 18] },
    { filter: ['--search', '%'], customers: [] },
    { filter: ['--search', '\'; drop table loans; --'], customers: [] },
    { filter: ['--state', 'Karnataka', '--max-due', '6000', '--search', 'bai'], customers: [3, 7] },
  ])('$filter', async ({ filter, customers }) => {
    expect((await listed(filter, 'customer_id')).sort((a, b) => Number(a) - Number(b))).toEqual(customers)
  })

  it.each([
    ['urgency', [1, 2, 4, 5]], ['id', [1, 2, 3, 4]], ['due', [4, 9, 2, 8]], ['name', [16, 8, 2, 12]],
  ])('--sort %s', async (by, first) => {
    expect((await listed(['--sort', by, '--upload', '1'], 'customer_id')).slice(0, 4)).toEqual(first)
  })

  it.each([
    ['today', 14], ['yesterday', 34], ['2026-11-22', 34], ['23/11/2026', 14], ['week', 34], ['1d', 34], ['10h', 0], ['11h', 34], ['2026-11-22T18:30:00Z', 14], ['2026-11-22T23:57:00+05:30', 34], ['2026-11-22T23:59:00+05:30', 14],
  ])('--since %s goes by days that begin at midnight in India', async (since, total) => {
    // A host a day behind or a day ahead of India: which one does not matter, so half of the cases take either.
    const TZ = total === 14 ? 'Pacific/Kiritimati' : 'America/Los_Angeles'
    expect(await home.json(['list', '--since', since], { env: { TZ } })).toMatchObject({ total })
  })

  it('--until ends before that time', async () => {
    expect(await listed(['--until', 'today'], 'customer_id')).toHaveLength(20)
    expect(await listed(['--since', 'yesterday', '--until', 'yesterday'], 'customer_id')).toEqual([])
  })

  it('the literal line of the interface', async () => {
    const { code, stdout, stderr } = await home.run('list --status ready --since yesterday')
    expect({ code, stderr, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, stderr: '', lines: 27 })
    expect(stdout.split('\n').every(line => line === '' || line.split('\t').length === 12)).toBe(true)
  })
})

describe.concurrent('list loans', () => {
  it.each([
    { filter: ['--branch', 'Hosur Branch'], loans: loanIds(16, 24) },
    { filter: ['--customer', '3'], loans: ['LOAN003', 'LOAN008', 'LOAN014'] },
    { filter: ['--dpd', '1-14'], loans: ['LOAN022', 'LOAN024'] },
    { filter: ['--min-due', '15000'], loans: ['LOAN001', 'LOAN002', 'LOAN004', 'LOAN009', 'LOAN010', 'LOAN201'] },
    { filter: ['--blocked-by', 'ZERO_DUE'], loans: ['LOAN212'] },
    { filter: ['--employee', 'Alok Sinha', '--search', 'salim'], loans: ['LOAN205', 'LOAN206'] },
  ])('$filter', async ({ filter, loans }) => {
    expect((await listed(['loans', ...filter], 'loan_id')).sort()).toEqual(loans)
  })
})

describe.concurrent('list calls, uploads and rows', () => {
  it.each([
    ['calls', ['--status', 'busy'], 'id', [2]], ['calls', ['--customer', '1'], 'id', [1]], ['calls', ['--loan', 'LOAN002'], 'id', [2]],
    ['calls', ['--until', 'today'], 'id', []], ['calls', ['--search', 'rajesh'], 'id', [1]],
    ['uploads', ['--since', 'today'], 'id', [2]], ['uploads', ['--search', 'messy'], 'id', [2]], ['uploads', ['--upload', '1'], 'id', [1]],
    ['rows', ['--status', 'rejected'], 'line', ids([21, 28])], ['rows', ['--upload', '2', '--status', 'skipped'], 'line', [12, 17, 18, 30]], ['rows', ['--customer', '3'], 'line', [4, 9, 15]], ['rows', ['--loan', 'LOAN206'], 'line', [7]],
    ['rows', ['--search', 'grand total'], 'line', [30]], ['rows', ['--since', 'today', '--status', 'review'], 'line', [19, 20]],
  ])('list %s %j', async (what, filter, field, expected) => {
    expect(await listed([what, ...filter], field)).toEqual(expected)
  })
})

describe.concurrent('the page', () => {
  it.each([
    ['list rows --json', 50], ['list rows --json --limit 0', 52], ['list rows --json --limit 3', 3], ['list --json', 34],
  ])('of "vacli %s" has %i', async (line, shown) => {
    const { stdout } = await home.run(line)
    expect(JSON.parse(stdout)).toMatchObject({ total: line.includes('rows') ? 52 : 34, shown })
  })

  it.each(['list rows', 'list rows --ndjson', 'list rows --csv'])('of "vacli %s" has no end in a pipe', async (line) => {
    const { stdout, stderr } = await home.run(line)
    const records = line.endsWith('csv') ? (parse(stdout) as unknown[]).length - 1 : stdout.trimEnd().split('\n').length
    expect({ records, stderr }).toEqual({ records: 52, stderr: '' })
  })

  it('says how many there are', async () => {
    expect(await home.run('list --limit 3')).toMatchObject({ code: 0, stderr: 'Showing 3 of 34; --limit 0 shows all\n' })
    expect(await home.run('list --status withdrawn')).toEqual({ code: 0, stdout: '', stderr: 'nothing fits\n' })
    const { screen } = await home.terminal('list rows')
    expect(screen).toContain('Showing 50 of 52; --limit 0 shows all')
  })
})

describe.concurrent('--fields', () => {
  it.each([
    ['--json', '{"email":null,"customer_id":4}\n'], ['--ndjson', '{"email":null,"customer_id":4}\n'], ['--csv', 'email,customer_id\n,4\n'], ['', '\t4\n'],
  ])('gives the named fields in their order, with "%s"', async (flag, expected) => {
    const { code, stdout } = await home.run(`list --customer 4 --fields email,customer_id ${flag}`)
    const text = flag === '--json' ? `${JSON.stringify((JSON.parse(stdout) as List).data[0])}\n` : stdout.replaceAll('\r', '')
    expect({ code, text }).toEqual({ code: 0, text: expected })
  })

  it.each(['', '--json', '--csv --status withdrawn'])('names the known ones for one that is not there, with "%s"', async (flag) => {
    const { code, stdout, stderr } = await home.run(`list --fields phone ${flag}`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('customer_id, full_name, primary_phone')
  })
})

describe.concurrent('--csv and -o', () => {
  it('lets no cell run as a formula, and leaves phones alone', async () => {
    const evil = createHome()
    await evil.run('import -', { stdin: `${HEADER}\n"=HYPERLINK(""http://evil.example"",""Asha"")",7000041201,"@SUM(1)",50000,2026-10-05,"+cmd|' /C calc'!A0",South Cluster,"-2+3",04344-123456,Kiran Joseph,EMP011,7000090121,2026-09-05,2500,2500\n` })
    const [customer] = parse((await evil.run('list --csv')).stdout, { columns: true }) as Row[]
    expect(customer).toMatchObject({ full_name: `'=HYPERLINK("http://evil.example","Asha")`, primary_phone: '+917000041201', state: `'+cmd|' /C calc'!A0`, due_amount: '2500' })
    const [loan] = parse((await evil.run('list loans --csv')).stdout, { columns: true }) as Row[]
    expect(loan).toMatchObject({ loan_id: `'@SUM(1)`, branch: `'-2+3`, primary_phone: '+917000041201' })
  })

  it('keeps the header where nothing fits', async () => {
    const { stdout } = await home.run('list --status withdrawn --csv')
    expect(stdout).toMatch(/^customer_id,full_name,.*,last_call\r\n$/)
  })

  it.each([
    ['loans.csv', ['list', 'loans']], ['customers.json', ['list', '--json']], ['rows.ndjson', ['list', 'rows', '--ndjson']],
  ])('writes %s for its owner alone, whole, and never over a file', async (name, args) => {
    const file = join(createHome().folder, name)
    const command = (['list', ...args.slice(1), '-o', file]).map(word => `'${word}'`).join(' ')
    const run = () => start('/bin/sh', ['-c', `umask 000; exec '${process.execPath}' '${BIN}' ${command}`], home.env).ended

    expect(await run()).toEqual({ code: 0, stdout: '', stderr: '' })
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    const content = readFileSync(file, 'utf8')
    const printed = (await home.run(name.endsWith('.csv') ? [...args, '--csv'] : args)).stdout
    expect(content).toBe(name.endsWith('.csv') ? `\ufeff${printed}` : printed)

    expect(await run()).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(`${file} is there already`) })
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  it('writes the whole list to a file from a terminal, too', async () => {
    const file = join(createHome().folder, 'rows.csv')
    expect(await home.terminal(['list', 'rows', '-o', file])).toMatchObject({ code: 0 })
    expect(parse(readFileSync(file), { bom: true })).toHaveLength(53)
  })

  it('says when the folder is not there', async () => {
    expect(await home.run('list -o /nowhere/at/all.csv')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('/nowhere/at/all.csv cannot be written') })
  })
})

describe.concurrent('show', () => {
  it.each([['an id', '4'], ['a phone', '7000041104'], ['a phone in two words', '70000 41104'], ['a loan id', 'LOAN004']])('takes %s', async (_, who) => {
    expect(await home.json(['show', ...who.split(' ')])).toMatchObject({ customer_id: 4, full_name: 'Harish Kamath', loans: [{ loan_id: 'LOAN004' }], rows: [{ upload_id: 1, line: 5 }], calls: [] })
  })

  it.each([['7000041120', '16 Abdul Rahim, 17 Shabana Begum, 18 Yusuf Pasha'], ['7000041106', '6 Shankar Gowda, 7 Kaveri Bai']])('lists the candidates of %s', async (phone, candidates) => {
    expect(await home.run(`show ${phone}`)).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(`Name one by its id: ${candidates}`) })
  })

  it('tells of loans, rows and calls with whole phones', async () => {
    const { stdout } = await home.run('show 1')
    expect(stdout).toMatch(/^Rajesh Kumar \(1\), \+919876543210, Karnataka: completed, COOLOFF\n/)
    expect(stdout).toMatch(/\nloans\nloan .*\n─.*\nLOAN001 .*\n\nrows\nupload .*\n─.*\n *1 +2 +created +PHONE_PLACEHOLDER +LOAN001 .*\n\ncall 1, 23 Nov 2026, 10:3\d: completed\n/)
    expect(stdout.match(/^ {2}\d\d:\d\d:\d\d {2}\w+/gm)!.map(line => line.trim().split(/\s+/)[1])).toEqual(['scheduled', 'dialing', 'initiated', 'in_progress', 'completed'])
  })

  it('a number of ten digits is never an id, and an exact loan id goes before an id', async () => {
    const odd = createHome()
    await odd.run('import -', { stdin: loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: '2' }, { name: 'Ravi Rao', phone: '7000041202', loan: '7' }]) })
    expect(await odd.json('show 2')).toMatchObject({ full_name: 'Asha Rao' })
    expect(await odd.json('show 1')).toMatchObject({ full_name: 'Asha Rao' })
    expect(await odd.run('show 0000000002')).toMatchObject({ code: 2 })
  })
})
