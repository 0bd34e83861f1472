import { connect } from 'node:net'
import { RequestError } from 'got'
import { describe, expect, it } from 'vitest'
import { ANSWER_FAULTS, type AnswerFaultName } from '../../../src/telephony/sandbox/faults.ts'
import type { Behaviour, ScriptedRequest } from '../../../src/telephony/sandbox/misbehaviour.ts'
import { flowCall, openListener, openSandbox } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'

/** One POST that meets this, and what came of it on the wire and in truth. */
async function postTo(behaviour: Behaviour, from = CUSTOMER) {
  const sandbox = await openSandbox({ script: () => behaviour })
  const response = await sandbox.post(flowCall(from)).catch((error: unknown) => error as RequestError)
  const { calls, rejected, requests } = sandbox.ledger()
  const wire = response instanceof RequestError ? { error: response.code } : { status: response.statusCode, type: response.headers['content-type']?.split(';')[0], body: response.body, headers: response.headers }
  return { wire, calls, rejected, requests, sandbox }
}

const NAMES = Object.keys(ANSWER_FAULTS) as AnswerFaultName[]

describe.each(NAMES)('the answer %s', (answer) => {
  it.each([true, false])('may stand for a call that is placed: %s', async (isPlaced) => {
    const { calls, rejected, requests } = await postTo({ answer, isPlaced })

    const fault = `${answer}-${isPlaced ? 'placed' : 'unplaced'}`
    const told = { lost: 'lost', reset: 'lost', cut: 'cut', byte: 'cut' }[answer as string] ?? 'sent'
    expect(requests).toBe(1)
    if (isPlaced)
      expect([calls, rejected]).toMatchObject([[{ from: CUSTOMER, answer: told, http_status: ANSWER_FAULTS[answer].status ?? 200 }], []])
    else
      expect([calls, rejected]).toMatchObject([[], [{ from: CUSTOMER, fault, sid: null, answer: told, http_status: ANSWER_FAULTS[answer].status }]])
  })
})

