import { describe, expect, it } from 'vitest'
import { placeCalls, type RunPorts } from '../../src/app/place-calls.ts'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { borrower, UNPACED } from '../app/call-stage.ts'
import { importRows, startCall } from '../db/borrowers.ts'
import { aRun } from '../db/contract/runs.ts'
import { tell } from './tell.ts'
import { openWorld, TERMS, type World } from './world.ts'

// Busy: the call is over before the lease of another one is.
const ROW = borrower('9810000002')
const RING_MS = 8000

interface Meanwhile { name: string, act(world: World, runId: number): Promise<void>, dials?: number }

/** What a second process commits between the judgement of a borrower and the intent to call them. */
const MEANWHILE: Meanwhile[] = [
  { name: 'a payment', act: async ({ stage }) => void await importRows(await stage.openAgain(), [{ ...ROW, due_amount: '0' }], { sha256: 'paid' }) },
  { name: 'a pause', act: async ({ stage }) => (await stage.openAgain()).pauseDialling({ by: 'bala', reason: 'test', at: stage.clock.now.toISOString() }) },
  { name: 'a stop of the run', act: async ({ stage }, runId) => void await (await stage.openAgain()).requestStop(runId, 'bala', stage.clock.now) },
  { name: 'shorter hours', act: async ({ stage }) => (await stage.openAgain()).bumpEpoch() },
  { name: 'a number that Exotel refuses', act: async ({ stage }) => {
    const store = await stage.openAgain()
    const [id] = stage.customerIds
    await startCall(store, id!, { now: stage.clock.now, reference: 'refused' })
    await store.moveCalls([{ id: 1, status: 'rejected', told: 'rejected', source: 'vacli', at: stage.clock.now, fields: { refusal: 'ndnc', endedAt: stage.clock.now } }])
  } },
  { name: 'a call that goes on', act: async world => void await (await world.bear()).run(), dials: 1 },
  { name: 'a call that has ended', dials: 1, async act(world) {
    await (await world.bear()).run()
    world.pass(RING_MS)
    await world.deliver(world.letters)
  } },
]

/** The claim as it would be without the compare: what was read is taken for what is. */
async function claimWithoutCompare({ store }: RunPorts, ...[claims, terms]: Parameters<RunPorts['store']['claimCalls']>) {
  const { epoch } = await store.readStanding()
  const facts = await store.readFacts(claims.map(({ customerId }) => customerId), terms.now)
  return store.claimCalls(claims.map(claim => ({ ...claim, phoneSeq: facts.find(({ customerId }) => customerId === claim.customerId)!.phoneSeq })), { ...terms, epoch })
}

async function dialWhile({ name, act }: Meanwhile, compares: boolean): Promise<number> {
  const world = await openWorld([ROW])
  let isDone = false
  const first = await world.bear(undefined, ports => ({
    ...ports,
    readRules: () => ({ ...DEFAULT_CALL_RULES, windowCloseMin: name === 'shorter hours' && isDone ? 11 * 60 : DEFAULT_CALL_RULES.windowCloseMin }),
    store: {
      ...ports.store,
      async claimCalls(claims, terms) {
        if (!isDone && claims.length > 0) {
          await act(world, 1)
          isDone = true
          if (!compares)
            return claimWithoutCompare(ports, claims, terms)
        }
        return ports.store.claimCalls(claims, terms)
      },
    },
  }))
  const runId = await first.store.startRun(aRun())
  await placeCalls(first.ports, { ...TERMS, runId }, world.stage.customerIds, UNPACED)
  expect(isDone).toBe(true)
  return world.connects.length
}

describe('between judgement and intent', () => {
  it.each(MEANWHILE)('$name of a second process keeps the call from the ledger', async (meanwhile) => {
    const requests = await dialWhile(meanwhile, true)
    tell(`second process: ${meanwhile.name}: requests ${requests}`)
    expect(requests).toBe(meanwhile.dials ?? 0)
  })

  // A call that goes on is also held back by the index on open calls, so nothing shows there.
  it.each(MEANWHILE.filter(({ name }) => name !== 'a call that goes on'))('$name would not, without the compare', async (meanwhile) => {
    expect(await dialWhile(meanwhile, false)).toBe((meanwhile.dials ?? 0) + 1)
  })
})

describe('between intent and request', () => {
  /** The process sleeps through its lease while it connects; another one takes the call for lost. */
  async function dialAfterSleep(asks: boolean) {
    const world = await openWorld([ROW])
    const first = await world.bear(undefined, ports => ({
      ...ports,
      telephony: {
        ...ports.telephony,
        async connect(call) {
          world.pass(16_000)
          await (await world.bear()).catchUp()
          return ports.telephony.connect({ ...call, maySend: () => !asks || call.maySend!() })
        },
      },
    }))
    await first.run({ max: 1 })
    return world
  }

  it('nothing is sent of what others have given up', async () => {
    const world = await dialAfterSleep(true)
    expect(world.connects).toEqual([])
    world.verify()
  })

  it('it would be, if the lease were not asked right before', async () => {
    const world = await dialAfterSleep(false)
    expect(() => world.verify()).toThrow(/whose intent is unknown/)
  })
})
