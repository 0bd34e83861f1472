import { readFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Answer, answerWith, closedPort, fixture, serveTcp } from './answering-server.ts'
import { CALL, clientAt, connectAt, SECRETS } from './exotel-client.ts'

const ACCEPTED = { status: 200, body: fixture('2.5-connect.json') }

/** One connect against these answers: what came of it, and how many requests reached the server. */
async function outcomeOf(...answers: Answer[]) {
  const server = await answerWith(...answers)
  return { outcome: await connectAt(server.url), posts: server.requests.length }
}

describe('the request', () => {
  it('asks Exotel to dial the customer first and only, and to connect the flow (2.2)', async () => {
    const server = await answerWith(ACCEPTED)

    await connectAt(server.url)

    const [{ method, path, headers, body }] = server.requests as [typeof server.requests[0]]
    expect([method, path, headers['content-type']]).toEqual(['POST', '/v1/Accounts/acme1m/Calls/connect.json', 'application/x-www-form-urlencoded'])
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      From: '+919810000011',
      CallerId: '08047100000',
      Url: 'http://my.exotel.com/acme1m/exoml/start_voice/4711',
      CallType: 'trans',
      TimeOut: '30',
      TimeLimit: '300',
      Record: 'true',
      CustomField: '5f1d7a84c0de4b6f9a31',
      StatusCallback: 'https://calls.example/exotel/status/5f1d.aa',
      'StatusCallbackEvents[0]': 'terminal',
      'StatusCallbackEvents[1]': 'answered',
      StatusCallbackContentType: 'application/json',
    })
  })

  it('says what it wants recorded and how long, whatever the default may be', async () => {
    const server = await answerWith(ACCEPTED)

    await connectAt(server.url, { record: false, timeOutS: 20, timeLimitS: 60 })

    expect(Object.fromEntries(new URLSearchParams(server.requests[0]!.body))).toMatchObject({ Record: 'false', TimeOut: '20', TimeLimit: '60' })
  })

  it('asks for no callback where nothing listens', async () => {
    const server = await answerWith(ACCEPTED)

    await clientAt(server.url).connect({ ...CALL, callbackUrl: null })

    expect([...new URLSearchParams(server.requests[0]!.body).keys()]).toEqual(['From', 'CallerId', 'Url', 'CallType', 'TimeOut', 'TimeLimit', 'Record', 'CustomField'])
  })

  it('carries the key and the token in its header alone (1)', async () => {
    const server = await answerWith(ACCEPTED)

    await connectAt(server.url)

    const { path, headers: { authorization, ...headers }, body } = server.requests[0]!
    expect(authorization).toBe(`Basic ${Buffer.from('key-3f9c:token-77ad').toString('base64')}`)
    for (const secret of SECRETS)
      expect(JSON.stringify({ path, headers, body })).not.toContain(secret)
  })

  it('goes over a connection of its own, every time', async () => {
    const server = await answerWith(ACCEPTED)

    await connectAt(server.url)
    await connectAt(server.url)

    expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close'])
  })
})

