import { cleanCell, isAbsent, type Note, parsed, type Parsed, refused } from './cell.ts'
import type { Field } from './columns.ts'
import { customerFingerprint, loanKey } from './fingerprint.ts'
import { parseLoanDate } from './loan-date.ts'
import { parseMoney } from './money.ts'
import { displayName, isDeceased, isLostScript } from './name.ts'
import { parsePhone, type Phone } from './phone.ts'
import { findState } from './states.ts'

/** One usable row: a borrower and one of the borrower's loans. Money in paise, dates as `YYYY-MM-DD`. */
export interface LoanRow {
  fingerprint: string
  fullName: string
  phone: string | null
  phoneKind: Phone['kind']
  state: string | null
  language: string | null
  email: string | null
  loanId: string
  outstandingAmount: number | null
  dueAmount: number | null
  dueDate: string | null
  lastPaidDate: string | null
  lastPaidAmount: number | null
  cluster: string | null
  branch: string | null
  branchContactNumber: string | null
  employeeName: string | null
  employeeId: string | null
  employeeContactNumber: string | null
}

// Above these a due amount is more often another column than a debt.
const OUTLIER_PAISE = 50_00_000_00
const OUTLIER_TIMES = 60

/** Why a row cannot be used: what a person reads in the report. */
export interface Reject { code: string, column: Field | null, value: string, message: string }

export type RowResult = { ok: true, loan: LoanRow, notes: Note[] } | { ok: false, reject: Reject }

/** Reads one row, given its cells by field. The first cell that cannot be used rejects the row. */
export function parseLoanRow(cell: (field: Field) => string | undefined): RowResult {
  const name = displayName(cell('name'))
  if (name === undefined || name.includes('\ufffd') || name.toLowerCase() === cleanCell(cell('branch')).toLowerCase())
    return rejectedName(cell('name'))
  const loanId = loanKey(cell('loan_id') ?? '')
  if (isAbsent(loanId))
    return rejected('LOAN_ID_MISSING', 'loan_id', cell('loan_id'), 'the loan id is missing; every row needs one')
  if (/^\d(?:\.\d+)?E\+\d+$/.test(loanId))
    return rejected('LOAN_ID_SCI_LOST', 'loan_id', cell('loan_id'), `"${loanId}" has lost digits; in Excel set the column to Text and save again`)

  const notes: Note[] = []
  const read = <T>(field: Field, parse: (raw: string | undefined) => Parsed<T>) => {
    const result = parse(cell(field))
    if (result.ok)
      notes.push(...result.notes)
    return result
  }
  const phone = read('phone', parsePhone)
  const money = { amount: read('amount', parseMoney), last_paid_amount: read('last_paid_amount', parseLastPaid), due_amount: read('due_amount', parseMoney) }
  const dates = { due_date: read('due_date', parseDueDate), last_paid_date: read('last_paid_date', parseLoanDate) }

  const cells: [Field, Parsed<unknown>][] = [['phone', phone], ...Object.entries({ ...money, ...dates }) as [Field, Parsed<unknown>][]]
  for (const [field, result] of cells) {
    if (!result.ok)
      return rejected(result.code, field, cell(field), result.message)
  }
  const { number, kind } = valueOf(phone)
  const [outstandingAmount, dueAmount] = [valueOf(money.amount), valueOf(money.due_amount)]
  return { ok: true, notes: [...notes, ...notesOn(name, cell), ...notesOnDue(dueAmount, outstandingAmount)], loan: {
    fingerprint: customerFingerprint(number, name, loanId),
    fullName: name,
    phone: number,
    phoneKind: kind,
    loanId,
    outstandingAmount,
    dueAmount,
    lastPaidAmount: valueOf(money.last_paid_amount),
    dueDate: valueOf(dates.due_date),
    lastPaidDate: valueOf(dates.last_paid_date),
    ...placeOf(cell),
  } }
}

function placeOf(cell: (field: Field) => string | undefined) {
  const text = (field: Field) => {
    const value = cleanCell(cell(field))
    return isAbsent(value) ? null : value
  }
  const state = findState(text('state') ?? '')
  return {
    state: state?.name ?? text('state'),
    language: state?.language ?? null,
    email: text('email'),
    cluster: text('cluster'),
    branch: text('branch'),
    branchContactNumber: text('branch_contact_number'),
    employeeName: text('employee'),
    employeeId: text('employee_id'),
    employeeContactNumber: text('employee_contact_number'),
  }
}

function notesOn(name: string, cell: (field: Field) => string | undefined): Note[] {
  const notes: Note[] = []
  const state = cleanCell(cell('state'))
  if (isDeceased(name))
    notes.push({ code: 'DECEASED', message: `${name} is marked as dead and is not called` })
  if (/&|\sand\s|\//i.test(name.replace(/\b[swdchf]\s*\/\s*o\b.*$/i, '')))
    notes.push({ code: 'JOINT_NAME', message: `${name} looks like two borrowers; they are kept as one` })
  if (!isAbsent(state) && !findState(state))
    notes.push({ code: 'STATE_UNKNOWN', message: `"${state}" is no state we know; it is kept as it stands` })
  return notes
}

function notesOnDue(due: number | null, amount: number | null): Note[] {
  if (due === null && amount !== null)
    return [{ code: 'DUE_MISSING', message: 'the due amount is missing; no figure is spoken' }]
  if (due !== null && (due > OUTLIER_PAISE || (amount !== null && amount > 0 && due > amount * OUTLIER_TIMES)))
    return [{ code: 'AMOUNT_OUTLIER', message: `the due amount of ₹${due / 100} is unusually large; is it the right column?` }]
  return []
}

function rejectedName(raw: string | undefined): RowResult {
  if (isLostScript(raw) || raw?.includes('\ufffd'))
    return rejected('NAME_LOST', 'name', raw, 'the name was lost when the file was saved; save it as CSV UTF-8')
  return rejected('NAME_INVALID', 'name', raw, cleanCell(raw) === '' ? 'the name is missing' : `"${cleanCell(raw)}" is not a name`)
}

function rejected(code: string, column: Field, value: string | undefined, message: string): RowResult {
  return { ok: false, reject: { code, column, value: value ?? '', message } }
}

// Only called where every cell has been found usable.
function valueOf<T>(result: Parsed<T>): T {
  if (!result.ok)
    throw new TypeError(result.message)
  return result.value
}

// A dash beside "Last Paid" means never, while beside "Due" it is Excel's zero.
const parseLastPaid = (raw: string | undefined) => isAbsent(cleanCell(raw)) ? parsed<number | null>(null) : parseMoney(raw)

// Blank says nothing about the due date; `00/00/0000` or `NIL` says that the source has lost it.
function parseDueDate(raw: string | undefined): Parsed<string | null> {
  const date = parseLoanDate(raw)
  const cell = cleanCell(raw)
  return date.ok && date.value === null && cell !== '' ? refused('DATE_INVALID', `"${cell}" is no due date; write it as DD/MM/YYYY or leave it blank`) : date
}
