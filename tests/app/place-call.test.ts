import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { judgeCustomers } from '../../src/app/judge-customers.ts'
import type { Store } from '../../src/db/store.ts'
import { importRows, NOW } from '../db/borrowers.ts'
import { answerWith, closedPort, fixture, serve } from '../telephony/answering-server.ts'
import { clientAt } from '../telephony/exotel-client.ts'
import { send } from '../server/listener-client.ts'
import { borrower, openStage, placeOne, portsOf, type Stage, TERMS } from './call-stage.ts'
import { openWebhooks } from './webhook-stage.ts'

const PHONE = '9810000011'
const SID = 'c5797dcbaaeed7678c4062a4a3ed2f8a'
const ACCEPTED = { body: fixture('2.5-connect.json') }

const placeAt = (stage: Stage, url: string, callbackUrl?: (reference: string) => string) =>
  placeOne(portsOf(stage, clientAt(url), callbackUrl), TERMS, stage.customerIds[0]!)

/** What this store does at one of its methods, before or instead of the method itself. */
function storeWith<Name extends keyof Store>(store: Store, name: Name, method: Store[Name]): Store {
  return { ...store, [name]: method }
}

describe('the intent', () => {
  it('is on disk before the request arrives, with all that a later process needs', async () => {
    const stage = await openStage([borrower(PHONE)])
    let seen: unknown
    const url = await serve(async (request, response) => {
      const reference = new URLSearchParams(await text(request)).get('CustomField')
      seen = {
        calls: stage.look('select reference, status, to_number, from_number, call_sid, owner, lease_until, post_started_at, settle_at, triggered_by_batch, triggered_by_row from call_sessions'),
        timeline: stage.look('select status, source, timestamp from call_status_updates order by id'),
        reference,
      }
      response.end(ACCEPTED.body)
    })

    await placeAt(stage, url)

    const at = NOW.getTime()
    expect(seen).toEqual({
      calls: [{ reference: (seen as { reference: string }).reference, status: 'dialing', to_number: `+91${PHONE}`, from_number: '08047100000', call_sid: null, owner: 'test:1', lease_until: at + 15_000, post_started_at: at, settle_at: at + 720_000, triggered_by_batch: 1, triggered_by_row: 1 }],
      timeline: [{ status: 'scheduled', source: 'vacli', timestamp: at }, { status: 'dialing', source: 'vacli', timestamp: at }],
      reference: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    })
  })

  it('names the verdict, the loans and the operator', async () => {
    const stage = await openStage([borrower(PHONE)])

    await placeAt(stage, (await answerWith(ACCEPTED)).url)

    const { metadata } = (await stage.store.findCallById(1))!
    expect(metadata).toMatchObject({
      operator: 'asha',
      loans: [{ loan_id: `LN${PHONE}`, due_paise: 1_500_000, outstanding_paise: 25_000_000, due_date: '2026-11-01' }],
      verdict: { rule_set: 'IN-2022', checks: expect.arrayContaining([{ code: 'OUTSIDE_HOURS', pass: true, value: '12:00', limit: '09:00-17:50' }]) as unknown },
    })
  })

  it('names the address of this call alone, to which Exotel reports', async () => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith(ACCEPTED)

    await placeAt(stage, server.url, reference => `https://calls.example/${reference}`)

    const form = new URLSearchParams(server.requests[0]!.body)
    expect(form.get('StatusCallback')).toBe(`https://calls.example/${form.get('CustomField')}`)
  })
})

