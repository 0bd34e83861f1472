import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readOutcome, saveSpooledOutcomes } from '../../src/app/replay-outcomes.ts'
import type { OutcomeRecord } from '../../src/app/call-ports.ts'
import type { Store } from '../../src/db/store.ts'
import { NOW, startCall } from '../db/borrowers.ts'
import { borrowers, openStage } from './call-stage.ts'

const accepted = (reference: string, sid: string): OutcomeRecord => ({ kind: 'outcome', reference, at: NOW.toISOString(), outcome: { kind: 'accepted', sid, answer: {} } as never })
const handlerOn = (store: Store) => ({ read: readOutcome, save: (records: unknown[]) => saveSpooledOutcomes(store, records as OutcomeRecord[], NOW) })

it('takes in every answer but the one of a call that this database does not know, which holds up none', async () => {
  const stage = await openStage(borrowers(2, '0011'))
  const ids = [await startCall(stage.store, stage.customerIds[0]!, { reference: 'ref1' }), await startCall(stage.store, stage.customerIds[1]!, { reference: 'ref2' })]
  const busy: Store = { ...stage.store, findCallByReference: () => Promise.reject(Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })) }
  await stage.spool.append('outcome', [accepted('nobody', 'sid0')])
  await expect(stage.spool.replay('outcome', handlerOn(busy))).rejects.toThrow('database is locked') // and one file is closed by it
  await stage.spool.append('outcome', [accepted('ref1', 'sid1'), accepted('no one', 'sid3'), accepted('ref2', 'sid2')])

  const { saved, aside } = await stage.spool.replay('outcome', handlerOn(stage.store))

  expect([saved, aside.map(file => readFileSync(file, 'utf8'))]).toEqual([2, [accepted('nobody', 'sid0'), accepted('no one', 'sid3')].map(record => `${JSON.stringify(record)}\n`)])
  expect((await stage.store.findCalls(ids)).map(({ status, callSid }) => [status, callSid])).toEqual([['initiated', 'sid1'], ['initiated', 'sid2']])
  expect(await stage.spool.isEmpty()).toBe(true)
})

it('raises the alarm for an answer that names another CallSid than the call has', async () => {
  const stage = await openStage(borrowers(1, '0011'))
  await startCall(stage.store, stage.customerIds[0]!, { reference: 'ref1' })
  await saveSpooledOutcomes(stage.store, [accepted('ref1', 'sid1'), accepted('ref1', 'sid1')], NOW)
  expect((await stage.store.readStanding()).pause).toBeNull()
  await saveSpooledOutcomes(stage.store, [accepted('ref1', 'sid2')], NOW)
  expect([(await stage.store.readStanding()).pause?.reason, (await stage.store.findCallByReference('ref1'))!.attention]).toEqual([expect.stringContaining('sid1 and sid2'), 'SECOND_SID'])
})

it.each([null, 'text', {}, { kind: 'event' }, { ...accepted('r', 's'), at: 'yesterday' }, { ...accepted('r', 's'), outcome: null }])('reads no answer in %j', (line) => {
  expect(readOutcome(line)).toBeUndefined()
})
