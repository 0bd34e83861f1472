import { describe, expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { closeExchange, judge, minutesLater, openArena, openExchange, SEED, tell } from './arena.ts'

const PEOPLE = 250
const FAULTS = 'lost-placed=0.02 http-503-placed=0.02 canceled=0.1 callback-retries=2'

describe('a listener that is down for an hour', () => {
  it('costs nothing: one reconcile brings every call to the end that the ledger has', async () => {
    const arena = await openArena({ people: PEOPLE, sandbox: `--fast --fault ${FAULTS} --seed ${SEED}` })
    await arena.listener!.stop('SIGKILL')
    await arena.home.run(`call --status ready --max ${PEOPLE} --yes --quiet`, { env: arena.env })
    expect(query(arena.home.database, `select distinct status from call_sessions where status not in ('initiated', 'unknown')`)).toEqual([])
    const before = judge(arena)
    await closeExchange(arena)

    await openExchange(arena, { sandbox: '--fast', withoutListener: true, at: minutesLater(arena, 60) })
    const run = await arena.home.run('reconcile', { env: arena.env })
    const ledger = await (await fetch(`${arena.sandbox.url}/ledger`)).json() as { calls: { sid: string, status: string }[] }
    const truth = ledger.calls.map(({ sid, status }) => ({ call_sid: sid, status: status.replace('-', '_') })).sort((a, b) => a.call_sid.localeCompare(b.call_sid))
    tell(`seed ${SEED}: ${before.lost.length} of ${truth.length} calls were unknown, ${PEOPLE} people; reconcile ended with ${run.code}`)
    expect(truth.length).toBeGreaterThan(PEOPLE / 2)
    expect(query(arena.home.database, 'select call_sid, status from call_sessions where call_sid is not null order by call_sid')).toEqual(truth)
    expect(judge(arena)).toMatchObject({ twice: [], lost: [] })
  })
})
