import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SQLITE_MIGRATIONS } from '../../src/db/migrations.ts'
import { migrateStore, openOrCreateStore, openStore, type StoreSettings } from '../../src/db/open-store.ts'
import { explainDriverError } from '../../src/driver-errors.ts'
import { ASHA, importRows, NOW } from './borrowers.ts'
import { runSource, transpileSource } from './transpiled-source.ts'

/** A process that waits for a word, then migrates. */
const migration = (file: string) => `
  import { once } from 'node:events'
  import { migrateStore } from './src/db/open-store.js'
  console.log('ready')
  await once(process.stdin, 'data')
  await migrateStore(${JSON.stringify(file)})
  process.exit()`

let source: string
let folder: string
let database: string

beforeAll(() => {
  source = transpileSource()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vacli-open-'))
  database = join(folder, 'data', 'vacli.db')
})
afterEach(() => rmSync(folder, { recursive: true }))
afterAll(() => rmSync(source, { recursive: true }))

const settings = (values: Partial<StoreSettings> = {}): StoreSettings => ({ database, mode: 'sandbox', now: NOW, ...values })

async function create(values: Partial<StoreSettings> = {}) {
  const store = await openOrCreateStore(settings(values))
  await store.close()
}

/** Reads or changes the file past vacli. */
function onFile<Result>(work: (client: Database.Database) => Result, file = database): Result {
  const client = new Database(file)
  try {
    return work(client)
  }
  finally {
    client.close()
  }
}

const shape = (client: Database.Database) => [client.prepare('select * from sqlite_master').all(), client.prepare('select * from __drizzle_migrations').all(), client.prepare('select * from meta').all()]