describe('on the wire', () => {
  it('xml is the documented XML, though JSON was asked for (2.5)', async () => {
    const { wire, calls } = await postTo({ answer: 'xml' })

    expect(wire).toMatchObject({ status: 200, type: 'application/xml' })
    expect(wire.body).toContain(`<TwilioResponse><Call><Sid>${calls[0]!.sid}</Sid>`)
  })

  it.each(['html', 'http-502', 'http-504'] as const)('%s is a page', async (answer) => {
    const { wire } = await postTo({ answer })

    expect(wire).toMatchObject({ status: ANSWER_FAULTS[answer].status, type: 'text/html' })
    expect(wire.body).toMatch(/^<!DOCTYPE html>/)
  })

  it('wrong-json and no-sid are JSON without a Sid', async () => {
    expect(JSON.parse((await postTo({ answer: 'wrong-json' })).wire.body!)).toEqual({ status: 'ok', data: [{ id: 1 }] })
    expect(JSON.parse((await postTo({ answer: 'no-sid' })).wire.body!)).toMatchObject({ Call: { Sid: null, Status: 'in-progress' } })
  })

  it('truncated is whole by HTTP and torn as JSON', async () => {
    const { wire } = await postTo({ answer: 'truncated' })

    expect(wire).toMatchObject({ status: 200, type: 'application/json' })
    expect(Number(wire.headers!['content-length'] ?? wire.body!.length)).toBe(wire.body!.length)
    expect(() => JSON.parse(wire.body!)).toThrow(SyntaxError)
  })

  it('cut promises a body and closes half-way', async () => {
    const { sandbox, wire } = await postTo({ answer: 'cut' })
    expect(wire).toEqual({ error: 'ECONNRESET' })

    const raw = await postRaw(sandbox.url)
    const [head, body] = raw.split('\r\n\r\n') as [string, string]
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(Number(/content-length: (\d+)/i.exec(head)![1])).toBeGreaterThan(body.length)
    expect(body).toMatch(/^\{"Call":\{"Sid":"/)
  })

  it('lost is not a byte', async () => {
    const { sandbox, wire } = await postTo({ answer: 'lost' })

    expect([wire, await postRaw(sandbox.url)]).toEqual([{ error: 'ECONNRESET' }, ''])
    expect(sandbox.ledger()).toMatchObject({ requests: 2, calls: [{ answer: 'lost' }, { answer: 'lost' }] })
  })

  it('reset is not a byte and an error, byte is one', async () => {
    const [reset, byte] = [await postTo({ answer: 'reset' }), await postTo({ answer: 'byte' })]

    expect([reset.wire, await postRaw(reset.sandbox.url)]).toEqual([{ error: 'ECONNRESET' }, '<ECONNRESET>'])
    expect(byte.wire.error).toBeDefined()
    expect(await postRaw(byte.sandbox.url)).toBe('H')
  })

  it('huge is 20 MB of sound JSON with a Sid', async () => {
    const { wire, calls } = await postTo({ answer: 'huge' })

    expect(wire.body!.length).toBeGreaterThan(20_000_000)
    expect(JSON.parse(wire.body!).Call.Sid).toBe(calls[0]!.sid)
  })

  it.each([
    ['http-400', 'Bad or missing parameters', undefined],
    ['http-401', 'Authentication failed', 20003],
    ['http-402', 'Payment required: usage limit exceeded', undefined],
    ['kyc', 'Your account is not yet KYC compliant. This is mandatory by TRAI guidelines to connect outbound voice calls.', undefined],
    ['ndnc', 'Call to [09876543210] can not be made because of TRAI NDNC regulations.', undefined],
    ['http-404', 'The requested resource was not found', undefined],
    ['http-408', 'Request Timeout', undefined],
    ['http-500', 'Internal Server Error', undefined],
    ['http-503', 'Service Unavailable; ', 35008],
  ] as const)('%s is a RestException: %s (5.2)', async (answer, message, code) => {
    const { wire } = await postTo({ answer })

    const status = ANSWER_FAULTS[answer].status
    expect([wire.status, JSON.parse(wire.body!)]).toEqual([status, { RestException: { Status: status, Message: message, ...(code && { Code: code }) } }])
  })

  it.each([301, 302, 307, 308] as const)('http-%i leads back to the same path', async (status) => {
    const sandbox = await openSandbox({ script: ({ nth }) => nth === 1 ? { answer: `http-${status}` } : undefined })

    const response = await fetch(`${sandbox.url}/v1/Accounts/acme1m/Calls/connect.json`, {
      method: 'POST', redirect: 'manual', headers: { authorization: `Basic ${btoa('test-key:test-token')}` }, body: new URLSearchParams(flowCall(CUSTOMER)),
    })

    expect([response.status, response.headers.get('location')]).toEqual([status, response.url])
    expect(sandbox.ledger()).toMatchObject({ calls: [], requests: 1 })
  })

  it.each([
    [{}, '1'],
    [{ retryAfter: 30 }, '30'],
    [{ retryAfter: 'absent' as const }, undefined],
    [{ retryAfter: 'absurd' as const }, '1000000000'],
    [{ retryAfter: 'date' as const }, 'Sun, 14 Jan 2024 20:00:01 GMT'],
  ])('http-429 with %o says Retry-After %s (5.3)', async (behaviour, header) => {
    const { wire, rejected } = await postTo({ answer: 'http-429', ...behaviour })

    expect([wire.status, wire.headers!['retry-after']]).toEqual([429, header])
    expect(rejected).toMatchObject([{ http_status: 429 }])
  })

  it('the 429 of the rate and of a number say what the switch wants, too', async () => {
    const sandbox = await openSandbox({ ratePerMinute: 1, misbehave: { seed: 1, retryAfter: 'absurd' } })

    expect((await sandbox.post(flowCall('+919876540006'))).headers['retry-after']).toBe('1000000000')
    await sandbox.post(flowCall(CUSTOMER))
    expect((await sandbox.post(flowCall(CUSTOMER))).headers['retry-after']).toBe('1000000000')
  })
})

it('a call that was not placed has no callbacks', async () => {
  const listener = await openListener()
  const sandbox = await openSandbox({ script: ({ nth }) => nth === 1 ? { answer: 'html', isPlaced: false } : undefined })

  await sandbox.post({ ...flowCall(CUSTOMER), StatusCallback: listener.url })
  const sid = await sandbox.place(CUSTOMER, { StatusCallback: listener.url })
  await sandbox.place(CUSTOMER, { StatusCallback: listener.url })

  expect((await listener.received(2)).map(({ body }) => (body as { CallSid: string }).CallSid)[0]).toBe(sid)
})

describe('a script', () => {
  it('is asked for each POST that was let in, with its numbers', async () => {
    const asked: ScriptedRequest[] = []
    const sandbox = await openSandbox({ script: request => void asked.push(request) })

    await sandbox.post({})
    await sandbox.place(CUSTOMER, { CustomField: 'r1' })
    await sandbox.place('+919811122233')
    await sandbox.place(CUSTOMER, { StatusCallback: 'http://127.0.0.1:1/' })

    expect(asked.map(({ at: _, ...request }) => request)).toEqual([
      { nth: 1, phone: CUSTOMER, nthToPhone: 1, customField: 'r1', statusCallback: null },
      { nth: 2, phone: '+919811122233', nthToPhone: 1, customField: null, statusCallback: null },
      { nth: 3, phone: CUSTOMER, nthToPhone: 2, customField: null, statusCallback: 'http://127.0.0.1:1/' },
    ])
  })

  it('goes before the fate of a number, and leaves others to theirs', async () => {
    const sandbox = await openSandbox({ script: ({ nthToPhone }) => nthToPhone === 1 ? {} : undefined })

    expect((await sandbox.post(flowCall('+919876540007'))).statusCode).toBe(200)
    expect((await sandbox.post(flowCall('+919876540007'))).statusCode).toBe(402)
  })

  it('is not overruled by the seed', async () => {
    const sandbox = await openSandbox({ misbehave: { seed: 1, answers: { 'http-500-unplaced': 1 } }, script: ({ nth }) => nth === 1 ? {} : undefined })

    expect([(await sandbox.post(flowCall(CUSTOMER))).statusCode, (await sandbox.post(flowCall(CUSTOMER))).statusCode]).toEqual([200, 500])
    expect(sandbox.ledger().calls).toHaveLength(1)
  })

  it('may hold an answer back until something has happened', async () => {
    let release = () => {}
    const until = new Promise<void>((resolve) => { release = resolve })
    let tellPlaced = () => {}
    const placed = new Promise<void>((resolve) => { tellPlaced = resolve })
    const sandbox = await openSandbox({ script: () => ({ until }), onEvent: tellPlaced })

    const answered = sandbox.post(flowCall(CUSTOMER)).then(() => 'answered')
    await placed
    expect(await Promise.race([answered, sandbox.get('Balance.json').then(() => 'not yet')])).toBe('not yet')
    release()

    expect(await answered).toBe('answered')
  })

  it('may end a call as canceled, which costs nothing', async () => {
    const sandbox = await openSandbox({ script: () => ({ endsAs: 'canceled' }) })
    const sid = await sandbox.place(CUSTOMER)
    sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)

    expect((await sandbox.getJson(`Calls/${sid}.json`)).Call).toMatchObject({ Status: 'canceled', Duration: '0', AnsweredBy: null })
    expect(sandbox.ledger()).toMatchObject({ calls: [{ status: 'canceled', duration_seconds: 0 }], billed: 0 })
  })

  it.each([['of its own', { script: () => ({ latencyMs: 300 }) }], ['of the switch', { misbehave: { seed: 1, latencyMs: [300, 310] as [number, number] } }]])('waits for the latency %s', async (_name, options) => {
    const sandbox = await openSandbox(options)
    const startedAt = performance.now()

    await sandbox.place(CUSTOMER)

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(300)
  })
})

/** The bytes that come back, and the error that the connection ends with. */
async function postRaw(url: string): Promise<string> {
  const body = new URLSearchParams(flowCall(CUSTOMER)).toString()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`POST /v1/Accounts/acme1m/Calls/connect.json HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${btoa('test-key:test-token')}\r\n`
    + `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  let received = ''
  socket.on('data', bytes => (received += String(bytes)))
  socket.on('error', (error: NodeJS.ErrnoException) => (received += `<${error.code}>`))
  await new Promise(resolve => socket.on('close', resolve))
  return received
}
