import { describe, expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { type Arena, closeExchange, judge, minutesLater, openArena, openExchange } from './arena.ts'
import { killDispatchers } from './kill-dispatchers.ts'
import { IS_LONG, SEED, tell } from './tell.ts'

const PEOPLE = 300
const KILLS = IS_LONG ? 670 : 70
// Less than one answer in ten tells nothing, so that the breaker stays closed for most of the time.
const FAULTS = 'http-429=0.06 http-503-placed=0.02 http-500-unplaced=0.02 lost-placed=0.01 lost-unplaced=0.01 cut=0.01 truncated=0.01 http-504-placed=0.01'
const CALL = 'call --status ready --max 1000 --yes --quiet'

/** The clock passes every `settle_at`; reconcile and runs take turns until everybody was called and nothing is in doubt. */
async function settle(arena: Arena) {
  for (let round = 1; round <= 5; round++) {
    // Two lists a minute apart must lack a call before it counts as never placed.
    for (const minutes of [round * 60, round * 60 + 2]) {
      await closeExchange(arena)
      await openExchange(arena, { sandbox: '--fast', at: minutesLater(arena, minutes) })
      await arena.home.run('reconcile', { env: arena.env })
    }
    await arena.home.run(`${CALL} --rate 60000`, { env: arena.env })
    await arena.home.run('reconcile', { env: arena.env })
    const open = query(arena.home.database, `select count(*) as n from call_sessions where status in ('scheduled', 'dialing', 'unknown')`)[0]!.n
    if (open === 0 && judge(arena).never.length === 0)
      return
  }
}

describe('kill -9 at random moments', () => {
  it.each([
    { dispatchers: 2, sandbox: '--latency-ms 40 --ring-ms 100 --talk-ms 200' },
    { dispatchers: 4, sandbox: '--latency-ms 60 --ring-ms 1000 --talk-ms 200000' },
    { dispatchers: 8, sandbox: '--latency-ms 30 --ring-ms 100 --talk-ms 1000' },
  ])('dials nobody twice, leaves nobody out and loses no call, with $dispatchers dispatchers', async ({ dispatchers, sandbox }) => {
    const seed = SEED + dispatchers
    const people = IS_LONG ? PEOPLE * 9 : PEOPLE
    const arena = await openArena({ people, sandbox: `${sandbox} --fault ${FAULTS} --seed ${seed}`, settings: { 'call.rate_per_minute': '1200' } })
    const { kills, atWork } = await killDispatchers({ dispatchers, kills: KILLS, seed, database: arena.home.database, spawn: () => arena.home.spawn(CALL, { env: arena.env }) })
    const after = judge(arena)
    await settle(arena)

    const verdict = judge(arena)
    tell(`seed ${seed}: ${kills} kills (${atWork} at work), ${after.dials} dials meanwhile, ${verdict.dials} dials in the end, ${people} people`)
    expect(verdict).toEqual({ dials: people, twice: [], never: [], lost: [] })
    expect(await arena.home.run('db check')).toMatchObject({ code: 0 })
    expect(kills).toBeGreaterThanOrEqual(KILLS)
    // A kill of somebody who has not begun proves little.
    expect(atWork).toBeGreaterThanOrEqual(kills / 2)
    expect(after.dials).toBeGreaterThanOrEqual(people / 5)
  }, IS_LONG ? 3_600_000 : undefined)
})
