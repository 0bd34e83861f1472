import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventKeeper } from '../../src/app/keep-events.ts'
import { drainInbox } from '../../src/app/record-webhook.ts'
import type { Store } from '../../src/db/store.ts'
import { parseCallback } from '../../src/telephony/callback.ts'
import { minutesLater, moveOne, NOW, startCall } from '../db/borrowers.ts'
import { send } from '../server/listener-client.ts'
import { fixture } from '../telephony/answering-server.ts'
import { borrowers, openStage, type Stage } from './call-stage.ts'
import { openWebhooks } from './webhook-stage.ts'

const SID = '80bfbec2d78bbbf10fb851f4fa165211'
const ANSWERED = { CallSid: SID, EventType: 'answered', Status: 'in-progress', StartTime: '2026-11-23 12:00:05', ConversationDuration: 0 }
const COMPLETED = { CallSid: SID, EventType: 'terminal', Status: 'completed', StartTime: '2026-11-23 12:00:05', EndTime: '2026-11-23 12:01:07', ConversationDuration: 62, RecordingUrl: 'https://recordings.example/a.mp3' }
const BUSY = { CallSid: SID, EventType: 'terminal', Status: 'busy', EndTime: '2026-11-23 12:09:00', ConversationDuration: 0 }

/** A call in this state, its listener, and a way to report on it as Exotel does. */
async function openCall(status: 'dialing' | 'initiated' | 'unknown' | 'not_placed' | 'rejected' = 'initiated', { sid = status === 'initiated' ? SID : null }: { sid?: string | null } = {}) {
  const stage = await openStage(borrowers(2, '0011'))
  const webhooks = await openWebhooks(stage)
  const id = await startCall(stage.store, stage.customerIds[0]!, { reference: 'ref1' })
  if (status !== 'dialing')
    await moveOne(stage.store, { id, status, told: status, fields: { callSid: sid }, source: 'vacli', at: NOW })

  const report = async (body: object | string | Buffer, { type = 'application/json', reference = 'ref1' } = {}) => {
    const url = new URL(webhooks.callbackUrl(reference))
    const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const { status } = await send(url.origin, { path: url.pathname, type, body: sent })
    await webhooks.idle()
    return status
  }
  const call = async () => (await stage.store.findCallById(id))!
  const contact = () => stage.look<{ at: number | null }>('select last_contact_date as at from customers order by id')[0]!.at
  return { stage, webhooks, report, call, contact, timeline: () => stage.timeline(id) }
}

const inboxOf = (stage: Stage) => stage.look('select reference, content_type, body, body_encoding, problem, handled_at is not null as handled from webhook_inbox order by id')

describe('the bodies of exotel.md 7.3', () => {
  it.each([
    ['7.3-terminal.json', 'application/json', 'completed', 320],
    ['7.3-terminal.urlencoded', 'application/x-www-form-urlencoded', 'completed', 320],
    ['7.3-terminal.multipart', 'multipart/form-data; boundary=------------------------d74496d66958873e', 'completed', 320],
    ['7.3-flow-four-fields.urlencoded', 'application/x-www-form-urlencoded', 'completed', null],
    ['7.3-answered-leg-1.urlencoded', 'application/x-www-form-urlencoded', 'in_progress', null],
    ['7.3-answered-leg-2.urlencoded', 'application/x-www-form-urlencoded', 'in_progress', null],
    ['7.3-unanswered.json', 'application/json', 'no_answer', 0],
  ])('%s moves the call', async (name, type, status, durationSeconds) => {
    const { stage, webhooks, report, call } = await openCall()

    expect(await report(fixture(name), { type })).toBe(200)

    expect(await call()).toMatchObject({ status, durationSeconds, callSid: SID })
    expect(webhooks.problems).toEqual([])
    expect(inboxOf(stage)).toEqual([{ reference: 'ref1', content_type: type, body: fixture(name).toString(), body_encoding: 'utf8', problem: null, handled: 1 }])
  })
})

