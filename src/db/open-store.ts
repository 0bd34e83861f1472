import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { VacliError } from '../errors.ts'
import { makePrivateFolder } from '../private-folder.ts'
import type { Backend } from './backend.ts'
import { createStore, type Store } from './store.ts'

export interface StoreSettings {
  database: string
  mode: 'sandbox' | 'live'
  now: Date
  /** How long a write waits for another process that holds the database; 5 s where nothing is said. */
  patienceMs?: number
}

const isPostgres = (database: string) => /^postgres(?:ql)?:\/\//.test(database)

/** Opens the database that is there; a missing one is an error, never a new empty file. */
export async function openStore(settings: StoreSettings): Promise<Store> {
  if (!isPostgres(settings.database) && !existsSync(settings.database))
    throw new VacliError('setup', `there is no database at ${settings.database}`, { hint: 'vacli init' })
  return connect(settings)
}

/** Opens the database, and makes it or brings its schema up to date first. PostgreSQL is only brought up to date by `db migrate`. */
export async function openOrCreateStore(settings: StoreSettings): Promise<Store> {
  if (!isPostgres(settings.database)) {
    makePrivateFolder(dirname(settings.database))
    await migrateStore(settings.database)
  }
  return connect(settings, async (store) => {
    await store.bearMeta('mode', settings.mode)
    await store.bearMeta('install_id', randomUUID())
    await store.bearMeta('created_at', settings.now.toISOString())
  })
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

/** Opens a PostgreSQL database of which nothing that is done stays. */
export async function openRehearsedPostgres(settings: StoreSettings): Promise<Store> {
  return connect(settings, undefined, (await import('./postgres.ts')).openRolledBackPostgres(settings.database))
}

async function connect(settings: StoreSettings, birth: (store: Store) => Promise<void> = async () => {}, opening: Promise<Backend> = openBackend(settings)): Promise<Store> {
  const backend = await opening
  const store = createStore(backend)
  try {
    await verifySchema(backend, settings.database)
    await birth(store)
    await verifyMode(store, settings)
    return store
  }
  catch (error) {
    await store.close()
    throw error
  }
}

async function openBackend({ database, patienceMs }: StoreSettings): Promise<Backend> {
  if (isPostgres(database))
    return (await import('./postgres.ts')).openPostgres(database)
  return (await import('./sqlite.ts')).openSqlite(database, { patienceMs })
}

async function verifySchema({ readSchemaStamp, newestMigration }: Backend, database: string) {
  const stamp = await readSchemaStamp()
  if (stamp === undefined)
    throw new VacliError('setup', `${withoutPassword(database)} is not a database of vacli`, { hint: 'vacli db migrate makes it one if it is empty; --db names another.' })
  if (stamp < newestMigration)
    throw new VacliError('setup', 'the database is older than this vacli', { hint: 'vacli db migrate' })
  if (stamp > newestMigration)
    throw new VacliError('setup', 'the database was changed by a newer vacli, and this one does not know its tables', { hint: 'Update vacli on this machine.' })
}

// Practice calls must never fill the caps and cool-offs of real borrowers, nor real ones those of a training.
async function verifyMode(store: Store, { database, mode }: StoreSettings) {
  const born = await store.findMeta('mode')
  if (born !== undefined && born !== mode)
    throw new VacliError('setup', `${withoutPassword(database)} is a ${born} database, and this is ${mode} mode`, { hint: `VACLI_MODE=${born} vacli …, or name another database with --db` })
}

function withoutPassword(database: string): string {
  return database.replace(/\/\/([^:@/]+):[^@/]*@/, '//$1:…@')
}
