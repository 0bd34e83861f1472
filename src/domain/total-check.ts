import { cleanCell, isAbsent, parsed } from './cell.ts'
import { parseMoney } from './money.ts'

/** A total row whose figure is not the sum of the rows it stands under. */
export interface TotalMismatch { line: number, column: string, stated: number, summed: number }

export interface TotalCheck {
  add(paise: number | null): void
  /** Compares a total with all rows above it, or with those since any earlier total: subtotals stand among the rows. */
  compare(line: number, cell: string | undefined): void
  mismatches(): TotalMismatch[]
}

// A total for each of many small branches; more of them, and the oldest are forgotten.
const MOST_TOTALS = 2000
const LISTED = 20

/** Sums one column of money and compares it with the totals that stand in the file. */
export function openTotalCheck(column: string): TotalCheck {
  let sum = 0
  const starts: number[] = [0]
  const mismatches: TotalMismatch[] = []
  return {
    add(paise) {
      sum += paise ?? 0
    },
    compare(line, cell) {
      // In a total row a dash is a column that is not added up, not zero.
      const total = isAbsent(cleanCell(cell)) ? parsed(null) : parseMoney(cell)
      if (!total.ok || total.value === null)
        return
      if (!starts.includes(sum - total.value) && mismatches.length < LISTED)
        mismatches.push({ line, column, stated: total.value, summed: sum - starts.at(-1)! })
      if (starts.push(sum) > MOST_TOTALS)
        starts.splice(1, 1)
    },
    mismatches: () => mismatches,
  }
}
