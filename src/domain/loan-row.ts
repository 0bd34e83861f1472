import { cleanCell, isAbsent, type Note, parsed, type Parsed, refused, type Review } from './cell.ts'
import type { Field } from './columns.ts'
import { customerFingerprint, loanKey } from './fingerprint.ts'
import { splitJointName } from './joint-name.ts'
import { type DateOrder, parseLoanDate } from './loan-date.ts'
import { parseMoney } from './money.ts'
import { displayName, isLostScript } from './name.ts'
import { isOnlyRelated } from './relation.ts'
import { parsePhone, type Phone } from './phone.ts'
import type { RejectCode } from './reject-fixes.ts'
import { type CellOf, type Cells, readRowCells, readText } from './row-cells.ts'
import { notesOnBorrower, notesOnDates, notesOnDue, notesOnState } from './row-notes.ts'
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
  /** A second number of the borrower, in E.164: kept, and not dialled. */
  alternatePhone: string | null
  /** The second of two borrowers; name and fingerprint are the first one's. */
  coBorrower: string | null
}

/** Why a row cannot be used: what a person reads in the report. */
export interface Reject { code: RejectCode, column: Field | null, value: string, message: string }

export type RowResult = { ok: true, loan: LoanRow, notes: Note[], review: Review | null } | { ok: false, reject: Reject }

/** What all rows of a file have in common. */
export interface RowTerms {
  dateOrder?: DateOrder
  /** As of when the file speaks, as `YYYY-MM-DD`; without it no date is odd. */
  dataDate?: string
}

/** Reads one row, given its cells by field. The first cell that cannot be used rejects the row; a doubtful one is left empty for a person to decide. */
export function parseLoanRow(cell: CellOf, { dateOrder, dataDate }: RowTerms = {}): RowResult {
  const read = readRowCells(cell)
  if (!read.ok)
    return rejected(read.code, read.field, cell(read.field), read.message)
  const { cells } = read
  const name = displayName(cells.name)
  if (name === undefined || name.includes('\ufffd') || name.toLowerCase() === cleanCell(cells.branch).toLowerCase())
    return rejectedName(cells.name)
  const loanId = loanKey(cells.loan_id ?? '')
  const badId = judgeLoanId(loanId)
  if (badId)
    return rejected(badId.code, 'loan_id', cells.loan_id, badId.message)

  const phone = parsePhone(cells.phone)
  const money = { amount: parseMoney(cells.amount), last_paid_amount: parseLastPaid(cells.last_paid_amount), due_amount: parseMoney(cells.due_amount) }
  const dates = { due_date: parseDueDate(cells.due_date, dateOrder), last_paid_date: parseLoanDate(cells.last_paid_date, dateOrder) }
  const bad = findRefused({ phone, ...money, ...dates })
  if (bad)
    return rejected(bad.code, bad.field, cells[bad.field], bad.message)

  const second = parsePhone(cells.alternate_phone)
  const { number, kind, alternate } = valueOf(phone)
  const { first, second: coBorrower } = splitJointName(name)
  const alternatePhone = alternate ?? (second.ok && second.value.number !== number ? second.value.number : null)
  const loan: LoanRow = {
    fingerprint: customerFingerprint(number, first, loanId),
    fullName: first, phone: number, phoneKind: kind, loanId, alternatePhone, coBorrower,
    outstandingAmount: valueOf(money.amount),
    dueAmount: valueOf(money.due_amount),
    lastPaidAmount: valueOf(money.last_paid_amount),
    dueDate: valueOf(dates.due_date),
    lastPaidDate: valueOf(dates.last_paid_date),
    ...placeOf(cells),
  }
  const review = (phone.ok && phone.review) || null
  const notes = [...read.notes, ...notesOf(phone), ...notesOf(money.amount), ...notesOnAlternate(second), ...notesOnBorrower(loan, review !== null), ...notesOnState(cells.state), ...notesOnDue(loan.dueAmount, loan.outstandingAmount, cells.due_amount), ...notesOnDates(loan, dataDate)]
  return { ok: true, loan, notes, review }
}

function judgeLoanId(loanId: string): { code: RejectCode, message: string } | undefined {
  if (isAbsent(loanId))
    return { code: 'LOAN_ID_MISSING', message: 'the loan id is missing' }
  if (/^\d(?:\.\d+)?E\+\d+$/.test(loanId))
    return { code: 'LOAN_ID_SCI_LOST', message: `"${loanId}" has lost digits` }
  return undefined
}

function findRefused(results: Partial<Record<Field, Parsed<unknown>>>) {
  for (const field in results) {
    const result = results[field as Field]!
    if (!result.ok)
      return { field: field as Field, ...result }
  }
  return undefined
}

function placeOf(cells: Cells) {
  const state = readText(cells.state)
  const found = state === null ? undefined : findState(state)
  return {
    state: found?.name ?? state,
    language: found?.language ?? null,
    email: readText(cells.email),
    cluster: readText(cells.cluster),
    branch: readText(cells.branch),
    branchContactNumber: readText(cells.branch_contact_number),
    employeeName: readText(cells.employee),
    employeeId: readText(cells.employee_id),
    employeeContactNumber: readText(cells.employee_contact_number),
  }
}

function notesOnAlternate(second: Parsed<Phone>): Note[] {
  return second.ok ? [] : [{ code: 'ALTERNATE_INVALID', message: `the second phone is left out: ${second.message}` }]
}

function rejectedName(raw: string | undefined): RowResult {
  if (isLostScript(raw) || raw?.includes('\ufffd'))
    return rejected('NAME_LOST', 'name', raw, 'the name was lost when the file was saved')
  const cell = cleanCell(raw)
  const problem = cell === '' ? 'the name is missing' : isOnlyRelated(cell.normalize('NFKC')) ? `"${cell}" names a relative, and not the borrower` : `"${cell}" is not a name`
  return rejected('NAME_INVALID', 'name', raw, problem)
}

function rejected(code: RejectCode, column: Field, value: string | undefined, message: string): RowResult {
  return { ok: false, reject: { code, column, value: value ?? '', message } }
}

function notesOf(result: Parsed<unknown>): Note[] {
  return result.ok ? result.notes : []
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
function parseDueDate(raw: string | undefined, order: DateOrder | undefined): Parsed<string | null> {
  const date = parseLoanDate(raw, order)
  if (!date.ok || date.value !== null)
    return date
  const cell = cleanCell(raw)
  return cell === '' ? date : refused('DATE_INVALID', `"${cell}" is no due date; write it as DD/MM/YYYY or leave it blank`)
}
