import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { createHome, query, writeSettings } from '../cli/run-vacli.ts'
import { type Arena, closeExchange, judge, minutesLater, openArena, openExchange, placedOf } from './arena.ts'
import { tell } from './tell.ts'

const PEOPLE = 120
const CALL = `call --status ready --max ${PEOPLE} --yes`

/** The same hour later for everybody, by when every call has ended. */
async function anHourLater(arena: Arena) {
  await closeExchange(arena)
  await openExchange(arena, { sandbox: '--fast', withoutListener: true, at: minutesLater(arena, 60) })
}

/** As after a restore: the file of then, in place of what it has become. */
function restore(copy: string, database: string) {
  for (const end of ['', '-wal', '-shm'])
    rmSync(database + end, { force: true })
  copyFileSync(copy, database)
}

async function backup(from: string, to: string) {
  const client = new Database(from, { readonly: true })
  await client.backup(to)
  client.close()
}

describe('a database that does not know its last calls', () => {
  it('because it was restored from a backup dials nobody until the account was swept, and then nobody again', async () => {
    const arena = await openArena({ people: PEOPLE, withoutListener: true })
    const { home } = arena
    const copy = `${home.folder}/backup.db`
    await home.run('call --status ready --max 10 --yes', { env: arena.env })
    await backup(home.database, copy)
    await home.run(CALL, { env: arena.env })
    expect(judge(arena)).toMatchObject({ dials: PEOPLE, twice: [], never: [] })
    restore(copy, home.database)

    // The list may omit the calls of the lost time as long as they go on.
    const early = await home.run(CALL, { env: arena.env })
    expect(early).toMatchObject({ code: 5, stdout: '' })
    expect(placedOf(arena.ledger)).toHaveLength(PEOPLE)

    await anHourLater(arena)
    const late = await home.run(CALL, { env: arena.env })
    tell(`restored: ${early.stderr.split('\n')[0]} | an hour later ${late.code}: ${late.stderr.split('\n')[0]}; ${PEOPLE} people, ${placedOf(arena.ledger).length} dials`)
    expect(judge(arena, { isAdoptedKnown: true })).toEqual({ dials: PEOPLE, twice: [], never: [], lost: [] })
    // What the sweep brought back has no session that asked for it.
    expect(judge(arena).lost).toHaveLength(PEOPLE - 10)
    expect(query(home.database, `select status, count(*) as n from call_sessions group by status`)).toEqual([{ status: 'completed', n: PEOPLE }])
  })

  it('because it is a copy on another machine dials nobody who was dialled, though the list omits what goes on', async () => {
    const arena = await openArena({ people: PEOPLE, withoutListener: true, sandbox: '--ring-ms 100 --talk-ms 240000 --fault list-omit-ongoing' })
    const second = createHome({ VACLI_CLOCK_SHIFT: arena.home.env.VACLI_CLOCK_SHIFT! })
    writeSettings(second, { 'call.rate_per_minute': '100000', 'call.concurrency': '1000' })
    await arena.home.run('call --status ready --max 10 --yes', { env: arena.env })
    mkdirSync(dirname(second.database), { recursive: true })
    await backup(arena.home.database, second.database)
    await arena.home.run('call --status ready --max 60 --yes', { env: arena.env })

    const early = await second.run(CALL, { env: arena.env })
    expect(early).toMatchObject({ code: 5, stdout: '' })
    expect(placedOf(arena.ledger)).toHaveLength(70)

    await anHourLater(arena)
    expect(await second.run(CALL, { env: arena.env })).toMatchObject({ code: 0 })
    expect(placedOf(arena.ledger)).toHaveLength(PEOPLE)
    // The first machine learns of the second's calls in the same way.
    const first = await arena.home.run(CALL, { env: arena.env })
    tell(`copied: ${early.stderr.split('\n')[0]} | then 70 + ${PEOPLE - 70} dials, ${PEOPLE} people; the first machine ends with ${first.code}: ${first.stderr.split('\n')[0]}`)
    expect(judge(arena)).toMatchObject({ dials: PEOPLE, twice: [], never: [] })
    expect(judge({ ...arena, home: second }, { isAdoptedKnown: true })).toMatchObject({ lost: [] })
  })

  it('dials again whom it dialled in the lost time where nothing guards it: the ledger shows it', async () => {
    const arena = await openArena({ people: 12, withoutListener: true, sandbox: '--ring-ms 100 --talk-ms 240000 --fault list-omit-ongoing' })
    const { home } = arena
    const copy = `${home.folder}/backup.db`
    await home.run('call --status ready --max 2 --yes', { env: arena.env })
    await backup(home.database, copy)
    await home.run(CALL, { env: arena.env })
    restore(copy, home.database)

    await home.run(CALL, { env: { ...arena.env, NODE_OPTIONS: `--import ${join(import.meta.dirname, 'without-gap-guard.js')}` } })
    tell(`without the guard: ${judge(arena).twice.length} of 12 people dialled twice`)
    expect(judge(arena).twice).toHaveLength(10)
  })
})
