import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { is, SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import type { Backend, Db, Statement } from './backend.ts'
import * as schema from './schema.sqlite.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations/sqlite', import.meta.url))
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
      return sql`(select ${sql.join(columns, sql`, `)} from json_each(${JSON.stringify(rows.map(datesAsMs))})) ${sql.raw(alias)}`
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

function datesAsMs(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value]))
}

/** Makes the file where it is missing and brings its schema up to date: the whole step or nothing. */
export function migrateSqlite(file: string): void {
  // The driver creates its files for everybody to read; borrowers' data is for the owner alone.
  closeSync(openSync(file, 'a', 0o600))
  const client = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    client.pragma('journal_mode = WAL')
    // Rebuilding a table must not set off its cascades.
    client.pragma('foreign_keys = OFF')
    migrate(drizzle(client), { migrationsFolder: MIGRATIONS })
  }
  finally {
    client.close()
  }
}
