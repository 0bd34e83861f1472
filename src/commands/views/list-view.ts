import type { Column } from '../../ui/table.ts'

/** How rows of one kind leave: as JSON for programs, as columns for people. `exact` asks for whole values where nobody looks at a screen. */
export interface ListView<Row> {
  /** The names in `json`, in their order, known also where there is no row. */
  fields: readonly string[]
  json(row: Row): Record<string, unknown>
  columns(exact: boolean): Column<Row>[]
}

/** A list whose JSON is a table: what each field reads from a row. */
export function listView<Row>(fields: Record<string, (row: Row) => unknown>, columns: ListView<Row>['columns']): ListView<Row> {
  const readers = Object.entries(fields)
  return { fields: Object.keys(fields), json: row => Object.fromEntries(readers.map(([name, read]) => [name, read(row)])), columns }
}

export const orDash = (text: string | number | null | undefined) => text === null || text === undefined || text === '' ? '–' : String(text)
