import { describe, expect, it } from 'vitest'
import { placeCalls, type RunPorts } from '../../src/app/place-calls.ts'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { istDate } from '../../src/domain/ist.ts'
import { isWithinHours } from '../../src/domain/window.ts'
import { borrowers, linesComeFree, openExchange, openStage, portsOf, TERMS, UNPACED } from '../app/call-stage.ts'
import { type Environment, query, until } from '../cli/run-vacli.ts'
import { closeExchange, minutesLater, openArena, openExchange as openServers, placedOf } from './arena.ts'
import { tell } from './tell.ts'

const HOUR_MS = 3_600_000
const IST_OFFSET_HOURS = 5.5
const ZONES: Record<string, Environment> = { UTC: { TZ: 'UTC' }, 'America/New_York': { TZ: 'America/New_York' }, 'Asia/Kolkata': { TZ: 'Asia/Kolkata' }, unset: {} }

const findOutside = (dials: Date[]) => dials.filter(at => !isWithinHours(at, DEFAULT_CALL_RULES))
const datesOf = (calls: { created_at: string }[]) => calls.map(({ created_at }) => new Date(created_at))

describe('the zone of the host', () => {
  it('changes no decision, at any hour of the day and on either side of it', async () => {
    const arena = await openArena({ people: 12 })
    const { home } = arena
    await home.run('call --customer 1 --customer 2 --max 2 --yes', { env: arena.env })
    await until('the end of both calls', () => query(home.database, `select count(*) as n from call_sessions where status = 'completed'`)[0]!.n === 2)
    const hours = [-1, 0, 1, 8, 24]
    let decisions = 0
    for (const hour of hours) {
      const at = minutesLater(arena, hour * 60)
      const answers = await Promise.all(Object.values(ZONES).map(async zone => [
        await home.json('call --search Borrower --dry-run', { env: { ...arena.env, ...at, ...zone } }),
        await home.json('list customers --limit 0', { env: { ...arena.env, ...at, ...zone } }),
      ]))
      answers.forEach(answer => expect(answer).toEqual(answers[0]))
      decisions += answers.length * 12
    }
    tell(`${decisions} decisions on 12 people at ${hours.length} hours, the same in ${Object.keys(ZONES).join(', ')}`)
  })

  it.each(Object.entries(ZONES))('%s: dials go out within the window alone, and say the time in UTC', async (_, zone) => {
    const arena = await openArena({ people: 6 })
    // The day runs from the evening before to the evening; whoever may be called is called in the first hour that allows it.
    for (const hour of [-14, -1.6, -1.4, 7.2, 7.4]) {
      const at = { ...minutesLater(arena, hour * 60), ...zone }
      await closeExchange(arena)
      await openServers(arena, { sandbox: '--fast', at })
      await arena.home.run('call --status ready --max 1 --yes', { env: arena.env })
    }
    const dials = placedOf(arena.ledger).map(({ at }) => new Date(at))
    tell(`dials ${dials.map(at => at.toISOString()).join(', ')}`)
    expect(findOutside(dials)).toEqual([])
    expect(dials).toHaveLength(2)
    expect(query(arena.home.database, 'select count(*) as n from call_sessions')).toEqual([{ n: 2 }])
  })

  // 21:30 in India is an hour of work at these places.
  it.each([{ zone: 'UTC', offsetHours: 0 }, { zone: 'America/New_York', offsetHours: -5 }])('judged by, it lets calls out in the Indian night: the check shows it ($zone)', async ({ offsetHours }) => {
    const stage = await openStage(borrowers(5, '1000'))
    const { sandbox, telephony } = await openExchange(stage)
    stage.clock.now = new Date('2026-11-23T16:00:00.000Z')
    const ports = portsOf(stage, telephony)
    const run = async (now: () => Date) => placeCalls({ ...ports, now }, TERMS, stage.customerIds, UNPACED)

    await run(ports.now)
    expect(sandbox.ledger().calls).toEqual([])
    await run(() => new Date(stage.clock.now.getTime() + (offsetHours - IST_OFFSET_HOURS) * HOUR_MS))
    const { calls } = sandbox.ledger()
    tell(`by the host's zone: ${findOutside(datesOf(calls)).length} of ${calls.length} dials outside the window`)
    expect(findOutside(datesOf(calls))).toHaveLength(5)
  })
})

/** A run of forty people, one at a time, whose clock jumps after the tenth. */
async function callAcrossJump(ms: number, broken: (ports: RunPorts) => RunPorts = ports => ports) {
  const stage = await openStage(borrowers(40, '1000'))
  const { sandbox, telephony } = await openExchange(stage)
  let placed = 0
  const ports: RunPorts = {
    ...portsOf(stage, telephony), ...linesComeFree(stage),
    onCall() {
      if (++placed === 10)
        stage.clock.now = new Date(stage.clock.now.getTime() + ms)
    },
  }
  const { notCalled } = await placeCalls(broken(ports), TERMS, stage.customerIds, { ...UNPACED, concurrency: 1 })
  return { notCalled, ...sandbox.ledger() }
}

describe('a clock that jumps in the middle of a run', () => {
  it.each([
    { jump: 'an hour ahead', ms: HOUR_MS, dials: 40 },
    { jump: 'an hour back', ms: -HOUR_MS, dials: 40 },
    { jump: 'into the evening', ms: 7 * HOUR_MS, dials: 10 },
    { jump: 'back into the night', ms: -5 * HOUR_MS, dials: 10 },
    { jump: 'to the next day', ms: 24 * HOUR_MS, dials: 40 },
    { jump: 'to a holiday', ms: 64 * 24 * HOUR_MS, dials: 10 },
  ])('$jump lets nobody be dialled twice, nor outside the window', async ({ ms, dials }) => {
    const { calls, calls_by_phone: byPhone, notCalled } = await callAcrossJump(ms)
    tell(`${calls.length} dials, 40 people, ${notCalled} not called, on ${[...new Set(calls.map(({ created_at }) => istDate(new Date(created_at))))].join(' and ')}`)
    expect(findOutside(datesOf(calls))).toEqual([])
    expect(Object.values(byPhone).filter(n => n > 1)).toEqual([])
    expect(calls).toHaveLength(dials)
  })

  it('and a run that judges by the time of its start calls into the evening: the check shows it', async () => {
    const { calls } = await callAcrossJump(7 * HOUR_MS, (ports) => {
      const start = ports.now()
      return { ...ports, now: () => start }
    })
    tell(`without judging again: ${findOutside(datesOf(calls)).length} of ${calls.length} dials outside the window`)
    expect(findOutside(datesOf(calls))).toHaveLength(30)
  })
})
