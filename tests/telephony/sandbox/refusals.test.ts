import { describe, expect, it } from 'vitest'
import { ACCOUNT, clientOf, flowCall, openSandbox, temporaryLedger } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'
const NOT_FOUND = { RestException: { Status: 404, Message: 'The requested resource was not found' } }

it.each([
  ['key', { ...ACCOUNT, key: 'other' }],
  ['token', { ...ACCOUNT, token: 'other' }],
])('answers 401 with a Code to a wrong %s, on every endpoint (5.1, 5.2)', async (_name, credentials) => {
  const sandbox = await openSandbox()
  const stranger = clientOf(sandbox.url, credentials)

  const responses = [await stranger.post(flowCall(CUSTOMER)), ...await Promise.all(['Calls.json', 'Calls/abc.json', 'Balance.json', 'Numbers/1.json'].map(stranger.get))]

  for (const { statusCode, body } of responses)
    expect([statusCode, JSON.parse(body)]).toEqual([401, { RestException: { Status: 401, Message: 'Authentication failed', Code: 20003 } }])
  expect(sandbox.ledger()).toMatchObject({ calls: [], rejected: [{ http_status: 401, from: CUSTOMER }] })
})

it('answers 404 without a Code to an unknown account (11)', async () => {
  const sandbox = await openSandbox()
  const lost = clientOf(sandbox.url, { ...ACCOUNT, sid: 'other1m' })

  for (const { statusCode, body } of [await lost.post(flowCall(CUSTOMER)), await lost.get('Calls.json')])
    expect([statusCode, JSON.parse(body)]).toEqual([404, NOT_FOUND])
})

it.each(['/', '/v1/accounts/acme1m/Calls.json', '/v1/Accounts/acme1m/calls.json', '/v1/Accounts/acme1m/Nothing.json', `/v1/Accounts/acme1m/Calls/${'0'.repeat(32)}.json`])(
  'answers 404 for %s: paths are case-sensitive (11)',
  async (path) => {
    const sandbox = await openSandbox()

    const { statusCode, body } = await sandbox.get(path)

    expect(statusCode).toBe(404)
    expect(body).toContain('The requested resource was not found')
  },
)

it('writes a refusal as XML when the path has no .json (5.1)', async () => {
  const sandbox = await openSandbox()

  const response = await sandbox.post({}, { path: 'Calls/connect' })

  expect([response.statusCode, response.body]).toEqual([400, '<?xml version="1.0" encoding="UTF-8"?>\n'
  + '<TwilioResponse><RestException><Status>400</Status><Message>Bad or missing parameters</Message></RestException></TwilioResponse>\n'])
})

describe('the rate of the account', () => {
  it('answers 429 with Retry-After beyond its calls a minute, until the window has slid on (5.3)', async () => {
    const sandbox = await openSandbox({ ratePerMinute: 2, retryAfterS: 7 })
    const start = sandbox.time.now.getTime()
    const postAt = async (seconds: number) => {
      sandbox.time.now = new Date(start + seconds * 1000)
      return (await sandbox.post(flowCall(CUSTOMER))).statusCode
    }

    expect([await postAt(0), await postAt(30), await postAt(59), await postAt(60), await postAt(61), await postAt(90)]).toEqual([200, 200, 429, 200, 429, 200])

    const refused = await sandbox.post(flowCall(CUSTOMER))
    expect([refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual(['7', { RestException: { Status: 429, Message: 'Rate limit exceeded' } }])
  })

  it('is kept by the clock, also when that goes back, and the ledger tells what was asked and what was let in', async () => {
    const sandbox = await openSandbox({ ratePerMinute: 2 })
    const start = sandbox.time.now.getTime()
    const statuses: number[] = []
    for (const seconds of [100, 0, 10, 20, 101, 102]) {
      sandbox.time.now = new Date(start + seconds * 1000)
      statuses.push((await sandbox.post(flowCall(CUSTOMER))).statusCode)
    }

    expect(statuses).toEqual([200, 200, 200, 429, 200, 429])
    expect(sandbox.ledger()).toMatchObject({ requests: 6, max_requests_per_minute: 3, max_admitted_per_minute: 2 })
  })

  it('is 200 when nothing else is said (5.3)', async () => {
    const sandbox = await openSandbox()

    const statuses = await Promise.all(Array.from({ length: 201 }, async () => (await sandbox.post({})).statusCode))

    expect(statuses.filter(status => status === 400)).toHaveLength(200)
    expect(statuses.filter(status => status === 429)).toHaveLength(1)
  })

  it('counts the calls of another process on the same ledger, and no strangers (5.3)', async () => {
    const ledgerFile = temporaryLedger()
    const [one, other] = [await openSandbox({ ledgerFile, ratePerMinute: 1 }), await openSandbox({ ledgerFile, ratePerMinute: 1 })]

    expect((await clientOf(one.url, { ...ACCOUNT, key: 'other' }).post(flowCall(CUSTOMER))).statusCode).toBe(401)
    expect((await one.post(flowCall(CUSTOMER))).statusCode).toBe(200)
    expect((await other.post(flowCall(CUSTOMER))).statusCode).toBe(429)
  })
})
