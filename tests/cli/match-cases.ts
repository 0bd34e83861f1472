import { clockAt, createHome, type Home, type Row } from './run-vacli.ts'

/** A row of a case; what is left out is like in all others. `phone` and `loan` are names within the case: `P`, `L1`, or an id with `#` for the case's own number. */
export interface Written { name: string, loan: string, phone?: string, due?: string, branch?: string, employeePhone?: string, source?: string }

/** What a case comes to: how many customers and loans, `status` and `blocked_by` of the customers, and the kinds of the questions. */
export interface Outcome { customers: number, loans: number, standing: string[], kinds: string[] }

/** A case of domain.md 7.3. `inFiles` is its outcome where the rows come in files of two days, if that differs; `null` where the case is about one file. */
export interface MatchCase { number: string, title: string, rows: Written[], outcome: Outcome, inFiles?: Outcome | null }

/** What became of a case, and of whom: `Name phone loans standing` of each customer, in order. */
export interface Fate extends Outcome { groups: string[] }

/** How the rows of a case come: all in one file, or each in a file of its own day, and from which end. */
export const WAYS = { 'in one file': { files: 1, isReversed: false }, 'in one file, reversed': { files: 1, isReversed: true }, 'in files of two days': { files: 2, isReversed: false }, 'in files of two days, reversed': { files: 2, isReversed: true } } as const
export type Way = keyof typeof WAYS

export const NEXT_MORNING = '2026-11-24T10:30:00+05:30'
const HEADER = 'name,phone,loan_id,amount,due_date,state,Branch,Branch Contact Number,Employee Contact Number,Last Paid Date,Last Paid Amount,Due Amount'
const FIRST_SERIAL = 41_300

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const loanOf = ({ loan }: Written, at: number) => loan.includes('#') ? loan.replace('#', String(7_100_000 + at)) : `C${at}-${loan}`
/** The id as the lender's books have it. */
const keyOf = (loan: string) => loan.toUpperCase().replaceAll(' ', '')

/** Imports the rows of all cases in one way, each case with phones and loans of its own, and reads back from the lists what became of them. */
export async function importCases(cases: readonly MatchCase[], way: Way): Promise<Fate[]> {
  const { files, isReversed } = WAYS[way]
  const home = createHome()
  const serials = new Map<string, number>()
  const phoneOf = (at: number, phone: string) => {
    const key = `${at} ${phone}`
    serials.set(key, serials.get(key) ?? FIRST_SERIAL + serials.size)
    return `98123${serials.get(key)}`
  }
  const caseOf = new Map<string, number>()
  const byFile = new Map<string, string[]>()
  // Of more than two rows the first file has the first half.
  for (const [at, { rows }] of cases.entries()) {
    for (const [place, row] of rows.entries()) {
      const { name, phone = 'P', due = '2500', branch = 'Hosur', employeePhone, source = '' } = row
      const loan = loanOf(row, at)
      caseOf.set(keyOf(loan), at)
      const cells = [name, phoneOf(at, phone), loan, '50000', '2026-10-05', 'Karnataka', branch, '04344-123456', employeePhone ? phoneOf(at, employeePhone) : '7000090121', '2026-09-05', '2500', due]
      const file = `${files === 2 && place >= rows.length / 2 ? 1 : 0}|${source}`
      byFile.set(file, [...byFile.get(file) ?? [], cells.map(quoted).join(',')])
    }
  }
  const inOrder = [...byFile].sort(([a], [b]) => a < b ? -1 : 1)
  for (const [at, [file, lines]] of (isReversed ? inOrder.reverse() : inOrder).entries()) {
    const source = file.split('|')[1]!
    const path = home.write(`${at}.csv`, `${[HEADER, ...isReversed ? lines.toReversed() : lines].join('\n')}\n`)
    const isLater = files === 2 && Number(file[0]) === (isReversed ? 0 : 1)
    const { code, stderr } = await home.run(['import', path, ...source ? ['--source', source] : []], { env: isLater ? clockAt(NEXT_MORNING) : {} })
    if (code !== 0)
      throw new Error(`the import of ${file} ended with ${code}: ${stderr}`)
  }
  return readFates(home, cases.length, caseOf, files === 2 ? clockAt(NEXT_MORNING) : {})
}

async function readFates(home: Home, cases: number, caseOf: Map<string, number>, env: Record<string, string>): Promise<Fate[]> {
  const list = async (what: string) => (await home.json<{ data: Row[] }>(['list', what, '--limit', '0'], { env })).data
  const [loans, customers] = [await list('loans'), await list('customers')]
  const fates = Array.from({ length: cases }, (): Fate => ({ customers: 0, loans: 0, standing: [], kinds: [], groups: [] }))
  const ofCustomer = new Map<unknown, number>()
  for (const loan of loans) {
    const at = caseOf.get(String(loan.loan_id))!
    fates[at]!.loans++
    ofCustomer.set(loan.customer_id, at)
  }
  for (const { customer_id, full_name, primary_phone, status, blocked_by } of customers) {
    const fate = fates[ofCustomer.get(customer_id)!]!
    const standing = [status, blocked_by].filter(Boolean).join(' ')
    fate.customers++
    fate.standing = [...new Set([...fate.standing, standing])].sort()
    fate.groups.push([full_name, primary_phone, ...loans.filter(loan => loan.customer_id === customer_id).map(({ loan_id }) => loan_id).sort(), standing].join(' '))
  }
  for (const { kind, customer_ids, sides } of await list('reviews')) {
    const [customer] = customer_ids as unknown[]
    const [side] = sides as { loans: Row[] }[]
    fates[ofCustomer.get(customer) ?? caseOf.get(String(side!.loans[0]!.loan_id))!]!.kinds.push(String(kind))
  }
  return fates.map(fate => ({ ...fate, kinds: fate.kinds.sort(), groups: fate.groups.sort() }))
}
