import got from 'got'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, EXOPHONE, FLOW_URL, flowCall, openListener, openSandbox } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'

describe('the answer', () => {
  it('says in-progress at once, with exactly the documented keys and IST times (2.5)', async () => {
    const sandbox = await openSandbox()

    const response = await sandbox.post(flowCall(CUSTOMER))

    const { Call } = JSON.parse(response.body)
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/json'])
    expect(Call).toEqual({
      Sid: expect.stringMatching(/^[0-9a-z]{32}$/),
      ParentCallSid: null,
      DateCreated: '2024-01-15 01:30:00',
      DateUpdated: '2024-01-15 01:30:00',
      AccountSid: 'acme1m',
      To: '08047100000',
      From: '09876543210',
      PhoneNumberSid: '08047100000',
      Status: 'in-progress',
      StartTime: '2024-01-15 01:30:00',
      EndTime: null,
      Duration: null,
      Price: null,
      Direction: 'outbound-api',
      AnsweredBy: null,
      ForwardedFrom: null,
      CallerName: null,
      Uri: `/v1/Accounts/acme1m/Calls.json/${Call.Sid}`,
      RecordingUrl: null,
    })
  })

  it('is XML in a TwilioResponse without .json, texts escaped (2.5)', async () => {
    const sandbox = await openSandbox()

    const response = await sandbox.post({ ...flowCall(CUSTOMER), CallerId: 'A&B <1>' }, { path: 'Calls/connect' })

    const sid = sandbox.ledger().calls[0]!.sid
    expect(response.headers['content-type']).toBe('application/xml')
    expect(response.body).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<TwilioResponse><Call>'
      + `<Sid>${sid}</Sid><ParentCallSid/><DateCreated>2024-01-15 01:30:00</DateCreated><DateUpdated>2024-01-15 01:30:00</DateUpdated>`
      + '<AccountSid>acme1m</AccountSid><To>A&amp;B &lt;1&gt;</To><From>09876543210</From><PhoneNumberSid>A&amp;B &lt;1&gt;</PhoneNumberSid>'
      + '<Status>in-progress</Status><StartTime>2024-01-15 01:30:00</StartTime><EndTime/><Duration/><Price/><Direction>outbound-api</Direction>'
      + `<AnsweredBy/><ForwardedFrom/><CallerName/><Uri>/v1/Accounts/acme1m/Calls/${sid}</Uri><RecordingUrl/>`
      + `<SubResourceUris><Legs>/v1/Accounts/acme1m/Calls/${sid}/Legs</Legs></SubResourceUris></Call></TwilioResponse>\n`)
  })

  it('names the second number as To in the two-number form (2.1)', async () => {
    const sandbox = await openSandbox()

    const { body } = await sandbox.post({ From: CUSTOMER, To: '+919811122233', CallerId: EXOPHONE })

    expect(JSON.parse(body).Call).toMatchObject({ From: '09876543210', To: '09811122233', PhoneNumberSid: EXOPHONE })
  })

  it('comes after the latency and still says in-progress, though the call may be over by then (2.4, 2.5)', async () => {
    const listener = await openListener()
    const timings = { answerLatencyMs: 600, ringMs: 5, talkMs: 5, billingLagMs: 5, callbackRetryMs: 5 }
    const sandbox = await openSandbox({ timings, clock: () => new Date() })
    const startedAt = performance.now()

    const answered = sandbox.post({ ...flowCall(CUSTOMER), StatusCallback: listener.url })
    expect(await listener.received(1)).toMatchObject([{ body: { Status: 'completed' } }])
    expect(await Promise.race([answered, 'not yet'])).toBe('not yet')

    expect(JSON.parse((await answered).body).Call).toMatchObject({ Status: 'in-progress', AnsweredBy: null, EndTime: null, Price: null })
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(600)
  })
})

