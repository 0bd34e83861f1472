import type { Note } from './cell.ts'
import type { DateVerdict } from './date-order.ts'
import type { FileCounts, FileStop, FileVerdict, ReviewRows } from './file-checks.ts'
import type { TotalMismatch } from './total-check.ts'

// Shares of all rows of loans. One row is no share: a file of three rows with a bad one is imported without it.
const MOST_RAGGED = 0.05
const MOST_NAMES_LOST = 0.2
const LEAST_BAD_ROWS = 2
const MOST_ROUND_PHONES = 0.005
// One phone in ten thousand ends in 0000 by chance: two borrowers who make up so much of a file hardly ever do.
export const LEAST_ROUND_BORROWERS = 2
const LEAST_LONG_IDS = 2

/** What the counts over all rows of a file say: whether it may be imported, and what a person should know. */
export function judgeFile(counts: FileCounts, dates: DateVerdict, totals: TotalMismatch[], hasNextDueDate: boolean): Omit<FileVerdict, 'staffNumbers'> {
  const reviewRows = [roundPhones(counts), truncatedIds(counts)].filter(rule => rule !== null)
  const warnings = [
    ...reviewRows.map(({ code, message }) => ({ code, message })),
    ...skippedRows(counts),
    ...totals.map(({ line, column, stated, summed }) => ({ line, code: 'TOTAL_MISMATCH', message: `the total of ${column} is ₹${stated / 100}, and its rows sum up to ₹${summed / 100}` })),
    ...dueAmounts(counts),
    ...dates.warnings,
    ...(hasNextDueDate && counts.futureDueDates > 0 ? [{ code: 'DUE_DATE_NEXT', message: `the due date is the next one, and ${counts.futureDueDates} of them lie in the future: those loans are not called yet` }] : []),
  ]
  return { stop: findStop(counts) ?? dates.stop, warnings, reviewRows }
}

function findStop({ rows, byCode }: FileCounts): FileStop | null {
  const isTooMany = (code: string, share: number) => (byCode.get(code) ?? 0) >= LEAST_BAD_ROWS && byCode.get(code)! / rows > share
  if (isTooMany('COLUMN_COUNT', MOST_RAGGED))
    return { code: 'COLUMN_COUNT', message: `${byCode.get('COLUMN_COUNT')} of ${rows} rows have more or fewer cells than the header`, hint: 'Amounts with commas must stand in quotes. Save the file as CSV UTF-8 again.' }
  if (isTooMany('NAME_LOST', MOST_NAMES_LOST))
    return { code: 'NAME_LOST', message: `${byCode.get('NAME_LOST')} of ${rows} names were lost when the file was saved`, hint: 'Open the original in Excel and save as CSV UTF-8, then import that.' }
  return null
}

function roundPhones({ phones, roundPhones, roundBorrowers }: FileCounts): ReviewRows | null {
  return roundBorrowers.size >= LEAST_ROUND_BORROWERS && roundPhones / phones > MOST_ROUND_PHONES
    ? { code: 'PHONE_ROUNDED', message: `${roundPhones} of ${phones} phones end in 0000; numbers may already be rounded by Excel`, field: 'phone', endsWith: '0000', isRepeated: false }
    : null
}

function truncatedIds({ longIds, longIdsEndingInZero }: FileCounts): ReviewRows | null {
  return longIds >= LEAST_LONG_IDS && longIds === longIdsEndingInZero
    ? { code: 'ID_TRUNCATED', message: `all ${longIds} loan ids of 16 digits or more end in 0; Excel keeps 15 digits, so different loans may have become one`, field: 'loan_id', endsWith: null, isRepeated: true }
    : null
}

function skippedRows({ byCode }: FileCounts): Note[] {
  const kinds = [['HEADER', 'repeated header'], ['BLANK', 'blank row'], ['FOOTER', 'footer'], ['TOTAL', 'total']] as const
  return kinds.flatMap(([code, kind]) => {
    const count = byCode.get(code) ?? 0
    return count === 0 ? [] : [{ code, message: `${count} ${count === 1 ? kind : `${kind}s`} left out` }]
  })
}

function dueAmounts({ dueCells, dueDashes }: FileCounts): Note[] {
  return dueCells > 1 && dueDashes === dueCells
    ? [{ code: 'ALL_ZERO_DUE', message: `all ${dueCells} due amounts are a dash, which means zero: nobody of this file would be called; is it the right column?` }]
    : []
}
