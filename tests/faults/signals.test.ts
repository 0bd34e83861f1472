import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { BIN, connects, query, start, until } from '../cli/run-vacli.ts'
import { judge, minutesLater, openArena, placedOf } from './arena.ts'
import { tell } from './tell.ts'

const LEASE_MS = 15_000

describe('a run of calls', () => {
  it.each([{ signal: 'SIGTERM', code: 143 }, { signal: 'SIGINT', code: 130 }, { signal: 'SIGHUP', code: 129 }] as const)('that gets $signal lets what is on the wire come to its end and dials nobody else', async ({ signal, code }) => {
    const arena = await openArena({ people: 20, sandbox: '--fast --latency-ms 1500', withoutListener: true })
    const { child, ended } = arena.home.spawn('call --status ready --max 100 --yes --concurrency 4', { env: arena.env })
    await until('calls on the wire', () => connects(arena.ledger).length === 4)
    child.kill(signal)
    // A terminal that closes may say so twice.
    if (signal === 'SIGHUP')
      child.kill(signal)
    expect(await ended).toMatchObject({ code, stdout: expect.stringContaining('4 called, 0 failed, 0 unknown, 0 blocked, 16 not called') })
    expect(query(arena.home.database, 'select status, count(*) as n from call_sessions group by status')).toEqual([{ status: 'initiated', n: 4 }])

    expect(await arena.home.run('call --status ready --max 100 --yes', { env: arena.env })).toMatchObject({ code: 0 })
    expect(judge(arena)).toEqual({ dials: 20, twice: [], never: [], lost: [] })
  })

  it('that gets SIGINT twice leaves at once, and what was on the wire is never sent again', async () => {
    const arena = await openArena({ people: 4, sandbox: '--fast --latency-ms 4000', withoutListener: true })
    const { child, ended } = arena.home.spawn('call --status ready --max 100 --yes', { env: arena.env })
    await until('calls on the wire', () => connects(arena.ledger).length === 4)
    child.kill('SIGINT')
    await until('the end', () => {
      child.kill('SIGINT')
      return child.exitCode !== null
    })
    expect((await ended).code).toBe(130)
    expect(query(arena.home.database, 'select distinct status from call_sessions')).toEqual([{ status: 'dialing' }])
    for (const minutes of [1, 60, 62])
      await arena.home.run('call --status ready --max 100 --yes', { env: { ...arena.env, ...minutesLater(arena, minutes) } })
    expect(judge(arena)).toMatchObject({ dials: 4, twice: [], never: [] })
  })

  it('that sleeps between its intent and its request through its lease sends nothing that others gave up', async () => {
    const arena = await openArena({ people: 1, withoutListener: true })
    const { home, ledger } = arena
    // Swept just now: the first connection of the run is that of the call.
    expect(await home.run('reconcile', { env: arena.env })).toMatchObject({ code: 0 })
    const asleep = start('strace', ['-f', '-o', '/dev/null', '-e', 'trace=connect', '-e', 'inject=connect:signal=SIGSTOP:when=1', process.execPath, BIN, 'call', '--customer', '1', '--yes'], home.env, { env: arena.env })
    const [{ owner }] = await until('the intent', () => {
      const rows = query(home.database, 'select owner from call_sessions')
      return rows.length > 0 && rows
    }) as [{ owner: string }]
    const pid = Number(owner.split(':').at(-1))
    await wait(LEASE_MS + 1000)
    expect(connects(ledger)).toEqual([])

    // Others take its fate for unknown; when Exotel has listed no such call for long enough, they dial.
    const call = (minutes: number) => home.run('call --customer 1 --yes', { env: { ...arena.env, ...minutesLater(arena, minutes) } })
    expect(await call(0)).toMatchObject({ code: 6 })
    expect(query(home.database, 'select status from call_sessions')).toEqual([{ status: 'unknown' }])
    await call(60)
    expect(await call(62)).toMatchObject({ code: 0 })
    expect(placedOf(ledger)).toHaveLength(1)

    process.kill(pid, 'SIGCONT')
    const woken = await asleep.ended
    tell(`asleep for ${LEASE_MS + 1000} ms between intent and request, then: ${woken.stdout.split('\n')[0]}; ${connects(ledger).length} request in the ledger`)
    expect(connects(ledger)).toHaveLength(1)
    expect(query(home.database, 'select status, call_sid is null as sidless from call_sessions order by id')).toEqual([{ status: 'not_placed', sidless: 1 }, { status: 'initiated', sidless: 0 }])
  })
})