describe('opening a database file', () => {
  it('says where none is and makes none', async () => {
    await expect(openStore(settings())).rejects.toMatchObject({ code: 'setup', message: `there is no database at ${database}`, options: { hint: 'vacli init' } })
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([0o000, 0o022, 0o077])('makes everything for its owner alone under umask %o', async (umask) => {
    const before = process.umask(umask)
    try {
      const store = await openOrCreateStore(settings())
      await importRows(store, [ASHA])
      const files = readdirSync(join(folder, 'data'))
      expect(files.sort()).toEqual(['vacli.db', 'vacli.db-shm', 'vacli.db-wal'])
      expect(['', ...files].map(name => statSync(join(folder, 'data', name)).mode & 0o777)).toEqual([0o700, 0o600, 0o600, 0o600])
      await store.close()
    }
    finally {
      process.umask(before)
    }
  })

  it('writes down what it is, once', async () => {
    await create()
    await create({ now: new Date(0) })
    const store = await openStore(settings())
    expect(await store.findMeta('mode')).toBe('sandbox')
    expect(await store.findMeta('created_at')).toBe(NOW.toISOString())
    expect(await store.findMeta('install_id')).toMatch(/^[0-9a-f-]{36}$/)
    await store.close()
  })

  it.each([['sandbox', 'live'], ['live', 'sandbox']] as const)('refuses a %s database in %s mode', async (born, mode) => {
    await create({ mode: born })
    const refusal = { code: 'setup', message: `${database} is a ${born} database, and this is ${mode} mode`, options: { hint: expect.stringContaining(`VACLI_MODE=${born}`) } }
    await expect(openStore(settings({ mode }))).rejects.toMatchObject(refusal)
    await expect(openOrCreateStore(settings({ mode }))).rejects.toMatchObject(refusal)
    expect(existsSync(`${database}-wal`)).toBe(false)
    await (await openStore(settings({ mode: born }))).close()
  })

  it('refuses a file that is no database, and leaves it as it is', async () => {
    const file = join(folder, 'loans.csv')
    writeFileSync(file, 'name,phone,loan_id\n'.repeat(500))
    for (const open of [openStore, openOrCreateStore]) {
      const error = await open(settings({ database: file })).then(() => undefined, (thrown: unknown) => thrown)
      expect(explainDriverError(error)).toMatchObject({ code: 'setup', message: 'the file is not a vacli database' })
    }
    expect(readFileSync(file, 'utf8')).toBe('name,phone,loan_id\n'.repeat(500))
    expect(readdirSync(folder)).toEqual(['loans.csv'])
  })

  it('refuses the database of another program, and leaves it as it is', async () => {
    const file = join(folder, 'other.db')
    onFile(client => client.exec('create table songs (title text)'), file)
    const before = readFileSync(file)
    await expect(openOrCreateStore(settings({ database: file }))).rejects.toMatchObject({ code: 'setup', message: `${file} is a database of another program` })
    expect(readFileSync(file)).toEqual(before)
    await expect(openStore(settings({ database: file }))).rejects.toMatchObject({ code: 'setup', message: `${file} is not a database of vacli` })
  })

  it('refuses a schema that is older or newer than the program', async () => {
    await create()
    onFile(client => client.exec('update __drizzle_migrations set created_at = created_at - 1'))
    await expect(openStore(settings())).rejects.toMatchObject({ code: 'setup', message: 'the database is older than this vacli', options: { hint: 'vacli db migrate' } })
    onFile(client => client.exec('update __drizzle_migrations set created_at = created_at + 2'))
    await expect(openStore(settings())).rejects.toMatchObject({ code: 'setup', message: expect.stringContaining('newer vacli') })
    await expect(openOrCreateStore(settings())).rejects.toMatchObject({ code: 'setup', message: expect.stringContaining('newer vacli') })
  })

  it('reports links that lead nowhere as damage', async () => {
    await create()
    onFile((client) => {
      client.pragma('foreign_keys = OFF')
      client.exec('insert into call_status_updates (call_session_id, status, source, timestamp) values (77, \'busy\', \'poll\', 0)')
    })
    const store = await openStore(settings())
    expect(await store.findDamage()).toEqual(['call_status_updates 1 points to a call_sessions that is not there'])
    await store.close()
  })
})

describe('migrating a database file', () => {
  it('changes nothing the second time', async () => {
    await create()
    const before = onFile(shape)
    await migrateStore(database)
    await create()
    expect(onFile(shape)).toEqual(before)
  })

  it('is done once when several processes start together', async () => {
    const file = join(folder, 'together.db')
    const processes = Array.from({ length: 4 }, () => runSource(source, migration(file)))
    await Promise.all(processes.map(child => child.said('ready')))
    processes.forEach(child => child.tell('go'))
    expect((await Promise.all(processes.map(child => child.ended))).map(({ code, err }) => [code, err])).toEqual(Array(4).fill([0, '']))
    await create()
    expect(onFile(client => client.prepare('select count(*) from __drizzle_migrations').pluck().get(), file)).toBe(readMigrationFiles({ migrationsFolder: SQLITE_MIGRATIONS }).length)
    expect(onFile(client => client.prepare('select name, sql from sqlite_master order by name').all(), file)).toEqual(onFile(client => client.prepare('select name, sql from sqlite_master order by name').all()))
  })

  it('keeps the calls and their timelines of a database of the first schema', async () => {
    const file = join(folder, 'first.db')
    const [first] = readMigrationFiles({ migrationsFolder: SQLITE_MIGRATIONS })
    onFile((client) => {
      first!.sql.forEach(statement => client.exec(statement))
      client.exec(`create table __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);
        insert into __drizzle_migrations (hash, created_at) values ('first', ${first!.folderMillis});
        insert into customers (id, fingerprint, full_name, primary_phone, first_uploaded_at, last_uploaded_at) values (7, 'f', 'Asha Verma', '+919000000101', 1, 1);
        insert into call_sessions (id, reference, customer_id, to_number, call_sid, status, price_paise, metadata, created_at, updated_at) values (41, 'r', 7, '+919000000101', 'sid1', 'completed', 50, '{"operator":"asha"}', 1000, 2000);
        insert into call_status_updates (call_session_id, status, source, timestamp) values (41, 'completed', 'webhook', 2000)`)
    }, file)
    await migrateStore(file)
    const store = await openStore({ database: file, mode: 'sandbox', now: NOW })
    expect(await store.findCallById(41)).toMatchObject({ reference: 'r', customerId: 7, source: 'vacli', callSid: 'sid1', status: 'completed', pricePaise: 50, metadata: { operator: 'asha' }, attention: null, createdAt: new Date(1000) })
    expect(await store.findTimeline(41)).toMatchObject([{ status: 'completed', source: 'webhook' }])
    expect(await store.findDamage()).toEqual([])
    await store.close()
  })

  it('undoes everything when a statement fails', async () => {
    onFile(client => client.exec('create table __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric); create table meta (songs text)'), join(folder, 'half.db'))
    const before = onFile(client => client.prepare('select * from sqlite_master').all(), join(folder, 'half.db'))
    await expect(migrateStore(join(folder, 'half.db'))).rejects.toThrow('table `meta` already exists')
    expect(onFile(client => client.prepare('select * from sqlite_master').all(), join(folder, 'half.db'))).toEqual(before)
  })
})

describe.runIf(process.env.TEST_POSTGRES_URL)('a database on a PostgreSQL server', () => {
  const name = `vacli_test_${randomUUID().replaceAll('-', '')}`
  const url = new URL(process.env.TEST_POSTGRES_URL ?? 'postgres://localhost')
  url.pathname = name
  url.password ||= 'secret'
  const onServer = async (statement: string) => {
    const client = new pg.Client(process.env.TEST_POSTGRES_URL)
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  beforeAll(() => onServer(`create database ${name}`))
  afterAll(() => onServer(`drop database ${name}`))

  it('is migrated by db migrate alone, once when several start together, and keeps its mode', async () => {
    const open = { database: url.href, mode: 'sandbox', now: NOW } as const
    await expect(openStore(open)).rejects.toMatchObject({ code: 'setup', message: `${url.href.replace(url.password, '…')} is not a database of vacli` })
    await expect(openOrCreateStore(open)).rejects.toMatchObject({ code: 'setup' })

    await Promise.all([migrateStore(url.href), migrateStore(url.href), migrateStore(url.href)])
    const store = await openOrCreateStore(open)
    expect(await store.findMeta('mode')).toBe('sandbox')
    await store.close()
    await expect(openStore({ ...open, mode: 'live' })).rejects.toMatchObject({ code: 'setup', message: expect.stringContaining('is a sandbox database, and this is live mode') })
  })
})
