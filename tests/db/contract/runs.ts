import { describe, expect, it } from 'vitest'
import type { NewRun } from '../../../src/db/run-store.ts'
import { ASHA, customerId, importRows, minutesLater, NOW, startCall } from '../borrowers.ts'
import type { Stage } from '../open-stores.ts'

export function aRun(values: Partial<NewRun> = {}): NewRun {
  return { name: null, operator: 'asha', reason: null, filter: {}, terms: {}, startedAt: NOW, aliveUntil: minutesLater(1), ...values }
}

export function runContract(stage: Stage) {
  describe('runs', () => {
    it('keeps who called whom and how it ended', async () => {
      const { store } = stage
      const given = aRun({ name: 'morning', operator: 'आशा', reason: 'due', filter: { status: 'ready', search: '100% "q"' }, terms: { max: 5 } })
      const id = await store.startRun(given)
      const other = await store.startRun(aRun({ operator: 'bala' }))
      const started = { ...given, id, result: null, endedAt: null, stopRequestedAt: null, stopRequestedBy: null }
      expect(await store.findRun(id)).toEqual(started)
      expect((await store.listRuns(0)).map(run => run.id)).toEqual([other, id])
      expect((await store.listRuns(1)).map(run => run.id)).toEqual([other])

      await store.renewRun(id, minutesLater(2), { placed: 1 })
      expect(await store.findRun(id)).toEqual({ ...started, aliveUntil: minutesLater(2), result: { placed: 1 } })
      await store.endRun(id, { placed: 3, blocked: { GAP: 1 } }, minutesLater(5))
      const ended = { ...started, aliveUntil: null, result: { placed: 3, blocked: { GAP: 1 } }, endedAt: minutesLater(5) }
      await store.renewRun(id, minutesLater(9), {})
      expect(await store.findRun(id)).toEqual(ended)
      expect((await store.findOpenRuns()).map(run => run.id)).toEqual([other])
      expect(await store.findRun(0)).toBeUndefined()
    })

    it('asks a run to stop while it runs', async () => {
      const { store } = stage
      const id = await store.startRun(aRun())
      expect(await store.requestStop(id, 'bala', minutesLater(1))).toBe(true)
      expect(await store.findRun(id)).toMatchObject({ stopRequestedAt: minutesLater(1), stopRequestedBy: 'bala' })
      await store.endRun(id, {}, minutesLater(2))
      expect(await store.requestStop(id, 'bala', minutesLater(3))).toBe(false)
    })

    it('counts its calls', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const runId = await store.startRun(aRun())
      await startCall(store, await customerId(store, 'Asha Verma'), { runId })
      expect(await store.countCallsOfRun(runId)).toEqual([{ status: 'dialing', calls: 1 }])
      expect(await store.countCallsOfRun(runId + 1)).toEqual([])
    })
  })

  describe('a pause', () => {
    const pause = { by: 'asha', reason: 'festival', at: NOW.toISOString() }

    it('stands until it is lifted, with its first reason, and moves the epoch each time', async () => {
      const { store } = stage
      expect(await store.readStanding()).toEqual({ epoch: '0', pause: null })
      await store.pauseDialling(pause)
      await store.pauseDialling({ ...pause, reason: 'another' })
      expect(await store.readStanding()).toEqual({ epoch: '2', pause })
      expect(await store.liftPause()).toEqual(pause)
      expect(await store.liftPause()).toBeUndefined()
      expect(await store.readStanding()).toEqual({ epoch: '4', pause: null })
    })
  })

  describe('the pace', () => {
    it('gives places that lie apart, whoever takes them, and none in the past', async () => {
      const { store } = stage
      const places = [await store.takePlace('calls', 300, NOW), await store.takePlace('calls', 300, NOW), await store.takePlace('calls', 1000, NOW), await store.takePlace('reads', 300, NOW), await store.takePlace('calls', 300, NOW)]
      expect(places.map(place => place.getTime() - NOW.getTime())).toEqual([0, 300, 600, 0, 1600])
      expect(await store.takePlace('calls', 300, minutesLater(1))).toEqual(minutesLater(1))
    })

    it('takes no heed of places that a clock gave which was ahead', async () => {
      const { store } = stage
      await store.takePlace('calls', 300, minutesLater(60))
      expect(await store.takePlace('calls', 300, NOW)).toEqual(NOW)
    })

    it('gives many at once each their own', async () => {
      const places = await Promise.all(Array.from({ length: 20 }, () => stage.store.takePlace('calls', 300, NOW)))
      expect(places.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => NOW.getTime() + at * 300))
    })
  })
}
