import { beforeAll, describe, expect, it } from 'vitest'
import { createHome, type Row } from './run-vacli.ts'

// domain.md 5.2, as it stands there: the column of the list of loans, a cell, what the list says of it, and the headers that bring it there.
const FIELDS: [column: string, cell: (at: number) => string, value: (at: number) => unknown, aliases: string][] = [
  ['full_name', () => 'Ravi Rao', () => 'Ravi Rao', 'name, customer name, cust name, member name, borrower name, client name, applicant name, name of customer, party name, ग्राहक का नाम'],
  ['primary_phone', at => `98124${20_001 + at}`, at => `+9198124${20_001 + at}`, 'phone, mobile, mobile no, mobile number, mob no, contact no, contact number, customer mobile, primary mobile, cell, ph no, मोबाइल'],
  ['loan_id', at => `H${at}`, at => `H${at}`, 'loan id, loan no, loan account no, loan a/c no, account no, a/c no, lan, agreement no, contract no, loan code'],
  ['outstanding_amount', () => '25000', () => 25_000, 'amount, emi, emi amount, instalment, installment amt, demand'],
  ['due_amount', () => '1500', () => 1500, 'due amount, overdue, overdue amount, od amt, arrears, total due, outstanding due, pos overdue'],
  ['due_date', () => '25/10/2026', () => '2026-10-25', 'due date, emi date, demand date, installment date, next due date'],
  ['last_paid_date', () => '25/09/2026', () => '2026-09-25', 'last paid date, last payment date, last receipt date, lpd'],
  ['last_paid_amount', () => '500', () => 500, 'last paid amount, last paid amt, last collection amt'],
  ['state', () => 'Bihar', () => 'Bihar', 'state, state name'],
  ['cluster', () => 'South', () => 'South', 'cluster, area, region, division, zone'],
  ['branch', () => 'Gaya', () => 'Gaya', 'branch, branch name, unit, branch code'],
  ['branch_contact_number', () => '9123400001', () => '9123400001', 'branch contact number, branch contact, branch mobile, bm mobile'],
  ['employee_name', () => 'Kiran Joseph', () => 'Kiran Joseph', 'employee, officer, fo name, cro, field officer, collection officer, ro name'],
  ['employee_id', () => 'E11', () => 'E11', 'employee id, emp id, emp code, staff id'],
  ['employee_contact_number', () => '9123400002', () => '9123400002', 'employee contact number, fo mobile, officer mobile'],
]
// What none of them may be taken for.
const DECOYS = { 'Alternate Mobile': '9123400003', 'Guarantor Mobile': '9123400004', POS: '9', 'Principal Outstanding': '8', 'Loan Amount': '7', Remarks: 'kept as it is' }
const SPELLINGS: ((header: string) => string)[] = [header => header, header => header.toUpperCase(), header => header.replaceAll(' ', '_'), header => ` ${header.replaceAll(' ', '.')}. `, header => header.replaceAll(' ', '\u00a0'), header => header.replaceAll(' ', ''), header => `\u200b${header.replaceAll(' ', '  ')}`]

const aliasOf = (aliases: string, at: number) => aliases.split(', ')[at % aliases.split(', ').length]!
const FILES = Math.max(...FIELDS.map(([, , , aliases]) => aliases.split(', ').length))
// Each file is in another spelling, and each alias stands in one file at least.
const fileOf = (at: number) => [
  [...Object.keys(DECOYS), ...FIELDS.map(([, , , aliases]) => SPELLINGS[at % SPELLINGS.length]!(aliasOf(aliases, at)))].join(','),
  [...Object.values(DECOYS), ...FIELDS.map(([, cell]) => cell(at))].join(','),
  '',
].join('\n')

let loans: Row[]
let rows: { loan_id: string, raw: Row }[]

beforeAll(async () => {
  const home = createHome()
  await home.run(['import', ...Array.from({ length: FILES }, (_, at) => home.write(`${at}.csv`, fileOf(at)))])
  ;[{ data: loans }, { data: rows }] = await Promise.all([home.json<{ data: Row[] }>('list loans --limit 0'), home.json<{ data: typeof rows }>('list rows --limit 0')])
})

describe('the header aliases of an import', () => {
  it.each(FIELDS.flatMap(([column, , , aliases]) => aliases.split(', ').map((alias, at) => [alias, column, at] as const)))('takes "%s" for %s', (_, column, at) => {
    const [, , value] = FIELDS.find(([one]) => one === column)!
    expect(loans.find(loan => loan.loan_id === `H${at}`)?.[column]).toBe(value(at))
  })

  it('takes no other column for any of them, and keeps it as it is', () => {
    expect(loans).toHaveLength(FILES)
    expect(rows.map(({ raw }) => Object.fromEntries(Object.keys(DECOYS).map(header => [header, raw[header]])))).toEqual(Array.from({ length: FILES }, () => DECOYS))
  })
})
