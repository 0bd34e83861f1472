import { decodeStoredRow } from '../../src/domain/stored-row.ts'
import { createHome, query, type Row } from './run-vacli.ts'

/** A row that nothing is wrong with; its phone and loan are its own. */
const CLEAN = {
  name: 'Rajesh Kumar', phone: '', loan: '', amount: '25000', dueDate: '25/10/2026', state: 'Bihar', branch: 'Patna', branchPhone: '0612-2223344',
  employeePhone: '7000090121', paidDate: '25/09/2026', paid: '500', due: '1500',
}
const HEADER = 'name,phone,loan_id,amount,due_date,state,Branch,Branch Contact Number,Employee Contact Number,Last Paid Date,Last Paid Amount,Due Amount'

export type Cells = Partial<typeof CLEAN>

/** What became of a row. A loan that was kept has its values (money in rupees, phones in E.164) and the standing of its borrower. */
export interface Fate {
  row: string
  /** Codes of the row in the report, rejects and warnings. */
  codes: string[]
  name?: string
  phone?: string | null
  second?: string | null
  co?: string | null
  state?: string | null
  amount?: number | null
  due?: number | null
  dueDate?: string | null
  paid?: number | null
  paidDate?: string | null
  status?: string
  by?: string | null
  loan?: string
}

/** A case of domain.md 5.3: its number, one of its inputs, and what must differ from a clean row that is accepted without a word. */
export type Case = [number: number, cells: Cells, fate: Partial<Fate>]

const ACCEPTED: Fate = { row: 'created', codes: [], status: 'ready', by: null }

export const kept = (values: Partial<Fate>, ...codes: string[]): Partial<Fate> => ({ ...values, codes })
export const blocked = (by: string, values: Partial<Fate> = {}, ...codes: string[]): Partial<Fate> => ({ ...values, codes, status: 'blocked', by })
export const rejected = (code: string): Partial<Fate> => ({ row: 'rejected', codes: [code] })
export const review = (code: string, values: Partial<Fate> = {}): Partial<Fate> => ({ ...values, row: 'review', codes: [code], status: 'review', by: 'REVIEW' })

interface Told { fates: Map<string, Fate>, borrowers: Map<string, unknown>, raw: Map<string, Row>, code: number | null, reports: Row[] }

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const keyOf = (file: string, at: number) => `${file} ${at}`

/** Imports each table of cases as one file, all by one command, and reads back from the lists and the report what became of every row. */
export async function importCases(tables: Record<string, Case[]>): Promise<Told> {
  const home = createHome()
  const lineOf = new Map<string, string>()
  let serial = 10_000
  const paths = Object.entries(tables).map(([file, cases]) => {
    let line = 2
    const rows = cases.map(([number, cells], at) => {
      serial++
      const row = Object.values({ ...CLEAN, phone: `98123${serial}`, loan: `C${number}-${serial}`, ...cells }).map(quoted).join(',')
      lineOf.set(keyOf(file, at), `${file}.csv ${line}`)
      line += row.split('\n').length
      return row
    })
    return home.write(`${file}.csv`, [HEADER, ...rows, ''].join('\n'))
  })
  const { code, stdout } = await home.run(['import', '--json', ...paths])
  const reports = (JSON.parse(stdout) as { uploads: Row[] }).uploads
  const lists = await Promise.all(['rows', 'loans', 'customers'].map(async what => (await home.json<{ data: Row[] }>(['list', what, '--limit', '0'])).data)) as [Row[], Row[], Row[]]
  const fates = readFates(reports, lists, new Map(query(home.database, 'select file_upload_id as upload, line_number as line, loan_values, raw_data from upload_rows').map(row => [`${row.upload} ${row.line}`, row])))
  const at = <Value>(values: Map<string, Value>) => new Map([...lineOf].map(([key, line]) => [key, values.get(line)!]))
  return { fates: at(fates.fates), borrowers: at(fates.borrowers), raw: at(fates.raw), code, reports }
}

function readFates(reports: Row[], [rows, loans, customers]: [Row[], Row[], Row[]], stored: Map<string, Row>) {
  const told = { fates: new Map<string, Fate>(), borrowers: new Map<string, unknown>(), raw: new Map<string, Row>() }
  const loanOf = new Map(loans.map(loan => [loan.loan_id, loan]))
  const customerOf = new Map(customers.map(customer => [customer.customer_id, customer]))
  for (const { upload_id, line, status, loan_id, customer_id, raw } of rows) {
    const report = reports.find(({ id }) => id === upload_id)!
    const key = `${report.filename} ${line}`
    const codes = [...report.rejects as Row[], ...report.warnings as Row[]].filter(remark => remark.line === line).map(remark => String(remark.code))
    const { loan_values, raw_data } = stored.get(`${upload_id} ${line}`)!
    const read = loan_values === null ? undefined : decodeStoredRow(String(loan_values), String(raw_data))?.row
    const loan = loanOf.get(loan_id)
    const customer = customerOf.get(customer_id)
    told.raw.set(key, raw as Row)
    told.borrowers.set(key, customer_id)
    told.fates.set(key, {
      row: String(status), codes,
      ...(loan && {
        loan: loan.loan_id, name: loan.full_name, phone: loan.primary_phone, state: loan.state, amount: loan.outstanding_amount, due: loan.due_amount, dueDate: loan.due_date,
        paid: loan.last_paid_amount, paidDate: loan.last_paid_date, second: read?.alternatePhone ?? null, co: read?.coBorrower ?? null,
      } as Partial<Fate>),
      ...(customer && { status: customer.status, by: customer.blocked_by } as Partial<Fate>),
    })
  }
  return told
}

/** The wanted fate whole, and of the real one what the wanted one names. */
export function compared(real: Fate, [, , wanted]: Case): { real: Partial<Fate>, wanted: Partial<Fate> } {
  const whole: Partial<Fate> = wanted.row === 'rejected' ? wanted : { ...ACCEPTED, ...wanted }
  const named = Object.keys(whole) as (keyof Fate)[]
  return { real: Object.fromEntries(named.map(key => [key, real[key]])), wanted: whole }
}

export { keyOf }
