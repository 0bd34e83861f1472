import { everyNumber } from './phone.ts'

const MOBILE = /^[6-9]\d{9}$/
const REMEMBERED = 10_000
const LONGEST = 40

export interface StaffNumbers {
  add(cell: string | undefined): void
  /** Every number of a branch or an employee, in E.164. */
  numbers(): Set<string>
}

/** Collects the numbers of branches and staff: a borrower who has one of them is not called. */
export function collectStaffNumbers(): StaffNumbers {
  const numbers = new Set<string>()
  const read = new Set<string>()
  return {
    add(cell) {
      if (cell === undefined || cell === '' || read.has(cell))
        return
      if (read.size < REMEMBERED && cell.length <= LONGEST)
        read.add(cell)
      // A number that no borrower could have is one of staff all the same.
      if (MOBILE.test(cell))
        numbers.add(`+91${cell}`)
      everyNumber(cell).forEach(number => numbers.add(number))
    },
    numbers: () => numbers,
  }
}
