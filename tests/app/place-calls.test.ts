import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followCalls } from '../../src/app/follow-calls.ts'
import { placeCalls, type RunLimits } from '../../src/app/place-calls.ts'
import type { RunResult } from '../../src/app/run-result.ts'
import type { Store } from '../../src/db/store.ts'
import { importRows, NOW, type Row } from '../db/borrowers.ts'
import { aRun } from '../db/contract/runs.ts'
import { answerWith, closedPort, fixture, serve } from '../telephony/answering-server.ts'
import { clientAt } from '../telephony/exotel-client.ts'
import { QUICK, temporaryLedger } from '../telephony/sandbox/sandbox-harness.ts'
import { borrower, borrowers, linesComeFree, openExchange, openStage, portsOf, type Stage, TERMS, UNPACED } from './call-stage.ts'
import { openWebhooks } from './webhook-stage.ts'

/** The counts of a run; whoever was selected is in exactly one of them. */
function countsOf({ selected, blocked, placed, failed, unknown, notCalled }: RunResult) {
  const blockedCount = Object.values(blocked).reduce((sum, n) => sum + n, 0)
  expect(blockedCount + placed + failed + unknown + notCalled).toBe(selected)
  return { selected, blocked, placed, failed, unknown, notCalled }
}

/** Exotel that accepts every call, each under a Sid of its own, after doing what the test wants of it. */
async function acceptingServer(onPost: (from: string, posts: string[]) => Promise<void> | void = () => {}) {
  const posts: string[] = []
  const url = await serve(async (request, response) => {
    const from = new URLSearchParams(await text(request)).get('From')!
    const Sid = `sid${String(posts.push(from)).padStart(29, '0')}`
    await onPost(from, posts)
    response.end(JSON.stringify({ Call: { Sid } }))
  })
  return { telephony: clientAt(url), posts }
}

const runOn = (stage: Stage, telephony: ReturnType<typeof clientAt>, limits: Partial<RunLimits> = {}) =>
  placeCalls({ ...portsOf(stage, telephony), ...linesComeFree(stage) }, TERMS, stage.customerIds, { ...UNPACED, ...limits })