describe('a call', () => {
  it('is answered and ends, as it is told', async () => {
    const { stage, webhooks, report, call, contact, timeline } = await openCall()

    await report(ANSWERED)
    expect(await call()).toMatchObject({ status: 'in_progress', startedAt: new Date('2026-11-23T06:30:05Z'), endedAt: null, durationSeconds: null })
    stage.clock.now = minutesLater(2)
    await report(COMPLETED)

    expect(await call()).toMatchObject({
      status: 'completed', durationSeconds: 62, recordingUrl: 'https://recordings.example/a.mp3', startedAt: new Date('2026-11-23T06:30:05Z'), endedAt: new Date('2026-11-23T06:31:07Z'),
      metadata: { operator: 'asha' },
      exotelDetails: COMPLETED,
    })
    expect(timeline()).toEqual(['scheduled', 'dialing', 'initiated', 'in_progress', 'completed'])
    expect((await stage.store.findTimeline(1)).at(-1)).toMatchObject({ status: 'completed', message: 'terminal', source: 'webhook', timestamp: minutesLater(2), extraData: COMPLETED })
    expect(contact()).toBe(minutesLater(2).getTime())
    expect(webhooks.events).toEqual([{ callId: 1, status: 'in_progress', moved: true }, { callId: 1, status: 'completed', moved: true }])
  })

  it.each([['busy', 'busy'], ['no-answer', 'no_answer'], ['failed', 'failed'], ['canceled', 'canceled'], ['cancelled', 'canceled']])('that ends with %s reached nobody', async (Status, status) => {
    const { report, call, contact } = await openCall()

    await report({ ...BUSY, Status })

    expect([(await call()).status, contact()]).toEqual([status, null])
  })

  it('rings, where Exotel tells of it', async () => {
    const { report, call, contact } = await openCall()

    await report({ CallSid: SID, EventType: 'ringing', Status: 'ringing' })

    expect([(await call()).status, contact()]).toEqual(['ringing', null])
  })

  it('ends when its report arrives, where that names no time', async () => {
    const { stage, report, call } = await openCall()
    stage.clock.now = minutesLater(3)

    await report({ CallSid: SID, Status: 'completed' })

    expect((await call()).endedAt).toEqual(minutesLater(3))
  })

  it('of a status that Exotel invents tomorrow stays where it is, and the word is kept', async () => {
    const { webhooks, report, call, timeline } = await openCall()

    expect(await report({ CallSid: SID, Status: 'parked' })).toBe(200)

    expect([(await call()).status, timeline().at(-1)]).toEqual(['initiated', 'parked'])
    expect(webhooks.events).toEqual([{ callId: 1, status: 'parked', moved: false }])
  })
})

