import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import got from 'got'
import { describe, expect, it } from 'vitest'
import { EXOPHONE, NOW, openListener, openSandbox, QUICK, temporaryLedger } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'
const BOTH = { 'StatusCallbackEvents[0]': 'terminal', 'StatusCallbackEvents[1]': 'answered' }
const JSON_MODE = { StatusCallbackContentType: 'application/json' }
const COMMON = {
  DateCreated: '2024-01-15 01:30:00',
  To: '08047100000',
  From: '09876543210',
  PhoneNumberSid: '08047100000',
  StartTime: '2024-01-15 01:30:00',
  Direction: 'outbound-api',
}

describe('the payload', () => {
  it('with events in JSON mode has numbers for durations and legs as an array (7.2, 7.3)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox({ timings: { ...QUICK, ringMs: 10, talkMs: 1_200 } })

    const sid = await sandbox.place(CUSTOMER, { ...BOTH, ...JSON_MODE, StatusCallback: listener.url, Record: 'true', CustomField: 'ref-1' })

    const received = await listener.received(2)
    expect(received.map(({ contentType }) => contentType)).toEqual(['application/json', 'application/json'])
    expect(received.map(({ body }) => body)).toEqual([
      {
        CallSid: sid,
        EventType: 'answered',
        ...COMMON,
        DateUpdated: '2024-01-15 01:30:00',
        Status: 'in-progress',
        EndTime: null,
        ConversationDuration: 0,
        RecordingUrl: null,
        Legs: [{ OnCallDuration: 0, Status: 'in-progress', AnsweredBy: 'NA' }],
      },
      {
        CallSid: sid,
        EventType: 'terminal',
        ...COMMON,
        DateUpdated: '2024-01-15 01:30:01',
        Status: 'completed',
        EndTime: '2024-01-15 01:30:01',
        ConversationDuration: 2,
        CustomField: 'ref-1',
        RecordingUrl: `https://recordings.exotel.com/exotelrecordings/acme1m/${sid}.mp3`,
        Legs: [{ OnCallDuration: 2, Status: 'completed', AnsweredBy: 'NA' }],
      },
    ])
  })

  it('with events is multipart by default, all text, with bracket keys (7.1, 7.3)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox()

    const sid = await sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: listener.url, CustomField: 'ref-1' })

    const [answered, terminal] = await listener.received(2)
    expect([answered?.contentType, terminal?.contentType]).toEqual(['multipart/form-data', 'multipart/form-data'])
    expect(answered?.body).toEqual({
      CallSid: sid,
      EventType: 'answered',
      ...COMMON,
      DateUpdated: '2024-01-15 01:30:00',
      Status: 'in-progress',
      EndTime: '',
      ConversationDuration: '0',
      RecordingUrl: '',
      'Legs[0][OnCallDuration]': '0',
      'Legs[0][Status]': 'in-progress',
      'Legs[0][AnsweredBy]': 'NA',
    })
    expect(terminal?.body).toMatchObject({ Status: 'completed', ConversationDuration: '1', CustomField: 'ref-1', 'Legs[0][OnCallDuration]': '1', 'Legs[0][Status]': 'completed' })
  })

  it('has four fields when no events were asked for (7.2)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox()

    const sid = await sandbox.place(CUSTOMER, { StatusCallback: listener.url })

    const received = await listener.received(1)
    expect(received.map(({ body }) => body)).toEqual([{ CallSid: sid, Status: 'completed', RecordingUrl: '', DateUpdated: '2024-01-15 01:30:00' }])
  })

  it('of a flow call has four fields on accounts where events are for two numbers alone (7.2, U1)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox({ fourFieldCallbacks: true })
    const subscription = { ...BOTH, ...JSON_MODE, StatusCallback: listener.url, Record: 'true' }

    const sid = await sandbox.place(CUSTOMER, subscription)

    const recording = `https://recordings.exotel.com/exotelrecordings/acme1m/${sid}.mp3`
    expect((await listener.received(1)).map(({ body }) => body))
      .toEqual([{ CallSid: sid, Status: 'completed', RecordingUrl: recording, DateUpdated: '2024-01-15 01:30:00' }])
    await sandbox.post({ From: CUSTOMER, CallerId: EXOPHONE, To: '+919811122233', ...subscription })
    expect((await listener.received(3)).slice(1).map(({ body }) => body)).toMatchObject([{ EventType: 'answered' }, { EventType: 'terminal' }])
  })

  it('of a two-number call tells both legs (7.3)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox()
    const twoNumbers = { CallerId: EXOPHONE, To: '+919811122233', ...JSON_MODE, 'StatusCallbackEvents[0]': 'terminal', StatusCallback: listener.url }

    await sandbox.post({ From: CUSTOMER, ...twoNumbers })
    await listener.received(1)
    await sandbox.post({ From: '+919876540003', ...twoNumbers })

    expect((await listener.received(2)).map(({ body }) => (body as { Legs: unknown }).Legs)).toEqual([
      [{ OnCallDuration: 1, Status: 'completed', AnsweredBy: 'NA' }, { OnCallDuration: 1, Status: 'completed', AnsweredBy: 'HUMAN' }],
      [{ OnCallDuration: 0, Status: 'no-answer', AnsweredBy: 'NA' }, { OnCallDuration: 0, Status: null, AnsweredBy: 'NA' }],
    ])
  })
})

