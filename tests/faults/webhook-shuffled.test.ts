import { join } from 'node:path'
import { expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { openSender, openStage, type Stage, toldOf } from './listener-process.ts'
import { seeded } from './seeded.ts'
import { SEED, sizeOf, tell } from './tell.ts'

const CALLS = sizeOf('FAULTS_CALLS', 10_000, 10_000)
const COPIES = 5
const SENDERS = 32
const ENDS = ['completed', 'busy', 'no_answer', 'failed']

it('brings every call to its own end, in whatever order and however often its callbacks come', async () => {
  const stage = await openStage(CALLS)

  const { requests, answers, endedFirst } = await tellShuffled(stage, CALLS)

  tell(`seed ${SEED}: ${CALLS} calls × 2 events × ${COPIES} copies, shuffled: ${requests} requests, ${endedFirst} calls heard of their end first`)
  expect(answers).toEqual([[200, CALLS * 2 * COPIES]])
  expect(endedFirst).toBeGreaterThan(CALLS / 4)
  expect(findWrongEnds(stage, CALLS)).toEqual([])
  expect(query(stage.file, 'select count(*) as events, count(problem) as problems from webhook_inbox')).toEqual([{ events: CALLS * 2, problems: 0 }])
  expect(query(stage.file, 'select count(*) as calls from (select 1 from call_status_updates group by call_session_id having count(*) = 2 and count(distinct status) = 2)')).toEqual([{ calls: CALLS }])
})

it('and a listener that goes by what came last leaves calls elsewhere: the comparison shows it', async () => {
  const calls = 200
  const stage = await openStage(calls, { env: { NODE_OPTIONS: `--import ${join(import.meta.dirname, 'last-one-wins.js')}` } })

  const { endedFirst } = await tellShuffled(stage, calls)

  const wrong = findWrongEnds(stage, calls)
  tell(`seed ${SEED}: the last one wins: ${wrong.length} of ${calls} calls stand elsewhere, ${endedFirst} heard of their end first`)
  expect(wrong.length).toBeGreaterThan(calls / 4)
})

/** Sends every event of the calls, each as often as it comes, in an order that the seed chooses. */
async function tellShuffled(stage: Stage, calls: number) {
  const send = openSender()
  const { url } = await stage.start()
  const told = Array.from({ length: calls }, (_, at) => toldOf(stage, at + 1)).flat()
  const requests = shuffled(Array.from({ length: COPIES }, () => told).flat(), seeded(SEED))
  const firsts = new Map<string, string>()
  requests.forEach(({ reference, status }) => firsts.has(reference) || firsts.set(reference, status))

  let next = 0
  const answers = new Map<number, number>()
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const status = await send(url, request)
      answers.set(status, (answers.get(status) ?? 0) + 1)
    }
  }))
  await stage.drained()
  return { requests: requests.length, answers: [...answers], endedFirst: [...firsts.values()].filter(status => status !== 'in-progress').length }
}

/** Calls that do not stand where their own end leaves them. */
function findWrongEnds({ file }: Stage, calls: number) {
  const rows = query(file, 'select status, duration_seconds as seconds, attention from call_sessions order by id')
  expect(rows).toHaveLength(calls)
  return rows.filter(({ status, seconds, attention }, at) => {
    const end = ENDS[(at + 1) % ENDS.length]
    return status !== end || seconds !== (end === 'completed' ? 62 : 0) || attention !== null
  })
}

function shuffled<Value>(values: Value[], random: () => number): Value[] {
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[values[at], values[other]] = [values[other]!, values[at]!]
  }
  return values
}
