import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHome, type Home, type Row } from './run-vacli.ts'

// https://github.com/minimaxir/big-list-of-naughty-strings: what has broken programs that took it for a name.
// And what a spreadsheet runs, with and without the marks that keep it from that.
const NAUGHTY = [...createRequire(import.meta.url)('big-list-of-naughty-strings') as string[], '=Ram Lal', '@Ram', '+cmd|calc', '-2+3', '\'@Ram Lal', '\'\'@Ram Lal', '\'\'\'=Ram', '＝Ram', '\'-1']

/** Each column of a loan file with the field of `list loans` that shows its text; null where it is no text or is not shown. */
const COLUMNS: Record<string, string | null> = {
  name: 'full_name', phone: null, loan_id: null, amount: null, due_date: null, state: 'state', cluster: 'cluster', branch: 'branch', branch_contact_number: 'branch_contact_number',
  employee: 'employee_name', employee_id: 'employee_id', employee_contact_number: 'employee_contact_number', last_paid_date: null, last_paid_amount: null, due_amount: null, email: null, alternate_phone: null, remark: null,
}
const NAMES = Object.keys(COLUMNS)
const TEXTS = NAMES.filter(column => COLUMNS[column] !== null)
const PLAIN: Record<string, string> = {
  name: 'Asha Rao', amount: '1000', due_date: '2026-11-05', state: 'Bihar', cluster: 'South', branch: 'Gaya', branch_contact_number: '04344-123456',
  employee: 'Kiran Joseph', employee_id: 'EMP1', employee_contact_number: '7000090121', last_paid_date: '', last_paid_amount: '', due_amount: '100', email: 'asha@example.in', alternate_phone: '', remark: '',
}

// CSV ends its lines with \r\n, as RFC 4180 says.
const CONTROL = /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/u
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const NUMBER_OR_PHONE = /^[+-]\d[\d,]*(?:\.\d+)?$/
const LIST_LOANS = 'list loans --sort id --limit 0'

let home: Home
/** What is copied, in which nothing runs meanwhile: whoever leaves a database takes its log away. */
let still: Home
let rows: Row[]
let loans: Row[]

