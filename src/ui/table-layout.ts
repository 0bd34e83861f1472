/** The gap between two columns. */
export const GAP = '  '

export interface ColumnSpace {
  title: string
  /** 1 is never hidden; the highest number goes first. */
  priority: number
  /** A column with a minimum may be cut down to it; figures have none, because a cut figure misleads. */
  min?: number
  /** What the title and the longest cell take. */
  natural: number
}

export interface FittedColumn<Space> {
  column: Space
  width: number
}

/**
 * Gives every column its width: cuts the widest columns first, then hides the least important.
 * Where even the columns of priority 1 do not fit, their text is cut below its minimum; figures stay whole, and may wrap.
 */
export function fitColumns<Space extends ColumnSpace>(columns: readonly Space[], width: number): { shown: FittedColumn<Space>[], hidden: string[] } {
  let left = [...columns]
  let shown = shrink(left, width, ({ min, natural }) => Math.min(min ?? natural, natural))

  while (total(shown) > width) {
    const leastImportant = left.reduce((found, column) => column.priority >= found.priority ? column : found)
    if (leastImportant.priority <= 1) {
      shown = shrink(left, width, ({ min, natural }) => min === undefined ? natural : 1)
      break
    }
    left = left.filter(column => column !== leastImportant)
    shown = shrink(left, width, ({ min, natural }) => Math.min(min ?? natural, natural))
  }

  return { shown, hidden: columns.filter(column => !left.includes(column)).map(({ title }) => title) }
}

function shrink<Space extends ColumnSpace>(columns: readonly Space[], width: number, floorOf: (column: Space) => number): FittedColumn<Space>[] {
  // No text needs more than the whole table; so a cell of a megabyte costs no more steps than one of a line.
  const fitted = columns.map(column => ({ column, floor: floorOf(column), width: Math.max(floorOf(column), Math.min(column.natural, width)) }))

  for (let excess = total(fitted) - width; excess > 0; excess--) {
    const shrinkable = fitted.filter(({ width, floor }) => width > floor)
    if (shrinkable.length === 0)
      break
    shrinkable.reduce((widest, column) => column.width > widest.width ? column : widest).width--
  }

  return fitted.map(({ column, width }) => ({ column, width }))
}

function total(fitted: readonly { width: number }[]) {
  return fitted.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, fitted.length - 1))
}
