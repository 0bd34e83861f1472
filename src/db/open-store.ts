import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { VacliError } from '../errors.ts'
import { createStore, type Store } from './store.ts'

export interface StoreSettings { database: string, mode: 'sandbox' | 'live', now: Date }

const isPostgres = (database: string) => /^postgres(?:ql)?:\/\//.test(database)

/** Opens the database that is there; a missing one is an error, never a new empty file. */
export async function openStore(settings: StoreSettings): Promise<Store> {
  if (!isPostgres(settings.database) && !existsSync(settings.database))
    throw new VacliError('setup', `there is no database at ${settings.database}`, { hint: 'vacli init' })
  return verifyMode(await connect(settings.database), settings)
}

/** Opens the database, and makes it or brings its schema up to date first. PostgreSQL is only brought up to date by `db migrate`. */
export async function openOrCreateStore(settings: StoreSettings): Promise<Store> {
  if (!isPostgres(settings.database)) {
    mkdirSync(dirname(settings.database), { recursive: true, mode: 0o700 })
    await migrateStore(settings.database)
  }
  const store = await connect(settings.database)
  await store.bearMeta('mode', settings.mode)
  await store.bearMeta('install_id', randomUUID())
  await store.bearMeta('created_at', settings.now.toISOString())
  return verifyMode(store, settings)
}

/** Brings the schema up to date; a new SQLite file is readable by its owner alone. */
export async function migrateStore(database: string): Promise<void> {
  if (isPostgres(database)) {
    const { migratePostgres } = await import('./postgres.ts')
    return migratePostgres(database)
  }
  const { migrateSqlite } = await import('./sqlite.ts')
  migrateSqlite(database)
}

async function connect(database: string): Promise<Store> {
  if (isPostgres(database)) {
    const { openPostgres } = await import('./postgres.ts')
    return createStore(openPostgres(database))
  }
  const { openSqlite } = await import('./sqlite.ts')
  return createStore(openSqlite(database))
}

// Practice calls must never fill the caps and cool-offs of real borrowers, nor real ones those of a training.
async function verifyMode(store: Store, { database, mode }: StoreSettings): Promise<Store> {
  try {
    const born = await store.findMeta('mode')
    if (born !== undefined && born !== mode)
      throw new VacliError('setup', `${database} is a ${born} database, and this is ${mode} mode`, { hint: `VACLI_MODE=${born} vacli …, or name another database with --db` })
    return store
  }
  catch (error) {
    await store.close()
    throw error
  }
}
