import fc from 'fast-check'
import { importRows, type Row } from '../db/borrowers.ts'
import { borrower } from '../app/call-stage.ts'
import type { Misbehaviour } from '../../src/telephony/sandbox/misbehaviour.ts'
import { EXOPHONE } from '../telephony/sandbox/sandbox-harness.ts'
import { STEPS, type Step } from './mortal.ts'
import { type Break, type Mortal, openWorld, type World } from './world.ts'

const PEOPLE = 5

/** What the program has done that forbids a dial, whatever the database says. */
export interface Model { isPaused: boolean, paid: Set<string> }
export interface Real { world: World, broken?: Break, process: Mortal, wrong: string[], counts: Record<string, number> }
type Command = fc.AsyncCommand<Model, Real>

const phoneOf = (at: number) => `98100000${10 + at}`
const rowOf = (at: number, values: Row = {}) => borrower(phoneOf(at), values)

/** A world in which answers go wrong by the seed, and calls of strangers can be told from ours only where Exotel shows our reference. */
export async function beginProgram(seed: number, showsReference: boolean, broken?: Break): Promise<{ model: Model, real: Real }> {
  const answers: Misbehaviour['answers'] = { 'no-sid': 0.04, cut: 0.04, lost: 0.08, 'lost-unplaced': 0.06, reset: 0.04, 'http-500': 0.03, 'http-503': 0.05, 'http-503-unplaced': 0.06, 'http-408': 0.03, 'http-429': 0.08, 'http-400': 0.03, ndnc: 0.02, 'http-402': 0.02 }
  const world = await openWorld(Array.from({ length: PEOPLE }, (_, at) => rowOf(at)), {
    sandbox: { callerIds: [EXOPHONE], misbehave: { seed, answers, canceled: 0.1, retryAfter: 1, shown: { customField: showsReference, numbers: 'mixed' }, reads: { omitOngoing: true, errors: 0.05 } } },
  })
  const model: Model = { isPaused: false, paid: new Set() }
  const real: Real = { world, broken, process: await world.bear(undefined, broken), wrong: [], counts: { steps: 0, kills: 0, webhooks: 0 } }
  world.hooks.onPost = () => {
    const from = world.connects.at(-1)!.from!
    if (model.isPaused)
      real.wrong.push(`${from} was dialled in a pause`)
    if (model.paid.has(from))
      real.wrong.push(`${from} was dialled after the payment`)
  }
  return { model, real }
}

function command(name: string, run: (real: Real, model: Model) => Promise<void>, check: (model: Model) => boolean = () => true): Command {
  return {
    check,
    async run(model, real) {
      real.counts.steps!++
      await run(real, model)
      real.world.verify()
      if (real.wrong.length > 0)
        throw new Error(real.wrong.join('\n'))
    },
    toString: () => name,
  }
}

/** The list is run, and the process lives or dies at a step of its first dial; then another takes its place. */
function dial(max: number, dies: Step | undefined) {
  return command(`dial(${max}, ${dies ?? 'lives'})`, async (real) => {
    const { world } = real
    if (dies === undefined)
      return void await real.process.run({ max })
    const dying = await world.bear(dies, real.broken)
    const { onPost } = world.hooks
    world.hooks.onPost = () => {
      onPost?.()
      if (dies === 'after write')
        dying.life.end()
    }
    if (dies === 'after headers')
      world.wire.onHead = () => dying.life.end()
    const running = dying.run({ max: 1 }).then(() => undefined, () => undefined)
    await Promise.race([dying.life.ended, running])
    world.hooks.onPost = onPost
    delete world.wire.onHead
    if (dying.life.isOver)
      real.counts.kills!++
    real.process = await world.bear(undefined, real.broken)
  })
}

/** The answer of a dial cannot be saved: the run ends, and the next start finds it in the spool. */
const dialOnFullDisk = command('dial, disk full', async ({ world, broken }) => {
  const { run } = await world.bear(undefined, (ports) => {
    const honest = broken?.(ports) ?? ports
    return { ...honest, store: { ...honest.store, moveCalls: async () => { throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }) } } }
  })
  await run({ max: 1 }).catch((error: Error) => {
    if (!error.message.includes('disk is full'))
      throw error
  })
})

function deliver(picks: number[]) {
  return command(`deliver(${picks.join()})`, async ({ world, counts }) => {
    const due = world.letters.filter(({ at }) => at <= world.stage.clock.now)
    const some = due.length === 0 ? [] : picks.map(pick => due[pick % due.length]!)
    counts.webhooks! += some.length
    await world.deliver(some)
  })
}

function importFile(at: number, due: string) {
  return command(`import(${at}, due ${due})`, async ({ world: { stage } }, { paid }) => {
    await importRows(stage.store, [rowOf(at, { due_amount: due })], { createdAt: stage.clock.now, dataDate: stage.clock.now, sha256: `${stage.clock.now.getTime()}${at}${due}` })
    stage.customerIds.splice(0, Infinity, ...(await stage.store.listCustomers({ sort: 'id' }, stage.clock.now, { limit: 0 })).map(({ id }) => id))
    const phone = `+91${phoneOf(at)}`
    if (due === '0')
      paid.add(phone)
    else
      paid.delete(phone)
  })
}

const pass = (ms: number) => command(`pass(${ms / 1000} s)`, async ({ world }) => world.pass(ms))
const foreignCall = (at: number) => command(`foreign call(${at})`, async ({ world }) => void world.sandbox.placeForeignCall({ from: phoneOf(at), custom_field: 'of-another-program' }))
const reconcile = command('reconcile', async ({ process }) => void await process.reconcile())
/** As a run that waits for its calls: often enough for two lists to lack a call that is not over yet. */
const follow = command('follow', async ({ world, process }) => {
  for (let times = 0; times < 3; times++) {
    world.pass(61_000)
    await process.reconcile()
  }
})
const sweep = command('sweep', async ({ process }) => void await process.sweep())
const restart = command('restart', async (real) => {
  real.process = await real.world.bear(undefined, real.broken)
  await real.process.catchUp()
})
const pause = command('pause', async ({ world: { stage } }, model) => {
  await stage.store.pauseDialling({ by: 'asha', reason: 'test', at: stage.clock.now.toISOString() })
  model.isPaused = true
}, ({ isPaused }) => !isPaused)
const resume = command('resume', async ({ world: { stage } }, model) => {
  await stage.store.liftPause()
  model.isPaused = false
}, ({ isPaused }) => isPaused)

/** Programs of everything that may happen, dials and time more often than the rest. */
export function programs(showsReference: boolean, maxCommands: number) {
  const somebody = fc.nat(PEOPLE)
  const passes = fc.constantFrom(1000, 5000, 16_000, 50_000, 61_000, 240_000, 600_000, 900_000, 3_600_000).map(pass)
  const dials = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(undefined, undefined, undefined, undefined, undefined, ...STEPS)).map(([max, dies]) => dial(max, dies))
  const letters = fc.array(fc.nat(100), { minLength: 1, maxLength: 4 }).map(deliver)
  const imports = fc.tuple(somebody, fc.constantFrom('0', '0', '15000', '22000')).map(([at, due]) => importFile(at, due))
  const others = [dialOnFullDisk, reconcile, follow, follow, sweep, restart, restart, pause, resume, resume].map(one => fc.constant(one))
  return fc.commands([dials, dials, dials, dials, passes, passes, passes, letters, letters, letters, imports, ...others, ...(showsReference ? [somebody.map(foreignCall)] : [])], { maxCommands, size: 'max' })
}
