import { expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { openSender, openStage, toldOf } from './listener-process.ts'
import { isLong, printedSeed, seeded } from './seeded.ts'
import { tell } from './tell.ts'

const LONG = 10_000
const CALLS = isLong ? LONG : 1000
const COPIES = 5
const SENDERS = 32
const ENDS = ['completed', 'busy', 'no_answer', 'failed']

it('brings every call to its own end, in whatever order and however often its callbacks come', async () => {
  const random = seeded(printedSeed('shuffled callbacks'))
  const stage = await openStage(CALLS)
  const send = openSender()
  const { url } = await stage.start()
  const told = Array.from({ length: CALLS }, (_, at) => toldOf(stage, at + 1)).flat()
  const requests = shuffled(Array.from({ length: COPIES }, () => told).flat(), random)
  const firsts = new Map<string, string>()
  requests.forEach(({ reference, status }) => firsts.has(reference) || firsts.set(reference, status))
  const endedFirst = [...firsts.values()].filter(status => status !== 'in-progress').length

  let next = 0
  const statuses = new Map<number, number>()
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const status = await send(url, request)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }))
  await stage.drained()

  tell(`${CALLS} calls × 2 events × ${COPIES} copies, shuffled (${LONG} calls under FAULTS_LONG=1): ${requests.length} requests, ${endedFirst} calls heard of their end first`)
  expect([...statuses]).toEqual([[200, CALLS * 2 * COPIES]])
  expect(endedFirst).toBeGreaterThan(CALLS / 4)
  expect(query(stage.file, 'select status, duration_seconds as seconds, attention from call_sessions order by id'))
    .toEqual(Array.from({ length: CALLS }, (_, at) => endOf(at + 1)))
  expect(query(stage.file, 'select count(*) as events, count(problem) as problems from webhook_inbox')).toEqual([{ events: CALLS * 2, problems: 0 }])
  expect(query(stage.file, 'select count(*) as calls from (select 1 from call_status_updates group by call_session_id having count(*) = 2 and count(distinct status) = 2)')).toEqual([{ calls: CALLS }])
})

function endOf(call: number) {
  const status = ENDS[call % ENDS.length]!
  return { status, seconds: status === 'completed' ? 62 : 0, attention: null }
}

function shuffled<Value>(values: Value[], random: () => number): Value[] {
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[values[at], values[other]] = [values[other]!, values[at]!]
  }
  return values
}
