import { cleanCell, isAbsent, type Note } from './cell.ts'
import { distinctHeaders, headerKey } from './columns.ts'
import type { CellOf } from './row-cells.ts'

// A borrower's row: neither a header, a total nor a footer has a number there.
const HAS_NUMBER = /\d{5}/

/** Why a row is none of a loan: it is blank, the header again, a total or a footer; undefined for any other. */
export function findSkipReason(cells: string[], headers: string[], cellOf: CellOf): Note | undefined {
  const phone = cellOf('phone')
  if (phone !== undefined && HAS_NUMBER.test(phone))
    return undefined
  const filled = cells.map(cleanCell).filter(Boolean)
  if (filled.length === 0)
    return { code: 'BLANK', message: 'the row is blank' }
  if (isHeader(cells, headers))
    return { code: 'HEADER', message: 'the header stands here again' }
  if (!isAbsent(cleanCell(cellOf('loan_id'))) || HAS_NUMBER.test(cleanCell(phone)))
    return undefined
  if (/\b(?:sub)?total\b/i.test(filled[0]!))
    return { code: 'TOTAL', message: 'the row is a total' }
  if (filled.length === 1 && /^(?:generated|printed|report|end of|page|prepared)\b/i.test(filled[0]!))
    return { code: 'FOOTER', message: 'the row is a footer' }
  return undefined
}

// The first cell is compared alone before all of them are: this is asked of every row without a phone.
function isHeader(cells: string[], headers: string[]): boolean {
  return cells.length === headers.length && (headerKey(cells[0]!) === headerKey(headers[0]!) || cells[0]!.trim() === '')
    && distinctHeaders(cells).every((cell, at) => headerKey(cell) === headerKey(headers[at]!))
}