describe('each fate of the sandbox', () => {
  /** One call to a number of this fate, followed by its callbacks. */
  async function callTo(digits: string, callbacks: number) {
    const stage = await openStage(borrowers(1, digits))
    const webhooks = await openWebhooks(stage)
    const { sandbox, telephony } = await openExchange(stage)
    const ports = portsOf(stage, telephony, webhooks.callbackUrl)

    const result = await placeCalls(ports, TERMS, stage.customerIds, UNPACED)
    await sandbox.delivered(callbacks)
    await webhooks.idle()
    stage.clock.now = new Date(stage.clock.now.getTime() + 60_000)
    expect(webhooks.problems).toEqual([])
    return { stage, ports, telephony, result: countsOf(result), stop: result.stop, call: await stage.store.findCallById(1), ledger: sandbox.ledger() }
  }

  it('is a conversation for any other number: answered, ended, paid', async () => {
    const { stage, result, call, ledger } = await callTo('0011', 2)

    expect(result).toEqual({ selected: 1, blocked: {}, placed: 1, failed: 0, unknown: 0, notCalled: 0 })
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'initiated', 'in_progress', 'completed'])
    expect(call).toMatchObject({ status: 'completed', durationSeconds: 1, callSid: ledger.calls[0]!.sid, recordingUrl: `https://recordings.exotel.com/exotelrecordings/acme1m/${ledger.calls[0]!.sid}.mp3` })
    expect(ledger).toMatchObject({ requests: 1, billed: 1, calls: [{ from: call!.toNumber, custom_field: call!.reference, status: 'completed' }] })
    expect(stage.look('select last_contact_date from customers')).toEqual([{ last_contact_date: NOW.getTime() }])
  })

  it.each([['0002', 'busy', 'busy'], ['0003', 'no_answer', 'no-answer'], ['0004', 'failed', 'failed']])('…%s ends as %s, reached nobody and cost nothing', async (digits, status, exotelStatus) => {
    const { stage, result, call, ledger } = await callTo(digits, 1)

    expect(result).toMatchObject({ placed: 1 })
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'initiated', status])
    expect(call).toMatchObject({ status, durationSeconds: 0, recordingUrl: null })
    expect(ledger).toMatchObject({ requests: 1, billed: 0, calls: [{ status: exotelStatus }] })
    expect(stage.look('select last_contact_date from customers')).toEqual([{ last_contact_date: null }])
  })

  it('…0005 stays open until somebody asks, and ends by polling', async () => {
    const { stage, ports, call, ledger } = await callTo('0005', 0)
    expect(call).toMatchObject({ status: 'initiated' })

    expect(await followCalls(ports, [1], { everyMs: 1000, pollAfterMs: 60_000 })).toEqual([])

    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'initiated', 'completed'])
    expect(await stage.store.findCallById(1)).toMatchObject({ status: 'completed', durationSeconds: 1, pricePaise: 50, callSid: ledger.calls[0]!.sid })
    expect(ledger).toMatchObject({ requests: 1, callbacks: [], billed: 1 })
  })

  it('…0006 is tried again in a session of its own, after the wait that Exotel asked for', async () => {
    const { stage, ports, result, ledger } = await callTo('0006', 2)

    expect(result).toMatchObject({ placed: 1, failed: 0 })
    expect(stage.statuses()).toEqual(['not_placed', 'completed'])
    expect(ports.waits.reduce((sum, ms) => sum + ms, 0)).toBe(1000)
    expect(ledger).toMatchObject({ requests: 2, billed: 1, calls: [{ status: 'completed' }], rejected: [{ http_status: 429 }] })
    expect(new Set(stage.look('select reference from call_sessions')).size).toBe(2)
  })

  it('…0007 ends the run: the account may not spend more', async () => {
    const { stage, result, stop, call, ledger } = await callTo('0007', 0)

    expect([result.failed, stop]).toEqual([1, { kind: 'setup', reason: 'Payment required: usage limit exceeded' }])
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'rejected'])
    expect(call).toMatchObject({ status: 'rejected', refusal: 'account' })
    expect(ledger).toMatchObject({ requests: 1, calls: [] })
  })

  it('…0008 is unknown to us until a callback names it, and is never sent again', async () => {
    const { stage, result, call, ledger } = await callTo('0008', 2)

    expect(result).toMatchObject({ unknown: 1, placed: 0 })
    expect(call).toMatchObject({ status: 'completed', durationSeconds: 1, callSid: ledger.calls[0]!.sid })
    expect(stage.timeline().toSorted()).toEqual(['completed', 'dialing', 'in_progress', 'scheduled', 'unknown'])
    expect(ledger).toMatchObject({ requests: 1, billed: 1, calls: [{ answer: 'lost', custom_field: call!.reference }] })
  })

  it('…0009 is refused for good: the register says so', async () => {
    const { stage, result, stop, call, ledger } = await callTo('0009', 0)

    expect([result.failed, stop]).toEqual([1, null])
    expect(call).toMatchObject({ status: 'rejected', refusal: 'ndnc' })
    expect(ledger).toMatchObject({ requests: 1, calls: [] })
    stage.clock.now = new Date(stage.clock.now.getTime() + 7 * 86_400_000)
    expect(await placeCalls(portsOf(stage, clientAt('http://127.0.0.1:1')), { ...TERMS, rules: { ...TERMS.rules, maxDataAgeH: 10_000 } }, stage.customerIds, UNPACED)).toMatchObject({ blocked: { SUPPRESSED: 1 } })
  })
})

