import * as pg from 'drizzle-orm/pg-core'
import type { Columns } from './columns.sqlite.ts'

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