describe('what came of the request', () => {
  it.each<[string, Parameters<typeof answerWith>[0], object, object]>([
    ['a Sid', ACCEPTED, { status: 'initiated', callSid: SID }, { status: 'initiated', callSid: SID, refusal: null, endedAt: null }],
    ['an answer without a Sid', { body: '{}' }, { status: 'unknown', callSid: null }, { status: 'unknown', callSid: null, refusal: null, endedAt: null }],
    ['no answer', response => response.socket!.destroy(), { status: 'unknown' }, { status: 'unknown', endedAt: null }],
    ['500', { status: 500 }, { status: 'unknown' }, { status: 'unknown', endedAt: null }],
    ['429', { status: 429, body: fixture('5.2-rate-limit.json') }, { status: 'not_placed' }, { status: 'not_placed', refusal: null, endedAt: NOW }],
    ['400', { status: 400, body: fixture('5.2-bad-parameters.json') }, { status: 'rejected' }, { status: 'rejected', refusal: 'request', endedAt: NOW }],
    ['402', { status: 402, body: fixture('5.2-payment-required.json') }, { status: 'rejected' }, { status: 'rejected', refusal: 'account', endedAt: NOW }],
    ['403 for the register', { status: 403, body: fixture('5.2-ndnc.json') }, { status: 'rejected' }, { status: 'rejected', refusal: 'ndnc', endedAt: NOW }],
  ])('%s is written to the call and its timeline', async (_, answer, placement, call) => {
    const stage = await openStage([borrower(PHONE)])

    const placed = await placeAt(stage, (await answerWith(answer)).url)

    expect(placed).toMatchObject({ callId: 1, customerId: stage.customerIds[0], ...placement })
    expect(await stage.store.findCallById(1)).toMatchObject(call)
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', (call as { status: string }).status])
  })

  it('keeps Exotel\'s words: of a refusal the message, of a success the answer', async () => {
    const [refused, accepted] = [await openStage([borrower(PHONE)]), await openStage([borrower(PHONE)])]

    await placeAt(refused, (await answerWith({ status: 400, body: fixture('5.2-bad-parameters.json') })).url)
    await placeAt(accepted, (await answerWith(ACCEPTED)).url)

    expect((await refused.store.findTimeline(1)).at(-1)).toMatchObject({ status: 'rejected', message: 'Bad or missing parameters', source: 'vacli', extraData: null })
    expect((await accepted.store.findTimeline(1)).at(-1)).toMatchObject({ status: 'initiated', message: null, extraData: { Sid: SID, Status: 'in-progress' } })
  })

  it('no connection is a call that was not placed', async () => {
    const stage = await openStage([borrower(PHONE)])

    await placeAt(stage, `http://127.0.0.1:${await closedPort()}`)

    expect([stage.statuses(), stage.timeline()]).toEqual([['not_placed', 'not_placed', 'not_placed'], ['scheduled', 'dialing', 'not_placed']])
  })

  it('a number in the register is flagged before anybody is judged anew by it', async () => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith({ status: 403, body: fixture('5.2-ndnc.json') })
    const store = storeWith(stage.store, 'moveCalls', async (moves) => {
      const moved = await stage.store.moveCalls(moves)
      await judgeCustomers(stage.store, TERMS.rules, NOW) // as a list in another terminal would, at the worst moment
      return moved
    })

    await placeOne(portsOf({ ...stage, store }, clientAt(server.url)), TERMS, stage.customerIds[0]!)

    expect(stage.look('select refusal from phones')).toEqual([{ refusal: 'NDNC' }])
    expect(stage.look('select callable_from, callable_code, judged_by is null as waits from customers')).toEqual([{ callable_from: null, callable_code: 'SUPPRESSED', waits: 0 }])
  })
})

