import { cleanCell, isAbsent, type Note } from './cell.ts'
import { type ColumnMap, distinctHeaders, type Field, headerKey } from './columns.ts'
import { rowFingerprint } from './fingerprint.ts'
import { parseLoanRow, type Reject } from './loan-row.ts'
import { encodeStoredRow } from './stored-row.ts'
import type { RowStatus } from './upload.ts'

/** A row as it is staged: what it says, and whether it can be used. */
export interface StagedRowFacts {
  rawData: string
  rowFingerprint: string
  phoneNormalized: string | null
  loanKey: string | null
  /** The usable row as it was read; see stored-row. */
  loanValues: string | null
  status: Extract<RowStatus, 'pending' | 'rejected' | 'skipped'>
  code: string | null
  message: string | null
  reject: Reject | null
  notes: Note[]
}

export interface Sheet { headers: string[], columns: ColumnMap }

/** Judges one record by itself; what needs its neighbours (exact copies, two truths for one loan) is judged where they are known. */
export function stageRow(record: string[], { headers, columns }: Sheet): StagedRowFacts {
  // No text column of PostgreSQL takes a NUL.
  const cells = record.map(cell => cell.replaceAll('\0', ''))
  const cellOf = (field: Field) => {
    const at = columns.positions[field]
    return at === undefined ? undefined : cells[at]
  }
  const base = { rawData: rawJson(headers, cells), rowFingerprint: rowFingerprint(cells), phoneNormalized: null, loanKey: null, loanValues: null, reject: null, notes: [] }
  const skip = skipReason(cells, headers, cellOf)
  if (skip)
    return { ...base, status: 'skipped', ...skip }
  if (!fits(cells, headers))
    return rejectedRow(base, { code: 'COLUMN_COUNT', column: null, value: String(cells.length), message: `the row has ${cells.length} cells and the header ${headers.length}; ${cells.length < headers.length ? 'is it cut off?' : 'quote amounts that contain commas'}` })

  const result = parseLoanRow(cellOf)
  if (!result.ok)
    return rejectedRow(base, result.reject)
  const [note] = result.notes
  return { ...base, status: 'pending', code: note?.code ?? null, message: note?.message ?? null, phoneNormalized: result.loan.phone, loanKey: result.loan.loanId, loanValues: encodeStoredRow(result.loan, note ?? null), notes: result.notes }
}

function rejectedRow(base: Omit<StagedRowFacts, 'status' | 'code' | 'message'>, reject: Reject): StagedRowFacts {
  return { ...base, status: 'rejected', code: reject.code, message: reject.message, reject }
}

function skipReason(cells: string[], headers: string[], cellOf: (field: Field) => string | undefined): { code: string, message: string } | undefined {
  const filled = cells.map(cleanCell).filter(Boolean)
  if (filled.length === 0)
    return { code: 'BLANK', message: 'the row is blank' }
  if (isHeader(cells, headers))
    return { code: 'HEADER', message: 'the header stands here again' }
  const names = isAbsent(cleanCell(cellOf('loan_id'))) && !/\d{5}/.test(cleanCell(cellOf('phone')))
  if (names && /\b(?:sub)?total\b/i.test(filled[0]!))
    return { code: 'TOTAL', message: 'the row is a total' }
  if (names && filled.length === 1 && /^(?:generated|printed|report|end of|page|prepared)\b/i.test(filled[0]!))
    return { code: 'FOOTER', message: 'the row is a footer' }
  return undefined
}

// The first cell is compared alone before all of them are: this is asked of every row.
function isHeader(cells: string[], headers: string[]): boolean {
  return cells.length === headers.length && (headerKey(cells[0]!) === headerKey(headers[0]!) || cells[0]!.trim() === '')
    && distinctHeaders(cells).every((cell, at) => headerKey(cell) === headerKey(headers[at]!))
}

// Blank cells beyond the header shift nothing, unless they were pushed there by an amount that its own commas cut.
function fits(cells: string[], headers: string[]): boolean {
  return cells.length === headers.length
    || (cells.length > headers.length && cells.slice(headers.length).every(cell => cell.trim() === '') && !hasCutAmount(cells))
}

function hasCutAmount(cells: string[]): boolean {
  return cells.some((cell, at) => /^\D{0,5}\d{1,3}$/.test(cell.trim()) && /^\d{2,3}(?:\.\d{1,2})?(?:\/-)?$/.test((cells[at + 1] ?? '').trim()))
}

/** JSON text of the row under the file's own headers, written by hand so that a header named `__proto__` is only a name. */
function rawJson(headers: string[], cells: string[]): string {
  const width = Math.max(headers.length, cells.length)
  const pairs: string[] = []
  for (let at = 0; at < width; at++)
    pairs.push(`${JSON.stringify(headers[at] ?? `column ${at + 1}`)}:${JSON.stringify(cells[at] ?? '')}`)
  return `{${pairs.join(',')}}`
}