describe('an answer', () => {
  it('with a Sid means that the call is placed (2.5)', async () => {
    expect(await outcomeOf(ACCEPTED)).toEqual({
      outcome: { kind: 'accepted', sid: 'c5797dcbaaeed7678c4062a4a3ed2f8a', fromNumber: '0XXXXXX4890', answer: (JSON.parse(fixture('2.5-connect.json').toString()) as { Call: unknown }).Call },
      posts: 1,
    })
  })

  it.each<[string, unknown]>([
    ['number of the ExoPhone that is no text', { Sid: 'c5797dcbaaeed7678c4062a4a3ed2f8a', PhoneNumberSid: 8047100000 }],
    ['Sid that is not hex', { Sid: '7c5a0b2ea6f6d5b6a1c0b9d2e3f416mk' }],
    ['status that it has not told us of', { Sid: 'c5797dcbaaeed7678c4062a4a3ed2f8a', Status: 'warming-up' }],
  ])('is not doubted for a %s', async (_, call) => {
    const { outcome } = await outcomeOf({ body: JSON.stringify({ Call: call }) })

    expect(outcome).toMatchObject({ kind: 'accepted', sid: (call as { Sid: string }).Sid })
  })

  it.each<[string, Answer]>([
    ['names no Sid', { body: '{"Call":{"Status":"in-progress"}}' }],
    ['has an empty Sid', { body: '{"Call":{"Sid":""}}' }],
    ['has a Sid that says null', { body: '{"Call":{"Sid":"null"}}' }],
    ['is cut short within its JSON', { body: fixture('2.5-connect.json').subarray(0, 200) }],
    ['is XML, which nobody asked for', { headers: { 'content-type': 'application/xml' }, body: fixture('2.5-connect.xml') }],
    ['is a page for people', { body: '<html><body>Welcome</body></html>' }],
    ['is empty', { body: '' }],
    ['is JSON of another kind', { body: '[]' }],
    ['says 201 and nothing else', { status: 201 }],
    ['says 204', { status: 204 }],
    ['is a RestException with status 200', { body: fixture('5.2-kyc.json') }],
  ])('of success that %s leaves the fate unknown, after one request', async (_, answer) => {
    expect(await outcomeOf(answer, ACCEPTED)).toEqual({ outcome: { kind: 'unknown', message: 'Exotel accepted the request, but its answer names no call' }, posts: 1 })
  })

  it.each<[string, number, object]>([
    ['5.2-ndnc.json', 403, { refusal: 'ndnc', message: 'Call to [09XXXXXXXXX] can not be made because of TRAI NDNC regulations. Read more about this here: http://support.exotel.in/support/solutions/articles/35421-…', stopsRun: false }],
    ['5.2-ndnc-older.json', 403, { refusal: 'ndnc', message: 'Call to [09XXXXXXXXX] cannot be made because of TRAI NDNC regulations', stopsRun: false }],
    ['5.2-ndnc-recent.json', 403, { refusal: 'ndnc', message: 'Call to [09XXXXXXXXX] can not be made because of TRAI NDNC regulations.', stopsRun: false }],
    ['5.2-kyc.json', 403, { refusal: 'account', message: 'Your account is not yet KYC compliant. This is mandatory by TRAI guidelines to connect outbound voice calls.', stopsRun: true }],
    ['5.2-kyc-code.json', 403, { refusal: 'account', message: 'Your account is not yet KYC compliant', stopsRun: true }],
    ['5.1-rest-exception.xml', 403, { refusal: 'account', message: 'Your account is not yet KYC compliant', stopsRun: true }],
    ['5.2-outbound-not-enabled.json', 403, { refusal: 'account', message: '… before making outbound calls', stopsRun: true }],
    ['5.2-trial.json', 403, { refusal: 'account', message: 'Trial account can only call verified numbers', stopsRun: true }],
    ['5.1-bad-gateway.html', 403, { refusal: 'account', message: 'HTTP 403', stopsRun: true }],
    ['5.2-payment-required.json', 402, { refusal: 'account', message: 'Payment Required', stopsRun: true }],
    ['5.2-bad-credentials.json', 401, { refusal: 'account', message: 'Authentication failed…', stopsRun: true }],
    ['5.2-bad-parameters.json', 400, { refusal: 'request', message: 'Bad or missing parameters', stopsRun: false }],
    ['5.2-unassigned-number.json', 400, { refusal: 'request', message: 'Unassigned virtual number', stopsRun: false }],
    ['5.1-envelope.json', 400, { refusal: 'request', message: 'Invalid parameter', stopsRun: false }],
    ['5.1-envelope-of-several.json', 400, { refusal: 'request', message: 'Mandatory parameter missing', stopsRun: false }],
    ['5.2-not-found.json', 404, { refusal: 'request', message: 'The requested resource was not found', stopsRun: false }],
  ])('%s with %i is a refusal', async (name, status, refusal) => {
    expect(await outcomeOf({ status, body: fixture(name) }, ACCEPTED)).toEqual({ outcome: { kind: 'rejected', ...refusal }, posts: 1 })
  })

  it.each<[string, number, string]>([
    ['5.2-no-route.json', 503, 'HTTP 503: Service Unavailable;'],
    ['5.1-bad-gateway.html', 502, 'HTTP 502'],
    ['5.1-envelope.json', 500, 'HTTP 500: Invalid parameter'],
    ['5.2-not-found.json', 504, 'HTTP 504: The requested resource was not found'],
    ['5.2-rate-limit.json', 408, 'HTTP 408: Rate limit exceeded…'],
    ['5.2-bad-parameters.json', 409, 'HTTP 409: Bad or missing parameters'],
    ['5.2-kyc.json', 500, 'HTTP 500: Your account is not yet KYC compliant. This is mandatory by TRAI guidelines to connect outbound voice calls.'],
  ])('%s with %i leaves the fate unknown, and is not sent again', async (name, status, message) => {
    expect(await outcomeOf({ status, body: fixture(name) }, ACCEPTED)).toEqual({ outcome: { kind: 'unknown', message }, posts: 1 })
  })

  it.each([301, 302, 303, 307, 308])('of %i is not followed', async (status) => {
    expect(await outcomeOf({ status, headers: { location: '/v1/Accounts/acme1m/Calls/elsewhere.json' } }, ACCEPTED)).toEqual({ outcome: { kind: 'unknown', message: `HTTP ${status}` }, posts: 1 })
  })

  it('tells no more of an endless message than a person would read', async () => {
    const { outcome } = await outcomeOf({ status: 400, body: JSON.stringify({ RestException: { Status: 400, Message: 'x'.repeat(100_000) } }) })

    expect(outcome).toMatchObject({ kind: 'rejected', message: 'x'.repeat(500) })
  })
})