/** One file a column, with a string in each row; all else is as in any file, and of a borrower of the row's own. */
function fileOf(column: string, strings: readonly string[] = NAUGHTY): string {
  const cellsOf = (text: string, at: number) => {
    const number = NAMES.indexOf(column) * 1000 + at
    const row: Record<string, string> = { ...PLAIN, phone: String(9_812_000_000 + number), loan_id: `LN${number}`, [column]: text }
    return NAMES.map(name => quoted(row[name]!)).join(',')
  }
  return `${[NAMES.join(','), ...strings.map(cellsOf)].join('\r\n')}\r\n`
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const rowsOf = (column: string, all = rows) => all.filter(({ upload_id }) => upload_id === NAMES.indexOf(column) + 1).sort((a, b) => Number(a.line) - Number(b.line))
const textIn = (row: Row, column: string) => (row.raw as Record<string, string>)[column]
const readCsv = (text: string) => parse(text, { bom: true }) as string[][]

/** What a list shows of a cell: no invisible marks, one blank where there were several, null for what means nothing; a name and a state a little more. */
function shown(text: string, column = ''): string | null {
  const tidy = text.replace(/[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu, '').replace(/\s+/g, ' ').trim()
  if (column === 'name')
    return tidy.normalize('NFC').replace(/^['\s]+/, '').replace(/[.,\s]+$/, '')
  // What begins like a formula was one; a mark before it says that it is text.
  return ['', '.', 'null', 'nil', 'none'].includes(tidy.toLowerCase()) || /^-+$/.test(tidy) || tidy.startsWith('=') ? null : tidy.replace(/^'(?='*[=+\-@＝])/, '')
}

async function listed(of: Home): Promise<{ rows: Row[], loans: Row[] }> {
  return { rows: (await of.json<{ data: Row[] }>('list rows --limit 0')).data, loans: (await of.json<{ data: Row[] }>(LIST_LOANS)).data }
}

beforeAll(async () => {
  home = createHome()
  const { code, stdout, stderr } = await home.run(['import', ...NAMES.map(column => home.write(`${column}.csv`, fileOf(column)))])
  expect(code).toBe(3)
  expect(CONTROL.exec(stdout + stderr)).toBeNull()
  ;({ rows, loans } = await listed(home))
  still = createHome({}, { like: home })
})

describe.concurrent('the big list of naughty strings', () => {
  it('is the whole list', () => {
    expect(NAUGHTY.length).toBeGreaterThan(450)
    expect(rows).toHaveLength(NAMES.length * NAUGHTY.length)
  })

  it.each(NAMES)('as %s is kept byte for byte, each in a row of its own, and a row that is not taken says why', (column) => {
    const kept = rowsOf(column)
    expect(kept.map(({ line }) => line)).toEqual(NAUGHTY.map((_, at) => at + 2))
    expect(kept.map(row => textIn(row, column))).toEqual(NAUGHTY)
    const silent = kept.filter(({ status, code, message }) => status !== 'created' && !(typeof code === 'string' && typeof message === 'string' && message !== ''))
    expect(silent).toEqual([])
  })

  it.each(TEXTS)('as %s is listed as it was written, blanks and invisible marks apart', (column) => {
    const byId = new Map(loans.map(loan => [loan.loan_id, loan]))
    const taken = rowsOf(column).filter(({ status }) => status !== 'rejected')
    expect(taken.length).toBeGreaterThan(300)
    expect(taken.map(row => byId.get(row.loan_id)![COLUMNS[column]!])).toEqual(taken.map(row => shown(textIn(row, column)!, column)))
  })

  it('as loan id is a key without case, blanks and what nobody sees', () => {
    const taken = rowsOf('loan_id').filter(({ status }) => status === 'created')
    expect(taken.length).toBeGreaterThan(400)
    expect(taken.map(({ loan_id }) => loan_id)).toEqual(taken.map(row => textIn(row, 'loan_id')!.normalize('NFKC').replace(/[\s\p{Cc}\p{Cf}]/gu, '').replace(/^'+/, '').toUpperCase().normalize('NFKC')))
  })

  it.each(['list', 'list loans', 'list rows', 'list --csv', 'list loans --csv', 'list rows --csv', 'list rows --ndjson', 'list --json --limit 0', 'list loans --json --limit 0', 'list rows --json --limit 0'])('sends no control byte with "vacli %s"', async (line) => {
    const { code, stdout, stderr } = await home.run(line)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.length).toBeGreaterThan(100_000)
    expect(CONTROL.exec(stdout)).toBeNull()
  })

  it.each(['list --limit 0', 'list loans --limit 0', 'list rows --limit 0', 'import name.csv --force'])('sends none to a terminal either with "vacli %s"', async (line) => {
    const like = createHome({ NO_COLOR: '1', TERM: 'dumb' }, { like: still })
    const { screen } = await like.terminal(line, { cwd: like.folder, columns: 250 })
    expect(screen.length).toBeGreaterThan(500)
    expect(CONTROL.exec(screen)).toBeNull()
  })
})

describe.concurrent('the big list of naughty strings in a CSV', () => {
  it.each(['list', 'list loans', 'list rows'])('runs in no spreadsheet: %s', async (line) => {
    const cells = readCsv((await home.run([...line.split(' '), '--csv'])).stdout).flat()
    expect(cells.length).toBeGreaterThan(10_000)
    expect(cells.filter(cell => FORMULA.test(cell) && !NUMBER_OR_PHONE.test(cell))).toEqual([])
  })

  it.each(NAMES.filter(column => column !== 'remark'))('runs in none from the rejects of %s either', (column) => {
    const rejected = readCsv(readFileSync(join(home.folder, `${column}.rejects.csv`), 'utf8'))
    expect(rejected).toHaveLength(1 + rowsOf(column).filter(({ status }) => status === 'rejected').length)
    expect(rejected.flat().filter(cell => FORMULA.test(cell) && !NUMBER_OR_PHONE.test(cell))).toEqual([])
  })

  it('comes out byte for byte with the rows', async () => {
    const [header, ...exported] = readCsv((await home.run('list rows --csv --fields upload_id,line,raw')).stdout)
    expect(header).toEqual(['upload_id', 'line', 'raw'])
    expect(new Map(exported.map(([upload, line, raw]) => [`${upload}:${line}`, JSON.parse(raw!) as unknown])))
      .toEqual(new Map(rows.map(({ upload_id, line, raw }) => [`${String(upload_id)}:${String(line)}`, raw])))
  })
})

describe.concurrent('the big list of naughty strings, exported and imported again,', () => {
  it('is the same loans, but for the escape sequences that no CSV gives out', async () => {
    const again = createHome()
    const csv = join(again.folder, 'loans.csv')
    expect(await home.run([...LIST_LOANS.split(' '), '--csv', '-o', csv])).toMatchObject({ code: 0 })
    const { code, stdout } = await again.run(['import', csv, ...['full_name=name', 'primary_phone=phone', 'outstanding_amount=amount', 'employee_name=employee'].flatMap(map => ['--map', map])])
    expect({ code, rejects: stdout.match(/rejected: .*/g) }).toEqual({ code: 0, rejects: null })
    const fields = ['loan_id', 'primary_phone', 'outstanding_amount', 'due_amount', 'due_date', 'last_paid_date', 'last_paid_amount', ...TEXTS.map(column => COLUMNS[column]!)]
    const tainted = new Set(loans.filter(loan => fields.some(field => /\p{Cc}/u.test(String(loan[field])))).map(({ loan_id }) => loan_id))
    expect(tainted.size).toBe(3 * TEXTS.length)
    const factsOf = (all: Row[]) => all.filter(({ loan_id }) => !tainted.has(loan_id)).map(loan => Object.fromEntries(fields.map(field => [field, loan[field]])))
    expect(factsOf((await listed(again)).loans)).toEqual(factsOf(loans))
  })

  it('from the rejects is the same rows, rejected for the same reasons', async () => {
    const again = createHome()
    const files = NAMES.filter(column => column !== 'remark').map(column => again.write(`${column}.csv`, readFileSync(join(home.folder, `${column}.rejects.csv`))))
    expect(await again.run(['import', '--as-of', 'today', ...files])).toMatchObject({ code: 3 })
    const factsOf = (all: Row[]) => all.map(({ status, code, message, raw }) => JSON.stringify({ status, code, message, raw })).sort()
    expect(factsOf((await listed(again)).rows)).toEqual(factsOf(rows.filter(({ status }) => status === 'rejected')))
  })
})
