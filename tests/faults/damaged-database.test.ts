import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { beforeAll, expect, it } from 'vitest'
import { connects, createHome, type Home, loanFile } from '../cli/run-vacli.ts'
import { seeded } from './seeded.ts'
import { SEED, sizeOf, tell } from './tell.ts'

const TRIES = sizeOf('DAMAGES', 2, 40)
const PAGE = 4096
const random = seeded(SEED)
const anyOf = (n: number) => Math.floor(random() * n)

let whole: Home
beforeAll(async () => {
  whole = createHome()
  const people = Array.from({ length: 600 }, (_, at) => ({ name: `Borrower ${'ABCDEFGHIJ'[at % 10]}a`, phone: String(7_000_041_000 + at), loan: `M${at}` }))
  await whole.run(['import', whole.write('a.csv', loanFile(people))])
  whole.write('b.csv', loanFile([...people.slice(0, 300), { name: 'New Person', phone: '7000049999', loan: 'N1' }]))
  const client = new Database(whole.database)
  client.pragma('wal_checkpoint(truncate)')
  client.close()
})

/** Writes over the file in place. */
function change(path: string, alter: (bytes: Buffer) => Buffer) {
  writeFileSync(path, alter(readFileSync(path)))
}
const noise = (length: number) => Buffer.from(Array.from({ length }, () => anyOf(256)))
const overwritten = (page: (pages: number) => number, fill: () => Buffer) => ({ database }: Home) => change(database, (bytes) => {
  fill().copy(bytes, page(bytes.length / PAGE) * PAGE)
  return bytes
})

const DAMAGES: Record<string, (home: Home) => void> = {
  'a page of noise': overwritten(pages => 1 + anyOf(pages - 1), () => noise(PAGE)),
  'a page of zeros': overwritten(pages => 1 + anyOf(pages - 1), () => Buffer.alloc(PAGE)),
  'a sector of noise': overwritten(pages => anyOf(pages), () => noise(512)),
  'a first page of noise': overwritten(() => 0, () => noise(PAGE)),
  'an end that is missing': ({ database }) => truncateSync(database, 1 + anyOf(statSync(database).size - 1)),
  'another file in its place': ({ database }) => writeFileSync(database, 'name,phone,loan_id\n'),
  'a log of noise': ({ database }) => writeFileSync(`${database}-wal`, noise(10 * PAGE)),
  'the log of another database': ({ database }) => {
    const other = `${database}.other`
    const client = new Database(other)
    client.pragma('journal_mode = wal')
    client.exec('create table t (x); insert into t values (1)')
    copyFileSync(`${other}-wal`, `${database}-wal`)
    client.close()
    rmSync(other)
  },
}

const passes = (path: string, check: 'quick_check' | 'integrity_check'): boolean => {
  try {
    const client = new Database(path, { readonly: true })
    try {
      return client.pragma(check, { simple: true }) === 'ok' && client.prepare('select count(*) from loans').pluck().get() === 600
    }
    finally {
      client.close()
    }
  }
  catch {
    return false
  }
}

it.each(Object.entries(DAMAGES))('%s is told in words, always by db check and by whoever would dial or write, and no file is removed or made anew', async (what, damage) => {
  const ends: string[] = []
  for (let at = 0; at < TRIES; at++) {
    const home = createHome({}, { like: whole })
    damage(home)
    const hasLog = existsSync(`${home.database}-wal`)
    const [isReadable, sound] = [passes(home.database, 'quick_check'), passes(home.database, 'integrity_check')]
    const before = readFileSync(home.database)
    const check = await home.run('db check')
    expect({ sound, code: check.code }).toEqual({ sound, code: sound ? 0 : 4 })
    // A log that fits is taken over by SQLite itself, whose ever it is.
    if (!hasLog)
      expect(readFileSync(home.database).equals(before)).toBe(true)
    for (const line of ['list loans --limit 0', `import ${home.folder}/b.csv`, 'list', 'call --status ready --max 3 --yes', 'db check']) {
      const { code, stderr } = await home.run(line)
      ends.push(`${line.split(' ')[0]} ${code}`)
      // What no command has come upon cannot be told yet; what one has come upon is told in words.
      expect([0, 3, 4], `${what}, ${line}: ${stderr}`).toContain(code)
      expect(stderr).not.toContain('fault of vacli')
      // A page that is torn is found before it is come upon; of one whose text was changed only db check can tell.
      if (!isReadable && /^(?:import|call)/.test(line))
        expect({ line, code }).toEqual({ line, code: 4 })
      if (code === 4)
        expect(stderr).toMatch(/^error: (?:the database is damaged|the file is not a vacli database|.* is not a database of vacli|.* is a database of another program|the database cannot be opened|the disk failed under the database|the database is older)/m)
    }
    // The database may have been brought to a size by its log, but nobody began another one.
    expect(existsSync(home.database)).toBe(true)
    if (!isReadable)
      expect(connects(home.ledgerFile)).toEqual([])
    if (!sound)
      expect(connects(home.ledgerFile).length).toBeLessThanOrEqual(3)
  }
  tell(`seed ${SEED}: ${what}: ${[...new Set(ends)].sort().join(', ')}`)
})