describe('whoever may not be called', () => {
  it('is nobody outside the hours, and nothing is sent', async () => {
    const stage = await openStage(borrowers(3, '0011'))
    const { sandbox, telephony } = await openExchange(stage)
    stage.clock.now = new Date('2026-11-23T13:00:00Z')

    expect(countsOf(await runOn(stage, telephony))).toEqual({ selected: 3, blocked: { OUTSIDE_HOURS: 3 }, placed: 0, failed: 0, unknown: 0, notCalled: 0 })
    expect([sandbox.ledger().requests, stage.statuses()]).toEqual([0, []])
  })

  it('is not called when the hours end in the middle of a run, and is not blocked for it', async () => {
    const stage = await openStage(borrowers(5, '0011'))
    stage.clock.now = new Date('2026-11-23T12:19:30Z')
    const { telephony, posts } = await acceptingServer((_, all) => {
      if (all.length === 2)
        stage.clock.now = new Date('2026-11-23T12:20:00Z')
    })

    expect(countsOf(await runOn(stage, telephony, { concurrency: 1 }))).toEqual({ selected: 5, blocked: {}, placed: 2, failed: 0, unknown: 0, notCalled: 3 })
    expect(posts).toHaveLength(2)
  })

  it('is the second borrower on a shared phone, for the rest of the day', async () => {
    const phone = '9810000011'
    const stage = await openStage([borrower(phone), borrower(phone, { name: 'Bala Nair', loan_id: 'LN2' }), borrower(phone, { name: 'Chitra Rao', loan_id: 'LN3' })])
    const webhooks = await openWebhooks(stage)
    const { sandbox, telephony } = await openExchange(stage)
    const ports = portsOf(stage, telephony, webhooks.callbackUrl)

    const first = await placeCalls(ports, TERMS, stage.customerIds, UNPACED)
    await sandbox.delivered(2)
    await webhooks.idle()
    const second = await placeCalls(ports, TERMS, stage.customerIds, UNPACED)

    expect(countsOf(first)).toMatchObject({ placed: 1, blocked: { GAP: 2 } })
    expect(countsOf(second)).toMatchObject({ placed: 0, blocked: { COOLOFF: 1, CAP_PHONE_DAY: 2 } })
    expect(sandbox.ledger()).toMatchObject({ requests: 1 })
  })

  it('is whoever was tried as often as a day allows', async () => {
    const stage = await openStage(borrowers(1, '0002'))
    const webhooks = await openWebhooks(stage)
    const { sandbox, telephony } = await openExchange(stage)
    const ports = portsOf(stage, telephony, webhooks.callbackUrl)
    const results = []
    for (let time = 1; time <= 4; time++) {
      results.push(countsOf(await placeCalls(ports, TERMS, stage.customerIds, UNPACED)))
      await sandbox.delivered(Math.min(time, 2))
      await webhooks.idle()
      stage.clock.now = new Date(stage.clock.now.getTime() + 60 * 60_000)
    }

    expect(results.map(({ placed, blocked }) => [placed, blocked])).toEqual([[1, {}], [1, {}], [0, { CAP_PHONE_DAY: 1 }], [0, { CAP_PHONE_DAY: 1 }]])
    expect(sandbox.ledger()).toMatchObject({ requests: 2 })
  })

  it('is whoever paid after the run began', async () => {
    const stage = await openStage(borrowers(3, '0011'))
    const [, second] = borrowers(3, '0011')
    const { telephony, posts } = await acceptingServer(async (_, all) => {
      if (all.length === 1)
        await importRows(stage.store, [{ ...second!, due_amount: '0' }], { sha256: 'bb22' })
    })

    expect(countsOf(await runOn(stage, telephony, { concurrency: 1 }))).toEqual({ selected: 3, blocked: { ZERO_DUE: 1 }, placed: 2, failed: 0, unknown: 0, notCalled: 0 })
    expect(posts).not.toContain(`+91${second!.phone}`)
  })
})