describe('reports that come out of order', () => {
  it('lose nothing when the end comes before the answer', async () => {
    const { report, call, contact, timeline, stage } = await openCall()
    await report(COMPLETED)
    const ended = await call()
    stage.clock.now = minutesLater(5)

    await report({ ...ANSWERED, RecordingUrl: 'https://recordings.example/b.mp3', StartTime: '2026-11-23 12:00:59' })

    expect(await call()).toEqual({ ...ended, updatedAt: minutesLater(5) })
    expect([timeline().slice(-2), contact()]).toEqual([['completed', 'in_progress'], NOW.getTime()])
  })

  it('find the call by its address before its Sid is saved', async () => {
    const { report, call, timeline } = await openCall('dialing')

    await report(ANSWERED)
    await report(COMPLETED)

    expect(await call()).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 62 })
    expect(timeline()).toEqual(['scheduled', 'dialing', 'in_progress', 'completed'])
  })

  it('tell the fate of a call whose answer was lost', async () => {
    const { report, call } = await openCall('unknown')

    await report(BUSY)

    expect(await call()).toMatchObject({ status: 'busy', callSid: SID, durationSeconds: 0 })
  })

  it('prove a call that was taken for not placed', async () => {
    const { report, call } = await openCall('not_placed')

    await report(COMPLETED)

    expect(await call()).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 62 })
  })

  it('give a call that was refused its Sid and nothing else', async () => {
    const { report, call, contact, timeline } = await openCall('rejected')

    await report(COMPLETED)

    expect(await call()).toMatchObject({ status: 'rejected', callSid: SID, durationSeconds: null })
    expect([timeline().at(-1), contact()]).toEqual(['completed', null])
  })

  it('end in the same way in every order, however often each comes', async () => {
    const reports = [{ CallSid: SID, EventType: 'ringing', Status: 'ringing' }, ANSWERED, { ...ANSWERED, DateUpdated: '2026-11-23 12:00:20' }, COMPLETED]
    await fc.assert(fc.asyncProperty(fc.shuffledSubarray([...reports, ...reports, ...reports], { minLength: 12 }), async (order) => {
      const { stage, report, call, timeline } = await openCall('dialing')
      for (const each of order)
        await report(each)

      expect(await call()).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 62, endedAt: new Date('2026-11-23T06:31:07Z'), recordingUrl: COMPLETED.RecordingUrl })
      expect(timeline().slice(2).toSorted()).toEqual(['completed', 'in_progress', 'in_progress', 'ringing'])
      expect(inboxOf(stage)).toHaveLength(4)
    }), { numRuns: 10 })
  })
})

describe('the same report again', () => {
  it('is kept once, and answered as before', async () => {
    const { stage, report, timeline } = await openCall()

    expect([await report(COMPLETED), await report(COMPLETED), await report(COMPLETED, { type: 'text/plain' })]).toEqual([200, 200, 200])

    expect([inboxOf(stage).length, timeline().filter(status => status === 'completed').length]).toEqual([1, 1])
  })

  it('is another report for another call', async () => {
    const { stage, report } = await openCall()
    const other = await startCall(stage.store, stage.customerIds[1]!, { reference: 'ref2' })

    await report({ Status: 'busy' })
    await report({ Status: 'busy' }, { reference: 'ref2' })

    expect(stage.statuses()).toEqual(['busy', 'busy'])
    expect(other).toBe(2)
  })

  it('with more in it fills what was missing, and moves neither the end nor the contact', async () => {
    const { stage, report, call, contact } = await openCall()
    await report({ CallSid: SID, Status: 'completed' })
    stage.clock.now = minutesLater(10)

    await report({ CallSid: SID, Status: 'completed', RecordingUrl: 'https://recordings.example/a.mp3', ConversationDuration: '62' })

    expect(await call()).toMatchObject({ status: 'completed', recordingUrl: 'https://recordings.example/a.mp3', durationSeconds: 62, endedAt: NOW })
    expect(contact()).toBe(NOW.getTime())
  })

  it('with less in it erases nothing', async () => {
    const { report, call } = await openCall()
    await report(COMPLETED)

    await report({ CallSid: SID, EventType: 'terminal', Status: 'completed', RecordingUrl: '', ConversationDuration: 'null', StartTime: null, EndTime: '' })

    expect(await call()).toMatchObject({ status: 'completed', recordingUrl: COMPLETED.RecordingUrl, durationSeconds: 62, startedAt: new Date('2026-11-23T06:30:05Z'), endedAt: new Date('2026-11-23T06:31:07Z') })
  })
})

