import { is, SQL, sql, TransactionRollbackError } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { type Backend, cellsOf, type ColumnType, type Db, type Statement } from './backend.ts'
import { newestMigration, POSTGRES_MIGRATIONS } from './migrations.ts'
import * as schema from './schema.postgres.ts'
import { jsonOf } from './storable.ts'

// Any number that nobody else locks.
const MIGRATION_LOCK = 8_222_541
const RUN_LOCKS = 8_222_542
const MAX_DEADLOCKS = 5
const POSTGRES_TYPES = { text: 'text', bigint: 'bigint', real: 'double precision', timestamp: 'timestamptz', json: 'jsonb' } as const

export function openPostgres(url: string): Backend {
  const pool = new pg.Pool({ connectionString: url })
  return postgresBackend(drizzle(pool), () => pool.end())
}

/** A backend whose every change is undone when it is closed: batches are savepoints of one transaction. */
export async function openRolledBackPostgres(url: string): Promise<Backend> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return rolledBack(drizzle(client), () => client.end())
}

export async function rolledBack(db: PgDatabase<PgQueryResultHKT, Record<string, never>>, close: () => Promise<void>): Promise<Backend> {
  const [opened, open] = deferred<PgDatabase<PgQueryResultHKT, Record<string, never>>>()
  const [ended, end] = deferred<void>()
  const transaction = db.transaction(async (tx) => {
    open(tx)
    await ended
    tx.rollback()
  }).catch((error: unknown) => {
    if (!(error instanceof TransactionRollbackError))
      throw error
  })
  return postgresBackend(await Promise.race([opened, transaction.then(() => opened)]), async () => {
    end()
    await transaction
    await close()
  })
}

function deferred<Value>(): [Promise<Value>, (value: Value) => void] {
  let resolve!: (value: Value) => void
  return [new Promise<Value>((yes) => { resolve = yes }), resolve]
}

/** Brings the schema up to date; on PostgreSQL only `db migrate` does. */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Two at once would both make the tables; the lock goes with the connection.
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(drizzle(client), { migrationsFolder: POSTGRES_MIGRATIONS })
  }
  finally {
    await client.end()
  }
}

/** Holds a name against every other connection to this database; undefined where another has it. It goes with the connection, also when the process is killed. */
export async function holdAdvisoryLock(url: string, name: string): Promise<{ release(): Promise<void> } | undefined> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows: [lock] } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as held', [RUN_LOCKS, name])
  if (lock?.held)
    return { release: () => client.end() }
  await client.end()
  return undefined
}

/** The seam over any driver that speaks PostgreSQL. */
export function postgresBackend(db: PgDatabase<PgQueryResultHKT, Record<string, never>>, close: () => Promise<void>): Backend {
  return {
    dialect: 'postgres',
    db: db as unknown as Db,
    schema,
    async batch(build) {
      const run = () => db.transaction(async (tx) => {
        const results: unknown[] = []
        for (const statement of build(tx as unknown as Db))
          results.push(await rowsFrom(statement, raw => tx.execute(raw)))
        return results
      })
      // Of two batches that wait for each other the server undoes one. Nothing of it was written, so it is simply run again.
      for (let left = MAX_DEADLOCKS; ; left--) {
        try {
          return await run() as never
        }
        catch (error) {
          if (left === 0 || !isDeadlock(error))
            throw error
        }
      }
    },
    flush: async () => {}, // a commit of the server's is on its disk
    rowsOf: recordset,
    eachOf(rows, types, build) {
      const from = sql`from ${recordset(rows, types)}`
      return build(cellsOf(types, name => sql`r.${sql.identifier(name)}`), { values: (...cells) => sql`select ${sql.join(cells, sql`, `)} ${from} where true`, from })
    },
    forShare: sql`for share`,
    newestMigration: newestMigration(POSTGRES_MIGRATIONS),
    async readSchemaStamp() {
      const [table] = await rowsFrom(sql`select to_regclass('drizzle.__drizzle_migrations')::text as name`, raw => db.execute(raw)) as { name: string | null }[]
      if (!table?.name)
        return undefined
      const [stamp] = await rowsFrom(sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`, raw => db.execute(raw)) as { at: string }[]
      return Number(stamp!.at)
    },
    // The server checks its own pages and links; there is nothing to ask from here.
    findBrokenPages: async () => [],
    findDamage: async () => [],
    close,
  }
}

function recordset(rows: object[], types: Record<string, ColumnType>, alias = 'r'): SQL {
  const columns = Object.entries(types).map(([name, type]) => sql`${sql.identifier(name)} ${sql.raw(POSTGRES_TYPES[type])}`)
  return sql`jsonb_to_recordset(${jsonOf(rows)}::jsonb) ${sql.raw(alias)}(${sql.join(columns, sql`, `)})`
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && ((error as { code?: string }).code === '40P01' || isDeadlock(error.cause))
}

async function rowsFrom(statement: Statement, execute: (raw: SQL) => Promise<unknown>): Promise<unknown[]> {
  const result = is(statement, SQL) ? await execute(statement) : await (statement as PromiseLike<unknown>)
  if (Array.isArray(result))
    return result
  return (result as { rows?: unknown[] }).rows ?? []
}
