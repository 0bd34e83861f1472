import { appendFileSync, readFileSync, statSync } from 'node:fs'
import got from 'got'
import { describe, expect, it } from 'vitest'
import { startSandbox } from '../../../src/telephony/sandbox/start-sandbox.ts'
import { ACCOUNT, flowCall, NOW, openListener, openSandbox, QUICK, temporaryLedger } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'
const MINUTE_LATER = new Date(new Date(NOW).getTime() + 60_000)

describe('the summary', () => {
  it('is the same over HTTP without a key and from the function (11)', async () => {
    const listener = await openListener()
    const sandbox = await openSandbox()
    const sid = await sandbox.place('98765 43210', { CustomField: 'ref-1', StatusCallback: `${listener.url}/` })
    await sandbox.post(flowCall('+919876540007'))
    await sandbox.delivered(1)
    sandbox.time.now = MINUTE_LATER

    const ledger = sandbox.ledger()

    expect(ledger).toEqual({
      calls: [{
        sid,
        from: CUSTOMER,
        to: null,
        caller_id: '+918047100000',
        custom_field: 'ref-1',
        direction: 'outbound-api',
        foreign: false,
        fate: 'answered',
        answer: 'sent',
        http_status: 200,
        status: 'completed',
        created_at: '2024-01-14T20:00:00.000Z',
        answered_at: '2024-01-14T20:00:00.020Z',
        ended_at: '2024-01-14T20:00:00.040Z',
        duration_seconds: 1,
        price: '0.500',
      }],
      requests: 2,
      max_requests_per_minute: 2,
      max_admitted_per_minute: 2,
      rejected: [{
        event: 'connect',
        at: NOW,
        from: '+919876540007',
        caller_id: '+918047100000',
        custom_field: null,
        status_callback: null,
        http_status: 402,
        outcome: 'rejected',
        sid: null,
        answer: 'sent',
        fate: 'unpaid',
      }],
      callbacks: [{ event: 'callback', at: NOW, sid, event_type: 'terminal', status: 'completed', attempt: 1, http_status: 200, error: null }],
      billed: 1,
      calls_by_phone: { [CUSTOMER]: 1 },
      overlaps: [],
    })
    expect(JSON.parse((await got(`${sandbox.url}/ledger`)).body)).toEqual(ledger)
  })

  it('tells the truth about a call that the API still calls in-progress (4)', async () => {
    const sandbox = await openSandbox({ timings: { ...QUICK, ringMs: 5_000, talkMs: 5_000, billingLagMs: 60_000 } })
    await sandbox.place(CUSTOMER)
    const start = sandbox.time.now.getTime()
    const seen = (seconds: number) => {
      sandbox.time.now = new Date(start + seconds * 1000)
      const { calls: [call], billed } = sandbox.ledger()
      return [call?.status, call?.duration_seconds, call?.price, billed]
    }

    expect([seen(4), seen(5), seen(10), seen(70)]).toEqual([
      ['ringing', null, null, 0],
      ['in-progress', null, null, 0],
      ['completed', 5, null, 0],
      ['completed', 5, '0.500', 1],
    ])
  })
})

