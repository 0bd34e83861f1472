import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Schema } from './schema.ts'

export type Db = Pick<BaseSQLiteDatabase<'async', unknown>, 'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | '$with' | 'with'>

/** A query builder, or raw SQL where the builder has no words. */
export type Statement = SQLWrapper | PromiseLike<unknown>

/** What a statement brings back: a builder its typed rows, raw SQL plain rows with column names and driver values. */
export type RowsOf<S> = S extends PromiseLike<infer Rows> ? Rows extends unknown[] ? Rows : [] : Record<string, unknown>[]

export type ColumnType = 'text' | 'bigint' | 'real' | 'timestamp' | 'json'

/** A value of the row that a statement is about. */
export class Cell { constructor(readonly name: string) {} }

/** One statement, run for each row in turn; it brings nothing back. */
export class EachRow implements SQLWrapper {
  constructor(readonly statement: SQL, readonly rows: object[]) {}
  getSQL = () => this.statement
}

export type CellsOf<Types> = Record<keyof Types, SQL>

/** What of an insert or update of rows differs between databases: `values` ends an insert's head, `from` stands before an update's condition. */
export interface RowSource { values(...cells: SQLWrapper[]): SQL, from: SQL }

/** The cells of the types, as `write` makes one of a name. */
export function cellsOf<Types extends Record<string, ColumnType>>(types: Types, write: (name: string) => SQL): CellsOf<Types> {
  return Object.fromEntries(Object.keys(types).map(name => [name, write(name)])) as CellsOf<Types>
}

export const cellParam = (name: string) => sql`${sql.param(new Cell(name))}`

export interface BatchOptions {
  patienceMs?: number
  /** Does not wait for the disk: until `flush` a power cut may take the newest such batches back, each as a whole. A process that is killed loses nothing. */
  isUnflushed?: boolean
  /** Every link that the statements write was read in the same transaction: they are not looked up a second time. */
  linksAreSure?: boolean
}

/** What differs between databases. Everything else is written once, in the stores. */
export interface Backend {
  dialect: 'sqlite' | 'postgres'
  db: Db
  schema: Schema
  /** Runs the statements in one transaction, all or nothing, and returns each one's rows. Nothing can be awaited in between. Where another process holds the database, it waits. */
  batch<const Statements extends readonly Statement[]>(build: (tx: Db) => Statements, options?: BatchOptions): Promise<{ [At in keyof Statements]: RowsOf<Statements[At]> }>
  /** Resolves once everything that was committed is on the disk for good. */
  flush(): Promise<void>
  /** A derived table of the given rows, bound as one JSON parameter. Values are text, integers, dates, null or, as JSON, anything. */
  rowsOf(rows: object[], types: Record<string, ColumnType>, alias?: string): SQL
  /** An insert or update for each of the rows, with their cells where a value stands: SQLite runs it row by row, PostgreSQL once over all of them. No row may rely on what it did for another. */
  eachOf<const Types extends Record<string, ColumnType>>(rows: object[], types: Types, build: (cells: CellsOf<Types>, source: RowSource) => SQL): SQLWrapper
  /** Ends a select whose rows must stand still until the batch ends; SQLite has one writer, and needs no word for it. */
  forShare: SQL
  /** When the newest migration was made that this database has; undefined where vacli never made it. */
  readSchemaStamp(): Promise<number | undefined>
  /** When the newest migration was made that this program knows. */
  newestMigration: number
  /** The first damage in the structure of the file, which is read as a whole; empty when there is none. Whether its indexes agree with its rows is left to `findDamage`. */
  findBrokenPages(): Promise<string[]>
  /** Problems the database itself finds in its file or its links; empty when it is sound. */
  findDamage(): Promise<string[]>
  close(): Promise<void>
}