describe('a run ends before its list', () => {
  it.each<[string, number, string, string]>([
    ['5.2-payment-required.json', 402, 'Payment Required', 'rejected'],
    ['5.2-bad-credentials.json', 401, 'Authentication failed…', 'rejected'],
    ['5.2-kyc.json', 403, 'Your account is not yet KYC compliant. This is mandatory by TRAI guidelines to connect outbound voice calls.', 'rejected'],
  ])('when Exotel refuses the account with %s', async (name, status, stop, callStatus) => {
    const stage = await openStage(borrowers(20, '0011'))
    const server = await answerWith({ status, body: fixture(name) })

    const result = await runOn(stage, clientAt(server.url), { concurrency: 1 })

    expect([countsOf(result), result.stop]).toEqual([{ selected: 20, blocked: {}, placed: 0, failed: 1, unknown: 0, notCalled: 19 }, { kind: 'setup', reason: stop }])
    expect([server.requests.length, stage.statuses()]).toEqual([1, [callStatus]])
  })

  it('when nobody answers at that address', async () => {
    const stage = await openStage(borrowers(20, '0011'))
    const port = await closedPort()

    const result = await runOn(stage, clientAt(`http://127.0.0.1:${port}`), { concurrency: 1 })

    expect([countsOf(result), result.stop]).toMatchObject([{ failed: 1, notCalled: 19 }, { kind: 'unavailable', reason: `no connection to Exotel: connect ECONNREFUSED 127.0.0.1:${port}` }])
    expect(stage.statuses()).toEqual(['not_placed', 'not_placed', 'not_placed'])
  })

  it('with no more than what was on the wire, when many are called at once', async () => {
    const stage = await openStage(borrowers(30, '0011'))
    const server = await answerWith({ status: 402, body: fixture('5.2-payment-required.json') })

    const result = await runOn(stage, clientAt(server.url), { concurrency: 8 })

    expect(countsOf(result).failed).toBe(server.requests.length)
    expect(server.requests.length).toBeLessThanOrEqual(8)
  })

  it.each([['5.2-bad-parameters.json', 400], ['5.2-ndnc.json', 403], ['5.2-no-route.json', 503]])('but not for one number that %s with %i is the matter of', async (name, status) => {
    const stage = await openStage(borrowers(5, '0011'))
    const server = await answerWith({ status, body: fixture(name) })

    const result = await runOn(stage, clientAt(server.url))

    expect([result.stop, countsOf(result).notCalled, server.requests.length]).toEqual([null, 0, 5])
  })

  it('when it is told to: what is on the wire comes to its end, nobody new is dialled', async () => {
    const stage = await openStage(borrowers(30, '0011'))
    const controller = new AbortController()
    const { telephony, posts } = await acceptingServer((_, all) => {
      if (all.length === 3)
        controller.abort()
    })

    const result = countsOf(await runOn(stage, telephony, { concurrency: 4, signal: controller.signal }))

    expect(result).toEqual({ selected: 30, blocked: {}, placed: posts.length, failed: 0, unknown: 0, notCalled: 30 - posts.length })
    expect(posts.length).toBeLessThanOrEqual(3 + 4)
    expect(stage.statuses().filter(status => !['initiated', 'completed'].includes(status))).toEqual([])
  })

  it('when it is told to before it began', async () => {
    const stage = await openStage(borrowers(3, '0011'))
    const { telephony, posts } = await acceptingServer()

    expect(countsOf(await runOn(stage, telephony, { signal: AbortSignal.abort() }))).toMatchObject({ notCalled: 3 })
    expect(posts).toEqual([])
  })

  it('within the wait that Exotel asked for, when it is told to', async () => {
    const stage = await openStage(borrowers(2, '0011'))
    const server = await answerWith({ status: 429, body: fixture('5.2-rate-limit.json'), headers: { 'Retry-After': '900' } })
    const controller = new AbortController()
    const ports = portsOf(stage, clientAt(server.url))
    const wait = async (ms: number) => {
      await ports.wait(ms)
      if (ports.waits.length === 3)
        controller.abort()
    }

    const result = await placeCalls({ ...ports, wait }, TERMS, stage.customerIds, { ...UNPACED, concurrency: 1, signal: controller.signal })

    expect(countsOf(result)).toMatchObject({ failed: 0, notCalled: 2 })
    expect([server.requests.length, ports.waits.length]).toEqual([1, 3])
  })

  it('when what came of a call cannot be written: nobody is dialled unrecorded', async () => {
    const stage = await openStage(borrowers(20, '0011'))
    const { telephony, posts } = await acceptingServer()
    const full = new Error('database or disk is full')
    const store: Store = { ...stage.store, moveCalls: moves => posts.length < 3 ? stage.store.moveCalls(moves) : Promise.reject(full) }

    const ports = portsOf({ ...stage, store }, telephony)

    await expect(placeCalls({ ...ports, ...linesComeFree(stage) }, TERMS, stage.customerIds, { ...UNPACED, concurrency: 1 })).rejects.toBe(full)

    expect(posts).toHaveLength(3)
    expect(stage.statuses()).toEqual(['completed', 'completed', 'dialing'])
    expect(ports.spooled).toMatchObject([{ kind: 'outcome', reference: (await stage.store.findCallById(3))!.reference, outcome: { kind: 'accepted', sid: 'sid00000000000000000000000000003' } }])
  })

  it('and fails only after what is on the wire has ended', async () => {
    const stage = await openStage(borrowers(3, '0011'))
    let release = () => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    const { telephony } = await acceptingServer((_, all) => all.length === 1 ? held : undefined)
    const store: Store = { ...stage.store, moveCalls: (moves) => {
      if (moves[0]!.id === 1)
        return stage.store.moveCalls(moves)
      release()
      return Promise.reject(new Error('full'))
    } }

    await expect(placeCalls(portsOf({ ...stage, store }, telephony), TERMS, stage.customerIds, { ...UNPACED, concurrency: 2 })).rejects.toThrow('full')

    expect(stage.statuses()[0]).toBe('initiated')
  })
})

