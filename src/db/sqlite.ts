import Database from 'better-sqlite3'
import { is, SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import type { Backend, Db, Statement } from './backend.ts'
import { VacliError } from '../errors.ts'
import { newestMigration, SQLITE_MIGRATIONS } from './migrations.ts'
import { createPrivateFile } from './private-file.ts'
import * as schema from './schema.sqlite.ts'
import { jsonOf } from './storable.ts'

const MIGRATIONS_TABLE = '__drizzle_migrations'
const BUSY_TIMEOUT_MS = 5000

interface Builder { toSQL(): { sql: string }, all(): unknown[], run(): unknown }

/** Opens a SQLite file that is there. */
export function openSqlite(file: string): Backend {
  const client = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  client.pragma('journal_mode = WAL')
  // NORMAL can lose the last commits of a power cut, and with them a call that was placed.
  client.pragma('synchronous = FULL')
  client.pragma('foreign_keys = ON')
  const db = drizzle(client)
  const dialect = new SQLiteSyncDialect()

  const runNow = (statement: Statement) => {
    if (is(statement, SQL)) {
      const query = dialect.sqlToQuery(statement)
      const prepared = client.prepare(query.sql)
      return prepared.reader ? prepared.all(...query.params) : (prepared.run(...query.params), [])
    }
    const builder = statement as unknown as Builder
    return client.prepare(builder.toSQL().sql).reader ? builder.all() : (builder.run(), [])
  }

  return {
    dialect: 'sqlite',
    db: db as unknown as Db,
    schema,
    async batch(build) {
      // Immediate: a transaction that reads first and then writes fails at once when another has written meanwhile.
      return client.transaction(() => build(db as unknown as Db).map(runNow)).immediate() as never
    },
    rowsOf(rows, types, alias = 'r') {
      const columns = Object.keys(types).map(name => sql`value ->> ${sql.raw(`'${name}'`)} as ${sql.identifier(name)}`)
      return sql`(select ${sql.join(columns, sql`, `)} from json_each(${jsonOf(rows.map(datesAsMs))})) ${sql.raw(alias)}`
    },
    forShare: sql``,
    newestMigration: newestMigration(SQLITE_MIGRATIONS),
    async readSchemaStamp() {
      return hasTable(client, MIGRATIONS_TABLE) ? client.prepare(`select max(created_at) from ${MIGRATIONS_TABLE}`).pluck().get() as number : undefined
    },
    async findDamage() {
      const integrity = client.pragma('integrity_check', { simple: true }) as string
      const strays = client.pragma('foreign_key_check') as { table: string, rowid: number, parent: string }[]
      return [...(integrity === 'ok' ? [] : [integrity]), ...strays.map(stray => `${stray.table} ${stray.rowid} points to a ${stray.parent} that is not there`)]
    },
    async close() {
      client.close()
    },
  }
}

function hasTable(client: Database.Database, name: string): boolean {
  return client.prepare('select 1 from sqlite_master where name = ?').get(name) !== undefined
}

function datesAsMs(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value]))
}

/** Makes the file where it is missing and brings its schema up to date: the whole step or nothing. */
export function migrateSqlite(file: string): void {
  createPrivateFile(file)
  const client = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    verifyOwn(client, file)
    client.pragma('journal_mode = WAL')
    // Rebuilding a table must not set off its cascades.
    client.pragma('foreign_keys = OFF')
    client.transaction(() => applyMigrations(client)).immediate()
  }
  finally {
    client.close()
  }
}

// One statement: between two, another process could make the tables.
function verifyOwn(client: Database.Database, file: string) {
  const { objects, own } = client.prepare('select count(*) as objects, count(*) filter (where name = ?) as own from sqlite_master').get(MIGRATIONS_TABLE) as { objects: number, own: number }
  if (objects > 0 && own === 0)
    throw new VacliError('setup', `${file} is a database of another program`, { hint: 'Name another file with --db.' })
}

// Drizzle's own migrator looks before it locks, and two processes that start together would both make the tables. Its record of what was applied is kept as it writes it.
function applyMigrations(client: Database.Database) {
  client.exec(`create table if not exists ${MIGRATIONS_TABLE} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`)
  const newest = client.prepare(`select max(created_at) from ${MIGRATIONS_TABLE}`).pluck().get() as number | null
  for (const { sql: statements, hash, folderMillis } of readMigrationFiles({ migrationsFolder: SQLITE_MIGRATIONS })) {
    if (newest !== null && folderMillis <= newest)
      continue
    statements.forEach(statement => client.exec(statement))
    client.prepare(`insert into ${MIGRATIONS_TABLE} (hash, created_at) values (?, ?)`).run(hash, folderMillis)
  }
}
