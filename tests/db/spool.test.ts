import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSpool, spoolFolder } from '../../src/db/spool.ts'
import type { SpoolHandler } from '../../src/db/spool-lines.ts'

function openFolder() {
  const root = mkdtempSync(join(tmpdir(), 'vacli-spool-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'state', 'spool')
  return { folder, spool: openSpool(folder), names: () => readdirSync(folder).sort() }
}

interface Note { n: number }

/** Remembers what it was given to save; fails for what it is told to. */
function notes(fails: (given: Note[]) => boolean = () => false, { code, never = [] }: { code?: string, never?: number[] } = {}): SpoolHandler<Note> & { saved: number[] } {
  const saved: number[] = []
  return {
    saved,
    read: line => typeof (line as Note | undefined)?.n === 'number' ? line as Note : undefined,
    save: async (given) => {
      if (fails(given))
        throw Object.assign(new Error('not now'), code ? { code } : {})
      const refused = given.filter(({ n }) => never.includes(n))
      saved.push(...given.filter(note => !refused.includes(note)).map(({ n }) => n))
      return refused
    },
  }
}

describe('the spool', () => {
  it('hands out what was appended, in that order, and is empty then', async () => {
    const { spool, names } = openFolder()
    expect(await spool.isEmpty()).toBe(true)
    await spool.append('event', [{ n: 1 }, { n: 2 }])
    await spool.append('event', [{ n: 3 }])
    expect(await spool.isEmpty()).toBe(false)
    const handler = notes()

    expect(await spool.replay('event', handler)).toEqual({ saved: 3, aside: [] })

    expect([handler.saved, await spool.isEmpty(), names()]).toEqual([[1, 2, 3], true, []])
  })

  it.each([0o000, 0o022, 0o077])('is for its owner alone under umask %o', async (umask) => {
    const before = process.umask(umask)
    try {
      const { folder, spool, names } = openFolder()
      await spool.append('event', [{ n: 1 }])
      expect([folder, join(folder, names()[0]!)].map(path => statSync(path).mode & 0o777)).toEqual([0o700, 0o600])
    }
    finally {
      process.umask(before)
    }
  })

  it('keeps records of different kinds apart', async () => {
    const { spool } = openFolder()
    await spool.append('event', [{ n: 1 }])
    await spool.append('outcome', [{ n: 2 }])
    const handler = notes()

    await spool.replay('outcome', handler)

    expect([handler.saved, await spool.isEmpty('outcome'), await spool.isEmpty('event'), await spool.isEmpty()]).toEqual([[2], true, false, false])
  })

  it('keeps everything that cannot be saved now', async () => {
    const { spool } = openFolder()
    await spool.append('event', [{ n: 1 }, { n: 2 }])
    await spool.append('event', [{ n: 3 }])

    await expect(spool.replay('event', notes(() => true))).rejects.toThrow('not now')
    const handler = notes()
    await spool.replay('event', handler)

    expect(handler.saved).toEqual([1, 2, 3])
  })

  it('keeps everything when the database goes away in the middle of a file', async () => {
    const { spool, names } = openFolder()
    await spool.append('event', [{ n: 1 }, { n: 2 }, { n: 3 }])
    let saves = 0

    await expect(spool.replay('event', notes(given => given.length > 1 || ++saves > 1))).rejects.toThrow('not now')

    expect(names().map(name => name.endsWith('.bad'))).toEqual([false])
  })

  it('puts aside what is torn or foreign, and saves the rest', async () => {
    const { folder, spool, names } = openFolder()
    await spool.append('event', [{ n: 1 }, { other: true }, { n: 2 }])
    const [name] = names()
    writeFileSync(join(folder, name!), `${readFileSync(join(folder, name!), 'utf8')}{"n":`)
    const handler = notes()
    const bad = `${name!.slice('open-'.length)}.bad`

    expect(await spool.replay('event', handler)).toEqual({ saved: 2, aside: [join(folder, bad)] })

    expect([handler.saved, names(), readFileSync(join(folder, bad), 'utf8')]).toEqual([[1, 2], [bad], '{"other":true}\n{"n":\n'])
    expect([await spool.isEmpty(), await spool.replay('event', handler)]).toEqual([true, { saved: 0, aside: [] }])
  })

  it('puts aside the one record that is never taken', async () => {
    const { folder, spool, names } = openFolder()
    await spool.append('event', [{ n: 1 }, { n: 2 }, { n: 3 }])
    const [name] = names()
    const handler = notes(given => given.some(({ n }) => n === 2))
    const bad = join(folder, `${name!.slice('open-'.length)}.bad`)

    expect(await spool.replay('event', handler)).toEqual({ saved: 2, aside: [bad] })

    expect([[...new Set(handler.saved)], readFileSync(bad, 'utf8')]).toEqual([[1, 3], '{"n":2}\n'])
  })

  it('leaves a file to which more is appended where it is, hands out each line of it once, and removes it when nothing new came', async () => {
    const { folder, spool, names } = openFolder()
    const handler = notes()
    await spool.append('event', [{ n: 1 }])
    const [name] = names()

    expect(await spool.replayAhead('event', handler)).toEqual({ saved: 1, aside: [], isOpen: true })
    await spool.append('event', [{ n: 2 }])
    expect(await spool.replayAhead('event', handler)).toEqual({ saved: 1, aside: [], isOpen: true })
    expect([handler.saved, names()]).toEqual([[1, 2], [name]])

    // What was read ahead lies there still, for whoever comes after a crash.
    const later = notes()
    await openSpool(folder).replay('event', later)
    expect(later.saved).toEqual([1, 2])
    expect(await spool.replayAhead('event', handler)).toEqual({ saved: 0, aside: [], isOpen: false })
    expect(names()).toEqual([])
  })

  it('hands out again what was read ahead and not saved, and puts aside in the end what is refused', async () => {
    const { spool, names } = openFolder()
    await spool.append('event', [{ n: 1 }, { other: true }])

    await expect(spool.replayAhead('event', notes(() => true))).rejects.toThrow('not now')
    const handler = notes()
    expect(await spool.replayAhead('event', handler)).toEqual({ saved: 1, aside: [], isOpen: true })
    expect(await spool.replayAhead('event', handler)).toMatchObject({ aside: [expect.stringMatching(/[.]bad$/)], isOpen: false })
    expect([new Set(handler.saved), names().map(name => name.endsWith('.bad'))]).toEqual([new Set([1]), [true]])
  })

  it('may be emptied by two at once', async () => {
    const { folder, spool } = openFolder()
    for (let n = 0; n < 50; n++)
      await spool.append('event', [{ n }])
    const handlers = [notes(), notes()]

    await Promise.all([spool.replay('event', handlers[0]!), openSpool(folder).replay('event', handlers[1]!)])

    expect([...new Set(handlers.flatMap(({ saved }) => saved))].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n))
    expect(await spool.isEmpty()).toBe(true)
  })

  it('puts aside what is said never to be taken, though it is alone in its file, and goes on to later files', async () => {
    const { folder, spool, names } = openFolder()
    await spool.append('event', [{ n: 1 }])
    await spool.replay('event', notes(() => true)).catch(() => undefined) // from here on there are two files
    await spool.append('event', [{ n: 2 }, { n: 3 }])
    const [first] = names().filter(name => !name.startsWith('open-'))
    const handler = notes(undefined, { never: [1] })

    expect(await spool.replay('event', handler)).toEqual({ saved: 2, aside: [join(folder, `${first}.bad`)] })

    expect([handler.saved, names(), readFileSync(join(folder, `${first}.bad`), 'utf8')]).toEqual([[2, 3], [`${first}.bad`], '{"n":1}\n'])
  })

  it.each([
    ['breaks a rule of the database', 'SQLITE_CONSTRAINT_NOTNULL', ['.bad']],
    ['breaks a rule of PostgreSQL', '23502', ['.bad']],
    ['finds it busy', 'SQLITE_BUSY', ['.ndjson']],
    ['finds the disk full', 'SQLITE_FULL', ['.ndjson']],
    ['finds the disk broken', 'SQLITE_IOERR_WRITE', ['.ndjson']],
    ['is cut off from the server', 'ECONNREFUSED', ['.ndjson']],
  ])('a lone record that %s (%s) is left as %s', async (_, code, endings) => {
    const { spool, names } = openFolder()
    await spool.append('event', [{ n: 1 }])

    await spool.replay('event', notes(() => true, { code })).catch(() => undefined)

    expect(names().map(name => name.slice(name.lastIndexOf('.')))).toEqual(endings)
  })

  it('writes once more what it wrote to a file that another process had begun to read', async () => {
    const { folder, spool } = openFolder()
    const other = openSpool(folder)
    await spool.append('event', [{ n: 1 }])
    const [early, late] = [notes(), notes()]
    await other.replay('event', early)
    await spool.append('event', [{ n: 2 }])
    await other.replay('event', late)

    expect([early.saved, late.saved]).toEqual([[1], [2]])
  })

  it('loses nothing while one writes and two read', async () => {
    const { folder, spool } = openFolder()
    const readers = [spool, openSpool(folder)].map(each => ({ each, handler: notes() }))
    let isWriting = true
    const reading = readers.map(async ({ each, handler }) => {
      while (isWriting)
        await each.replay('event', handler)
      await each.replay('event', handler)
    })
    for (let n = 0; n < 60; n++)
      await spool.append('event', [{ n }])
    isWriting = false
    await Promise.all(reading)

    expect([...new Set(readers.flatMap(({ handler }) => handler.saved))].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n))
  })

  it('forgets what was left half-written long ago, and leaves what is being written', async () => {
    const { folder, spool, names } = openFolder()
    writeFileSync(join(folder, 'old.event.ndjson.draft'), '{"n"')
    writeFileSync(join(folder, 'new.event.ndjson.draft'), '{"n"')
    const anHourAgo = Date.now() / 1000 - 3600
    utimesSync(join(folder, 'old.event.ndjson.draft'), anHourAgo, anHourAgo)

    await spool.replay('event', notes())

    expect(names()).toEqual(['new.event.ndjson.draft'])
  })

  it('leaves nothing behind when it cannot be written', async () => {
    const { folder, spool, names } = openFolder()
    rmSync(folder, { recursive: true })
    await expect(spool.append('event', [{ n: 1 }])).rejects.toMatchObject({ code: 'ENOENT' })
    openSpool(folder)
    expect(names()).toEqual([])
  })
})

it('has a folder for each database, however its path is written', () => {
  const folder = spoolFolder('/state', '/data/vacli.db')

  expect(folder).toMatch(/^\/state\/spool\/[0-9a-f]{12}$/)
  expect(spoolFolder('/state', '/data/../data/vacli.db')).toBe(folder)
  expect(spoolFolder('/state', 'postgres://localhost/a')).not.toBe(spoolFolder('/state', 'postgres://localhost/b'))
})
