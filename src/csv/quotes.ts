const QUOTE = 0x22
const LF = 10
const CR = 13

export interface QuoteFault {
  /** Line ends between the beginning of the record and the quote. */
  linesBefore: number
  kind: 'never closed' | 'closed within a cell'
}

/**
 * Follows the quotes of one record as the parser does, and finds the one that ran over a line end and was never closed,
 * or was "closed" by a quote in the middle of a cell: the opening quote of another cell that it has swallowed.
 */
export function findQuoteFault(record: Buffer, delimiter: string): QuoteFault | undefined {
  const separator = delimiter.charCodeAt(0)
  let lines = 0
  let opened: number | undefined
  let cellStart = true
  for (let at = 0; at < record.length; at++) {
    const byte = record[at]!
    const next = record[at + 1]
    const lineEnd = byte === LF || (byte === CR && next !== LF)
    lines += lineEnd ? 1 : 0
    if (opened === undefined) {
      if (cellStart && byte === QUOTE)
        opened = lines
      cellStart = byte === separator || lineEnd || (byte === CR && next === LF)
      continue
    }
    if (byte !== QUOTE)
      continue
    if (next === QUOTE) {
      at++
      continue
    }
    if (next !== undefined && next !== separator && next !== LF && next !== CR && lines > opened)
      return { linesBefore: opened, kind: 'closed within a cell' }
    opened = undefined
    cellStart = false
  }
  return opened === undefined ? undefined : { linesBefore: opened, kind: 'never closed' }
}