describe('the subscription', () => {
  it.each([
    ['indexed keys', 'StatusCallbackEvents[0]=answered&StatusCallbackEvents[1]=terminal', ['answered', 'terminal']],
    ['empty brackets', 'StatusCallbackEvents[]=answered&StatusCallbackEvents[]=terminal', ['answered', 'terminal']],
    ['a repeated key', 'StatusCallbackEvents=terminal&StatusCallbackEvents=answered', ['answered', 'terminal']],
    ['one event', 'StatusCallbackEvents[0]=terminal', ['terminal']],
  ])('is understood with %s (2.1)', async (_name, events, expected) => {
    const listener = await openListener()
    const sandbox = await openSandbox()
    const body = `From=%2B919876543210&CallerId=${EXOPHONE}&Url=http://my.exotel.com/acme1m/exoml/start_voice/1&StatusCallback=${listener.url}&${events}`

    await got.post(`${sandbox.url}/v1/Accounts/acme1m/Calls/connect.json`, {
      username: 'test-key',
      password: 'test-token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })

    const received = await listener.received(expected.length)
    expect(received.map(({ body }) => (body as { EventType: string }).EventType)).toEqual(expected)
  })

  it('to answered alone sends no terminal (7.2)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox()

    const sid = await sandbox.place(CUSTOMER, { 'StatusCallbackEvents[0]': 'answered', StatusCallback: listener.url })
    await listener.received(1)
    const other = await sandbox.place(CUSTOMER, { 'StatusCallbackEvents[0]': 'terminal', StatusCallback: listener.url })
    await sandbox.delivered(2)

    expect(sandbox.ledger().callbacks.map(({ sid, event_type }) => [sid, event_type])).toEqual([[sid, 'answered'], [other, 'terminal']])
  })

  it('brings a ringing event before answered where that is switched on (2.3, 4)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox({ ringingEvent: true })

    await sandbox.place(CUSTOMER, { ...BOTH, ...JSON_MODE, StatusCallback: listener.url })

    expect((await listener.received(3)).map(({ body }) => body)).toMatchObject([
      { EventType: 'ringing', Status: 'ringing', Legs: [{ Status: 'ringing' }] },
      { EventType: 'answered', Status: 'in-progress' },
      { EventType: 'terminal', Status: 'completed' },
    ])
  })

  it('keeps path and query of the address (7.1)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox()

    await sandbox.place(CUSTOMER, { StatusCallback: `${listener.url}/exotel/r1?key=a%2Bb&id=7` })

    expect((await listener.received(1)).map(({ url }) => url)).toEqual(['/exotel/r1?key=a%2Bb&id=7'])
  })
})

describe('the delivery', () => {
  const facts = { event: 'callback', at: NOW, event_type: 'terminal', status: 'completed', error: null }

  it('is in the ledger with what the listener answered (7.1)', async () => {
    const listener = await openListener([204])
    const sandbox = await openSandbox()

    const sid = await sandbox.place(CUSTOMER, { StatusCallback: listener.url })

    expect(await sandbox.delivered(1)).toEqual([{ ...facts, sid, attempt: 1, http_status: 204 }])
    expect(sandbox.ledger().callbacks).toEqual([{ ...facts, sid, attempt: 1, http_status: 204 }])
  })

  it('that fails is tried again up to twice, and the next event waits for it (7.1, U2)', async () => {
    const listener = await openListener([503, 302, 500, 500, 200])
    const sandbox = await openSandbox()

    const sid = await sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: listener.url })

    const deliveries = await sandbox.delivered(5)
    const answered = { ...facts, sid, event_type: 'answered', status: 'in-progress' }
    expect(deliveries).toEqual([
      { ...answered, attempt: 1, http_status: 503 },
      { ...answered, attempt: 2, http_status: 302 },
      { ...answered, attempt: 3, http_status: 500 },
      { ...facts, sid, attempt: 1, http_status: 500 },
      { ...facts, sid, attempt: 2, http_status: 200 },
    ])
    expect((await listener.received(5)).filter(({ url }) => url === '/elsewhere')).toEqual([])
  })

  it.each([
    ['nobody listens', 'http://127.0.0.1:1/', 'ECONNREFUSED'],
    ['the address is none', 'nowhere', 'ERR_INVALID_URL'],
  ])('is in the ledger with its error when %s (7.1)', async (_name, StatusCallback, error) => {
    const sandbox = await openSandbox()

    const sid = await sandbox.place(CUSTOMER, { StatusCallback })

    expect(await sandbox.delivered(3)).toEqual([1, 2, 3].map(attempt => ({ ...facts, sid, attempt, http_status: null, error })))
  })

  it('on its way is waited for by close, and later ones are not sent (7.1)', async () => {
    let release = () => {}
    const server = createServer((_request, response) => {
      release = () => response.end()
      server.emit('arrived')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const ledgerFile = temporaryLedger()
    const sandbox = await openSandbox({ ledgerFile })
    await sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
    await once(server, 'arrived')

    const closed = sandbox.close()
    release()
    await closed

    expect(sandbox.ledger().callbacks).toMatchObject([{ event_type: 'answered', http_status: 200 }])
    await new Promise(resolve => server.close(resolve))
  })
})

it('never sends a callback to another machine', async () => {
  const sandbox = await openSandbox()

  const sid = await sandbox.place(CUSTOMER, { ...BOTH, StatusCallback: 'http://calls.example.invalid/exotel/status/x' })
  await expect.poll(() => sandbox.ledger().callbacks.filter(callback => callback.sid === sid).length).toBeGreaterThan(0)

  expect(new Set(sandbox.ledger().callbacks.map(({ http_status, error }) => [http_status, error].join(' ')))).toEqual(new Set([' the sandbox never leaves this machine']))
})
