import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expireLeases } from '../../src/app/expire-leases.ts'
import { createEventKeeper } from '../../src/app/keep-events.ts'
import { reconcile } from '../../src/app/reconcile.ts'
import { drainInbox } from '../../src/app/record-webhook.ts'
import { saveOutcomes } from '../../src/app/save-outcomes.ts'
import type { CallMove } from '../../src/db/move-store.ts'
import type { Store } from '../../src/db/store.ts'
import { parseCallback } from '../../src/telephony/callback.ts'
import { borrowers } from '../app/call-stage.ts'
import { TERMS as RECONCILE_TERMS } from '../app/reconcile-stage.ts'
import { startCall } from '../db/borrowers.ts'
import { LETTER_TYPE, type Letter } from './postman.ts'
import { SEED, sizeOf, tell } from './tell.ts'
import { openWorld, SETTLE_MS, type World } from './world.ts'

const ORDERS = sizeOf('FAULTS_ORDERS', 150)
const BILLED_MS = 5 * 60_000

type Spoil = (store: Store, world: World) => Store
const asItIs: Spoil = store => store

/** Actors whose every access of the database waits for its turn. Turns are dealt by fast-check, one at a time, and only when everybody waits for one. */
function seatActors(scheduler: fc.Scheduler, store: Store) {
  let [acting, waiting] = [0, 0]
  const acts: Promise<unknown>[] = []
  const dealt = (actor: string) => new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...values: unknown[]) => Promise<unknown>
      return async (...values: unknown[]) => {
        waiting++
        await scheduler.schedule(Promise.resolve(), `${actor} ${String(name)}`)
        waiting--
        return method.apply(target, values)
      }
    },
  })
  return {
    seat(actor: string, act: (store: Store) => Promise<unknown>) {
      acting++
      acts.push(act(dealt(actor)).finally(() => acting--))
    },
    async play() {
      const played = Promise.all(acts)
      played.catch(() => undefined) // told below
      for (;;) {
        do
          await new Promise(setImmediate)
        while (waiting < acting)
        if (acting === 0)
          return played
        await scheduler.waitOne()
      }
    },
  }
}

/** One call that is over and billed, told of by the callbacks, the answer of its connect, a reconcile and the end of its lease, all at once. */
async function tellInAnyOrder(world: World, scheduler: fc.Scheduler, callId: number, { letters, spoil = asItIs }: { letters: Letter[], spoil?: Spoil }) {
  const { stage, telephony } = world
  const { reference, toNumber } = (await stage.store.findCallById(callId))!
  const outcome = await telephony.connect({ reference, to: toNumber, callbackUrl: null })
  const own = world.letters.filter(letter => letter.reference === reference)
  world.pass(BILLED_MS)
  const now = () => stage.clock.now
  const actors = seatActors(scheduler, spoil(stage.store, world))
  const hear = async (store: Store, { body }: Letter) => {
    await createEventKeeper({ store, spool: stage.spool, now, onSpooled: (error) => { throw error } }).keep({ reference, contentType: LETTER_TYPE, body: Buffer.from(body) })
    // Two listeners may read the same events; the slower one begins again, as the worker does.
    await drainInbox({ store, now, parse: parseCallback }).catch(() => drainInbox({ store, now, parse: parseCallback }))
  }
  const wait = async () => {}
  const all = [...own, ...letters.map(letter => ({ ...letter, body: letter.body.replaceAll(letter.sid, own[0]!.sid) }))]
  all.forEach((letter, at) => actors.seat(`listener ${at}`, store => hear(store, letter)))
  actors.seat('save', store => saveOutcomes({ store, now, spool: async () => {} }, () => 1)({ callId, customerId: 1, reference, to: toNumber }, outcome))
  actors.seat('reconcile', store => reconcile({ store, telephony, now, wait }, { ...RECONCILE_TERMS, pollAfterMs: 0 }))
  actors.seat('lease', store => expireLeases(store, now()))
  await actors.play()
  return { reference, sid: own[0]!.sid, finish: () => reconcile({ store: stage.store, telephony, now, wait }, RECONCILE_TERMS) }
}

const CALL_COLUMNS = 'status, call_sid, duration_seconds, price_paise, recording_url, attention, refusal, started_at, ended_at'

