import Database from 'better-sqlite3'
import { is, SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { drizzle as drizzleOver } from 'drizzle-orm/sqlite-proxy'
import { type Backend, Cell, cellParam, cellsOf, type ColumnType, type Db, EachRow, type Statement } from './backend.ts'
import { VacliError } from '../errors.ts'
import { newestMigration, SQLITE_MIGRATIONS } from './migrations.ts'
import { patiently } from './patience.ts'
import { createPrivateFile } from './private-file.ts'
import { openWal } from './wal.ts'
import * as schema from './schema.sqlite.ts'
import { jsonOf, storable } from './storable.ts'

const MIGRATIONS_TABLE = '__drizzle_migrations'
const BUSY_TIMEOUT_MS = 5000
const PATIENCE_MS = 5000
const MAX_PREPARED = 500

interface Builder { toSQL(): { sql: string }, all(): unknown[], run(): unknown }

/** Opens a SQLite file that is there. Whoever finds it busy waits without holding up the process, so long as `patienceMs` says. */
export function openSqlite(file: string, { patienceMs = PATIENCE_MS }: { patienceMs?: number } = {}): Backend {
  const client = connect(file)
  const wal = openWal(`${file}-wal`)
  const tx = drizzle(client)
  const dialect = new SQLiteSyncDialect()
  const runNow = (statement: Statement) => {
    if (statement instanceof EachRow)
      return runEach(client, dialect.sqlToQuery(statement.statement), statement.rows)
    if (is(statement, SQL)) {
      const query = dialect.sqlToQuery(statement)
      const prepared = client.prepare(query.sql)
      return prepared.reader ? prepared.raw(false).all(...query.params) : (prepared.run(...query.params), [])
    }
    const builder = statement as unknown as Builder
    return client.prepare(builder.toSQL().sql).reader ? builder.all() : (builder.run(), [])
  }

  // What is awaited by itself is as patient as a batch.
  const db = drizzleOver((query, params) => patiently(() => {
    const prepared = client.prepare(query)
    return { rows: prepared.reader ? prepared.raw().all(...params) : (prepared.run(...params), []) }
  }, patienceMs))

  return {
    dialect: 'sqlite',
    db: db as unknown as Db,
    schema,
    batch(build, options) {
      // Immediate: a transaction that reads first and then writes fails at once when another has written meanwhile.
      const run = client.transaction(() => build(tx as unknown as Db).map(runNow))
      const commit = () => run.immediate()
      const pragmas = [...(options?.isUnflushed ? [['synchronous = NORMAL', 'synchronous = FULL']] : []), ...(options?.linksAreSure ? [['foreign_keys = OFF', 'foreign_keys = ON']] : [])]
      return patiently(() => under(client, pragmas, commit), options?.patienceMs ?? patienceMs) as never
    },
    flush: wal.flush,
    rowsOf: jsonRows,
    eachOf: (rows, types, build) => new EachRow(build(cellsOf(types, cellParam), { values: (...cells) => sql`values (${sql.join(cells, sql`, `)})`, from: sql`` }), rows),
    forShare: sql``,
    newestMigration: newestMigration(SQLITE_MIGRATIONS),
    readSchemaStamp() {
      return patiently(() => hasTable(client, MIGRATIONS_TABLE) ? Object.values(client.prepare(`select max(created_at) from ${MIGRATIONS_TABLE}`).get() as object)[0] as number : undefined, patienceMs)
    },
    findBrokenPages: () => patiently(() => checkPages(client, 'quick_check'), patienceMs),
    findDamage: () => patiently(() => [...checkPages(client, 'integrity_check'), ...findStrays(client)], patienceMs),
    async close() {
      client.close()
      await wal.close()
    },
  }
}

function checkPages(client: Database.Database, check: 'quick_check' | 'integrity_check'): string[] {
  const found = client.pragma(`${check}(1)`, { simple: true }) as string
  return found === 'ok' ? [] : [found]
}

function findStrays(client: Database.Database): string[] {
  const strays = client.pragma('foreign_key_check') as { table: string, rowid: number, parent: string }[]
  return strays.map(stray => `${stray.table} ${stray.rowid} points to a ${stray.parent} that is not there`)
}

function connect(file: string): Database.Database {
  const client = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  client.pragma('journal_mode = WAL')
  // NORMAL can lose the last commits of a power cut, and with them a call that was placed.
  client.pragma('synchronous = FULL')
  client.pragma('foreign_keys = ON')
  client.pragma('cache_size = -32000')
  // Of an import's chunks each writes a few thousand pages, mostly the same: what has gathered in the log is copied once.
  client.pragma('wal_autocheckpoint = 8000')
  // From here on the driver's own wait would stop everything else in the process: see `patiently`.
  client.pragma('busy_timeout = 0')
  rememberPrepared(client)
  return client
}

// SQLite's own trip to the disk stops the whole process, and beside somebody who writes much it takes longer than all else in a batch.
// A statement that looks up links copies every page that it changes first.
function under<Result>(client: Database.Database, pragmas: string[][], commit: () => Result): Result {
  pragmas.forEach(([on]) => client.pragma(on!))
  try {
    return commit()
  }
  finally {
    pragmas.forEach(([, off]) => client.pragma(off!))
  }
}

/** Preparing a statement takes longer than most of them run, and their texts are few: what varies is a parameter. */
function rememberPrepared(client: Database.Database) {
  const prepare = client.prepare.bind(client) as (source: string) => Database.Statement
  const prepared = new Map<string, Database.Statement>()
  client.prepare = ((source: string) => {
    if (prepared.size > MAX_PREPARED)
      prepared.clear()
    const known = prepared.get(source) ?? prepare(source)
    prepared.set(source, known)
    return known
  }) as typeof client.prepare
}

function hasTable(client: Database.Database, name: string): boolean {
  return client.prepare('select 1 from sqlite_master where name = ?').get(name) !== undefined
}

// The columns are one piece of text: drizzle looks at each piece of a statement each time, and that took longer than the statement.
function jsonRows(rows: object[], types: Record<string, ColumnType>, alias = 'r'): SQL {
  const names = Object.keys(types)
  const [only, ...others] = names as [string]
  // A list of ids is the usual table: read as an array in an array, each would be written and parsed once more.
  const columns = others.length === 0 ? `value as "${only}"` : names.map((name, at) => `value ->> ${at} as "${name}"`).join(', ')
  const cells = others.length === 0 ? rows.map(row => cellOf((row as Record<string, unknown>)[only])) : rows.map(row => names.map(name => cellOf((row as Record<string, unknown>)[name])))
  // By its limit the table is made once; without, SQLite would read the JSON again for each mention of a column.
  return sql`(select ${sql.raw(columns)} from json_each(${jsonOf(cells)}) limit -1) ${sql.raw(alias)}`
}

// A parameter costs a third of what a cell of a JSON text does.
function runEach(client: Database.Database, query: { sql: string, params: unknown[] }, rows: object[]): [] {
  const prepared = client.prepare(query.sql)
  const params = query.params.map(param => param instanceof Cell ? null : param)
  const cells = query.params.flatMap((param, at) => param instanceof Cell ? { at, name: param.name } : [])
  for (const row of rows) {
    for (const { at, name } of cells)
      params[at] = boundCell((row as Record<string, unknown>)[name])
    prepared.run(params)
  }
  return []
}

function boundCell(value: unknown): unknown {
  if (typeof value === 'string')
    return value.isWellFormed() && !value.includes('\0') ? value : storable(value)
  return cellOf(value)
}

function cellOf(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value ?? null
}

/** Copies a database as it stands, while others write to it. */
export async function copySqlite(file: string, to: string): Promise<void> {
  createPrivateFile(to)
  const client = new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    // The copy is of one moment. Without it the driver begins anew after every commit of somebody else, and never ends while an import runs.
    client.exec('savepoint copied')
    client.prepare('select count(*) from sqlite_master').get()
    await client.backup(to)
  }
  finally {
    client.close()
  }
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
