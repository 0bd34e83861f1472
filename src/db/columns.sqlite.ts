import * as sqlite from 'drizzle-orm/sqlite-core'

export const sqliteColumns = {
  table: sqlite.sqliteTable,
  index: sqlite.index,
  uniqueIndex: sqlite.uniqueIndex,
  text: sqlite.text,
  integer: sqlite.integer,
  id: () => sqlite.integer('id').primaryKey({ autoIncrement: true }),
  ref: (name: string) => sqlite.integer(name),
  money: (name: string) => sqlite.integer(name),
  /** 0 to 1. */
  score: (name: string) => sqlite.real(name),
  timestamp: (name: string) => sqlite.integer(name, { mode: 'timestamp_ms' }),
  json: (name: string) => sqlite.text(name, { mode: 'json' }).$type<Record<string, unknown>>(),
}

export type Columns = typeof sqliteColumns