describe('a report that contradicts', () => {
  it.each<[string, object, object]>([['completed', COMPLETED, BUSY], ['busy', BUSY, COMPLETED]])('the first end, %s, is recorded and changes nothing', async (_, first, second) => {
    const { stage, webhooks, report, call, contact, timeline } = await openCall()
    await report(first)
    const [ended, reached] = [await call(), contact()]
    stage.clock.now = minutesLater(5)

    await report(second)

    expect(await call()).toEqual({ ...ended, updatedAt: minutesLater(5), attention: 'ENDS_DIFFER' })
    expect(contact()).toBe(reached)
    expect(timeline()).toHaveLength(5)
    expect((await stage.store.findTimeline(1)).at(-1)).toMatchObject({ status: (second as { Status: string }).Status, extraData: second })
    expect(webhooks.events.at(-1)).toMatchObject({ moved: false })
  })

  it('the Sid is recorded, changes nothing and raises the alarm', async () => {
    const { stage, webhooks, report, call, contact } = await openCall()
    const before = await call()

    expect(await report({ ...COMPLETED, CallSid: 'another' })).toBe(200)

    expect(await call()).toEqual({ ...before, updatedAt: NOW, attention: 'SECOND_SID' })
    expect(webhooks.alarms).toEqual([{ callId: 1, known: SID, told: 'another' }])
    expect((await stage.store.readStanding()).pause).toMatchObject({ reason: `call 1 has two CallSids, ${SID} and another: somebody was dialled twice` })
    expect(contact()).toBeNull()
    expect((await stage.store.findTimeline(1)).at(-1)).toMatchObject({ status: 'completed', message: 'speaks of another CallSid, another' })
  })

  it('another call of ours, whose Sid it names, is recorded and holds nobody up', async () => {
    const { stage, webhooks, report, call } = await openCall()
    await startCall(stage.store, stage.customerIds[1]!, { reference: 'ref2' })

    await report(COMPLETED, { reference: 'ref2' })
    await report(COMPLETED)

    expect([stage.statuses(), webhooks.problems, webhooks.alarms]).toEqual([['completed', 'dialing'], [], []])
    expect((await call()).callSid).toBe(SID)
    expect((await stage.store.findTimeline(2)).at(-1)).toMatchObject({ message: `speaks of another CallSid, ${SID}` })
  })
})

