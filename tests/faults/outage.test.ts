import { describe, expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { type Arena, closeExchange, judge, minutesLater, openArena, openExchange } from './arena.ts'
import { SEED, tell } from './tell.ts'

const PEOPLE = 250
const FAULTS = 'lost-placed=0.02 http-503-placed=0.02 canceled=0.1 callback-retries=2'

/** Calls that do not stand here as the ledger says, in whichever of the two. */
async function findUnlike({ home, sandbox }: Arena) {
  const ledger = await (await fetch(`${sandbox.url}/ledger`)).json() as { calls: { sid: string, status: string }[] }
  const truth = new Map(ledger.calls.map(({ sid, status }) => [sid, status.replace('-', '_')]))
  const ours = new Map(query(home.database, 'select call_sid, status from call_sessions where call_sid is not null').map(({ call_sid, status }) => [String(call_sid), String(status)]))
  return { calls: truth.size, unlike: [...new Set([...truth.keys(), ...ours.keys()])].filter(sid => truth.get(sid) !== ours.get(sid)) }
}

describe('a listener that is down for an hour', () => {
  it('costs nothing: one reconcile brings every call to the end that the ledger has', async () => {
    const arena = await openArena({ people: PEOPLE, sandbox: `--fast --fault ${FAULTS} --seed ${SEED}` })
    await arena.listener!.stop('SIGKILL')
    await arena.home.run(`call --status ready --max ${PEOPLE} --yes --quiet`, { env: arena.env })
    expect(query(arena.home.database, `select distinct status from call_sessions where status not in ('initiated', 'unknown')`)).toEqual([])
    const before = judge(arena)
    await closeExchange(arena)

    await openExchange(arena, { sandbox: '--fast', withoutListener: true, at: minutesLater(arena, 60) })
    // Without it, the comparison finds every call.
    const { calls, unlike } = await findUnlike(arena)
    expect(unlike).toHaveLength(calls)
    const run = await arena.home.run('reconcile', { env: arena.env })
    tell(`seed ${SEED}: ${before.lost.length} of ${calls} calls were unknown, ${unlike.length} unlike the ledger, ${PEOPLE} people; reconcile ended with ${run.code}`)
    expect(calls).toBeGreaterThan(PEOPLE / 2)
    expect(await findUnlike(arena)).toEqual({ calls, unlike: [] })
    expect(judge(arena)).toMatchObject({ twice: [], lost: [] })
  })
})
