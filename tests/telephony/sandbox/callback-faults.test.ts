import { describe, expect, it } from 'vitest'
import type { Behaviour, CallbackMisbehaviour } from '../../../src/telephony/sandbox/misbehaviour.ts'
import { EXOPHONE, openListener, openSandbox, QUICK } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'
const BOTH = { 'StatusCallbackEvents[0]': 'terminal', 'StatusCallbackEvents[1]': 'answered', StatusCallbackContentType: 'application/json' }
type Body = Record<string, unknown>

/** A call whose callbacks misbehave so, and the first of what came. */
async function hear(callbacks: CallbackMisbehaviour, count: number, { fields = {}, from = CUSTOMER, statuses = [200], ...behaviour }: Behaviour & { fields?: Record<string, string>, from?: string, statuses?: number[] } = {}) {
  const listener = await openListener(statuses)
  const sandbox = await openSandbox({ misbehave: { seed: 20_261_124, callbacks }, ...(Object.keys(behaviour).length > 0 && { script: () => behaviour }) })
  const sid = await sandbox.place(from, { ...BOTH, StatusCallback: listener.url, ...fields })
  const received = await listener.received(count)
  const deliveries = await sandbox.delivered(count)
  return { sid, sandbox, received, bodies: received.map(({ body }) => body as Body), deliveries }
}

const told = (bodies: Body[]) => bodies.map(({ EventType, Status }) => [EventType, Status])

