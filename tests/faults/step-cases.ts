import { expect } from 'vitest'
import type { AnswerFaultName } from '../../src/telephony/sandbox/faults.ts'
import type { Behaviour } from '../../src/telephony/sandbox/misbehaviour.ts'
import { borrower } from '../app/call-stage.ts'
import { STEPS, type Step } from './mortal.ts'
import { LEASE_OVER_MS, openWorld, WHOLE_CALL_MS, type World } from './world.ts'

const WEBHOOKS = ['none', 'before the save', 'after the save'] as const
type Webhook = (typeof WEBHOOKS)[number]

type Live = 'initiated' | 'unknown' | 'rejected' | 'account' | 'not_placed'
interface AnswerRow { name: string, behaviour: Behaviour, isPlaced: boolean, live: Live }

const row = (name: string, live: Live, isPlaced: boolean, behaviour: Behaviour = { answer: name as AnswerFaultName, isPlaced }): AnswerRow =>
  ({ name: `${name}${live === 'unknown' ? isPlaced ? ', placed' : ', not placed' : ''}`, behaviour, isPlaced, live })
const both = (...names: (AnswerFaultName | 'timeout')[]) => names.flatMap(name => [true, false].map(isPlaced =>
  row(name, 'unknown', isPlaced, name === 'timeout' ? { isPlaced, until: new Promise(() => {}) } : { answer: name, isPlaced })))

/** Every row of the table of calls.md, and what a process makes of it that lives to save it. */
export const ANSWERS: AnswerRow[] = [
  row('accepted', 'initiated', true, {}),
  ...both('no-sid', 'html', 'truncated', 'wrong-json', 'xml', 'cut', 'byte'),
  row('http-400', 'rejected', false),
  row('http-404', 'rejected', false),
  row('ndnc', 'rejected', false),
  row('http-401', 'account', false),
  row('http-402', 'account', false),
  row('kyc', 'account', false),
  row('http-429', 'not_placed', false, { answer: 'http-429', retryAfter: 1 }),
  ...both('http-408', 'http-500', 'http-502', 'http-503', 'http-504', 'http-307', 'lost', 'reset', 'timeout'),
]
const isSent = (step: Step) => STEPS.indexOf(step) >= STEPS.indexOf('after write')
const HEADLESS = ['lost', 'reset', 'byte', 'timeout']

export interface Case { step: Step, answer: AnswerRow, webhook: Webhook }

export const CASES: Case[] = STEPS.flatMap(step => ANSWERS.flatMap(answer => WEBHOOKS.map((webhook): Case => ({ step, answer, webhook }))))
  .filter(({ step, answer, webhook }) =>
    (webhook === 'none' || (answer.isPlaced && isSent(step)))
    && (step !== 'after headers' || !HEADLESS.some(name => answer.name.startsWith(name))))

/** How the calls of a borrower end, one after the other, from the POST on that meets this answer: a new one only where the table allows it. */
function endsAfter({ live, isPlaced }: AnswerRow): string[] {
  if (live === 'initiated' || (live === 'unknown' && isPlaced))
    return ['completed']
  if (live === 'rejected')
    return ['rejected']
  // A person has seen to the account, or the call was never processed.
  return [live === 'account' ? 'rejected' : 'not_placed', 'completed']
}

function endsOf({ step, answer }: Case): string[] {
  if (step === 'before intent' || step === 'after save')
    return endsAfter(answer)
  if (!isSent(step))
    return ['not_placed', ...endsAfter(answer)]
  return answer.isPlaced ? ['completed'] : ['not_placed', 'completed']
}

/** The first call of the borrower when another process has caught up, before its fate is looked for. */
function restOf({ step, answer, webhook }: Case): string | undefined {
  if (step === 'before intent')
    return undefined
  if (webhook === 'before the save')
    return 'completed'
  if (step !== 'after save')
    return 'unknown'
  return answer.live === 'account' ? 'rejected' : answer.live
}

/** How the first process comes to its end; resolves when it has. */
export type Kill = (world: World, one: Case, beforeSave: () => Promise<void>) => Promise<void>

/** In this process: nothing that it began goes on. */
const killHere: Kill = async (world, { step }, beforeSave) => {
  const first = await world.bear(step, undefined, beforeSave)
  if (step === 'after write')
    world.hooks.onPost = () => first.life.end()
  if (step === 'after headers')
    world.wire.onHead = () => first.life.end()
  const running = first.run().catch(() => undefined)
  await Promise.race([first.life.ended, running])
  expect(first.life.isOver, 'the process was killed').toBe(true)
}

/** One borrower, a first process that dies at the step, a second one that takes over, and the clock moved past every end. Returns the dials. */
export async function runCase(one: Case, kill: Kill = killHere): Promise<number> {
  const { step, answer, webhook } = one
  const world = await openWorld([borrower('9810000011')], {
    client: { httpTimeoutMs: answer.name.startsWith('timeout') && (step === 'after save' || step === 'before save' || !isSent(step)) ? 60 : 5000 },
    sandbox: { script: ({ nth }) => nth === 1 ? answer.behaviour : {} },
  })
  const tellAll = async () => {
    world.pass(WHOLE_CALL_MS)
    await world.deliver(world.letters.filter(letter => letter.at <= world.stage.clock.now))
  }
  try {
    let isTold = webhook !== 'before the save'
    const tellFirst = async () => {
      if (isTold)
        return
      isTold = true
      await tellAll()
    }
    await kill(world, one, tellFirst)
    delete world.hooks.onPost
    delete world.wire.onHead
    await tellFirst()
    world.verify()

    world.pass(LEASE_OVER_MS)
    const second = await world.bear()
    await second.catchUp()
    expect((await second.store.findCallById(1))?.status).toBe(restOf(one))
    await second.run()
    world.verify()
    if (webhook === 'after the save') {
      await tellAll()
      world.verify()
    }
    const dials = await bringToEnd(world)
    expect(world.stage.statuses()).toEqual(endsOf(one))
    return dials
  }
  finally {
    world.bury()
  }
}

/** Until nobody is dialled any more: every round ends all calls, and then somebody runs the list again. */
async function bringToEnd(world: World): Promise<number> {
  for (let before = -1; world.connects.length > before;) {
    before = world.connects.length
    await world.settle()
    world.verifySettled()
    await (await world.bear()).run()
    world.verify()
  }
  return world.connects.length
}
