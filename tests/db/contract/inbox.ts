import { describe, expect, it } from 'vitest'
import type { InboxEvent } from '../../../src/db/inbox-store.ts'
import type { CallMove } from '../../../src/db/move-store.ts'
import type { CallStatus } from '../../../src/domain/call.ts'
import { ASHA, BALA, customerId, importRows, minutesLater, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

export function inboxContract(stage: Stage) {
  const event = (values: Partial<InboxEvent> = {}): InboxEvent => ({ reference: 'ref1', bodyHash: 'h1', contentType: 'application/json', body: '{"Status":"completed"}', bodyEncoding: 'utf8', receivedAt: NOW, ...values })
  const waiting = (afterId = 0, limit = 100) => stage.store.findWaitingEvents({ afterId, limit })

  describe('the webhook inbox', () => {
    it('keeps a body as it came, once for each call', async () => {
      const { store } = stage
      const body = '{"Note":"का \\"q\\" \\u0000 100% 😀"}\r\n'
      await store.keepEvents([event({ body })])
      await store.keepEvents([event({ body: 'another body of that hash', receivedAt: minutesLater(1) })])
      await store.keepEvents([event({ reference: 'ref2', bodyEncoding: 'base64', body: 'AAE=', contentType: 'multipart/form-data; boundary="x"' })])
      const [first, second] = await waiting()
      expect(first).toEqual({ id: expect.any(Number), ...event({ body }), handledAt: null, problem: null })
      expect(second).toEqual({ id: expect.any(Number), ...event({ reference: 'ref2', bodyEncoding: 'base64', body: 'AAE=', contentType: 'multipart/form-data; boundary="x"' }), handledAt: null, problem: null })
      expect(await waiting()).toHaveLength(2)
    })

    it('hands out what waits in the order of arrival, a chunk at a time', async () => {
      for (const bodyHash of ['c', 'a', 'b', 'd'])
        await stage.store.keepEvents([event({ bodyHash })])
      const first = await waiting(0, 3)
      expect(first.map(({ bodyHash }) => bodyHash)).toEqual(['c', 'a', 'b'])
      expect((await waiting(first[1]!.id)).map(({ bodyHash }) => bodyHash)).toEqual(['b', 'd'])
    })

    it('hands out nothing that was settled, with or without a problem', async () => {
      const { store, backend } = stage
      for (const bodyHash of ['a', 'b', 'c'])
        await store.keepEvents([event({ bodyHash })])
      const [first, second] = await waiting()
      await store.settleEvents([{ id: first!.id, problem: null }], minutesLater(1))
      await store.settleEvents([{ id: second!.id, problem: 'no call of ours has this reference' }], minutesLater(2))
      expect((await waiting()).map(({ bodyHash }) => bodyHash)).toEqual(['c'])
      const { webhookInbox } = backend.schema
      expect(await backend.db.select({ handledAt: webhookInbox.handledAt, problem: webhookInbox.problem }).from(webhookInbox).orderBy(webhookInbox.id))
        .toEqual([{ handledAt: minutesLater(1), problem: null }, { handledAt: minutesLater(2), problem: 'no call of ours has this reference' }, { handledAt: null, problem: null }])
    })

    it('keeps a body that was settled from coming again', async () => {
      await stage.store.keepEvents([event()])
      const [kept] = await waiting()
      await stage.store.settleEvents([{ id: kept!.id, problem: null }], NOW)
      await stage.store.keepEvents([event()])
      expect(await waiting()).toEqual([])
    })

    it('moves calls and settles their events in one commit, and once', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const id = await startCall(store, await customerId(store, 'Asha Verma'), { reference: 'ref1' })
      await store.keepEvents([event(), event({ bodyHash: 'h2' })])
      const [first, second] = await waiting()
      const ringing: CallMove = { id, status: 'ringing', told: 'ringing', source: 'webhook', at: NOW, fields: { callSid: 'sid1' } }

      expect(await store.recordEvents([ringing], [{ id: first!.id, problem: null }], NOW)).toEqual([{ id, moved: true, status: 'ringing', callSid: 'sid1' }])
      await expect(store.recordEvents([{ ...ringing, status: 'busy', told: 'busy' }], [{ id: first!.id, problem: null }], NOW)).rejects.toThrow()
      await expect(store.recordEvents([{ ...ringing, status: 'busy', told: 'busy' }], [{ id: first!.id, problem: null }, { id: second!.id, problem: null }], NOW)).rejects.toThrow()

      expect([(await store.findCallById(id))!.status, (await store.findTimeline(id)).length, (await waiting()).map(({ bodyHash }) => bodyHash)]).toEqual(['ringing', 3, ['h2']])
    })

    it('marks calls of which two different things were told', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      const id = await startCall(store, await customerId(store, 'Asha Verma'))
      const tell = async (status: CallStatus, callSid: string | null) => {
        await store.recordEvents([{ id, status, told: status, source: 'webhook', at: NOW, fields: { callSid } }], [], NOW)
        return (await store.findCallById(id))!.attention
      }
      expect(await tell('in_progress', 'sid1')).toBeNull()
      expect(await tell('ringing', null)).toBeNull()
      await store.moveCalls([{ id, status: 'completed', told: 'completed', source: 'poll', at: NOW, fields: { callSid: 'sid1' }, detailsAt: NOW }])
      expect([await tell('completed', 'sid1'), await tell('in_progress', 'sid1')]).toEqual([null, null])
      expect([await tell('busy', 'sid1'), (await store.findCallById(id))!.detailsAt]).toEqual(['ENDS_DIFFER', null])
      expect([await tell('busy', 'sid2'), await tell('failed', 'sid1')]).toEqual(['SECOND_SID', 'SECOND_SID'])
      expect(await store.findCallById(id)).toMatchObject({ status: 'completed', callSid: 'sid1' })
    })

    it('finds calls by reference and by CallSid', async () => {
      const { store } = stage
      await importRows(store, [ASHA, BALA])
      const first = await startCall(store, await customerId(store, 'Asha Verma'), { reference: 'ref1' })
      const second = await startCall(store, await customerId(store, 'Bala Nair'), { reference: 'ref2' })
      await store.moveCalls([{ id: second, status: 'busy', told: 'busy', source: 'webhook', at: NOW, fields: { callSid: 'sid2', endedAt: NOW } }])
      const found = await store.findCalledSessions([{ reference: 'ref1', callSid: 'sid2' }, { reference: 'stranger', callSid: null }])
      expect(found.sort((a, b) => a.id - b.id)).toEqual([
        { id: first, reference: 'ref1', callSid: null, status: 'dialing', endedAt: null },
        { id: second, reference: 'ref2', callSid: 'sid2', status: 'busy', endedAt: NOW },
      ])
      expect(await store.findCalledSessions([{ reference: 'stranger', callSid: null }])).toEqual([])
    })

    it('keeps one of many copies that arrive at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => stage.store.keepEvents([event()])))
      expect(await waiting()).toHaveLength(1)
    })
  })

  describe('what a database knows of itself', () => {
    it('keeps the first value', async () => {
      const { store } = stage
      expect(await store.findMeta('mode')).toBeUndefined()
      await store.bearMeta('mode', 'sandbox')
      await store.bearMeta('mode', 'live')
      await store.bearMeta('install_id', 'शाखा "1"')
      expect([await store.findMeta('mode'), await store.findMeta('install_id'), await store.findMeta('created_at')]).toEqual(['sandbox', 'शाखा "1"', undefined])
    })

    it('finds no damage in a sound database', async () => {
      expect([...await stage.store.findDamage(), ...await stage.store.findBrokenPages()]).toEqual([])
    })

    it('undoes a whole batch when one of its statements fails', async () => {
      const { backend } = stage
      await expect(backend.batch(tx => [
        tx.insert(backend.schema.meta).values({ key: 'mode', value: 'live' }),
        tx.insert(backend.schema.meta).values({ key: 'mode', value: 'sandbox' }),
      ])).rejects.toThrow()
      expect(await query(backend, 'select * from meta')).toEqual([])
    })

    it('returns the rows of each statement of a batch', async () => {
      const { backend } = stage
      const { meta } = backend.schema
      const [inserted, updated, deleted, selected] = await backend.batch(tx => [
        tx.insert(meta).values([{ key: 'a', value: '1' }, { key: 'b', value: '2' }]).returning({ key: meta.key }),
        tx.update(meta).set({ value: '3' }),
        tx.delete(meta).returning({ value: meta.value }),
        tx.select().from(meta),
      ])
      expect([inserted, updated, deleted, selected]).toEqual([[{ key: 'a' }, { key: 'b' }], [], [{ value: '3' }, { value: '3' }], []])
    })
  })
}
