import { describe, expect, it } from 'vitest'
import { EXOPHONE, openSandbox } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'
// Nothing waits for these: the clock of the test jumps over them.
const TIMINGS = { answerLatencyMs: 0, ringMs: 8_000, talkMs: 50_000, billingLagMs: 120_000, callbackRetryMs: 0 }

async function openCall(fields: Record<string, string> = {}, from = CUSTOMER) {
  const sandbox = await openSandbox({ timings: TIMINGS })
  const start = sandbox.time.now.getTime()
  const sid = await sandbox.place(from, fields)
  const at = (seconds: number) => {
    sandbox.time.now = new Date(start + seconds * 1000)
  }
  const detailsAt = async (seconds: number, query = '') => {
    at(seconds)
    return (await sandbox.getJson(`Calls/${sid}.json${query}`)).Call
  }
  return { sandbox, sid, at, detailsAt }
}

describe('call details', () => {
  it('stay in-progress until the end, and learn EndTime, Duration and Price only after the billing lag (3.1)', async () => {
    const { detailsAt } = await openCall({ Record: 'true' })
    const seen = async (seconds: number) => {
      const { Status, AnsweredBy, EndTime, Duration, Price, RecordingUrl, DateUpdated } = await detailsAt(seconds)
      return [Status, AnsweredBy, EndTime, Duration, Price, RecordingUrl === null, DateUpdated]
    }

    expect(await seen(7)).toEqual(['in-progress', null, null, null, null, true, '2024-01-15 01:30:00'])
    expect(await seen(8)).toEqual(['in-progress', 'human', null, null, null, true, '2024-01-15 01:30:08'])
    expect(await seen(58)).toEqual(['completed', 'human', null, null, null, true, '2024-01-15 01:30:58'])
    expect(await seen(177)).toEqual(['completed', 'human', null, null, null, true, '2024-01-15 01:30:58'])
    expect(await seen(178)).toEqual(['completed', 'human', '2024-01-15 01:30:58', '50', '0.500', false, '2024-01-15 01:32:58'])
  })

  it('have no recording when Record was not asked for (2.2, U4)', async () => {
    const { detailsAt } = await openCall()

    expect(await detailsAt(600)).toMatchObject({ Status: 'completed', RecordingUrl: null })
  })

  it('have the keys of the connect answer, and Details on demand (3.1)', async () => {
    const { sid, detailsAt } = await openCall({ Record: 'true' })

    const call = {
      Sid: sid,
      ParentCallSid: null,
      DateCreated: '2024-01-15 01:30:00',
      DateUpdated: '2024-01-15 01:32:58',
      AccountSid: 'acme1m',
      To: '08047100000',
      From: '09876543210',
      PhoneNumberSid: '08047100000',
      Status: 'completed',
      StartTime: '2024-01-15 01:30:00',
      EndTime: '2024-01-15 01:30:58',
      Duration: '50',
      Price: '0.500',
      Direction: 'outbound-api',
      AnsweredBy: 'human',
      ForwardedFrom: null,
      CallerName: null,
      Uri: `/v1/Accounts/acme1m/Calls.json/${sid}`,
      RecordingUrl: `https://recordings.exotel.com/exotelrecordings/acme1m/${sid}.mp3`,
    }
    expect(await detailsAt(600)).toEqual(call)
    expect(await detailsAt(600, '?details=true&RecordingUrlValidity=5')).toEqual({
      ...call,
      Details: { ConversationDuration: 50, Leg1Status: 'completed', Leg2Status: null, Legs: [{ Leg: { Id: 1, OnCallDuration: 50 } }] },
    })
  })

  it('tell the legs as they come (3.1)', async () => {
    const { detailsAt } = await openCall()
    const legsAt = async (seconds: number) => (await detailsAt(seconds, '?details=true')).Details

    expect(await legsAt(1)).toEqual({ ConversationDuration: 0, Leg1Status: null, Leg2Status: null, Legs: [] })
    expect(await legsAt(9)).toEqual({ ConversationDuration: 0, Leg1Status: 'in-progress', Leg2Status: null, Legs: [] })
  })

  it('have a second leg in a two-number call (3.1)', async () => {
    const { detailsAt } = await openCall({ Url: '', To: '+919811122233', CallerId: EXOPHONE })

    expect((await detailsAt(600, '?details=true')).Details).toEqual({
      ConversationDuration: 50,
      Leg1Status: 'completed',
      Leg2Status: 'completed',
      Legs: [{ Leg: { Id: 1, OnCallDuration: 50 } }, { Leg: { Id: 2, OnCallDuration: 50 } }],
    })
  })

  it('end early at TimeLimit, and at TimeOut when nobody answers (2.1)', async () => {
    const limited = await openCall({ TimeLimit: '10' })
    const unanswered = await openCall({ TimeOut: '5' }, '+919876540003')

    expect(await limited.detailsAt(138)).toMatchObject({ EndTime: '2024-01-15 01:30:18', Duration: '10' })
    expect(await unanswered.detailsAt(5)).toMatchObject({ Status: 'no-answer' })
  })

  it('are XML without .json, nested Details and all (1, 3.1)', async () => {
    const { sandbox, sid, at } = await openCall()
    at(600)

    const { body, headers } = await sandbox.get(`Calls/${sid}?details=true`)

    expect(headers['content-type']).toBe('application/xml')
    expect(body).toContain('<Duration>50</Duration><Price>0.500</Price>')
    expect(body).toContain('<Details><ConversationDuration>50</ConversationDuration><Leg1Status>completed</Leg1Status><Leg2Status/>'
      + '<Legs><Leg><Id>1</Id><OnCallDuration>50</OnCallDuration></Leg></Legs></Details></Call></TwilioResponse>')
  })

  it.each(['4', '61', '5.5', 'long', ''])('refuse RecordingUrlValidity=%s with 400 (3.1)', async (minutes) => {
    const { sandbox, sid } = await openCall()

    expect((await sandbox.get(`Calls/${sid}.json?RecordingUrlValidity=${minutes}`)).statusCode).toBe(400)
    expect((await sandbox.get(`Calls.json?RecordingUrlValidity=${minutes}`)).statusCode).toBe(400)
  })
})

it('Numbers tells circle, type and DND of an Indian number (6.1)', async () => {
  const sandbox = await openSandbox()
  const numbers = { PhoneNumber: '09876543210', Circle: 'KA', CircleName: 'Karnataka Telecom Circle', Type: 'Mobile', Operator: 'A', OperatorName: 'Airtel', DND: 'No' }

  expect(await sandbox.getJson('Numbers/+919876543210.json')).toEqual({ Numbers: numbers })
  expect(await sandbox.getJson('Numbers/09876540009.json')).toEqual({ Numbers: { ...numbers, PhoneNumber: '09876540009', DND: 'Yes' } })
  expect(await sandbox.getJson('Numbers/01147100000.json')).toMatchObject({ Numbers: { Type: 'Landline' } })
  expect((await sandbox.get('Numbers/+14155550123.json')).statusCode).toBe(400)
})

it('Balance tells what is left, in both formats (6.3)', async () => {
  const sandbox = await openSandbox()

  expect(await sandbox.getJson('Balance.json')).toEqual({
    Account: { AccountSid: 'acme1m', BalanceData: { Balance: '1000.00', Currency: 'INR', PricingPlan: 'Sandbox', DateUpdated: '2024-01-15 01:30:00' } },
  })
  expect((await sandbox.get('Balance')).body).toContain('<TwilioResponse><Account><AccountSid>acme1m</AccountSid><BalanceData><Balance>1000.00</Balance>')
})
