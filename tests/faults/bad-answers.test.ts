import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { SETTINGS } from '../../src/settings.ts'
import type { ConnectOutcome } from '../../src/telephony/port.ts'
import type { AnswerFaultName } from '../../src/telephony/sandbox/faults.ts'
import { borrower, borrowers } from '../app/call-stage.ts'
import { serveTcp } from '../telephony/answering-server.ts'
import { connectAt } from '../telephony/exotel-client.ts'
import { tell } from './tell.ts'
import { type Break, openWorld, type World } from './world.ts'

const UNREADABLE: AnswerFaultName[] = ['lost', 'reset', 'byte', 'cut', 'truncated', 'html', 'wrong-json', 'no-sid', 'xml', 'huge']
const MB = 1_000_000

/** References that more than one request carried. */
function findSentAgain({ connects }: World): unknown[] {
  const references = connects.map(({ custom_field }) => custom_field)
  return references.filter((reference, at) => references.indexOf(reference) !== at)
}

/** What the client told of a request, changed on its way to the run. */
const answering = (change: (outcome: ConnectOutcome, again: () => Promise<ConnectOutcome>) => ConnectOutcome | Promise<ConnectOutcome>): Break => ports => ({
  ...ports,
  telephony: {
    ...ports.telephony,
    async connect(call) {
      const again = () => ports.telephony.connect(call)
      return change(await again(), again)
    },
  },
})

describe('a client that sends again', () => {
  const retrying = answering((outcome, again) => outcome.kind === 'accepted' ? outcome : again())
  it.each(['lost', 'cut', 'html', 'wrong-json', 'http-429', 'http-503'] as const)('after %s is found, by the count of its requests and by the rules', async (answer) => {
    const world = await openWorld([borrower('9810000011')], { sandbox: { script: ({ nth }) => nth === 1 ? { answer } : {} } })

    await (await world.bear(undefined, retrying)).run()

    tell(`a client that sends again after ${answer}: ${world.connects.length} requests, ${findSentAgain(world).length} of them again`)
    expect(findSentAgain(world)).toHaveLength(1)
    expect(() => world.verify()).toThrow(/P1: 2 requests carry/)
  })
})

describe('an answer that cannot be read', () => {
  it.each(UNREADABLE.flatMap(answer => [{ answer, isPlaced: true }, { answer, isPlaced: false }]))('$answer (placed: $isPlaced) is one request, unknown, and then what the ledger says', async ({ answer, isPlaced }) => {
    const world = await openWorld([borrower('9810000011')], { sandbox: { script: () => ({ answer, isPlaced }) } })
    const first = await world.bear()

    expect(await first.run()).toMatchObject({ unknown: 1, placed: 0, failed: 0 })
    expect(world.stage.statuses()).toEqual(['unknown'])
    await (await world.bear()).run()
    expect(world.connects).toHaveLength(1)
    expect(findSentAgain(world)).toEqual([])

    await world.settle()
    world.verifySettled()
    expect([world.stage.statuses(), world.connects.length]).toEqual([[isPlaced ? 'completed' : 'not_placed'], 1])
  })

  it('is read no further than its first megabyte, however much comes', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let [written, posts] = [0, 0]
    const { port } = await serveTcp((socket) => {
      posts++
      socket.once('data', () => {
        const send = () => {
          // Only what the reader has taken in makes room for more, but for what the two ends of the connection hold.
          while (written < 20 * MB && !socket.destroyed && socket.write(chunk, error => written += error ? 0 : chunk.length))
            continue
        }
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n')
        socket.on('drain', send)
        send()
      })
    })

    expect(await connectAt(`http://127.0.0.1:${port}`)).toEqual({ kind: 'unknown', message: `no answer from Exotel: the answer is larger than ${MB} bytes` })
    tell(`bad answers: of 20 MB, ${written} bytes left the server`)
    expect(posts).toBe(1)
    expect(written).toBeGreaterThan(MB / 2)
    expect(written).toBeLessThan(8 * MB)
  })
})

describe('an answer that is late', () => {
  // A twentieth of the real times, but for the room around the timeout that a busy machine needs.
  it.each([[1, 20, 'initiated'], [30, 1500, 'initiated'], [59, 2400, 'initiated'], [61, 3600, 'unknown'], [120, 6000, 'unknown']])('by %i s (here %i ms of 3000) leaves the call %s, after one request', async (_, latencyMs, status) => {
    const world = await openWorld([borrower('9810000011')], { client: { httpTimeoutMs: 3000 }, sandbox: { script: () => ({ latencyMs }) } })
    const { run } = await world.bear()
    await run()
    expect(world.stage.statuses()).toEqual([status])
    await run()
    await world.settle()
    world.verifySettled()
    expect([world.stage.statuses(), world.connects.length]).toEqual([['completed'], 1])
  })

  it('is waited for 65 s where nothing is set, and never less than 60', () => {
    expect(readConfig({}, {}).exotel.httpTimeoutMs).toBe(65_000)
    expect(SETTINGS['call.http_timeout_s'].findProblem('59')).toBe('it takes a whole number from 60 to 300')
  })
})