describe('429', () => {
  it('is planned anew until Exotel takes it, each time in a session of its own and after a longer wait', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const turnedAway = { status: 429, headers: { 'Retry-After': '1' } }
    const server = await answerWith(turnedAway, turnedAway, turnedAway, turnedAway, { body: fixture('2.5-connect.json') })
    const ports = portsOf(stage, clientAt(server.url))

    const result = await placeCalls(ports, TERMS, stage.customerIds, UNPACED)

    expect([countsOf(result), result.stop]).toMatchObject([{ placed: 1, failed: 0 }, null])
    expect(stage.statuses()).toEqual(['not_placed', 'not_placed', 'not_placed', 'not_placed', 'initiated'])
    expect(new Set(stage.look('select reference from call_sessions')).size).toBe(5)
    expect(ports.waits.reduce((sum, ms) => sum + ms, 0)).toBe(1000 + 2000 + 4000 + 8000)
  })

  it('stops the run when Exotel takes none of twenty in a row', async () => {
    const stage = await openStage(borrowers(2, '0011'))
    const server = await answerWith({ status: 429 })

    const result = await placeCalls(portsOf(stage, clientAt(server.url)), TERMS, stage.customerIds, { ...UNPACED, concurrency: 1 })

    expect([countsOf(result), result.stop?.kind, server.requests.length]).toMatchObject([{ failed: 1, notCalled: 1 }, 'unavailable', 20])
  })

  it('is waited for no longer than a quarter of an hour, whatever Exotel asks', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const server = await answerWith({ status: 429, headers: { 'Retry-After': '1000000000' } }, { body: fixture('2.5-connect.json') })
    const ports = portsOf(stage, clientAt(server.url))

    expect(countsOf(await placeCalls(ports, TERMS, stage.customerIds, UNPACED))).toMatchObject({ placed: 1 })
    expect(ports.waits.reduce((sum, ms) => sum + ms, 0)).toBe(15 * 60_000)
  })

  it('is not waited out into the night: whoever is judged again may be blocked', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    stage.clock.now = new Date('2026-11-23T12:19:00Z')
    const server = await answerWith({ status: 429, headers: { 'Retry-After': '120' } }, { body: fixture('2.5-connect.json') })

    expect(countsOf(await runOn(stage, clientAt(server.url)))).toEqual({ selected: 1, blocked: {}, placed: 0, failed: 0, unknown: 0, notCalled: 1 })
    expect(server.requests).toHaveLength(1)
  })
})