describe('the file', () => {
  it('has one line an event, and is for its owner alone', async () => {
    const ledgerFile = temporaryLedger()
    const sandbox = await openSandbox({ ledgerFile })

    const sid = await sandbox.place('098765 43210', { CustomField: 'ref-1', Record: 'true', TimeOut: '30' })
    await sandbox.post({})

    expect(statSync(ledgerFile).mode & 0o777).toBe(0o600)
    const facts = { event: 'connect', at: NOW, status_callback: null }
    expect(readFileSync(ledgerFile, 'utf8').split('\n').map(line => line && JSON.parse(line))).toEqual([
      {
        ...facts,
        from: CUSTOMER,
        caller_id: '+918047100000',
        custom_field: 'ref-1',
        http_status: 200,
        outcome: 'accepted',
        sid,
        answer: 'sent',
        fate: 'answered',
        to: null,
        record: true,
        ring_ms: 20,
        talk_ms: 20,
        billing_lag_ms: 20,
      },
      { ...facts, from: null, caller_id: null, custom_field: null, http_status: 400, outcome: 'rejected', sid: null, answer: 'sent', fate: null },
      '',
    ])
  })

  it('makes the calls of an earlier process known again, and sends none of their callbacks', async () => {
    const ledgerFile = temporaryLedger()
    const listener = await openListener()
    const earlier = await openSandbox({ ledgerFile, timings: { ...QUICK, ringMs: 60_000 } })
    const sid = await earlier.place(CUSTOMER, { StatusCallback: `${listener.url}/` })
    expect((await earlier.post(flowCall('+919876540006'))).statusCode).toBe(429)
    await earlier.close()

    const later = await openSandbox({ ledgerFile })
    later.time.now = MINUTE_LATER
    const { Call } = await later.getJson(`Calls/${sid}.json`)
    expect(Call).toMatchObject({ Sid: sid, Status: 'in-progress', AnsweredBy: 'human', DateUpdated: '2024-01-15 01:31:00' })
    expect(await later.getJson(`Calls.json?Sid=${sid}`)).toMatchObject({ Calls: [Call] })
    expect((await later.post(flowCall('+919876540006'))).statusCode).toBe(200)

    const own = await later.place(CUSTOMER, { StatusCallback: `${listener.url}/` })
    expect((await listener.received(1)).map(({ body }) => (body as { CallSid: string }).CallSid)).toEqual([own])
    expect(later.ledger()).toMatchObject({ requests: 4, calls: [{ sid }, { fate: 'throttled_once' }, { sid: own }] })
  })

  it('is shared by two processes at once: 0006 is refused once in all, and each knows the calls of the other', async () => {
    const ledgerFile = temporaryLedger()
    const [one, other] = [await openSandbox({ ledgerFile }), await openSandbox({ ledgerFile })]

    expect((await one.post(flowCall('+919876540006'))).statusCode).toBe(429)
    expect((await other.post(flowCall('+919876540006'))).statusCode).toBe(200)
    const sid = await one.place(CUSTOMER)

    expect((await other.getJson(`Calls/${sid}.json`)).Call).toMatchObject({ Sid: sid })
    await one.place(CUSTOMER)
    expect(JSON.parse((await other.get('/ledger')).body)).toEqual(one.ledger())
    await one.place(CUSTOMER)
    expect(other.ledger().requests).toBe(5)
  })

  it('may end in a torn line: that is left out, and the next event does not stick to it', async () => {
    const ledgerFile = temporaryLedger()
    const earlier = await openSandbox({ ledgerFile })
    const first = await earlier.place(CUSTOMER)
    await earlier.close()
    appendFileSync(ledgerFile, '{"event":"connect","at":"2024-')

    const later = await openSandbox({ ledgerFile })
    const second = await later.place(CUSTOMER)

    expect(later.ledger().calls.map(({ sid }) => sid)).toEqual([first, second])
    expect((await openSandbox({ ledgerFile })).ledger()).toEqual(later.ledger())
  })

  it('that is still being written is read when its line is whole', async () => {
    const ledgerFile = temporaryLedger()
    const sandbox = await openSandbox({ ledgerFile })
    await sandbox.place(CUSTOMER)
    const line = readFileSync(ledgerFile, 'utf8').replace(/"sid":"\w+"/, `"sid":"${'9'.repeat(32)}"`)

    appendFileSync(ledgerFile, line.slice(0, 40))
    expect(sandbox.ledger().calls).toHaveLength(1)
    appendFileSync(ledgerFile, line.slice(40))

    expect(sandbox.ledger().calls.map(({ sid }) => sid)[1]).toBe('9'.repeat(32))
  })
})

describe('start and close', () => {
  it('says what is wrong when the port is taken', async () => {
    const sandbox = await openSandbox()
    const port = Number(new URL(sandbox.url).port)

    await expect(startSandbox({ account: ACCOUNT, clock: () => new Date(NOW), timings: QUICK, port })).rejects.toMatchObject({
      code: 'setup',
      message: `the sandbox cannot listen on 127.0.0.1:${port}`,
    })
  })

  it('says what is wrong when the ledger cannot be opened', async () => {
    const ledgerFile = `${temporaryLedger()}/missing/ledger.ndjson`

    await expect(startSandbox({ account: ACCOUNT, clock: () => new Date(NOW), timings: QUICK, ledgerFile })).rejects.toMatchObject({
      code: 'setup',
      message: `the ledger ${ledgerFile} cannot be opened`,
    })
  })

  it('cuts off at close the answers and callbacks that are not due yet', async () => {
    let tellPlaced = () => {}
    const placed = new Promise<void>((resolve) => { tellPlaced = resolve })
    const sandbox = await openSandbox({ timings: { ...QUICK, ringMs: 3_600_000, answerLatencyMs: 3_600_000 }, onEvent: tellPlaced })
    const unanswered = sandbox.post({ ...flowCall(CUSTOMER), StatusCallback: 'http://127.0.0.1:1/' }).catch((error: unknown) => error)
    await placed

    await sandbox.close()

    expect(await unanswered).toMatchObject({ code: 'ECONNRESET' })
    expect(sandbox.ledger()).toMatchObject({ requests: 1, callbacks: [] })
    await expect(got(sandbox.url, { retry: { limit: 0 } })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
