import { describe, expect, it } from 'vitest'
import type { Behaviour } from '../../src/telephony/sandbox/misbehaviour.ts'
import { borrower } from '../app/call-stage.ts'
import { REAL } from '../app/reconcile-stage.ts'
import { saveWithoutIntent } from './save-without-intent.ts'
import { type Break, LEASE_OVER_MS, openWorld, type World } from './world.ts'

/** A process dies with its request on the wire, and its list is run again; what the checks of the other tests then say. */
async function afterDeath(restart: (world: World) => Promise<void>, { first, behaviour = {}, talkMs = REAL.talkMs }: { first?: Break, behaviour?: Behaviour, talkMs?: number } = {}) {
  const world = await openWorld([borrower('9810000011')], { sandbox: { script: ({ nth }) => nth === 1 ? behaviour : {}, timings: { ...REAL, talkMs } } })
  const dying = await world.bear('after write', first)
  world.hooks.onPost = () => dying.life.end()
  void dying.run().catch(() => undefined)
  await dying.life.ended
  delete world.hooks.onPost
  world.pass(LEASE_OVER_MS)
  try {
    await restart(world)
    world.verify()
  }
  finally {
    world.bury()
  }
}

describe('what the checks say of a design that', () => {
  it('is the one of calls.md: nothing', async () => {
    await afterDeath(async (world) => {
      const second = await world.bear()
      await second.catchUp()
      await second.run()
    })
  })

  it('dials first and saves then', async () => {
    await expect(afterDeath(async world => void await (await world.bear(undefined, saveWithoutIntent)).run(), { first: saveWithoutIntent })).rejects.toThrow(/P2: two calls at once/)
  })

  it('dials first, saves then and never sweeps', async () => {
    await expect(afterDeath(async (world) => {
      await world.settle({ sweeps: false })
      world.verifySettled()
    }, { first: saveWithoutIntent })).rejects.toThrow(/P3: nobody knows of/)
  })

  it('sends again what is unknown', async () => {
    await expect(afterDeath(async (world) => {
      const second = await world.bear()
      await second.catchUp()
      for (const { reference, toNumber } of await second.store.findEveryOpenCall())
        await world.telephony.connect({ reference, to: toNumber, callbackUrl: null })
    })).rejects.toThrow(/P1: 2 requests carry/)
  })

  it('puts back into the queue what lost its lease', async () => {
    await expect(afterDeath(async (world) => {
      const second = await world.bear()
      const lost = await second.store.findAbandonedCalls(world.stage.clock.now)
      await second.store.moveCalls(lost.map(({ id }) => ({ id, status: 'not_placed', told: 'not_placed', source: 'vacli', at: world.stage.clock.now })))
      await second.run()
    })).rejects.toThrow(/P2: two calls at once[^]*P4: call 1 is not_placed, and was placed/)
  })

  it('waits for less than a call may last', async () => {
    const hasty: Break = ports => ({ ...ports, store: { ...ports.store, claimCalls: (claims, terms) => ports.store.claimCalls(claims, { ...terms, settleAt: terms.now }) } })
    await expect(afterDeath(async (world) => {
      const second = await world.bear()
      await second.catchUp()
      world.pass(61_000)
      await second.catchUp()
      await second.run()
    }, { first: hasty, talkMs: 250_000 })).rejects.toThrow(/P2: two calls at once/)
  })

  it('leaves an unknown call where it is', async () => {
    await expect(afterDeath(async (world) => {
      const { store } = await world.bear()
      await store.moveCalls([{ id: 1, status: 'unknown', told: 'unknown', source: 'vacli', at: world.stage.clock.now }])
      world.pass(86_400_000)
      world.verifySettled()
    })).rejects.toThrow(/P4: call 1 rests as unknown/)
  })
})
