import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { query, start } from '../cli/run-vacli.ts'
import { judge, minutesLater, openArena } from './arena.ts'
import { killDispatchers } from './kill-dispatchers.ts'
import { SEED, tell } from './tell.ts'

const NAIVE = join(import.meta.dirname, 'naive-dispatcher.js')
const LOST = 'lost-placed=1 list-omit-ongoing'

// What the kill test looks for must be found where it is: otherwise its silence proves nothing.
describe('the ledger shows a double dial', () => {
  it('of dispatchers that dial first and save afterwards, when they are killed', async () => {
    const seed = SEED
    const arena = await openArena({ people: 100, sandbox: '--fast --latency-ms 40', withoutListener: true })
    const file = join(arena.home.folder, 'naive.db')
    const db = new Database(file)
    db.pragma('journal_mode = WAL')
    db.exec('create table people (phone text, sid text); create table workers (pid integer)')
    const add = db.prepare('insert into people (phone) values (?)')
    arena.phones.forEach(phone => add.run(phone))

    // One alone: what is dialled twice was killed between the dial and its record.
    const { kills } = await killDispatchers({
      dispatchers: 1, kills: 20, seed, database: file,
      spawn: () => start(process.execPath, [NAIVE, file, arena.sandbox.url], arena.home.env),
      intentsOf: (client, pid) => client.prepare('select count(*) from workers where pid = ?').pluck().get(pid) as number,
    })
    await start(process.execPath, [NAIVE, file, arena.sandbox.url], arena.home.env).ended
    db.close()
    const { twice, dials } = judge(arena)
    tell(`seed ${seed}: ${kills} kills, ${dials} dials, ${arena.phones.length} people, ${twice.length} dialled twice by "POST, then save"`)
    expect(twice.length).toBeGreaterThan(0)
  })

  it('where the settle time is shorter than the call, and none where it is longer', async () => {
    const arena = await openArena({ people: 4, sandbox: `--ring-ms 100 --talk-ms 300000 --fault ${LOST}`, withoutListener: true })
    const call = async (minutes: number) => arena.home.run('call --status ready --max 100 --yes', { env: { ...arena.env, ...minutesLater(arena, minutes) } })
    await call(0)
    expect(query(arena.home.database, 'select distinct status from call_sessions')).toEqual([{ status: 'unknown' }])
    // The simulator's clock stands where it was, and there the calls go on.
    await call(10)
    await call(12)
    expect(judge(arena).twice).toEqual([])

    await call(60)
    await call(62)
    expect(judge(arena).twice.length).toBeGreaterThan(0)
    tell(`4 people whose calls went on when their settle time was over: ${judge(arena).twice.length} dialled twice`)
  })
})
