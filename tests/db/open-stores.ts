import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Backend } from '../../src/db/backend.ts'
import { POSTGRES_MIGRATIONS } from '../../src/db/migrations.ts'
import { migratePostgres, openPostgres, postgresBackend } from '../../src/db/postgres.ts'
import { migrateSqlite, openSqlite } from '../../src/db/sqlite.ts'
import { createStore, type Store } from '../../src/db/store.ts'

export interface TestBackend { name: string, open(): Promise<Backend> }

/** A database with its store, emptied before each test. */
export interface Stage { backend: Backend, store: Store, called: Set<string> }

/** Every database on which the same assertions hold; a server joins where TEST_POSTGRES_URL names one. */
export const BACKENDS: TestBackend[] = [
  { name: 'SQLite', open: openFreshSqlite },
  { name: 'PGlite', open: openFreshPglite },
  ...(process.env.TEST_POSTGRES_URL ? [{ name: 'PostgreSQL', open: () => openFreshPostgres(process.env.TEST_POSTGRES_URL!) }] : []),
]

const TABLES = ['call_status_updates', 'call_sessions', 'call_runs', 'reviews', 'row_decisions', 'pair_decisions', 'upload_rows', 'customer_aliases', 'customer_phones', 'loans', 'customers', 'phones', 'staff_phones', 'file_uploads', 'webhook_inbox', 'pace', 'meta']

/** Opens one database for the tests of a block. The stage is filled in before the first of them. */
export function useStage({ open }: TestBackend): Stage {
  const stage = { called: new Set<string>() } as Stage
  beforeAll(async () => {
    stage.backend = await open()
    stage.store = recordingCalls(createStore(stage.backend), stage.called)
  })
  beforeEach(() => stage.backend.batch(() => TABLES.map(table => sql.raw(`delete from ${table}`))))
  afterAll(() => stage.store.close())
  return stage
}

/** Runs one statement and returns its rows as the driver gives them. */
export async function query(backend: Backend, statement: string): Promise<Record<string, unknown>[]> {
  const [rows] = await backend.batch(() => [sql.raw(statement)])
  return rows
}

// SQLite is a file here: WAL needs one.
async function openFreshSqlite(): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-db-'))
  const file = join(folder, 'vacli.db')
  migrateSqlite(file)
  const backend = openSqlite(file)
  return {
    ...backend,
    async close() {
      await backend.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openFreshPglite(): Promise<Backend> {
  const client = new PGlite()
  const db = drizzle(client)
  await migrate(db, { migrationsFolder: POSTGRES_MIGRATIONS })
  return postgresBackend(db, () => client.close())
}

async function openFreshPostgres(server: string): Promise<Backend> {
  const name = `vacli_test_${randomUUID().replaceAll('-', '')}`
  const url = new URL(server)
  url.pathname = name
  await onServer(server, `create database ${name}`)
  await migratePostgres(url.href)
  const backend = openPostgres(url.href)
  return {
    ...backend,
    async close() {
      await backend.close()
      await onServer(server, `drop database ${name}`)
    },
  }
}

async function onServer(server: string, statement: string) {
  const client = new pg.Client(server)
  await client.connect()
  await client.query(statement)
  await client.end()
}

function recordingCalls(store: Store, called: Set<string>): Store {
  return new Proxy(store, {
    get(target, name) {
      called.add(String(name))
      return Reflect.get(target, name)
    },
  })
}
