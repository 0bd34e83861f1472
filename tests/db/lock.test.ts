import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { holdLock, importLockName } from '../../src/db/lock.ts'
import { runSource, transpileSource } from './transpiled-source.ts'

let source: string
let temporary: string
let folder: string

beforeAll(() => {
  source = transpileSource()
})
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'vacli-lock-'))
  folder = join(temporary, 'locks')
})
afterEach(() => rmSync(temporary, { recursive: true }))
afterAll(() => rmSync(source, { recursive: true }))

const BUSY: unknown = expect.objectContaining({ code: 'busy', message: 'another vacli holds "morning"', options: expect.objectContaining({ hint: 'Wait for it to end, then run the command again.' }) })

/** Another process that takes the lock, says how that went, and keeps it until it is told to end. */
function holdElsewhere(name: string) {
  return runSource(source, `
    import { once } from 'node:events'
    import { holdLock } from './src/db/lock.js'
    try {
      const lock = holdLock(${JSON.stringify(folder)}, ${JSON.stringify(name)})
      console.log('held')
      await once(process.stdin, 'data')
      lock.release()
      console.log('released')
    }
    catch (error) {
      console.log(error.code, error.message)
    }
    process.exit()`)
}

describe('a lock', () => {
  it('keeps a second holder out of the same process until it is released', () => {
    const lock = holdLock(folder, 'morning')
    expect(() => holdLock(folder, 'morning')).toThrow(BUSY)
    expect(() => holdLock(folder, 'morning')).toThrow(BUSY)
    lock.release()
    holdLock(folder, 'morning').release()
  })

  it('says in the words of its holder what is going on', () => {
    const lock = holdLock(folder, 'morning')
    expect(() => holdLock(folder, 'morning', 'an import is running')).toThrow(expect.objectContaining({ code: 'busy', message: 'an import is running' }))
    lock.release()
  })

  it('keeps another process out, also after a second try from this one', async () => {
    const lock = holdLock(folder, 'morning')
    expect(() => holdLock(folder, 'morning')).toThrow(BUSY)
    expect(await holdElsewhere('morning').ended).toMatchObject({ code: 0, out: 'busy another vacli holds "morning"\n' })
    lock.release()
    const other = holdElsewhere('morning')
    await other.said('held')
    other.tell('end')
    expect(await other.ended).toMatchObject({ code: 0, out: 'held\nreleased\n' })
  })

  it('keeps this process out while another holds it, and lets go at once when that is killed', async () => {
    const other = holdElsewhere('morning')
    await other.said('held')
    expect(() => holdLock(folder, 'morning')).toThrow(BUSY)
    other.kill('SIGKILL')
    expect(await other.ended).toMatchObject({ signal: 'SIGKILL' })
    holdLock(folder, 'morning').release()
  })

  it('holds its own name alone', () => {
    const locks = ['morning', 'evening', 'सुबह'].map(name => holdLock(folder, name))
    locks.forEach(lock => lock.release())
  })

  it('stays in its folder, for the owner alone, whatever its name and the umask', () => {
    const before = process.umask(0)
    try {
      const locks = ['../../etc/passwd', 'a b/"c"', '..'].map(name => holdLock(folder, name))
      const files = readdirSync(folder)
      expect(files.filter(name => name.endsWith('.lock'))).toHaveLength(3)
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      expect(files.filter(name => (statSync(join(folder, name)).mode & 0o777) !== 0o600)).toEqual([])
      locks.forEach(lock => lock.release())
    }
    finally {
      process.umask(before)
    }
  })
})

describe('the lock of imports', () => {
  it('is one for a file, however its path is written, and another for another database', () => {
    const names = ['loans.db', './loans.db', join(process.cwd(), 'loans.db'), 'x/../loans.db'].map(importLockName)
    expect(new Set(names).size).toBe(1)
    const others = ['other.db', 'postgres://localhost/loans', 'postgres://localhost/other'].map(importLockName)
    expect(new Set([...names, ...others]).size).toBe(4)
    expect(others.filter(name => !/^import-[0-9a-f]{12}$/.test(name))).toEqual([])
  })
})