describe('429', () => {
  it.each<[string, string | undefined, number]>([
    ['in seconds', '30', 30_000],
    ['of nothing', '0', 0],
    ['as a date', 'Mon, 15 Jan 2024 04:32:00 GMT', 120_000],
    ['as a date that is past', 'Mon, 15 Jan 2024 04:00:00 GMT', 0],
    ['absent', undefined, 30_000],
    ['of years', '1000000000', 15 * 60_000],
    ['as a date of next year', 'Wed, 15 Jan 2025 04:30:00 GMT', 15 * 60_000],
    ['that is no number', 'soon', 30_000],
    ['that is negative', '-5', 30_000],
    ['in another notation', '1e9', 30_000],
  ])('was never processed; the wait is told, with Retry-After %s', async (_, retryAfter, retryAfterMs) => {
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'Retry-After': retryAfter }

    expect(await outcomeOf({ status: 429, body: fixture('5.2-rate-limit.json'), headers }, ACCEPTED)).toEqual({ outcome: { kind: 'not_placed', message: 'Exotel is at its rate limit: Rate limit exceeded…', retryAfterMs }, posts: 1 })
  })
})

describe('a request that may have arrived', () => {
  it.each<[string, Answer]>([
    ['the connection ends before the answer', response => response.socket!.destroy()],
    ['the connection ends within the headers', (response) => { response.socket!.end('HTTP/1.1 200 OK\r\nContent-Le') }],
    ['the connection ends within the body', (response) => {
      response.writeHead(200, { 'content-length': '5000' })
      response.write(fixture('2.5-connect.json').subarray(0, 100), () => response.socket!.destroy())
    }],
    ['a chunk is missing', (response) => {
      response.writeHead(200)
      response.write(fixture('2.5-connect.json'), () => response.socket!.destroy())
    }],
    ['the answer is no HTTP', (response) => { response.socket!.end('hello\r\n\r\n') }],
    ['the compressed answer is broken', { headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }],
  ])('has an unknown fate and is not sent again when %s', async (_, answer) => {
    const { outcome, posts } = await outcomeOf(answer, ACCEPTED)

    expect([outcome.kind, posts]).toEqual(['unknown', 1])
  })

  it('has an unknown fate when no answer comes in time', async () => {
    const server = await answerWith(() => {}, ACCEPTED)

    const outcome = await connectAt(server.url, { httpTimeoutMs: 100 })

    expect([outcome, server.requests.length]).toEqual([{ kind: 'unknown', message: 'no answer from Exotel: Timeout awaiting \'request\' for 100ms' }, 1])
  })

  it('takes the answer that had come while the process was held up, though the time is over by then', async () => {
    const server = await answerWith((response) => {
      response.end(ACCEPTED.body, () => {
        for (const until = performance.now() + 300; performance.now() < until;);
      })
    })

    expect(await connectAt(server.url, { httpTimeoutMs: 200 })).toMatchObject({ kind: 'accepted' })
  })

  it.each<[string, Answer]>([
    ['endless', (response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ')
      const more = () => { while (response.write(chunk)) { /* until the pipe is full */ } }
      response.writeHead(200).on('drain', more)
      more()
    }],
    ['small only while it is compressed', { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(50_000_000, ' ')) }],
  ])('has an unknown fate when the answer is %s: it is cut at 1 MB', async (_, answer) => {
    const { outcome, posts } = await outcomeOf(answer, ACCEPTED)

    expect([outcome, posts]).toEqual([{ kind: 'unknown', message: 'no answer from Exotel: the answer is larger than 1000000 bytes' }, 1])
  })

  it('is not cut while the answer stays below that', async () => {
    const padded = fixture('2.5-connect.json').toString() + ' '.repeat(900_000)

    expect((await outcomeOf({ body: padded })).outcome).toMatchObject({ kind: 'accepted' })
  })
})