/** Between the first two requests, by the simulator's clock. */
function waitedMs({ connects }: World): number {
  const [first, second] = connects.map(({ at }) => Date.parse(at))
  return second! - first!
}

describe('429', () => {
  const LONGEST_MS = 15 * 60_000
  it.each([
    ['after 1 s', 1, 1000, 1000], ['after 30 s', 30, 30_000, 30_000], ['at a date', 'date', 0, 1000],
    ['without a time', 'absent', 30_000, 30_000], ['after an absurd time', 'absurd', LONGEST_MS, LONGEST_MS],
  ] as const)('%s is a new session, no earlier and hardly later', async (_, retryAfter, leastMs, mostMs) => {
    const world = await openWorld([borrower('9810000011')], { sandbox: { script: ({ nth }) => nth === 1 ? { answer: 'http-429', retryAfter } : {} } })

    expect(await (await world.bear()).run()).toMatchObject({ placed: 1, failed: 0, stop: null })

    expect(waitedMs(world)).toBeGreaterThanOrEqual(leastMs)
    expect(waitedMs(world)).toBeLessThanOrEqual(mostMs + 500)
    expect(findSentAgain(world)).toEqual([])
    expect(world.stage.statuses()).toEqual(['not_placed', 'initiated'])
    await world.settle()
    world.verifySettled()
  })

  it('is answered too early by a client that does not read Retry-After: the ledger shows it', async () => {
    const world = await openWorld([borrower('9810000011')], { sandbox: { script: ({ nth }) => nth === 1 ? { answer: 'http-429', retryAfter: 30 } : {} } })
    const deaf = answering(outcome => outcome.kind === 'not_placed' ? { ...outcome, retryAfterMs: 0 } : outcome)
    await (await world.bear(undefined, deaf)).run()
    expect(waitedMs(world)).toBeLessThan(30_000)
  })
})

describe('a storm of 5xx', () => {
  it.each([1, 20])('opens the breaker within 20 requests (%i at once), goes half-open one by one, and sends nothing twice', async (concurrency) => {
    const STORM = 30
    const OPEN_MS = 5 * 60_000
    const world = await openWorld(borrowers(80, '0011'), {
      sandbox: { script: ({ nth }) => nth <= STORM ? { answer: (['http-500', 'http-502', 'http-503', 'http-504'] as const)[nth % 4], isPlaced: nth % 2 === 0 } : {} },
    })
    const opened: { posts: number, at: number }[] = []
    const mortal = await world.bear(undefined, ports => ({
      ...ports,
      onBreaker: () => void opened.push({ posts: world.connects.length, at: world.stage.clock.now.getTime() }),
      // Calls end as soon as their lines are wanted; the lost ones by reconciling.
      whileFull: async () => {
        world.pass(60_000)
        await ports.store.moveCalls((await ports.store.findEveryOpenCall()).filter(({ status }) => status === 'initiated').map(({ id }) => ({ id, status: 'ringing', told: 'ringing', source: 'webhook', at: world.stage.clock.now })))
        await world.deliver(world.letters.filter(({ at }) => at <= world.stage.clock.now))
      },
    }))

    const result = await mortal.run({ concurrency, max: 45 })

    tell(`storm: ${concurrency} at once, breaker opened after ${opened[0]!.posts} requests and ${opened.length} times, requests ${world.connects.length}, placed ${result.placed}`)
    expect(opened[0]!.posts).toBeLessThanOrEqual(20)
    for (const { at } of opened)
      expect(world.connects.filter(one => Date.parse(one.at) > at && Date.parse(one.at) < at + OPEN_MS).length).toBe(0)
    expect(result.placed, 'the breaker closes when Exotel answers again').toBeGreaterThan(5)
    world.verify()
    await world.settle()
    world.verifySettled()
  })

  it.each(['http-401', 'http-402', 'kyc'] as const)('%s stops the run: nothing goes out but what was on its way', async (answer) => {
    const world = await openWorld(borrowers(50, '0011'), { sandbox: { script: ({ nth }) => nth === 3 ? { answer } : {} } })
    const result = await (await world.bear()).run({ concurrency: 5 })
    tell(`refused account: ${answer}, requests ${world.connects.length} of 50`)
    expect(result.stop?.kind).toBe('setup')
    expect(world.connects.length).toBeLessThanOrEqual(5)
    expect(result.notCalled).toBe(50 - world.connects.length)
    await world.settle()
    world.verifySettled()
  })

  it('and one that goes on after a refused account sends more than was on its way: the ledger shows it', async () => {
    const world = await openWorld(borrowers(50, '0011'), { sandbox: { script: ({ nth }) => nth >= 3 ? { answer: 'http-402' } : {} } })
    const stubborn = answering(outcome => outcome.kind === 'rejected' ? { ...outcome, stopsRun: false } : outcome)
    await (await world.bear(undefined, stubborn)).run({ concurrency: 5, max: 20 })
    expect(world.connects).toHaveLength(20)
  })
})
