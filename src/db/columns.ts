import * as pg from 'drizzle-orm/pg-core'
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

// Typed as its SQLite twin: both yield the same row types, and queries are written once.
export const postgresColumns = {
  table: pg.pgTable,
  index: pg.index,
  uniqueIndex: pg.uniqueIndex,
  text: pg.text,
  integer: pg.integer,
  id: () => pg.bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  ref: (name: string) => pg.bigint(name, { mode: 'number' }),
  money: (name: string) => pg.bigint(name, { mode: 'number' }),
  score: (name: string) => pg.doublePrecision(name),
  timestamp: (name: string) => pg.timestamp(name, { withTimezone: true, precision: 3 }),
  json: (name: string) => pg.jsonb(name),
} as unknown as Columns
