import type { Column } from '../../ui/table.ts'

/** How rows of one kind leave: as JSON for programs, as columns for people. `exact` asks for whole values where nobody looks at a screen. */
export interface ListView<Row> {
  json(row: Row): Record<string, unknown>
  columns(exact: boolean): Column<Row>[]
}

export const orDash = (text: string | number | null | undefined) => text === null || text === undefined || text === '' ? '–' : String(text)