describe('a call that may not be placed', () => {
  it.each([
    ['before nine', '2026-11-23T03:29:59Z'],
    ['ten minutes before the window ends', '2026-11-23T12:20:00Z'],
    ['on a holiday', '2027-01-26T06:30:00Z'],
  ])('is not sent %s, and leaves no session', async (_, at) => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith(ACCEPTED)
    stage.clock.now = new Date(at)
    const rules = { ...TERMS.rules, maxDataAgeH: 10_000 }

    expect(await placeOne(portsOf(stage, clientAt(server.url)), { ...TERMS, rules }, stage.customerIds[0]!)).toEqual({ blocked: 'OUTSIDE_HOURS' })
    expect([server.requests, stage.statuses()]).toEqual([[], []])
  })

  it('is blocked for somebody who is not there', async () => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith(ACCEPTED)

    expect(await placeOne(portsOf(stage, clientAt(server.url)), TERMS, 999)).toEqual({ blocked: 'ABSENT' })
    expect(server.requests).toEqual([])
  })

  it('is judged again when a fact moved after it was read', async () => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith(ACCEPTED)
    let reads = 0
    const store = storeWith(stage.store, 'readFacts', async (ids, at) => {
      const facts = await stage.store.readFacts(ids, at)
      // Between the reading and the intent, the day's file says that all is paid.
      if (++reads === 1)
        await importRows(stage.store, [borrower(PHONE, { due_amount: '0' })], { sha256: 'bb22' })
      return facts
    })

    expect(await placeOne(portsOf({ ...stage, store }, clientAt(server.url)), TERMS, stage.customerIds[0]!)).toEqual({ blocked: 'ZERO_DUE' })
    expect([reads, server.requests, stage.statuses()]).toEqual([2, [], []])
  })

  it('is left alone when the facts never stand still', async () => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith(ACCEPTED)
    let claims = 0
    const store = storeWith(stage.store, 'claimCalls', async () => {
      claims++
      return []
    })

    expect(await placeOne(portsOf({ ...stage, store }, clientAt(server.url)), TERMS, stage.customerIds[0]!)).toEqual({ blocked: 'GAP' })
    expect([claims, server.requests]).toEqual([10, []])
  })

  it('is one at a time for a phone, however many ask at once', async () => {
    const stage = await openStage([borrower(PHONE)])
    const server = await answerWith(ACCEPTED)
    const stores = [stage.store, await stage.openAgain(), await stage.openAgain()]

    const placements = await Promise.all(stores.map(store => placeOne(portsOf({ ...stage, store }, clientAt(server.url)), TERMS, stage.customerIds[0]!)))

    expect(placements.filter(placement => !('blocked' in placement))).toHaveLength(1)
    expect(server.requests).toHaveLength(1)
    expect(stage.statuses()).toEqual(['initiated'])
  })
})

describe('a callback that comes before the answer is saved', () => {
  /** Exotel, which reports the end of the call while its own answer is still on the way. */
  async function reportsFirst(stage: Stage, finish: Parameters<typeof serve>[0]) {
    const webhooks = await openWebhooks(stage)
    const url = await serve(async (request, response) => {
      const callback = new URL(new URLSearchParams(await text(request)).get('StatusCallback')!)
      const event = { CallSid: SID, EventType: 'terminal', Status: 'completed', ConversationDuration: 62, StartTime: '2026-11-23 12:00:05', EndTime: '2026-11-23 12:01:07' }
      await send(callback.origin, { path: callback.pathname, type: 'application/json', body: JSON.stringify(event) })
      await webhooks.idle()
      finish(request, response)
    })
    await placeAt(stage, url, webhooks.callbackUrl)
    return stage.store.findCallById(1)
  }

  it('ends the call, and the answer changes nothing of that', async () => {
    const stage = await openStage([borrower(PHONE)])

    const call = await reportsFirst(stage, (_, response) => response.end(ACCEPTED.body))

    expect(call).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 62, startedAt: new Date('2026-11-23T06:30:05Z'), endedAt: new Date('2026-11-23T06:31:07Z') })
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'completed', 'initiated'])
  })

  it('tells the Sid, should the answer be lost', async () => {
    const stage = await openStage([borrower(PHONE)])

    const call = await reportsFirst(stage, (_, response) => response.socket!.destroy())

    expect(call).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 62 })
    expect(stage.timeline()).toEqual(['scheduled', 'dialing', 'completed', 'unknown'])
  })
})
