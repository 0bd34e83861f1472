import got from 'got'
import { expect, it } from 'vitest'
import { flowCall, NOW, openSandbox, QUICK, temporaryLedger } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'

it('are on the account like any other, and told apart in the ledger alone', async () => {
  const sandbox = await openSandbox({ callerIds: ['08047100000'] })

  const sid = sandbox.placeForeignCall({ from: '098765 43210', custom_field: 'their-1' })
  const inbound = sandbox.placeForeignCall({ from: CUSTOMER, direction: 'inbound', at: '2024-01-14T08:00:00.000Z', talk_ms: 30_000 })
  const own = await sandbox.place(CUSTOMER)
  sandbox.time.now = new Date(sandbox.time.now.getTime() + 60_000)

  const { Calls } = await sandbox.getJson<{ Calls: Record<string, unknown>[] }>('Calls.json?SortBy=DateCreated:asc')
  expect(Calls.map(({ Sid, Direction, From, To, Duration }) => [Sid, Direction, From, To, Duration])).toEqual([
    [inbound, 'inbound', '09876543210', '08047100000', '30'],
    ...[sid, own].sort().map(each => [each, 'outbound-api', '09876543210', '08047100000', '1']),
  ])
  expect((await sandbox.getJson<{ Calls: unknown[] }>('Calls.json?Direction=inbound')).Calls).toHaveLength(1)
  expect((await sandbox.getJson(`Calls/${sid}.json`)).Call).toMatchObject({ Sid: sid, Direction: 'outbound-api' })
  expect(sandbox.ledger()).toMatchObject({
    requests: 1,
    calls: [
      { sid, foreign: true, from: CUSTOMER, custom_field: 'their-1', direction: 'outbound-api', answer: null, http_status: null, created_at: NOW },
      { sid: inbound, foreign: true, direction: 'inbound', created_at: '2024-01-14T08:00:00.000Z' },
      { sid: own, foreign: false },
    ],
    calls_by_phone: { [CUSTOMER]: 1 },
    overlaps: [],
    billed: 3,
  })
})

it('can be placed over HTTP, without a key, and are known to every process of the ledger', async () => {
  const ledgerFile = temporaryLedger()
  const [one, other] = [await openSandbox({ ledgerFile }), await openSandbox({ ledgerFile })]

  const { sid } = await got.post(`${one.url}/sandbox/foreign-call`, { json: { from: CUSTOMER, direction: 'outbound-dial', caller_id: '08047100009' } }).json<{ sid: string }>()

  expect((await other.getJson(`Calls/${sid}.json`)).Call).toMatchObject({ Direction: 'outbound-dial', PhoneNumberSid: '08047100009' })
  expect(other.ledger().calls).toMatchObject([{ sid, direction: 'outbound-dial', foreign: true }])
})

it('of two processes that write in turn are in both, once each', async () => {
  const ledgerFile = temporaryLedger()
  const [one, other] = [await openSandbox({ ledgerFile }), await openSandbox({ ledgerFile })]

  const sids = [one, other, other, one].map(each => each.placeForeignCall({ from: CUSTOMER }))

  for (const sandbox of [one, other]) {
    expect(sandbox.ledger().calls.map(({ sid }) => sid)).toEqual(sids)
    expect((await sandbox.getJson<{ Calls: { Sid: string }[] }>(`Calls.json?From=${CUSTOMER.slice(1)}`)).Calls.map(({ Sid }) => Sid).sort()).toEqual(sids.toSorted())
  }
})

it.each([{}, { from: 'asha' }, { from: CUSTOMER, direction: 'sideways' }, { from: CUSTOMER, extra: 1 }])('are refused with 400 when they are %o', async (json) => {
  const sandbox = await openSandbox()

  const { statusCode } = await got.post(`${sandbox.url}/sandbox/foreign-call`, { json, throwHttpErrors: false })

  expect([statusCode, sandbox.ledger().calls]).toEqual([400, []])
})

it('take no place in the rate of the tests', async () => {
  const sandbox = await openSandbox({ ratePerMinute: 1 })

  sandbox.placeForeignCall({ from: CUSTOMER })

  expect((await sandbox.post(flowCall(CUSTOMER))).statusCode).toBe(200)
})

it('overlap in the ledger when both are our own', async () => {
  const sandbox = await openSandbox({ timings: { ...QUICK, ringMs: 5_000, talkMs: 5_000 } })
  const first = await sandbox.place(CUSTOMER)
  sandbox.time.now = new Date(sandbox.time.now.getTime() + 9_999)
  const second = await sandbox.place(CUSTOMER)
  sandbox.time.now = new Date(sandbox.time.now.getTime() + 10_000)
  await sandbox.place(CUSTOMER)

  expect(sandbox.ledger()).toMatchObject({ overlaps: [{ phone: CUSTOMER, sids: [first, second] }], calls_by_phone: { [CUSTOMER]: 3 } })
})
