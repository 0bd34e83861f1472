import { fileURLToPath } from 'node:url'
import { is, SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import pg from 'pg'
import type { Backend, Db, Statement } from './backend.ts'
import * as schema from './schema.postgres.ts'

export const POSTGRES_MIGRATIONS = fileURLToPath(new URL('../../migrations/postgres', import.meta.url))

export function openPostgres(url: string): Backend {
  const pool = new pg.Pool({ connectionString: url })
  return postgresBackend(drizzle(pool), () => pool.end())
}

/** Brings the schema up to date; on PostgreSQL only `db migrate` does. */
export async function migratePostgres(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    await migrate(drizzle(pool), { migrationsFolder: POSTGRES_MIGRATIONS })
  }
  finally {
    await pool.end()
  }
}

/** The seam over any driver that speaks PostgreSQL. */
export function postgresBackend(db: PgDatabase<PgQueryResultHKT, Record<string, never>>, close: () => Promise<void>): Backend {
  return {
    dialect: 'postgres',
    db: db as unknown as Db,
    schema,
    async batch(build) {
      return db.transaction(async (tx) => {
        const results: unknown[] = []
        for (const statement of build(tx as unknown as Db))
          results.push(await rowsFrom(statement, raw => tx.execute(raw)))
        return results
      }) as never
    },
    rowsOf(rows, types, alias = 'r') {
      const columns = Object.entries(types).map(([name, type]) => sql`${sql.identifier(name)} ${sql.raw(type === 'timestamp' ? 'timestamptz' : type)}`)
      return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) ${sql.raw(alias)}(${sql.join(columns, sql`, `)})`
    },
    // The server checks its own pages and links; there is nothing to ask from here.
    findDamage: async () => [],
    close,
  }
}

async function rowsFrom(statement: Statement, execute: (raw: SQL) => Promise<unknown>): Promise<unknown[]> {
  const result = is(statement, SQL) ? await execute(statement) : await (statement as PromiseLike<unknown>)
  if (Array.isArray(result))
    return result
  return (result as { rows?: unknown[] }).rows ?? []
}