describe('a request that cannot have left', () => {
  it('is not placed when the connection is refused', async () => {
    const port = await closedPort()

    expect(await connectAt(`http://127.0.0.1:${port}`)).toEqual({ kind: 'not_placed', message: `no connection to Exotel: connect ECONNREFUSED 127.0.0.1:${port}`, retryAfterMs: null })
  })

  it('is not placed when the host has no address', async () => {
    const host = `${'a'.repeat(64)}.invalid` // a label too long for any name server to be asked

    expect(await connectAt(`http://${host}`)).toMatchObject({ kind: 'not_placed', retryAfterMs: null, message: expect.stringContaining(host) as string })
  })

  it('is not placed when the certificate is nobody\'s', async () => {
    const pem = readFileSync(new URL('../fixtures/tls/self-signed.pem', import.meta.url))
    const requests: unknown[] = []
    const server = createHttpsServer({ key: pem, cert: pem }, (request, response) => {
      requests.push(request.url)
      response.end()
    }).listen(0, '127.0.0.1')
    onTestFinished(() => new Promise<void>((resolve) => { server.close(() => resolve()) }))
    await once(server, 'listening')

    const outcome = await connectAt(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)

    expect([outcome, requests]).toEqual([{ kind: 'not_placed', message: 'no connection to Exotel: self-signed certificate', retryAfterMs: null }, []])
  })

  it.each<[string, Parameters<typeof serveTcp>[0]]>([
    ['is refused', (socket) => { socket.destroy() }],
    ['is answered in another protocol', (socket) => { socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') }],
    ['never ends', () => {}],
  ])('is not placed when the TLS handshake %s', async (_, onSocket) => {
    const { port } = await serveTcp(onSocket)

    expect(await connectAt(`https://127.0.0.1:${port}`, { httpTimeoutMs: 200 })).toMatchObject({ kind: 'not_placed', retryAfterMs: null })
  })
})

it.each<[string, () => Promise<string>]>([
  ['a success', async () => (await answerWith(ACCEPTED)).url],
  ['a refusal', async () => (await answerWith({ status: 401, body: fixture('5.2-bad-credentials.json') })).url],
  ['a lost answer', async () => (await answerWith(response => response.socket!.destroy())).url],
  ['no connection', async () => `http://127.0.0.1:${await closedPort()}`],
])('keeps the key and the token out of what it tells of %s', async (_, open) => {
  const url = await open()
  const told = [await connectAt(url), await clientAt(url).findCall('x').catch((error: unknown) => error), await clientAt(url).listCalls({}).catch((error: unknown) => error)]

  for (const secret of SECRETS)
    expect(inspect(told, { depth: Infinity, showHidden: true })).not.toContain(secret)
})