describe('the request', () => {
  it('may be multipart/form-data (1)', async () => {
    const sandbox = await openSandbox()
    const form = new FormData()
    Object.entries({ ...flowCall(CUSTOMER), CustomField: 'ref 1' }).forEach(([key, value]) => form.append(key, value))

    const response = await got.post(`${sandbox.url}/v1/Accounts/acme1m/Calls/connect.json`, { username: ACCOUNT.key, password: ACCOUNT.token, body: form })

    expect(response.statusCode).toBe(200)
    expect(sandbox.ledger().calls).toMatchObject([{ from: CUSTOMER, custom_field: 'ref 1' }])
  })

  it.each([
    ['E.164', '+919876543210', '+919876543210'],
    ['0 and ten digits', '09876543210', '+919876543210'],
    ['spaces and dashes', '098765-43210', '+919876543210'],
    ['ten digits', '9876543210', '+919876543210'],
    ['91 and ten digits', '919876543210', '+919876543210'],
    ['a landline with its STD code', '08047123456', '+918047123456'],
    ['another country', '+14155550123', '+14155550123'],
  ])('takes From as %s (2.1)', async (_name, from, phone) => {
    const sandbox = await openSandbox()

    await sandbox.place(from)

    expect(sandbox.ledger().calls.map(call => call.from)).toEqual([phone])
  })

  it.each([
    ['From is missing', { From: '' }],
    ['From is no number', { From: 'asha' }],
    ['From is too short', { From: '98765' }],
    ['From is Indian and too long', { From: '+9198765432101' }],
    ['CallerId is missing', { CallerId: '' }],
    ['neither To nor Url is given', { Url: '' }],
    ['both To and Url are given', { To: '+919811122233' }],
    ['To is no number', { Url: '', To: 'office' }],
    ['Url is not an Exotel flow', { Url: 'https://example.com/acme1m/exoml/start_voice/1' }],
    ['Url only begins like an Exotel flow', { Url: `${FLOW_URL}/more` }],
    ['Url is the flow of another account', { Url: 'http://my.exotel.com/other1m/exoml/start_voice/1' }],
    ['TimeLimit is over four hours', { TimeLimit: '14401' }],
    ['TimeLimit is zero', { TimeLimit: '0' }],
    ['TimeLimit is not whole', { TimeLimit: '1.5' }],
    ['TimeOut is no number', { TimeOut: 'soon' }],
    ['TimeOut is negative', { TimeOut: '-1' }],
  ])('is refused with 400 when %s (5.2, 11)', async (_name, wrong) => {
    const sandbox = await openSandbox()

    const response = await sandbox.post({ ...flowCall(CUSTOMER), ...wrong })

    expect([response.statusCode, JSON.parse(response.body)]).toEqual([400, { RestException: { Status: 400, Message: 'Bad or missing parameters' } }])
    expect(sandbox.ledger()).toMatchObject({ calls: [], requests: 1, rejected: [{ http_status: 400, outcome: 'rejected', sid: null, fate: null }] })
  })

  it.each([
    ['https', 'https://my.exotel.com/acme1m/exoml/start_voice/4711'],
    ['the Indian host', 'http://my.exotel.in/acme1m/exoml/start_voice/4711'],
    ['the old form', 'http://my.exotel.in/exoml/start/4711'],
  ])('may name its flow by %s (2.2)', async (_name, Url) => {
    const sandbox = await openSandbox()

    expect((await sandbox.post({ ...flowCall(CUSTOMER), Url, TimeLimit: '14400', TimeOut: '30' })).statusCode).toBe(200)
  })

  it('is refused with 400 when CallerId is not one of the account, whatever its spelling (5.2)', async () => {
    const sandbox = await openSandbox({ callerIds: ['+918047100000'] })

    expect((await sandbox.post(flowCall(CUSTOMER))).statusCode).toBe(200)
    expect((await sandbox.post({ ...flowCall(CUSTOMER), CallerId: '08047100001' })).statusCode).toBe(400)
  })

  it('is refused with 400 when its body is neither form (1)', async () => {
    const sandbox = await openSandbox()
    const url = `${sandbox.url}/v1/Accounts/acme1m/Calls/connect.json`

    const response = await got.post(url, { username: ACCOUNT.key, password: ACCOUNT.token, json: flowCall(CUSTOMER), throwHttpErrors: false, retry: { limit: 0 } })

    expect(response.statusCode).toBe(400)
  })
})
