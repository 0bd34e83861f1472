import { expect, it } from 'vitest'
import { keepReconciled } from '../../src/app/keep-reconciled.ts'
import { VacliError } from '../../src/errors.ts'
import { NOW } from '../db/borrowers.ts'
import { openReconcileStage, type ReconcileStage, SETTLE_MS, TERMS } from './reconcile-stage.ts'

/** So many minutes of a listener, of which the test says when it last heard something. */
async function keep(stage: ReconcileStage, minutes: number, lastEventAt: () => Date = () => NOW) {
  const controller = new AbortController()
  const [problems, sweeps, waits]: [string[], Date[], number[]] = [[], [], []]
  await keepReconciled({
    replayAnswers: async () => {},
    ...stage.ports,
    signal: controller.signal,
    lastEventAt,
    onProblem: message => void problems.push(message),
    onSwept: () => void sweeps.push(stage.clock.now),
    async wait(ms) {
      waits.push(ms)
      stage.pass(ms)
      if (waits.length === minutes)
        controller.abort()
    },
  }, { ...TERMS, settleMs: SETTLE_MS })
  return { problems, sweeps: sweeps.map(at => (at.getTime() - NOW.getTime()) / 60_000), waits }
}

it('asks every minute and sweeps every quarter of an hour', async () => {
  const stage = await openReconcileStage()
  await stage.dial()
  expect(await keep(stage, 33)).toEqual({ problems: [], sweeps: [0, 16, 32], waits: Array.from({ length: 33 }, () => 60_000) })
  expect(stage.statuses()).toEqual(['completed'])
})

it('warns once when calls are open and nothing is heard for ten minutes', async () => {
  const stage = await openReconcileStage()
  const { listCalls } = stage.telephony
  stage.telephony.listCalls = async (query, beforePage) => ({ ...await listCalls(query, beforePage), calls: [] })
  await stage.dial()
  expect((await keep(stage, 14)).problems).toEqual(['calls are open and no callback has come for 10 minutes; Exotel is asked instead, but check webhook.public_url'])
  expect((await keep(stage, 14, () => stage.clock.now)).problems).toEqual([])
})

it('tells what fails, and goes on', async () => {
  const stage = await openReconcileStage()
  await stage.dial()
  const { listCalls } = stage.telephony
  let failing = 6
  stage.telephony.listCalls = (query, beforePage) => failing-- > 0 ? Promise.reject(new VacliError('unavailable', 'Exotel answered 503')) : listCalls(query, beforePage)
  const { problems } = await keep(stage, 10)
  expect(problems.length).toBeGreaterThan(1)
  expect(new Set(problems)).toEqual(new Set(['asking Exotel failed: Exotel answered 503']))
  expect(stage.statuses()).toEqual(['completed'])
})