async function openInterleavings() {
  const world = await openWorld(borrowers(ORDERS + 50, '0011'))
  let next = 0
  const begin = () => startCall(world.stage.store, world.stage.customerIds[next++]!, {
    now: world.stage.clock.now, reference: randomUUID().replaceAll('-', ''), leaseUntil: new Date(world.stage.clock.now.getTime() + 15_000), settleAt: new Date(world.stage.clock.now.getTime() + SETTLE_MS),
  })
  const rowOf = (callId: number) => world.stage.look<Record<string, unknown>>(`select ${CALL_COLUMNS} from call_sessions where id = ?`, callId)[0]!
  return { world, begin, rowOf }
}

/** What must stand in the end, by the ledger. */
function truthOf(world: World, sid: string) {
  const call = world.sandbox.ledger().calls.find(one => one.sid === sid)!
  return {
    status: 'completed', call_sid: sid, duration_seconds: call.duration_seconds, price_paise: Number(call.price) * 100,
    recording_url: `https://recordings.exotel.com/exotelrecordings/acme1m/${sid}.mp3`, attention: null, refusal: null,
    started_at: Date.parse(call.created_at), ended_at: Date.parse(call.ended_at!),
  }
}

it('ends in the same row whatever order the writes of callbacks, save, reconcile and lease come in', async () => {
  const { world, begin, rowOf } = await openInterleavings()
  const orders = new Set<string>()
  let begun = 0
  await fc.assert(fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const callId = await begin()
    begun++
    const { sid, finish } = await tellInAnyOrder(world, scheduler, callId, { letters: [] })
    orders.add(scheduler.report().map(({ label }) => label).join())
    const truth = truthOf(world, sid)
    const { price_paise, ...told } = rowOf(callId)
    expect([null, truth.price_paise]).toContain(price_paise)
    expect({ ...told, price_paise: truth.price_paise }).toEqual(truth)
    await finish()
    expect(rowOf(callId)).toEqual(truth)
    const timeline = await world.stage.store.findTimeline(callId)
    expect(timeline.filter(({ source, status }) => source !== 'poll' && status !== 'unknown').map(({ source, status }) => `${source} ${status}`).toSorted())
      .toEqual(['vacli dialing', 'vacli initiated', 'vacli scheduled', 'webhook completed', 'webhook in_progress'])
  }), { seed: SEED, numRuns: ORDERS })
  tell(`interleavings: seed ${SEED}, calls ${begun}, different orders ${orders.size}`)
  expect(orders.size).toBeGreaterThan(ORDERS / 3)
})

it('ends as Exotel\'s details say, whatever order two contradicting ends come in', async () => {
  const { world, begin, rowOf } = await openInterleavings()
  await fc.assert(fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const callId = await begin()
    const contradiction = (sid: string): Letter => ({ sid, reference: '', eventType: 'terminal', at: new Date(), body: JSON.stringify({ CallSid: sid, EventType: 'terminal', Status: 'failed', ConversationDuration: 0 }) })
    const { sid, finish } = await tellInAnyOrder(world, scheduler, callId, { letters: [contradiction('any')] })
    await finish()
    expect(rowOf(callId)).toEqual(truthOf(world, sid))
  }), { seed: SEED, numRuns: ORDERS })
  tell(`interleavings: seed ${SEED}, calls with two ends ${ORDERS}`)
})

it('does not where a status may also go down', async () => {
  const withoutRanks: Spoil = (store, { stage }) => {
    const force = (moves: CallMove[]) => {
      const client = new Database(stage.file)
      for (const { id, status } of moves)
        client.prepare('update call_sessions set status = coalesce(?, status) where id = ?').run(status, id)
      client.close()
    }
    return {
      ...store,
      async moveCalls(moves, also) {
        const stands = await store.moveCalls(moves, also)
        force(moves)
        return stands
      },
      async recordEvents(moves, settled, at) {
        const stands = await store.recordEvents(moves, settled, at)
        force(moves)
        return stands
      },
    }
  }
  const { world, begin, rowOf } = await openInterleavings()
  const { failed } = await fc.check(fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const callId = await begin()
    await tellInAnyOrder(world, scheduler, callId, { letters: [], spoil: withoutRanks })
    expect(rowOf(callId)).toMatchObject({ status: 'completed' })
  }), { seed: SEED, numRuns: 40, endOnFailure: true })
  expect(failed).toBe(true)
})