describe('callbacks', () => {
  it('come in copies, byte for byte the same', async () => {
    const { bodies, deliveries } = await hear({ copies: 3 }, 6)

    expect(told(bodies)).toEqual([...Array(3).fill(['answered', 'in-progress']), ...Array(3).fill(['terminal', 'completed'])])
    expect(bodies[3]).toEqual(bodies[5])
    expect(deliveries.map(({ copy, attempt }) => [copy, attempt])).toEqual([[1, 1], [2, 1], [3, 1], [1, 1], [2, 1], [3, 1]])
  })

  it('get lost, which the ledger knows', async () => {
    const sandbox = await openSandbox({ misbehave: { seed: 1, callbacks: { loss: 1, copies: 2 } } })
    const listener = await openListener()

    const sid = await sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: listener.url })

    const lost = { event: 'callback', at: '2024-01-14T20:00:00.000Z', sid, attempt: 1, http_status: null, error: 'lost' }
    expect(await sandbox.delivered(4)).toEqual([['answered', 'in-progress', 1], ['answered', 'in-progress', 2], ['terminal', 'completed', 1], ['terminal', 'completed', 2]]
      .map(([event_type, status, copy]) => ({ ...lost, event_type, status, copy })))
  })

  it('get lost by their probability, the same ones whatever the order of calls', async () => {
    const phones = Array.from({ length: 20 }, (_, index) => `+91987650${String(1000 + index * 10 + 1)}`)
    const lostOf = async (dialled: string[]) => {
      const sandbox = await openSandbox({ misbehave: { seed: 5, callbacks: { loss: 0.4 } } })
      const listener = await openListener()
      await Promise.all(dialled.map(phone => sandbox.place(phone, { ...BOTH, StatusCallback: listener.url })))
      const deliveries = await sandbox.delivered(40)
      const phoneOf = new Map(sandbox.ledger().calls.map(({ sid, from }) => [sid, from]))
      return deliveries.filter(({ error }) => error === 'lost').map(({ sid, event_type }) => `${phoneOf.get(sid)} ${event_type}`).sort()
    }

    const lost = await lostOf(phones)
    expect(lost.length).toBeGreaterThan(5)
    expect(lost.length).toBeLessThan(30)
    expect(await lostOf(phones.toReversed())).toEqual(lost)
  })

  it('are late, each copy by itself, so that they overtake one another', async () => {
    const { deliveries } = await hear({ delayMs: [1, 120], copies: 8 }, 16)

    const order = deliveries.map(({ event_type, copy }) => `${event_type} ${copy}`)
    expect(new Set(order).size).toBe(16)
    expect(order).not.toEqual([...Array(8).keys()].flatMap(copy => [`answered ${copy + 1}`]).concat([...Array(8).keys()].map(copy => `terminal ${copy + 1}`)))
  })

  it.each([0, 1, 2] as const)('that fail are tried %i times more', async (retries) => {
    const attempts = Array.from({ length: 1 + retries }, (_, index) => index + 1)
    const { deliveries } = await hear({ retries }, 2 * attempts.length, { statuses: [503] })

    expect(deliveries.map(({ event_type, attempt }) => [event_type, attempt])).toEqual([...attempts.map(attempt => ['answered', attempt]), ...attempts.map(attempt => ['terminal', attempt])])
  })

  it('tell of the end before the answer', async () => {
    const { bodies } = await hear({ reorder: 1 }, 2)

    expect(told(bodies)).toEqual([['terminal', 'completed'], ['answered', 'in-progress']])
  })

  it('come before connect is answered', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox({ timings: { ...QUICK, ringMs: 100 }, misbehave: { seed: 1, callbacks: { beforeAnswer: 1 } } })

    const first = await Promise.race([
      sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: listener.url }).then(() => 'answer'),
      listener.received(1).then(() => 'callback'),
    ])

    expect(first).toBe('callback')
  })

  it('that never come hold no answer back', async () => {
    const sandbox = await openSandbox({ misbehave: { seed: 1, callbacks: { beforeAnswer: 1 } } })

    expect(await sandbox.place(CUSTOMER)).toMatch(/^[0-9a-z]{32}$/)
    expect(await sandbox.place('+919876540005', { StatusCallback: 'http://127.0.0.1:1/' })).toMatch(/^[0-9a-z]{32}$/)
    expect(await sandbox.place('+919876540003', { 'StatusCallbackEvents[0]': 'answered', StatusCallback: 'http://127.0.0.1:1/' })).toMatch(/^[0-9a-z]{32}$/)
  })

  it('tell twice of an answer, leg by leg (7.3)', async () => {
    const { bodies } = await hear({ twoAnswered: 1 }, 3)

    expect(told(bodies)).toEqual([['answered', 'in-progress'], ['answered', 'in-progress'], ['terminal', 'completed']])
    expect(bodies.slice(0, 2).map(({ Legs }) => (Legs as Body[]).map(({ Status }) => Status))).toEqual([['in-progress', ''], ['in-progress', 'in-progress']])
  })

  it('have words that nobody knows', async () => {
    expect(told((await hear({ unknownStatus: 1 }, 2)).bodies)).toEqual([['answered', 'wrapping-up'], ['terminal', 'wrapping-up']])
    expect(told((await hear({ unknownEvent: 1 }, 3)).bodies)).toEqual([['answered', 'in-progress'], ['leg-updated', 'completed'], ['terminal', 'completed']])
  })

  it('contradict themselves, and the details say what is true', async () => {
    const { bodies, sandbox, sid } = await hear({ otherEnd: 1 }, 3)
    sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)

    expect(told(bodies)).toEqual([['answered', 'in-progress'], ['terminal', 'completed'], ['terminal', 'failed']])
    expect((await sandbox.getJson(`Calls/${sid}.json`)).Call).toMatchObject({ Status: 'completed' })
  })

  it('lack fields, other ones each time, but never sid and status', async () => {
    const { bodies } = await hear({ missing: 1 }, 2)

    const whole = (await hear({}, 2)).bodies.map(body => Object.keys(body))
    const missing = bodies.map((body, index) => whole[index]!.filter(key => !(key in body)))
    expect(bodies.every(body => 'CallSid' in body && 'Status' in body)).toBe(true)
    expect(missing.every(keys => keys.length > 0)).toBe(true)
    expect(missing[0]).not.toEqual(missing[1])
  })

  it('say "null" where nothing is known', async () => {
    const { bodies } = await hear({ nullText: 1 }, 2)

    expect(bodies).toMatchObject([{ EndTime: 'null', RecordingUrl: 'null' }, { RecordingUrl: 'null', CustomField: 'null' }])
  })

  it('spell canceled as the British do, where the details do not (7.4)', async () => {
    const { bodies, sandbox, sid } = await hear({ british: true }, 1, { endsAs: 'canceled' })
    sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)

    expect(bodies).toMatchObject([{ EventType: 'terminal', Status: 'cancelled', Legs: [{ Status: 'cancelled' }] }])
    expect((await sandbox.getJson(`Calls/${sid}.json`)).Call).toMatchObject({ Status: 'canceled' })
  })

  it('have four fields, whatever was asked for', async () => {
    const { bodies } = await hear({ fourFields: true }, 1, { fields: { Url: '', To: '+919811122233', CallerId: EXOPHONE } })

    expect(bodies.map(body => Object.keys(body))).toEqual([['CallSid', 'Status', 'RecordingUrl', 'DateUpdated']])
  })

  it('have legs as an object (7.4)', async () => {
    expect((await hear({ legs: 'object' }, 2)).bodies[1]!.Legs).toEqual({ 0: { OnCallDuration: 1, Status: 'completed', AnsweredBy: 'NA' } })
  })

  it.each([
    ['json', 'application/json', undefined],
    ['multipart', 'multipart/form-data', 'completed'],
    ['urlencoded', 'application/x-www-form-urlencoded', 'completed'],
  ] as const)('are %s, whatever was asked for (7.1)', async (encoding, contentType, leg) => {
    const { received, bodies } = await hear({ encoding }, 2)

    expect(received.map(each => each.contentType)).toEqual([contentType, contentType])
    expect([bodies[1]!.Status, bodies[1]!['Legs[0][Status]']]).toEqual(['completed', leg])
  })

  it('show numbers and times as everything else does', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox({ misbehave: { seed: 1, shown: { numbers: 'masked', zoneMinutes: 0 } } })

    await sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: listener.url })

    expect((await listener.received(1)).map(({ body }) => body)).toMatchObject([{ From: '0XXXXX43210', To: '0XXXXX00000', DateCreated: '2024-01-14 20:00:00' }])
  })

  it('of a scripted call are its own', async () => {
    const { bodies } = await hear({ copies: 5 }, 2, { callbacks: { reorder: 1 } })

    expect(told(bodies)).toEqual([['terminal', 'completed'], ['answered', 'in-progress']])
  })
})
