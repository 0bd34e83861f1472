import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copySqlite, migrateSqlite } from '../../src/db/sqlite.ts'
import { type Child, runSource, transpileSource } from '../db/transpiled-source.ts'
import { sizeOf, tell } from './tell.ts'

const COPIES = sizeOf('COPIES', 5, 50)
const BODIES = 20_000

/** Commits as fast as it can, each time one row into either table with the next number; into a file of which a copy takes many commits. */
const WRITER = (file: string) => `
  import { sql } from 'drizzle-orm'
  import { openSqlite } from './src/db/sqlite.js'
  const backend = openSqlite(${JSON.stringify(file)})
  const body = 'x'.repeat(3000)
  for (let n = 1; ; n++) {
    await backend.batch(() => [
      sql\`insert into meta (key, value) values (\${String(n)}, \${body})\`,
      sql\`insert into phones (number, seq) values (\${String(n)}, \${n})\`,
    ], { isUnflushed: true })
    if (n === 100)
      console.log('ready')
    if (n % 50 === 0)
      await new Promise(resolve => setImmediate(resolve))
  }`

let source: string
let folder: string
let file: string
let writer: Child

beforeAll(async () => {
  source = transpileSource()
  folder = mkdtempSync(join(tmpdir(), 'vacli-copy-'))
  file = join(folder, 'vacli.db')
  migrateSqlite(file)
  const client = new Database(file)
  client.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${BODIES})
    insert into webhook_inbox (reference, body_hash, content_type, body, body_encoding, received_at) select i, '', '', printf('%.3000c', 'x'), 'utf8', 0 from n`)
  client.close()
  writer = runSource(source, WRITER(file))
  await writer.said('ready')
})
afterAll(async () => {
  writer.kill('SIGKILL')
  await writer.ended
  rmSync(source, { recursive: true })
  rmSync(folder, { recursive: true })
})

function look(path: string) {
  const client = new Database(path)
  try {
    const [sound, meta, phones] = [client.pragma('integrity_check', { simple: true }), ...['select count(*) as n, max(cast(key as integer)) as last from meta', 'select count(*) as n, max(seq) as last from phones'].map(text => client.prepare(text).get())]
    return { sound, meta: meta as { n: number, last: number }, phones: phones as { n: number, last: number } }
  }
  finally {
    client.close()
  }
}

it('copies a database at one moment while another process commits at full speed, and what is put back goes on', async () => {
  const seen: number[] = []
  for (let at = 0; at < COPIES; at++) {
    const copy = join(folder, `copy${at}.db`)
    await copySqlite(file, copy)
    const { sound, meta, phones } = look(copy)
    expect(sound).toBe('ok')
    // Commits up to one of them, each as a whole.
    expect([meta.n, phones]).toEqual([meta.last, meta])
    seen.push(meta.n)
    if (at > 0)
      rmSync(copy)
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
  expect(seen.at(-1), 'the writer went on meanwhile').toBeGreaterThan(seen[0]!)

  writer.kill('SIGKILL')
  await writer.ended
  for (const mark of ['', '-wal', '-shm'])
    rmSync(`${file}${mark}`, { force: true })
  copyFileSync(join(folder, 'copy0.db'), file)
  migrateSqlite(file)
  expect(look(file)).toMatchObject({ sound: 'ok', meta: { n: seen[0] } })
  tell(`${COPIES} copies of ${seen.join(', ')} commits`)
}, 40_000)