describe('the limits of a run', () => {
  it.each([[1, 8], [3, 8], [20, 8], [5, 1]])('at most %i are called, %i at once', async (max, concurrency) => {
    const stage = await openStage(borrowers(20, '0011'))
    const { sandbox, telephony } = await openExchange(stage)

    expect(countsOf(await runOn(stage, telephony, { max, concurrency }))).toEqual({ selected: 20, blocked: {}, placed: max, failed: 0, unknown: 0, notCalled: 20 - max })
    expect(sandbox.ledger().requests).toBe(max)
  })

  it('gives the place of one who turns out blocked to the next', async () => {
    const stage = await openStage(borrowers(4, '0011'))
    const { telephony, posts } = await acceptingServer()
    let claims = 0
    const store: Store = { ...stage.store, claimCalls: async (claims_, terms) => {
      // The first is called from another terminal a moment before.
      if (++claims === 1)
        await stage.store.claimCalls([{ ...claims_[0]!, reference: 'other' }], terms)
      return stage.store.claimCalls(claims_, terms)
    } }

    const result = countsOf(await placeCalls(portsOf({ ...stage, store }, telephony), TERMS, stage.customerIds, { ...UNPACED, max: 2 }))

    expect(result).toEqual({ selected: 4, blocked: { GAP: 1 }, placed: 2, failed: 0, unknown: 0, notCalled: 1 })
    expect(posts).toHaveLength(2)
  })

  it('has as many on the wire as it may, and never more', async () => {
    const stage = await openStage(borrowers(20, '0011'))
    let [onTheWire, most] = [0, 0]
    let allThere = () => {}
    const three = new Promise<void>((resolve) => { allThere = resolve })
    const { telephony } = await acceptingServer(async () => {
      most = Math.max(most, ++onTheWire)
      if (onTheWire === 3)
        allThere()
      await three
      onTheWire--
    })

    expect(countsOf(await runOn(stage, telephony, { concurrency: 3 }))).toMatchObject({ placed: 20 })
    expect(most).toBe(3)
  })

  it('claims in one commit the calls whose lines come free one after the other', async () => {
    const stage = await openStage(borrowers(8, '0011'))
    const { telephony } = await acceptingServer()
    // Another run holds lines, and gives them back one by one.
    let others = 3
    const claimed: number[] = []
    const store: Store = {
      ...stage.store,
      countOpenCalls: () => Promise.resolve(Math.max(others--, 0)),
      claimCalls: (claims, terms) => (claimed.push(claims.length), stage.store.claimCalls(claims, terms)),
    }

    await placeCalls(portsOf({ ...stage, store }, telephony), TERMS, stage.customerIds, { ...UNPACED, concurrency: 8 })

    expect(claimed).toEqual([8])
  })

  it('waits between two calls for as long as the rate says, and for nothing else', async () => {
    const stage = await openStage(borrowers(6, '0011'))
    const { telephony } = await acceptingServer()
    const ports = portsOf(stage, telephony)

    const result = await placeCalls(ports, TERMS, stage.customerIds, { perMinute: 1, concurrency: 8, max: 3 })

    expect(countsOf(result)).toMatchObject({ placed: 3, notCalled: 3 })
    expect(ports.waits.reduce((sum, ms) => sum + ms, 0)).toBe(2 * 60_900)
  })

  it('tells of every call when it is placed', async () => {
    const stage = await openStage(borrowers(3, '0011'))
    const { telephony } = await acceptingServer()
    const told: [number, number][] = []

    await placeCalls({ ...portsOf(stage, telephony), ...linesComeFree(stage), onCall: ({ customerId }, { placed }) => void told.push([customerId, placed]) }, TERMS, stage.customerIds, { ...UNPACED, concurrency: 1 })

    expect(told).toEqual(stage.customerIds.map((id, at) => [id, at + 1]))
  })
})

describe('orders from another terminal', () => {
  it('a pause takes effect before the next dial, and nobody is called under it', async () => {
    const stage = await openStage(borrowers(5, '0011'))
    const other = await stage.openAgain()
    const { telephony, posts } = await acceptingServer(async (_, all) => {
      if (all.length === 2)
        await other.pauseDialling({ by: 'bala', reason: 'festival', at: NOW.toISOString() })
    })

    const result = await runOn(stage, telephony, { concurrency: 1 })
    expect([countsOf(result), result.stop]).toEqual([{ selected: 5, blocked: {}, placed: 2, failed: 0, unknown: 0, notCalled: 3 }, { kind: 'paused', reason: 'dialling is paused by bala: festival' }])
    const next = await runOn(stage, telephony)
    expect([countsOf(next).blocked, next.stop?.kind, posts.length]).toEqual([{ PAUSED: 5 }, 'paused', 2])

    await other.liftPause()
    expect(countsOf(await runOn(stage, telephony))).toMatchObject({ placed: 3, blocked: { COOLOFF: 1, GAP: 1 } })
  })

  it('a stop ends one run, and no other', async () => {
    const stage = await openStage(borrowers(5, '0011'))
    const [mine, others] = [await stage.store.startRun(aRun()), await stage.store.startRun(aRun())]
    const { telephony, posts } = await acceptingServer(async (_, all) => {
      if (all.length === 2)
        await stage.store.requestStop(mine, 'bala', NOW)
    })
    const runAs = (runId: number) => placeCalls({ ...portsOf(stage, telephony), ...linesComeFree(stage) }, { ...TERMS, runId }, stage.customerIds, { ...UNPACED, concurrency: 1 })

    const stopped = await runAs(mine)
    expect([countsOf(stopped).notCalled, stopped.stop]).toEqual([3, { kind: 'asked', reason: 'the run was stopped by bala' }])
    expect(countsOf(await runAs(others))).toMatchObject({ placed: 3 })
    expect(posts).toHaveLength(5)
  })

  it('another setting holds from the next dial on', async () => {
    const stage = await openStage(borrowers(5, '0011'))
    let rules = TERMS.rules
    const { telephony, posts } = await acceptingServer(async (_, all) => {
      if (all.length === 2) {
        rules = { ...rules, windowOpenMin: 13 * 60 }
        await stage.store.bumpEpoch()
      }
    })

    const result = await placeCalls({ ...portsOf(stage, telephony), ...linesComeFree(stage), readRules: () => rules }, TERMS, stage.customerIds, { ...UNPACED, concurrency: 1 })

    expect(countsOf(result)).toMatchObject({ placed: 2, notCalled: 3 })
    expect(posts).toHaveLength(2)
  })

  it('the time to stop is one', async () => {
    const stage = await openStage(borrowers(5, '0011'))
    const stopAt = new Date(NOW.getTime() + 60_000)
    const { telephony } = await acceptingServer((_, all) => {
      if (all.length === 2)
        stage.clock.now = stopAt
    })

    const result = await runOn(stage, telephony, { concurrency: 1, stopAt })

    expect([countsOf(result), result.stop?.kind]).toMatchObject([{ placed: 2, notCalled: 3 }, 'asked'])
  })
})