describe('what cannot be understood', () => {
  it.each<[string, string | Buffer, object]>([
    ['no fields', 'hello', { body: 'hello', body_encoding: 'utf8', problem: 'the body cannot be read' }],
    ['nothing', '', { body: '', problem: 'the body cannot be read' }],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), { body: '//4=', body_encoding: 'base64', problem: 'the body cannot be read' }],
    ['a NUL', 'CallSid=a\0b', { body: 'Q2FsbFNpZD1hAGI=', body_encoding: 'base64', problem: 'the body names no status' }],
    ['no status', `{"CallSid":"${SID}","Status":null}`, { problem: 'the body names no status' }],
  ])('is kept with the reason when it has %s', async (_, body, kept) => {
    const { stage, report, call } = await openCall()

    expect(await report(body)).toBe(200)

    expect(inboxOf(stage)).toMatchObject([{ reference: 'ref1', handled: 1, ...kept }])
    expect((await call()).status).toBe('initiated')
  })

  it('is kept when the call is not ours', async () => {
    const { stage, webhooks, report } = await openCall()

    expect(await report(COMPLETED, { reference: 'stranger' })).toBe(200)

    expect(inboxOf(stage)).toMatchObject([{ reference: 'stranger', body: JSON.stringify(COMPLETED), problem: 'no call of ours has this reference', handled: 1 }])
    expect(webhooks.events).toEqual([])
  })

  it('changes nothing when it nests without end', async () => {
    const { webhooks, report, call } = await openCall()

    expect(await report(`{"CallSid":"${SID}","Status":"busy","Deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)).toBe(200)

    expect([(await call()).status, webhooks.problems]).toEqual(['busy', []])
  })
})

describe('the inbox', () => {
  const portsOf = ({ clock }: Stage, store: Store) => ({ store, now: () => clock.now, parse: parseCallback })
  const keep = (stage: Stage, reference: string, body: object) => createEventKeeper({ ...stage, now: () => NOW, onSpooled: () => {} }).keep({ reference, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) })

  it('is understood in the order of arrival by whoever starts next', async () => {
    const { stage, timeline } = await openCall()
    await keep(stage, 'ref1', ANSWERED)
    await keep(stage, 'ref1', COMPLETED)
    const again = await stage.openAgain()

    expect(await drainInbox(portsOf(stage, again))).toBe(2)
    expect(await drainInbox(portsOf(stage, again))).toBe(0)

    expect(timeline().slice(-2)).toEqual(['in_progress', 'completed'])
  })

  it('is understood to its end, however much there is', async () => {
    const { stage } = await openCall()
    for (let event = 0; event < 501; event++) // one more than is read at once
      await keep(stage, 'stranger', { event })

    expect(await drainInbox(portsOf(stage, stage.store))).toBe(501)
    expect(stage.look('select count(*) as waiting from webhook_inbox where handled_at is null')).toEqual([{ waiting: 0 }])
  })

  it('keeps what cannot be written now, and lets it hold up nobody behind it', async () => {
    const { stage } = await openCall()
    await startCall(stage.store, stage.customerIds[1]!, { reference: 'ref2' })
    await keep(stage, 'ref1', COMPLETED)
    await keep(stage, 'ref2', { CallSid: 'other', Status: 'busy' })
    const poison = new Error('no database takes this')
    const failing: Store = { ...stage.store, recordEvents: (moves, ...rest) => moves.some(({ id }) => id === 1) ? Promise.reject(poison) : stage.store.recordEvents(moves, ...rest) }

    await expect(drainInbox(portsOf(stage, failing))).rejects.toBe(poison)
    expect(stage.statuses()).toEqual(['initiated', 'busy'])
    expect(await drainInbox(portsOf(stage, stage.store))).toBe(1)
    expect(stage.statuses()).toEqual(['completed', 'busy'])
  })

  it('waits as one while the database is busy', async () => {
    const { stage } = await openCall()
    for (const status of ['ringing', 'in-progress', 'busy'])
      await keep(stage, 'ref1', { CallSid: SID, Status: status })
    const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
    let tries = 0
    const failing: Store = { ...stage.store, recordEvents: () => (tries++, Promise.reject(busy)) }

    await expect(drainInbox(portsOf(stage, failing))).rejects.toBe(busy)
    expect(tries).toBe(1)
  })

  it.each([1, 2, 5])('is understood once by several processes that start together, with %i events a call', async (events) => {
    const { stage, timeline } = await openCall()
    const [id] = stage.customerIds
    expect(id).toBeDefined()
    for (let event = 0; event < events; event++)
      await keep(stage, 'ref1', { CallSid: SID, Status: 'ringing', DateUpdated: `2026-11-23 12:00:0${event}` })
    const stores = [stage.store, await stage.openAgain(), await stage.openAgain()]
    // All read before the first writes.
    let readers = 0
    let letGo = () => {}
    const allRead = new Promise<void>((resolve) => { letGo = resolve })
    const meeting = (store: Store): Store => ({ ...store, async findCalledSessions(names) {
      const found = await store.findCalledSessions(names)
      if (++readers === stores.length)
        letGo()
      await allRead
      return found
    } })

    await Promise.all(stores.map(store => drainInbox(portsOf(stage, meeting(store)))))

    expect(timeline().filter(status => status === 'ringing')).toHaveLength(events)
    expect(stage.look('select count(*) as waiting from webhook_inbox where handled_at is null')).toEqual([{ waiting: 0 }])
  })

  it('holds the body before the sender is told so', async () => {
    const { stage, webhooks, report } = await openCall()

    // The answer is there: another process must find the body, understood or not.
    const url = new URL(webhooks.callbackUrl('ref1'))
    await send(url.origin, { path: url.pathname, body: JSON.stringify(COMPLETED) })

    expect(inboxOf(stage)).toHaveLength(1)
    expect(await report(COMPLETED)).toBe(200)
  })
})
