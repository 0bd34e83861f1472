import { plainText } from './plain-text.ts'
import type { Column } from './table.ts'

/** Rows for a pipe: no header, nothing hidden or cut, one tab between cells. */
export function tabLines<Row>(columns: readonly Pick<Column<Row>, 'text'>[], rows: readonly Row[]): string {
  return rows.map(row => `${columns.map(column => plainText(column.text(row))).join('\t')}\n`).join('')
}