describe('a storm of answers that tell nothing', () => {
  it('is met by silence of five minutes after five, then by one try at a time', async () => {
    const stage = await openStage(borrowers(30, '0011'))
    const dialled: number[] = []
    const { telephony } = await (async () => {
      const url = await serve(async (request, response) => {
        await text(request)
        dialled.push(stage.clock.now.getTime() - NOW.getTime())
        if (dialled.length < 7)
          response.writeHead(503).end()
        else
          response.end(JSON.stringify({ Call: { Sid: `sid${String(dialled.length).padStart(29, '0')}` } }))
      })
      return { telephony: clientAt(url) }
    })()
    const told: Date[] = []

    const result = await placeCalls({ ...portsOf(stage, telephony), ...linesComeFree(stage), onBreaker: until => void told.push(until) }, TERMS, stage.customerIds, { ...UNPACED, concurrency: 1 })

    const minutes = dialled.map(ms => Math.floor(ms / 60_000))
    expect(minutes.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 5, 10, 10])
    expect(told).toHaveLength(2)
    expect(countsOf(result)).toMatchObject({ unknown: 6, placed: 24 })
  })
})

describe('a second CallSid', () => {
  it('in the connect answer stops everything: somebody was dialled twice', async () => {
    const stage = await openStage(borrowers(5, '0011'))
    const { telephony, posts } = await acceptingServer(async () => {
      // A callback has named another call by this reference before the answer comes.
      if (posts.length === 1)
        await stage.store.moveCalls([{ id: 1, status: 'in_progress', told: 'in_progress', source: 'webhook', at: NOW, fields: { callSid: 'another-sid' } }])
    })

    const result = await runOn(stage, telephony, { concurrency: 1 })

    expect([countsOf(result), result.stop]).toMatchObject([{ placed: 1, notCalled: 4 }, { kind: 'paused', reason: 'call 1 has two CallSids: somebody was dialled twice' }])
    expect((await stage.store.readStanding()).pause?.reason).toContain('another-sid and sid')
    expect(await stage.store.findCallById(1)).toMatchObject({ callSid: 'another-sid', attention: 'SECOND_SID' })
  })
})

describe('a connection that takes long to be made', () => {
  it.each<[string, (stage: Stage) => Promise<unknown>]>([
    ['a pause', stage => stage.store.pauseDialling({ by: 'bala', reason: 'festival', at: NOW.toISOString() })],
    ['the end of the hours', async (stage) => { stage.clock.now = new Date('2026-11-23T12:20:00Z') }],
  ])('sends nothing after %s that came meanwhile', async (_, comes) => {
    const stage = await openStage(borrowers(1, '0011'))
    const { telephony, posts } = await acceptingServer()
    const slow: typeof telephony = { ...telephony, async connect(call) {
      await comes(stage)
      for (const until = Date.now() + 5000; Date.now() < until && call.maySend!();)
        await new Promise(resolve => setTimeout(resolve, 20)) // the connection is not there yet
      return telephony.connect(call)
    } }

    expect(countsOf(await runOn(stage, slow))).toMatchObject({ placed: 0, notCalled: 1 })
    expect([posts, stage.statuses()]).toEqual([[], ['not_placed']])
  })

  it('is told beside the database before its request leaves', async () => {
    const stage = await openStage(borrowers(3, '0011'))
    const noted: number[] = []
    const { telephony } = await acceptingServer(() => void expect(noted).not.toEqual([]))
    await placeCalls({ ...portsOf(stage, telephony), noteClaims: async () => void noted.push(stage.statuses().length) }, TERMS, stage.customerIds, UNPACED)
    expect(noted).toEqual([3])
  })
})

