import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connects } from '../cli/run-vacli.ts'
import { type Arena, judge, openArena } from './arena.ts'
import { tell } from './tell.ts'

const PEOPLE = 1000
const PER_MINUTE = 3000
// A request that waits for its turn on a busy machine comes closer to the next one; on the whole none is early.
const MARGIN = 1.15

/** The most requests in any span of so many milliseconds. */
function mostIn(times: number[], spanMs: number): number {
  let from = 0
  return times.reduce((most, time, at) => {
    while (time - times[from]! >= spanMs)
      from++
    return Math.max(most, at - from + 1)
  }, 0)
}

const timesOf = ({ ledger }: Arena) => connects(ledger).map(connect => Date.parse((connect as unknown as { at: string }).at)).sort((a, b) => a - b)

/** Where more requests went out than the rate of all runs together allows. */
function findHaste(times: number[], perMinute: number): string[] {
  const limits = [[10_000, perMinute / 6 * MARGIN], [60_000, perMinute]] as const
  return limits.map(([span, limit]) => ({ span, limit, most: mostIn(times, span) })).filter(({ most, limit }) => most > limit)
    .map(({ span, limit, most }) => `${most} requests in ${span / 1000} s, where ${Math.floor(limit)} may go out`)
}

describe('runs started together', () => {
  it.each([2, 10])('%i of them call a thousand people once each, at the pace of one', async (runs) => {
    const arena = await openArena({ people: PEOPLE, settings: { 'call.rate_per_minute': String(PER_MINUTE) } })
    const ends = await Promise.all(Array.from({ length: runs }, () => arena.home.run(`call --status ready --max ${PEOPLE} --yes --quiet`, { env: arena.env })))

    const times = timesOf(arena)
    const [inOne, inTen, inSixty] = [1000, 10_000, 60_000].map(span => mostIn(times, span))
    tell(`${runs} runs: ${times.length} dials, ${PEOPLE} people, ${PER_MINUTE} a minute; at most ${inOne} in a second, ${inTen} in ten, ${inSixty} in sixty; ${((times.at(-1)! - times[0]!) / 1000).toFixed(1)} s`)
    // 6: found everybody called when it came to begin.
    expect(ends.map(({ code }) => code).filter(code => code !== 0 && code !== 6)).toEqual([])
    expect(judge(arena)).toEqual({ dials: PEOPLE, twice: [], never: [], lost: [] })
    expect(times).toHaveLength(PEOPLE)
    expect(findHaste(times, PER_MINUTE)).toEqual([])
  })

  it('with a budget of their own each would go faster together: the check shows it', async () => {
    const [people, perMinute, runs] = [160, 600, 4]
    const arena = await openArena({ people, settings: { 'call.rate_per_minute': String(perMinute) } })
    const env = { ...arena.env, NODE_OPTIONS: `--import ${join(import.meta.dirname, 'private-pace.js')}` }
    await Promise.all(Array.from({ length: runs }, () => arena.home.run(`call --status ready --max ${people} --yes --quiet`, { env })))

    const haste = findHaste(timesOf(arena), perMinute)
    tell(`${runs} runs with a budget each: ${judge(arena).dials} dials; ${haste.join('; ')}`)
    expect(judge(arena)).toEqual({ dials: people, twice: [], never: [], lost: [] })
    expect(haste).not.toEqual([])
  })
})
