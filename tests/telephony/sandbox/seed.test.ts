import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ANSWER_FAULTS, SWITCHES } from '../../../src/telephony/sandbox/faults.ts'
import { readSwitches, verifyMisbehaviour } from '../../../src/telephony/sandbox/read-misbehaviour.ts'
import type { Misbehaviour } from '../../../src/telephony/sandbox/misbehaviour.ts'
import { flowCall, openSandbox, temporaryLedger } from './sandbox-harness.ts'

const PHONES = Array.from({ length: 40 }, (_, index) => `+9198765${String(10_000 + index * 10 + 1).slice(-5)}`)
const ANSWERS: Misbehaviour['answers'] = { 'http-503-placed': 0.2, 'http-500-unplaced': 0.2, 'http-429': 0.1, 'wrong-json': 0.1 }

/** What each phone met, whatever the order of the POSTs. */
async function meet(misbehave: Misbehaviour, phones: string[]) {
  const sandbox = await openSandbox({ misbehave })
  const met = new Map<string, unknown>()
  await Promise.all(phones.map(async (phone) => {
    const first = await sandbox.post(flowCall(phone))
    const second = await sandbox.post(flowCall(phone))
    met.set(phone, [first, second].map(({ statusCode, body }) => `${statusCode} ${/Sid|data/.exec(body)?.[0]}`))
  }))
  const { calls_by_phone } = sandbox.ledger()
  return PHONES.map(phone => [met.get(phone), calls_by_phone[phone] ?? 0])
}

describe('the seed', () => {
  it('decides what happens to the n-th POST for a phone, in whatever order they come', async () => {
    const once = await meet({ seed: 7, answers: ANSWERS }, PHONES)

    expect(await meet({ seed: 7, answers: ANSWERS }, PHONES.toReversed())).toEqual(once)
    expect(await meet({ seed: 8, answers: ANSWERS }, PHONES)).not.toEqual(once)
    expect(new Set(once.map(each => JSON.stringify(each))).size).toBeGreaterThan(5)
  })

  it('is the first event of the ledger, and is made where none is given', async () => {
    const ledgerFile = temporaryLedger()
    const sandbox = await openSandbox({ ledgerFile, misbehave: { answers: { lost: 0 } } })
    await sandbox.place('+919876543210')

    const [start, connect] = readFileSync(ledgerFile, 'utf8').split('\n').map(line => line && JSON.parse(line))
    expect(start).toEqual({ event: 'start', at: '2024-01-14T20:00:00.000Z', seed: sandbox.seed, misbehave: { seed: sandbox.seed, answers: { lost: 0 } } })
    expect(connect).toMatchObject({ event: 'connect', http_status: 200 })
  })

  it('hits about as often as it was told to', async () => {
    const sandbox = await openSandbox({ ratePerMinute: Infinity, misbehave: { seed: 20_261_124, answers: { 'http-500-unplaced': 0.25 } } })
    for (let index = 0; index < 400; index += 1)
      await sandbox.post(flowCall(`+9198${10_000_011 + index * 100}`))

    const { rejected, requests } = sandbox.ledger()
    expect(requests).toBe(400)
    expect(rejected.length).toBeGreaterThan(70)
    expect(rejected.length).toBeLessThan(130)
  })

  it('never touches a number that has a fate of refusal, nor the answer of …0008', async () => {
    const sandbox = await openSandbox({ misbehave: { seed: 1, answers: { 'http-500': 1 } } })

    expect((await sandbox.post(flowCall('+919876540007'))).statusCode).toBe(402)
    await expect(sandbox.post(flowCall('+919876540008'))).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await sandbox.post(flowCall('+919876540002'))).statusCode).toBe(500)
    expect(sandbox.ledger().calls).toMatchObject([{ fate: 'answer_lost', answer: 'lost' }, { fate: 'busy', http_status: 500 }])
  })
})

describe('the options', () => {
  it.each([
    ['http-503-placed=0.05', { answers: { 'http-503-placed': 0.05 } }],
    ['lost', { answers: { lost: 1 } }],
    ['latency=300-8000', { latencyMs: [300, 8000] }],
    ['latency=120000', { latencyMs: 120_000 }],
    ['retry-after=date', { retryAfter: 'date' }],
    ['retry-after=30', { retryAfter: 30 }],
    ['list-lag=5000', { reads: { lagMs: 5000 } }],
    ['list-omit-ongoing', { reads: { omitOngoing: true } }],
    ['numbers=masked', { shown: { numbers: 'masked' } }],
    ['zone=-300', { shown: { zoneMinutes: -300 } }],
    ['callback-copies=5', { callbacks: { copies: 5 } }],
    ['callback-loss=0.1', { callbacks: { loss: 0.1 } }],
    ['callback-reorder', { callbacks: { reorder: 1 } }],
    ['callback-legs=object', { callbacks: { legs: 'object' } }],
  ])('read %s', (pair, options) => {
    expect(readSwitches([pair])).toEqual(options)
  })

  it('are what a file says, and the switches after it', () => {
    expect(readSwitches(['lost=0.1'], { seed: 3, answers: { xml: 0.2 } })).toEqual({ seed: 3, answers: { xml: 0.2, lost: 0.1 } })
  })

  it.each([
    [['late=1'], 'the sandbox has no fault \'late=1\''],
    [['lost=2'], 'the sandbox cannot misbehave so: answers.lost: Too big: expected number to be <=1'],
    [['lost=0.6', 'cut=0.6'], 'the sandbox cannot misbehave so: answers: the probabilities come to more than 1'],
    [['callback-retries=3'], 'the sandbox cannot misbehave so: callbacks.retries: Invalid option: expected one of 0|1|2'],
    [['numbers=roman'], 'the sandbox cannot misbehave so: shown.numbers: Invalid option: expected one of "local"|"plus91"|"bare91"|"masked"|"mixed"'],
    [['list-lag'], 'the fault \'list-lag\' takes a value: ms until a call is in the list'],
  ])('refuse %o', (pairs, message) => {
    expect(() => readSwitches(pairs)).toThrow(expect.objectContaining({ code: 'invalid', message }))
  })

  it('refuse an answer that nobody knows', () => {
    expect(() => verifyMisbehaviour({ answers: { 'http-599': 0.1 } })).toThrow('the sandbox cannot misbehave so: answers: no answer goes wrong by the name http-599')
  })

  it('have a line of help each, and no name twice', () => {
    const described = [...Object.values(ANSWER_FAULTS), ...Object.values(SWITCHES)]
    expect(described.every(({ description }) => description.length > 0)).toBe(true)
    expect(Object.keys(SWITCHES).filter(name => Object.hasOwn(ANSWER_FAULTS, name))).toEqual([])
  })
})