describe('a process that slept', () => {
  it('sends nothing for a call whose lease ran out, and plans it anew', async () => {
    const stage = await openStage(borrowers(1, '0011'))
    const { telephony, posts } = await acceptingServer()
    let sleeps = true
    const slow: typeof telephony = { ...telephony, connect: (call) => {
      // Sixteen seconds pass between the intent and the connection.
      if (sleeps)
        stage.clock.now = new Date(stage.clock.now.getTime() + 16_000)
      sleeps = false
      return telephony.connect(call)
    } }

    expect(countsOf(await runOn(stage, slow))).toMatchObject({ placed: 1 })
    expect(posts).toHaveLength(1)
    expect(stage.statuses()).toEqual(['not_placed', 'initiated'])
    expect(stage.look('select message from call_status_updates where status = \'not_placed\'')).toEqual([{ message: 'the call was given up before it was sent' }])
  })
})

describe('two runs at once on one database', () => {
  it('call everybody once between them', async () => {
    const stage = await openStage(borrowers(40, '0011'))
    const ledgerFile = temporaryLedger()
    const [one, other] = [await openExchange(stage, { ledgerFile }), await openExchange(stage, { ledgerFile })]
    const again = await stage.openAgain()

    const results = await Promise.all([
      placeCalls(portsOf(stage, one.telephony), TERMS, stage.customerIds, UNPACED),
      placeCalls(portsOf({ ...stage, store: again }, other.telephony), { ...TERMS, owner: 'test:2' }, stage.customerIds, UNPACED),
    ])

    const dialled = one.sandbox.ledger().calls.map(({ from }) => from)
    expect([dialled.length, new Set(dialled).size]).toEqual([40, 40])
    expect(results.map(result => countsOf(result).placed).reduce((sum, n) => sum + n)).toBe(40)
  })
})

// The account is refused while others are about to be dialled.
const REFUSED_BESIDE_OTHERS = ['0007', '0002', '0002', '0004'].map(digits => ({ digits, at: 0, due_amount: '15000' as const }))

it('counts everybody once, whatever becomes of them, and dials no phone twice', async () => {
  const digits = ['0002', '0003', '0004', '0005', '0006', '0008', '0009', '0011', '0012', '0013']
  const person = fc.record({ digits: fc.constantFrom(...digits, '0007'), at: fc.nat(3), due_amount: fc.constantFrom('15000', '15000', '0') })
  await fc.assert(fc.asyncProperty(fc.array(person, { maxLength: 12 }), fc.constantFrom(1, 3, 8), fc.option(fc.nat(6), { nil: undefined }), async (people, concurrency, max) => {
    const rows: Row[] = people.map(({ digits, at, due_amount }, index) => borrower(`98100${at}${digits}`, { name: `Asha ${'ABCDEFGHIJKL'[index]}`, loan_id: `LN${index}`, due_amount }))
    const stage = await openStage(rows)
    const { sandbox, telephony } = await openExchange(stage, { timings: { ...QUICK, ringMs: 0, talkMs: 0 } })

    const result = await runOn(stage, telephony, { concurrency, ...(max === undefined ? {} : { max }) })

    countsOf(result)
    const { calls, requests } = sandbox.ledger()
    expect(new Set(calls.map(({ from }) => from)).size).toBe(calls.length)
    // Where the account is refused, calls that were about to leave are given up: no request of them was sent.
    const unsent = stage.look('select call_session_id from call_status_updates where status = \'not_placed\' and message = \'the call was given up before it was sent\'')
    expect(requests).toBe(stage.statuses().length - unsent.length)
    expect(people.some(({ digits }) => digits === '0007') || unsent.length === 0).toBe(true)
    expect(result.placed + result.unknown).toBe(calls.length)
    expect(result.placed + result.failed + result.unknown).toBeLessThanOrEqual(max ?? Infinity)
    expect(stage.look('select call_sid from call_sessions where call_sid is not null order by 1')).toEqual(calls.filter(({ answer }) => answer === 'sent').map(({ sid }) => ({ call_sid: sid })).sort((a, b) => a.call_sid < b.call_sid ? -1 : 1))
  }), { numRuns: 25, examples: [[REFUSED_BESIDE_OTHERS, 3, undefined]] })
})
