import { cleanCell, isAbsent, type Note } from './cell.ts'
import type { LoanRow } from './loan-row.ts'
import { isDeceased } from './name.ts'
import { findState, findStateOfCity } from './states.ts'

// Above these a due amount is more often another column than a debt.
const OUTLIER_PAISE = 50_00_000_00
const OUTLIER_TIMES = 60
const OLDEST_DUE_YEARS = 5

/** What a person may want to know of the borrower of a row that is used. */
export function notesOnBorrower({ fullName, coBorrower, phone }: LoanRow, hasReview: boolean): Note[] {
  const notes: Note[] = []
  if (isDeceased(fullName))
    notes.push({ code: 'DECEASED', message: `${fullName} is marked as dead and is not called` })
  if (coBorrower !== null)
    notes.push({ code: 'JOINT_NAME', message: `the loan is also ${coBorrower}'s; ${fullName} is called` })
  if (phone === null && !hasReview)
    notes.push({ code: 'NO_PHONE', message: 'there is no phone; the loan is kept and nobody is called' })
  return notes
}

export function notesOnState(raw: string | undefined): Note[] {
  if (raw === undefined || raw === '')
    return []
  const state = cleanCell(raw)
  const found = findState(state)
  if (found?.isGuess)
    return [{ code: 'STATE_GUESSED', message: `"${state}" was taken for ${found.name}` }]
  if (found || isAbsent(state))
    return []
  const ofCity = findStateOfCity(state)
  return [{ code: 'STATE_UNKNOWN', message: ofCity ? `"${state}" is a city of ${ofCity}, and no state; it is kept as it stands` : `"${state}" is no state we know; it is kept as it stands` }]
}

/** What is unusual in the due amount, given the cell it came from. */
export function notesOnDue(due: number | null, amount: number | null, raw: string | undefined): Note[] {
  if (due === null)
    return amount === null ? [] : [{ code: 'DUE_MISSING', message: 'the due amount is missing; no figure is spoken' }]
  if (due === 0) {
    const cell = cleanCell(raw)
    return [{ code: 'ZERO_DUE', message: isAbsent(cell) ? `the due amount "${cell}" was read as zero; the loan is not called` : 'nothing is due; the loan is not called' }]
  }
  if (due < 0)
    return [{ code: 'CREDIT_BALANCE', message: `the due amount is a credit of ₹${-due / 100}; the loan is not called` }]
  if (due > OUTLIER_PAISE || (amount !== null && amount > 0 && due > amount * OUTLIER_TIMES))
    return [{ code: 'AMOUNT_OUTLIER', message: `the due amount of ₹${due / 100} is unusually large; is it the right column?` }]
  return []
}

/** Dates that can hardly be true on the day of the data. */
export function notesOnDates({ dueDate, lastPaidDate }: Pick<LoanRow, 'dueDate' | 'lastPaidDate'>, dataDate: string | undefined): Note[] {
  if (dataDate === undefined)
    return []
  const notes: Note[] = []
  const oldest = `${Number(dataDate.slice(0, 4)) - OLDEST_DUE_YEARS}${dataDate.slice(4)}`
  if (dueDate !== null && dueDate < oldest)
    notes.push({ code: 'DATE_ODD', message: `the due date ${dueDate} is more than five years old` })
  if (lastPaidDate !== null && lastPaidDate > dataDate)
    notes.push({ code: 'DATE_ODD', message: `the last payment of ${lastPaidDate} is after the data's date, ${dataDate}` })
  return notes
}
