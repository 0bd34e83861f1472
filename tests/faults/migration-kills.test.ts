import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHome, type Home, loanFile, readTables } from '../cli/run-vacli.ts'
import { SQLITE_MIGRATIONS } from '../../src/db/migrations.ts'
import { migrateSqlite } from '../../src/db/sqlite.ts'
import { runSource, transpileSource } from '../db/transpiled-source.ts'
import { tell } from './tell.ts'

const TOGETHER = 4
const MIGRATIONS = readMigrationFiles({ migrationsFolder: SQLITE_MIGRATIONS })

/** A process that migrates and dies before its statement of that number, or after the last one and before the commit. */
const DYING = (file: string, at: number) => `
  import Database from 'better-sqlite3'
  import { migrateSqlite } from './src/db/sqlite.js'
  const exec = Database.prototype.exec
  let count = 0
  Database.prototype.exec = function (text) {
    if (++count === ${at})
      process.kill(process.pid, 'SIGKILL')
    return exec.call(this, text)
  }
  const transaction = Database.prototype.transaction
  Database.prototype.transaction = function (work) {
    return transaction.call(this, (...values) => {
      work(...values)
      if (++count === ${at})
        process.kill(process.pid, 'SIGKILL')
    })
  }
  migrateSqlite(${JSON.stringify(file)})
  console.log('statements ' + count)`

/** What a file may be when the program comes to it, and how many of its migrations it has. */
const STARTS: Record<string, (file: string) => void> = {
  'a file that is not there yet': () => {},
  'a database of the first schema, with a call in it': file => onFile(file, (client) => {
    const [first] = MIGRATIONS
    first!.sql.forEach(statement => client.exec(statement))
    client.exec(`create table __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);
      insert into __drizzle_migrations (hash, created_at) values ('${first!.hash}', ${first!.folderMillis});
      insert into customers (id, fingerprint, full_name, primary_phone, first_uploaded_at, last_uploaded_at) values (7, 'f', 'Asha Verma', '+919000000101', 1, 1);
      insert into call_sessions (id, reference, customer_id, to_number, call_sid, status, price_paise, metadata, created_at, updated_at) values (41, 'r', 7, '+919000000101', 'sid1', 'completed', 50, '{}', 1000, 2000)`)
  }),
}

let source: string
let folder: string
beforeAll(() => {
  source = transpileSource()
  folder = mkdtempSync(join(tmpdir(), 'vacli-migrate-'))
})
afterAll(() => [source, folder].forEach(path => rmSync(path, { recursive: true })))

function onFile<Result>(file: string, work: (client: Database.Database) => Result): Result {
  const client = new Database(file)
  try {
    return work(client)
  }
  finally {
    client.close()
  }
}

/** Everything that is in a file: its tables and their rows. */
const contentOf = (file: string) => ({
  sound: onFile(file, client => client.pragma('integrity_check', { simple: true })),
  schema: onFile(file, client => client.prepare('select type, name, sql from sqlite_master order by type, name').all()),
  rows: readTables(file),
})

describe.each(Object.entries(STARTS))('a migration of %s', (what, begin) => {
  it('that is killed at any statement has done nothing, and is done whole by the next process', async () => {
    const name = (at: number | string) => join(folder, `${what.length}-${at}.db`)
    begin(name('before'))
    const before = contentOf(name('before'))
    begin(name('whole'))
    const { out } = await runSource(source, DYING(name('whole'), -1)).ended
    const statements = Number(/statements (\d+)/.exec(out)?.[1])
    const whole = contentOf(name('whole'))
    expect(statements).toBeGreaterThan(20)

    const kill = async (at: number) => {
      const file = name(at)
      begin(file)
      expect((await runSource(source, DYING(file, at)).ended).signal, `statement ${at}`).toBe('SIGKILL')
      expect(contentOf(file), `killed at statement ${at}`).toEqual(before)
      migrateSqlite(file)
      expect(contentOf(file), `done after ${at}`).toEqual(whole)
    }
    for (let at = 1; at <= statements; at += TOGETHER)
      await Promise.all(Array.from({ length: Math.min(TOGETHER, statements - at + 1) }, (_, next) => kill(at + next)))
    tell(`${what}: killed at each of ${statements} statements`)
  }, 120_000)
})

describe('a database that a newer vacli has changed', () => {
  let home: Home
  beforeAll(async () => {
    home = createHome()
    await home.run(['import', home.write('a.csv', loanFile([{ name: 'Asha Rao', phone: '7000041205', loan: 'L1' }]))])
    onFile(home.database, client => client.exec('update __drizzle_migrations set created_at = created_at + 1; alter table loans add column more text'))
  })

  it.each(['list', 'import a.csv', 'call --customer 1 --yes', 'match', 'db migrate', 'db check', 'webhook serve --port 0'])('is refused by "vacli %s" and stays as it is', async (line) => {
    const before = contentOf(home.database)
    expect(await home.run(line, { cwd: home.folder })).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('newer vacli') })
    expect(contentOf(home.database)).toEqual(before)
  })
})
