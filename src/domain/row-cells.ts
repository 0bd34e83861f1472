import { cleanCell, isAbsent, type Note } from './cell.ts'
import { type Field, FIELDS } from './columns.ts'
import { repairMojibake } from './mojibake.ts'
import { unmarkedCell } from './reject-columns.ts'
import type { RejectCode } from './reject-fixes.ts'

export type CellOf = (field: Field) => string | undefined
export type Cells = Partial<Record<Field, string>>

/** A cell that makes its row unusable. */
export interface BadCell { code: RejectCode, field: Field, message: string }

export type ReadCells = { ok: true, cells: Cells, notes: Note[] } | ({ ok: false } & BadCell)

const ODD = /^\s*[=#]|[\u00c2-\u00f4]/
const ERROR = /^#(?:ref!|n\/a|value!|name\?|div\/0!|null!|num!|#+)$/i
// A name may begin with `=` and is kept as text; the address of a cell, or a look-up of one, is what is left of a formula.
const FORMULA_NAME = /^=[+-]?(?:(?:[^\s=!]{1,40}!)?\$?[a-z]{1,3}\$?\d+$|(?:v|h|x)lookup\(|index\()/i
// No name, number or branch is longer, and no hostile one costs more than a moment.
const LONGEST_CELL = 500
const REQUIRED: ReadonlySet<Field> = new Set(['name', 'phone', 'loan_id'])

/** The cells of a row, repaired where a spreadsheet damaged them: mojibake is undone, what is left of a formula is blank. */
export function readRowCells(cell: CellOf): ReadCells {
  const cells: Cells = {}
  const notes: Note[] = []
  for (const field of FIELDS) {
    const raw = cell(field)
    if (raw !== undefined && raw.length > LONGEST_CELL)
      return { ok: false, code: 'CELL_TOO_LONG', field, message: `the cell has ${raw.length} characters; ${field} takes at most ${LONGEST_CELL}` }
    if (raw === undefined || !ODD.test(raw)) {
      cells[field] = raw
      continue
    }
    const text = mendCell(raw)
    if (text === undefined)
      return { ok: false, code: 'MOJIBAKE', field, message: `"${cleanCell(raw)}" is text in the wrong encoding that cannot be repaired` }
    cells[field] = text
    if (!isFormula(field, text))
      continue
    if (REQUIRED.has(field))
      return { ok: false, code: 'FORMULA_RESIDUE', field, message: `"${cleanCell(raw)}" is what is left of a formula` }
    cells[field] = ''
    notes.push({ code: 'FORMULA_RESIDUE', message: `"${cleanCell(raw)}" in ${field} is what is left of a formula; it was read as blank` })
  }
  return { ok: true, cells, notes }
}

/** The cell as it stood before text in the wrong encoding, or Excel's way to keep digits as text (`="9812345678"`), came over it; undefined where there is no exact way back. */
export function mendCell(raw: string): string | undefined {
  const text = repairMojibake(raw)
  return text === undefined ? undefined : /^\s*="([^"]*)"\s*$/.exec(text)?.[1] ?? text
}

function isFormula(field: Field, raw: string): boolean {
  const text = cleanCell(raw)
  return ERROR.test(text) || (field === 'name' ? FORMULA_NAME.test(text) : text.startsWith('='))
}

/** A description as it is shown, without the mark that an export sets before what looks like a formula; null where there is none. */
export function readText(raw: string | undefined): string | null {
  const text = cleanCell(raw)
  return isAbsent(text) ? null : unmarkedCell(text)
}
