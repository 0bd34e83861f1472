import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connects, query, type Run, until } from '../cli/run-vacli.ts'
import { type Arena, judge, openArena, placedOf } from './arena.ts'
import { tell } from './tell.ts'

const CALL = 'call --status ready --max 100 --yes'
const SANDBOX = '--fast --latency-ms 1000'
const PEOPLE = 6

/** What the spool holds, and how private it is. */
function spooled({ home }: Arena): { mode: number, text: string }[] {
  const root = join(home.folder, 'state/vacli/spool')
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.outcome.ndjson'))
    .map(name => ({ mode: statSync(join(root, name)).mode & 0o777, text: readFileSync(join(root, name), 'utf8') }))
}

/** Two calls are on the wire when the database begins to fail; it is mended once the process has ended. */
async function callWhileFailing(arena: Arena, breakIt: (pid: number) => () => void): Promise<Run> {
  const { child, ended } = arena.home.spawn(`${CALL} --concurrency 2`, { env: arena.env })
  await until('two calls on the wire', () => connects(arena.ledger).length === 2)
  const mend = breakIt(child.pid!)
  const run = await ended
  mend()
  return run
}

async function verifyKept(arena: Arena, run: Run) {
  expect(run.code).not.toBe(0)
  expect(run.stderr).not.toContain('fault of vacli')
  const sids = placedOf(arena.ledger).map(({ sid }) => sid!)
  // Nobody was dialled after the failure, and both sids are on disk, for the owner alone.
  expect(sids).toHaveLength(2)
  const files = spooled(arena)
  sids.forEach(sid => expect(files.map(({ text }) => text).join('')).toContain(sid))
  expect(files.map(({ mode }) => mode)).toEqual(files.map(() => 0o600))
  expect(query(arena.home.database, 'select status, call_sid from call_sessions')).toEqual(Array(2).fill({ status: 'dialing', call_sid: null }))

  // The next start takes them in before it dials anybody.
  const again = await arena.home.run(CALL, { env: arena.env })
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`${PEOPLE - 2} called`) })
  expect(spooled(arena)).toEqual([])
  expect(judge(arena)).toEqual({ dials: PEOPLE, twice: [], never: [], lost: [] })
  tell(`${run.stderr.split('\n')[0]} | ${files.length} spool files, ${sids.length} sids kept, ${PEOPLE} dials, ${PEOPLE} people`)
}

describe('when the answer of a placed call cannot be saved', () => {
  it('because another process holds the database for longer than anybody waits, it is spooled and replayed', async () => {
    const arena = await openArena({ people: PEOPLE, sandbox: SANDBOX, withoutListener: true })
    const run = await callWhileFailing(arena, () => {
      const holder = new Database(arena.home.database)
      holder.exec('begin immediate')
      return () => {
        holder.exec('rollback')
        holder.close()
      }
    })
    expect(run.stderr).toMatch(/^error: the database stayed busy$/m)
    await verifyKept(arena, run)
  })

  it('because the disk is full, it is spooled and replayed', async () => {
    const disk = mountSmallDisk()
    const arena = await openArena({ people: PEOPLE, sandbox: SANDBOX, withoutListener: true, env: disk ? { VACLI_DATABASE: join(disk, 'vacli.db') } : {} })
    if (disk)
      arena.home.database = join(disk, 'vacli.db')
    else
      tell('no disk may be mounted here: the system refuses every further byte of the file instead')
    const run = await callWhileFailing(arena, pid => disk ? fillUp(disk) : refuseGrowth(arena, pid))
    expect(run.stderr).toMatch(disk ? /^error: the disk is full$/m : /^error: the disk failed under the database: /m)
    await verifyKept(arena, run)
  })

  it('because the system refuses the write, it is spooled and replayed', async () => {
    const arena = await openArena({ people: PEOPLE, sandbox: SANDBOX, withoutListener: true })
    const run = await callWhileFailing(arena, pid => refuseGrowth(arena, pid))
    expect(run.stderr).toMatch(/^error: the disk failed under the database: /m)
    await verifyKept(arena, run)
  })
})

/** From now on the process can make no file larger than the write-ahead log is. */
function refuseGrowth({ home }: Arena, pid: number): () => void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${statSync(`${home.database}-wal`).size}:`])
  return () => {}
}

/** A disk of its own that can be filled without harm to anybody; undefined where nobody may mount one. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
  if (status !== 0)
    return undefined
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

function fillUp(disk: string): () => void {
  const filler = join(disk, 'filler')
  for (const size of [65_536, 4096]) {
    try {
      for (;;)
        writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
    }
    catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
    }
  }
  return () => rmSync(filler)
}
