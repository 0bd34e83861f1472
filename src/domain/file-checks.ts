import { cleanCell, isAbsent, type Note } from './cell.ts'
import type { Field } from './columns.ts'
import { openDateOrder } from './date-order.ts'
import { parseMoney } from './money.ts'
import { judgeFile, LEAST_ROUND_BORROWERS } from './judge-file.ts'
import type { Sheet, StagedRowFacts } from './stage-row.ts'
import { collectStaffNumbers } from './staff-numbers.ts'
import { openTotalCheck } from './total-check.ts'

/** A row as it was staged, with the cells it came from. */
export interface ObservedRow { line: number, cells: string[], staged: StagedRowFacts }

/** Why a file cannot be imported as it is. */
export interface FileStop { code: string, message: string, hint: string }

/** Rows that a person must decide: those whose value ends so, or the loans that stand in the file more than once. The doubtful value is left empty. */
export interface ReviewRows extends Note { field: 'phone' | 'loan_id', endsWith: string | null, isRepeated: boolean }

export interface FileVerdict {
  stop: FileStop | null
  /** Where one row is meant, with its line. */
  warnings: (Note & { line?: number })[]
  reviewRows: ReviewRows[]
  /** Numbers of branches and staff, in E.164. */
  staffNumbers: Set<string>
}

/** What was counted over the rows of a file. */
export interface FileCounts {
  rows: number
  byCode: Map<string, number>
  phones: number
  roundPhones: number
  /** The first few borrowers whose phone is round: one with two loans is no sign of anything. */
  roundBorrowers: Set<string>
  dueCells: number
  dueDashes: number
  longIds: number
  longIdsEndingInZero: number
  futureDueDates: number
}

export interface FileChecks {
  observe(row: ObservedRow): void
  verdict(): FileVerdict
}

const LONG_ID = /^\d{16,}$/
const TOTALLED = ['amount', 'due_amount', 'last_paid_amount'] as const satisfies readonly Field[]
const DATED = ['due_date', 'last_paid_date'] as const satisfies readonly Field[]

/** Watches the rows of one file go by and says at its end what only all of them can tell. It keeps counts, not rows. */
export function openFileChecks(sheet: Sheet, { isOrderGiven = false }: { isOrderGiven?: boolean } = {}): FileChecks {
  const { columns: { positions, hasNextDueDate }, dataDate } = sheet
  const counts: FileCounts = { rows: 0, byCode: new Map(), phones: 0, roundPhones: 0, roundBorrowers: new Set(), dueCells: 0, dueDashes: 0, longIds: 0, longIdsEndingInZero: 0, futureDueDates: 0 }
  const dates = openDateOrder(sheet.dateOrder, isOrderGiven)
  const totals = TOTALLED.flatMap(field => positions[field] === undefined ? [] : [{ field, at: positions[field], check: openTotalCheck(sheet.headers[positions[field]]!) }])
  const staff = collectStaffNumbers()
  const dated = DATED.flatMap(field => positions[field] === undefined ? [] : [{ at: positions[field], header: sheet.headers[positions[field]]! }])
  const [branchAt, employeeAt, dueAt] = [positions.branch_contact_number, positions.employee_contact_number, positions.due_amount]

  return {
    observe({ line, cells, staged }) {
      const { status, code, loan } = staged
      if (status !== 'pending' && code !== null)
        counts.byCode.set(code, (counts.byCode.get(code) ?? 0) + 1)
      if (code === 'TOTAL' && cells.length === sheet.headers.length)
        totals.forEach(({ at, check }) => check.compare(line, cells[at]))
      if (status === 'skipped')
        return
      counts.rows++
      if (code === 'COLUMN_COUNT')
        return

      for (const { at, header } of dated)
        dates.observe(header, cells[at])
      if (branchAt !== undefined)
        staff.add(cells[branchAt])
      if (employeeAt !== undefined)
        staff.add(cells[employeeAt])
      if (dueAt !== undefined)
        countDue(counts, cells[dueAt])
      if (loan)
        countLoan(counts, loan, dataDate)
      for (const { field, at, check } of totals)
        check.add(loan ? loan[VALUE_OF[field]] : readRupees(cells[at]))
    },
    verdict: () => ({
      ...judgeFile(counts, dates.verdict(dataDate), totals.flatMap(({ check }) => check.mismatches()), hasNextDueDate),
      staffNumbers: staff.numbers(),
    }),
  }
}

const VALUE_OF = { amount: 'outstandingAmount', due_amount: 'dueAmount', last_paid_amount: 'lastPaidAmount' } as const

function countDue(counts: FileCounts, raw: string | undefined): void {
  if (raw === undefined || raw === '')
    return
  counts.dueCells++
  if (raw.length <= 20 && counts.dueDashes === counts.dueCells - 1 && /^[-–—\s\u00a0]*[-–—][-–—\s\u00a0]*$/.test(raw) && isAbsent(cleanCell(raw)))
    counts.dueDashes++
}

function countLoan(counts: FileCounts, { fingerprint, phone, loanId, dueDate }: NonNullable<StagedRowFacts['loan']>, dataDate: string | undefined): void {
  if (phone !== null) {
    counts.phones++
    if (phone.endsWith('0000')) {
      counts.roundPhones++
      if (counts.roundBorrowers.size < LEAST_ROUND_BORROWERS)
        counts.roundBorrowers.add(fingerprint)
    }
  }
  if (loanId.length >= 16 && LONG_ID.test(loanId)) {
    counts.longIds++
    if (loanId.endsWith('0'))
      counts.longIdsEndingInZero++
  }
  if (dueDate !== null && dataDate !== undefined && dueDate > dataDate)
    counts.futureDueDates++
}

// The lender's total counts a row whose phone we refuse, too.
function readRupees(cell: string | undefined): number | null {
  const money = parseMoney(cell)
  return money.ok ? money.value : null
}
