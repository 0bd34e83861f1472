import { RequestError } from 'got'
import { describe, expect, it } from 'vitest'
import { FATES } from '../../../src/telephony/sandbox/fates.ts'
import type { LedgerEvent } from '../../../src/telephony/sandbox/ledger.ts'
import { flowCall, openListener, openSandbox } from './sandbox-harness.ts'

const EVENTS = { 'StatusCallbackEvents[0]': 'terminal', 'StatusCallbackEvents[1]': 'answered', StatusCallbackContentType: 'application/json', Record: 'true' }

/** Places a call, hears its callbacks, and looks at it long after its end. */
async function callTo(from: string, callbacks: number) {
  const listener = await openListener()
  const sandbox = await openSandbox()
  const sid = await sandbox.place(from, { ...EVENTS, StatusCallback: `${listener.url}/` })
  const received = await listener.received(callbacks)
  sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)
  const { Call } = await sandbox.getJson(`Calls/${sid}.json?details=true`)
  return { received: received.map(({ body }) => body), call: Call, ledger: sandbox.ledger() }
}

it('completes an answered call, any other number, with answered and terminal (4, 7.3)', async () => {
  const { received, call, ledger } = await callTo('+919876543210', 2)

  expect(received).toMatchObject([{ EventType: 'answered', Status: 'in-progress' }, { EventType: 'terminal', Status: 'completed' }])
  expect(call).toMatchObject({ Status: 'completed', Duration: '1', Price: '0.500', AnsweredBy: 'human', Details: { Leg1Status: 'completed' } })
  expect(ledger).toMatchObject({ calls: [{ fate: 'answered', status: 'completed', duration_seconds: 1, answer: 'sent' }], billed: 1 })
})

it.each([
  ['0002', 'busy', 'busy'],
  ['0003', 'no-answer', 'no_answer'],
  ['0004', 'failed', 'failed'],
])('ends a call to …%s as %s, with terminal alone and at no cost (4, 7.3)', async (digits, status, fate) => {
  const { received, call, ledger } = await callTo(`+91987654${digits}`, 1)

  expect(received).toMatchObject([{ EventType: 'terminal', Status: status, ConversationDuration: 0, RecordingUrl: null, Legs: [{ OnCallDuration: 0, Status: status }] }])
  expect(call).toMatchObject({ Status: status, Duration: '0', Price: '0.000', AnsweredBy: null, RecordingUrl: null, Details: { Leg1Status: status, Leg2Status: null } })
  expect(ledger).toMatchObject({ calls: [{ fate, status, answered_at: null, duration_seconds: 0 }], billed: 0 })
})

it('sends no callback for a call to …0005, whose end the details tell (7.1, 7.4)', async () => {
  const listener = await openListener()
  const sandbox = await openSandbox()
  const subscription = { ...EVENTS, StatusCallback: listener.url }

  const silent = await sandbox.place('+919876540005', subscription)
  const loud = await sandbox.place('+919876543210', subscription)
  const received = await listener.received(2)

  sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)
  expect(received.map(({ body }) => (body as { CallSid: string }).CallSid)).toEqual([loud, loud])
  expect((await sandbox.getJson(`Calls/${silent}.json`)).Call).toMatchObject({ Status: 'completed', Duration: '1' })
  expect(sandbox.ledger().callbacks.filter(({ sid }) => sid === silent)).toEqual([])
})

it('refuses …0006 with 429 and Retry-After once a number, then completes it (5.3)', async () => {
  const sandbox = await openSandbox({ retryAfterS: 3 })
  const post = async (from: string) => {
    const { statusCode, headers } = await sandbox.post(flowCall(from))
    return [statusCode, headers['retry-after']]
  }

  expect([await post('+919876540006'), await post('09876540006'), await post('+919876540006'), await post('+919811110006')])
    .toEqual([[429, '3'], [200, undefined], [200, undefined], [429, '3']])
  sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)
  expect(sandbox.ledger().calls.map(call => [call.fate, call.status])).toEqual([['throttled_once', 'completed'], ['throttled_once', 'completed']])
})

it.each([
  ['0007', 402, 'Payment required: usage limit exceeded', 'unpaid'],
  ['0009', 403, 'Call to [09876540009] can not be made because of TRAI NDNC regulations.', 'ndnc'],
])('refuses …%s with %i and no Code, and places nothing (5.2)', async (digits, status, message, fate) => {
  const sandbox = await openSandbox()

  const response = await sandbox.post(flowCall(`+91987654${digits}`))

  expect([response.statusCode, JSON.parse(response.body)]).toEqual([status, { RestException: { Status: status, Message: message } }])
  expect(sandbox.ledger()).toMatchObject({ calls: [], requests: 1, rejected: [{ http_status: status, fate, from: `+91987654${digits}` }], billed: 0 })
})

it('places a call to …0008 and loses the answer: the client sees a hang-up, the ledger and the listener the call (2.4)', async () => {
  const listener = await openListener()
  const events: LedgerEvent[] = []
  const sandbox = await openSandbox({ onEvent: event => events.push(event) })

  const failure = await sandbox.post({ ...flowCall('+919876540008'), ...EVENTS, StatusCallback: listener.url }).catch((error: unknown) => error)

  expect(failure).toBeInstanceOf(RequestError)
  expect((failure as RequestError).code).toBe('ECONNRESET')
  const [answered, terminal] = await listener.received(2)
  const { sid, answer } = sandbox.ledger().calls[0]!
  expect(answer).toBe('lost')
  expect([answered, terminal].map(callback => callback?.body)).toMatchObject([{ CallSid: sid, EventType: 'answered' }, { CallSid: sid, EventType: 'terminal' }])
  expect(events[0]).toMatchObject({ event: 'connect', sid, http_status: 200, outcome: 'accepted', answer: 'lost', fate: 'answer_lost' })
})

describe('the table', () => {
  it('has a line of help for each fate, and no digits twice (11)', () => {
    const fates = Object.values(FATES)

    expect(fates.every(({ description }) => description.length > 0)).toBe(true)
    expect(new Set(fates.map(({ digits }) => digits)).size).toBe(fates.length)
  })
})
