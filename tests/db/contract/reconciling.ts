import { describe, expect, it } from 'vitest'
import type { CallMove } from '../../../src/db/move-store.ts'
import { ASHA, BALA, customerId, importRows, minutesLater, moveOne, NOW, startCall } from '../borrowers.ts'
import { query, type Stage } from '../open-stores.ts'

export function reconcileContract(stage: Stage) {
  /** Two calls, of Asha and of Bala. */
  async function twoCalls() {
    await importRows(stage.store, [ASHA, BALA])
    return [await startCall(stage.store, await customerId(stage.store, 'Asha Verma'), { reference: 'ref1' }), await startCall(stage.store, await customerId(stage.store, 'Bala Nair'), { reference: 'ref2', now: minutesLater(1) })] as const
  }
  const end = (id: number, values: Partial<CallMove> = {}) => moveOne(stage.store, { id, status: 'busy', told: 'busy', source: 'webhook', at: minutesLater(2), fields: { callSid: `sid${id}`, endedAt: minutesLater(2) }, ...values })
  const ids = (calls: { id: number }[]) => calls.map(({ id }) => id)

  describe('reconciling', () => {
    it('finds calls by CallSids and references', async () => {
      const { store } = stage
      const [first, second] = await twoCalls()
      await end(first)
      expect(ids(await store.findCallsBySids([`sid${first}`, 'other']))).toEqual([first])
      expect(ids(await store.findCallsByReferences(['ref2', 'REF1', 'o\'ther']))).toEqual([second])
      expect([await store.findCallsBySids([]), await store.findCallsByReferences([])]).toEqual([[], []])
    })

    it('finds calls that ended and of which Exotel has not said all', async () => {
      const { store } = stage
      const [first, second] = await twoCalls()
      await end(first)
      await end(second, { fields: { callSid: 'sidB', endedAt: minutesLater(1) } })
      expect(ids(await store.findCallsToFill(NOW, minutesLater(2), 10))).toEqual([second, first])
      expect(ids(await store.findCallsToFill(NOW, minutesLater(2), 1))).toEqual([second])
      expect(ids(await store.findCallsToFill(minutesLater(2), minutesLater(3), 10))).toEqual([first])
      await end(first, { detailsAt: minutesLater(3) })
      expect(ids(await store.findCallsToFill(NOW, minutesLater(2), 10))).toEqual([second])
    })

    it('does not ask for more of a call that was never placed or has not ended', async () => {
      const { store } = stage
      const [first, second] = await twoCalls()
      await end(first, { status: 'not_placed', fields: { endedAt: minutesLater(2) } })
      await moveOne(store, { id: second, status: 'ringing', told: 'ringing', source: 'webhook', at: NOW, fields: { callSid: 'sidB', endedAt: minutesLater(2) } })
      expect(await store.findCallsToFill(NOW, minutesLater(9), 10)).toEqual([])
    })

    it('knows when a call of ours was last begun, whatever the account did since', async () => {
      const { store } = stage
      expect(await store.findLastDispatch()).toBe(undefined)
      const [, second] = await twoCalls()
      expect(await store.findLastDispatch()).toEqual(minutesLater(1))
      await query(stage.backend, `update call_sessions set source = 'account' where id = ${second}`)
      expect(await store.findLastDispatch()).toEqual(NOW)
    })

    it('keeps since when calls are absent', async () => {
      const { store } = stage
      const [first, second] = await twoCalls()
      await store.markAbsent([first, second], minutesLater(5))
      await store.markAbsent([first], null)
      expect((await store.findCalls([first, second])).map(({ absentAt }) => absentAt)).toEqual([null, minutesLater(5)])
    })

    it('says of open calls alone that a person must look, and the first reason stands', async () => {
      const { store } = stage
      const [first, second] = await twoCalls()
      await end(first)
      await store.raiseDoubt([first, second], 'NO_LIST')
      await store.raiseDoubt([first, second], 'TWO_CANDIDATES')
      expect((await store.findCallsWithAttention()).map(({ id, attention }) => [id, attention])).toEqual([[second, 'NO_LIST']])
    })

    it('moves an end sideways on Exotel\'s word, with all that belongs to it', async () => {
      const { store } = stage
      const [first] = await twoCalls()
      await end(first, { attention: 'ENDS_DIFFER', fields: { callSid: 'sidA', endedAt: minutesLater(2), durationSeconds: 3, recordingUrl: 'https://example.in/r' } })
      const asha = (await store.findCallById(first))!.customerId
      const before = await query(stage.backend, `select facts_seq as seq from customers where id = ${asha}`)
      const word: CallMove = { id: first, status: 'completed', told: 'completed', source: 'poll', at: minutesLater(9), message: 'details', fields: { callSid: 'sidA', durationSeconds: 40, pricePaise: 50, endedAt: minutesLater(3) }, exotelDetails: { Price: '0.5' }, detailsAt: minutesLater(9), contactAt: minutesLater(3) }

      expect(await store.correctEnd(word)).toBe(true)
      expect(await store.findCallById(first)).toMatchObject({ status: 'completed', attention: null, durationSeconds: 40, pricePaise: 50, recordingUrl: null, endedAt: minutesLater(3), exotelDetails: { Price: '0.5' }, detailsAt: minutesLater(9), updatedAt: minutesLater(9) })
      expect((await store.findTimeline(first)).at(-1)).toMatchObject({ status: 'completed', source: 'poll', message: 'details' })
      expect(await query(stage.backend, `select facts_seq as seq from customers where id = ${asha} and last_contact_date is not null and judged_by is null`)).toEqual([{ seq: Number(before[0]!.seq) + 1 }].map(({ seq }) => ({ seq: expect.toSatisfy(found => Number(found) === seq) })))
    })

    it.each([
      ['another CallSid', { fields: { callSid: 'other' } }],
      ['no CallSid', { fields: {} }],
    ])('moves no end sideways for %s', async (_, values) => {
      const { store } = stage
      const [first] = await twoCalls()
      await end(first)
      expect(await store.correctEnd({ id: first, status: 'completed', told: 'completed', source: 'poll', at: minutesLater(9), ...values })).toBe(false)
      expect((await store.findCallById(first))!.status).toBe('busy')
    })

    it('moves a call that has not ended only up, and one that was refused not at all', async () => {
      const { store } = stage
      const [first, second] = await twoCalls()
      await end(first, { status: 'rejected', fields: {} })
      const word = (id: number): CallMove => ({ id, status: 'completed', told: 'completed', source: 'poll', at: minutesLater(9), fields: { callSid: `sid${id}` } })
      expect([await store.correctEnd(word(first)), await store.correctEnd(word(second))]).toEqual([false, false])
      expect((await store.findCalls([first, second])).map(({ status }) => status)).toEqual(['rejected', 'completed'])
    })
  })
}
