import fc from 'fast-check'
import { expect, it } from 'vitest'
import { beginProgram, programs, type Real } from './program.ts'
import { saveWithoutIntent } from './save-without-intent.ts'
import { SEED, sizeOf, tell } from './tell.ts'
import type { Break } from './world.ts'

const STEPS = sizeOf('FAULTS_STEPS', 3000, 100_000)
const LENGTH = 40
// So many programs share the files and sockets of one test.
const AT_ONCE = 40
const PER_TEST = AT_ONCE * LENGTH / 2

/** Runs a program and settles everything that it left: then each call is at its end, and what the ledger says of it. */
async function runProgram(commands: Iterable<fc.AsyncCommand<never, never>>, seed: number, showsReference: boolean, totals: Record<string, number>, broken?: Break) {
  let real: Real | undefined
  try {
    await fc.asyncModelRun(async () => {
      const begun = await beginProgram(seed, showsReference, broken)
      real = begun.real
      return begun as never
    }, commands)
    await real!.world.stage.store.liftPause()
    await real!.world.settle()
    await real!.world.settle() // a list that was not answered is asked for again
    await real!.world.settle()
    real!.world.verifySettled()
  }
  finally {
    real?.world.bury()
    for (const [name, count] of Object.entries({ ...real?.counts, dials: real?.world.connects.length ?? 0, programs: 1 }))
      totals[name] = (totals[name] ?? 0) + count
  }
}

function property(showsReference: boolean, totals: Record<string, number>, broken?: Break) {
  return fc.asyncProperty(programs(showsReference, LENGTH), fc.nat(), (commands, seed) => runProgram(commands as never, seed, showsReference, totals, broken))
}

it.each(Array.from({ length: Math.ceil(STEPS / PER_TEST) }, (_, at) => SEED + at))('keeps every promise in random programs, after every step (seed %d)', async (seed) => {
  const totals: Record<string, number> = {}
  while ((totals.steps ?? 0) < PER_TEST)
    await fc.assert(property(seed % 2 === 0, totals), { seed: seed * 100 + (totals.programs ?? 0), numRuns: 10 })
  tell(`programs: seed ${seed}, ${JSON.stringify(totals)}`)
  expect(totals.dials).toBeGreaterThan(totals.programs!)
  expect(totals.kills).toBeGreaterThan(totals.programs! / 4)
})

it('finds out a design that dials first and saves then', async () => {
  const { failed, errorInstance } = await fc.check(property(false, {}, saveWithoutIntent), { seed: SEED, numRuns: 20, endOnFailure: true })
  expect([failed, String(errorInstance)]).toEqual([true, expect.stringMatching(/P[123]:/)])
})
