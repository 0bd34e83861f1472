import { describe, expect, it } from 'vitest'
import { VacliError } from '../../src/errors.ts'
import { type Answer, answerWith, closedPort, fixture } from './answering-server.ts'
import { clientAt } from './exotel-client.ts'

const SID = 'c5797dcbaaeed7678c4062a4a3ed2f8a'

async function findAt(answer: Answer) {
  const server = await answerWith(answer)
  return clientAt(server.url).findCall(SID)
}

/** What a person is told: the code, the message and the next command. */
async function toldOf(failing: Promise<unknown>) {
  const error = await failing.then(() => undefined, (thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(VacliError)
  const { code, message, options: { hint } } = error as VacliError
  return { code, message, hint }
}

describe('the details of a call', () => {
  it('are asked for by its Sid, with its legs (3.1)', async () => {
    const server = await answerWith({ body: fixture('3.1-details.json') })

    await clientAt(server.url).findCall(SID)

    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET /v1/Accounts/acme1m/Calls/${SID}.json?details=true`])
  })

  it('come as text in Indian time and money, and leave as numbers, UTC and paise (3.1, 3.4)', async () => {
    const found = await findAt({ body: fixture('3.1-details.json') })

    expect(found).toEqual({
      sid: SID,
      status: 'completed',
      to: '0XXXXX38847',
      from: '0XXXXX30240',
      durationSeconds: 17,
      pricePaise: 150,
      recordingUrl: 'https://s3-ap-south-1.amazonaws.com/exotel-mum1-recordings/acme1m/c5797dcbaaeed7678c4062a4a3ed2f8a.mp3',
      startedAt: new Date('2017-03-03T05:18:33Z'),
      endedAt: new Date('2017-03-03T05:18:57Z'),
      raw: expect.objectContaining({ Details: (JSON.parse(fixture('3.1-details.json').toString()) as { Call: { Details: unknown } }).Call.Details }) as unknown,
    })
  })

  it('of a call that has just been placed say what is not known yet (2.5)', async () => {
    expect(await findAt({ body: fixture('2.5-connect.json') })).toMatchObject({ status: 'in-progress', durationSeconds: null, pricePaise: null, recordingUrl: null, startedAt: new Date('2017-03-03T05:18:33Z'), endedAt: null })
  })

  it.each<[string, Record<string, unknown>, object]>([
    ['numbers', { Duration: 17, Price: 1.5 }, { durationSeconds: 17, pricePaise: 150 }],
    ['a part of a second', { Duration: '17.6' }, { durationSeconds: 18 }],
    ['nothing, free of charge', { Duration: '0', Price: '0.000' }, { durationSeconds: 0, pricePaise: 0 }],
    ['the word null', { Duration: 'null', Price: 'null', RecordingUrl: 'null', EndTime: 'null', To: 'null' }, { durationSeconds: null, pricePaise: null, recordingUrl: null, endedAt: null, to: null }],
    ['empty text', { Duration: '', Price: '', RecordingUrl: '', EndTime: '', Status: '' }, { durationSeconds: null, pricePaise: null, recordingUrl: null, endedAt: null, status: 'unknown' }],
    ['null', { Duration: null, Price: null, RecordingUrl: null, EndTime: null, Status: null }, { durationSeconds: null, pricePaise: null, recordingUrl: null, endedAt: null, status: 'unknown' }],
    ['what is no number', { Duration: 'soon', Price: '1,5', EndTime: 'later' }, { durationSeconds: null, pricePaise: null, endedAt: null }],
    ['what no column holds', { Duration: '1e300', Price: 1e300 }, { durationSeconds: null, pricePaise: null }],
    ['a number of digits as a number', { From: 9810000011 }, { from: '9810000011' }],
  ])('may hold %s (3.1)', async (_, fields, found) => {
    expect(await findAt({ body: JSON.stringify({ Call: { Sid: SID, ...fields } }) })).toMatchObject(found)
  })

  it('may leave everything out but the Sid', async () => {
    expect(await findAt({ body: JSON.stringify({ Call: { Sid: SID } }) })).toEqual({
      sid: SID, status: 'unknown', to: null, from: null, durationSeconds: null, pricePaise: null, recordingUrl: null, startedAt: null, endedAt: null, raw: expect.anything() as unknown,
    })
  })
})

describe('a read that fails', () => {
  it('with 404 says that Exotel does not know the call', async () => {
    expect(await findAt({ status: 404, body: fixture('5.2-not-found.json') })).toBeUndefined()
  })

  it.each([
    ['5.2-bad-credentials.json', 401, 'Exotel refused the account: Authentication failed…'],
    ['5.2-kyc.json', 403, 'Exotel refused the account: Your account is not yet KYC compliant. This is mandatory by TRAI guidelines to connect outbound voice calls.'],
    ['5.1-bad-gateway.html', 401, 'Exotel refused the account: 401'],
  ])('with %s and %i is a matter of the account', async (name, status, message) => {
    expect(await toldOf(findAt({ status, body: fixture(name) }))).toEqual({ code: 'setup', message, hint: 'vacli config set exotel.token' })
  })

  it.each([
    ['5.2-no-route.json', 500, 'Exotel answered 500: Service Unavailable;'],
    ['5.2-no-route.json', 503, 'Exotel answered 503: Service Unavailable;'],
    ['5.1-bad-gateway.html', 502, 'Exotel answered 502: no message'],
    ['5.2-rate-limit.json', 429, 'Exotel answered 429: Rate limit exceeded…'],
    ['5.2-payment-required.json', 402, 'Exotel answered 402: Payment Required'],
    ['5.1-bad-gateway.html', 302, 'Exotel answered 302: no message'],
  ])('with %s and %i may be tried again', async (name, status, message) => {
    expect(await toldOf(findAt({ status, body: fixture(name), headers: { location: '/elsewhere' } }))).toEqual({ code: 'unavailable', message, hint: 'Run the command again; nothing is called twice.' })
  })

  it.each([
    ['is a page for people', fixture('5.1-bad-gateway.html')],
    ['is cut short', fixture('3.1-details.json').subarray(0, 300)],
    ['is XML', fixture('2.5-connect.xml')],
    ['is empty', ''],
    ['is null', 'null'],
    ['has no Sid', '{"Call":{"Status":"completed"}}'],
    ['is of another kind', '[1]'],
  ])('with an answer that %s never says that the call is not there', async (_, body) => {
    const told = { code: 'unavailable', message: 'Exotel gave an answer that cannot be read', hint: 'Run the command again with --verbose.' }

    expect(await toldOf(findAt({ body }))).toEqual(told)
    expect(await toldOf(clientAt((await answerWith({ body })).url).listCalls({}))).toEqual(told)
  })

  it('for want of a connection may be tried again', async () => {
    const port = await closedPort()

    expect(await toldOf(clientAt(`http://127.0.0.1:${port}`).findCall(SID))).toEqual({
      code: 'unavailable', message: `Exotel did not answer: connect ECONNREFUSED 127.0.0.1:${port}`, hint: 'Check the connection, then run the command again; nothing is called twice.',
    })
  })

  it('is not tried again by itself', async () => {
    const server = await answerWith({ status: 503, body: fixture('5.2-no-route.json') }, { body: fixture('3.1-details.json') })

    await toldOf(clientAt(server.url).findCall(SID))

    expect(server.requests).toHaveLength(1)
  })
})

describe('the list of calls', () => {
  const page = (sids: string[], next: unknown) => ({ body: JSON.stringify({ Metadata: { NextPageUri: next }, Calls: sids.map(Sid => ({ Sid, Status: 'completed' })) }) })

  it('is asked for by Sid, by number and by time in India (3.2)', async () => {
    const server = await answerWith(page([], null))
    const client = clientAt(server.url)

    await client.listCalls({ sids: ['a1', 'b2'] })
    await client.listCalls({ numbers: ['09810000011', '+919810000011'], direction: 'outbound-api', createdFrom: new Date('2024-01-14T18:30:00Z'), createdTo: new Date('2024-01-15T18:29:59.900Z') })

    expect(server.requests.map(({ path }) => Object.fromEntries(new URL(path, server.url).searchParams))).toEqual([
      { PageSize: '100', SortBy: 'DateCreated:asc', Sid: 'a1,b2' },
      { PageSize: '100', SortBy: 'DateCreated:asc', From: '09810000011,+919810000011', Direction: 'outbound-api', DateCreated: 'gte:2024-01-15 00:00:00;lte:2024-01-15 23:59:59' },
    ])
  })

  it('is read page after page to its end (3.2)', async () => {
    const server = await answerWith({ body: fixture('3.2-list.json') }, page(['b2'], '/v1/Accounts/acme1m/Calls.json?After=end'), page(['c3'], null))

    const { calls, isWhole } = await clientAt(server.url).listCalls({})

    expect(calls.map(({ sid, durationSeconds, pricePaise }) => [sid, durationSeconds, pricePaise])).toEqual([[SID, 45, 150], ['b2', null, null], ['c3', null, null]])
    expect(isWhole).toBe(true)
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/Accounts/acme1m/Calls.json?PageSize=100&SortBy=DateCreated%3Aasc', '/v1/Accounts/acme1m/Calls.json?After=xyz', '/v1/Accounts/acme1m/Calls.json?After=end'])
    expect(new Set(server.requests.map(({ headers }) => headers.authorization)).size).toBe(1)
  })

  it.each<[string, Answer]>([
    ['null', page(['a1'], null)],
    ['empty', page(['a1'], '')],
    ['the word null', page(['a1'], 'null')],
    ['absent', page(['a1'], undefined)],
    ['absent with all that describes the page', { body: '{"Calls":[{"Sid":"a1"}]}' }],
    ['null with all that describes the page', { body: '{"Metadata":null,"Calls":[{"Sid":"a1"}]}' }],
  ])('ends where the next page is %s (3.2)', async (_, answer) => {
    const server = await answerWith(answer)

    expect((await clientAt(server.url).listCalls({})).calls.map(({ sid }) => sid)).toEqual(['a1'])
    expect(server.requests).toHaveLength(1)
  })

  it('has each call once, also where pages move, and knows when some were lost', async () => {
    const counted = (sids: string[], Total: number, NextPageUri: string | null) => ({ body: JSON.stringify({ Metadata: { Total, NextPageUri }, Calls: sids.map(Sid => ({ Sid })) }) })
    const read = async (...pages: Answer[]) => {
      const { calls, isWhole } = await clientAt((await answerWith(...pages)).url).listCalls({})
      return [calls.map(({ sid }) => sid), isWhole]
    }
    expect(await read(counted(['a1', 'b2'], 3, '/v1/Accounts/acme1m/Calls.json?After=b'), counted(['b2', 'c3'], 3, null))).toEqual([['a1', 'b2', 'c3'], true])
    expect(await read(counted(['a1'], 3, '/v1/Accounts/acme1m/Calls.json?After=b'), counted(['c3'], 3, null))).toEqual([['a1', 'c3'], false])
    expect(await read(counted(['a1'], 2, '/v1/Accounts/acme1m/Calls.json?After=b'), counted(['c3'], 3, null))).toEqual([['a1', 'c3'], true])
  })

  it('asks before each page whether it may', async () => {
    const server = await answerWith(page(['a1'], '/v1/Accounts/acme1m/Calls.json?After=x'), page(['b2'], null))
    const turns: number[] = []
    await clientAt(server.url).listCalls({}, async () => void turns.push(server.requests.length))
    expect(turns).toEqual([0, 1])
  })

  it('fails when a page fails, and is never half a list', async () => {
    const server = await answerWith(page(['a1'], '/v1/Accounts/acme1m/Calls.json?After=x'), { status: 500 })

    expect(await toldOf(clientAt(server.url).listCalls({}))).toMatchObject({ code: 'unavailable', message: 'Exotel answered 500: no message' })
  })

  it('fails when it has no end', async () => {
    const server = await answerWith(page(['a1'], '/v1/Accounts/acme1m/Calls.json?After=x'))

    expect(await toldOf(clientAt(server.url).listCalls({}))).toMatchObject({ code: 'unavailable', message: 'Exotel\'s list goes on after 2000 pages' })
    expect(server.requests).toHaveLength(2000)
  })

  it('takes the account\'s key to no other host', async () => {
    const other = await answerWith(page(['b2'], null))
    const server = await answerWith(page(['a1'], `${other.url}/v1/Accounts/acme1m/Calls.json?After=x`))

    expect(await toldOf(clientAt(server.url).listCalls({}))).toMatchObject({ code: 'unavailable', message: `Exotel's next page is at another host, ${new URL(other.url).host}` })
    expect(other.requests).toEqual([])
  })
})

describe('a clock that is wrong', () => {
  const answeredAt = (minutes: number) => ({ body: fixture('3.1-details.json'), headers: { date: new Date(Date.now() + minutes * 60_000).toUTCString() } })

  it.each([[60, '60 minutes behind'], [-60, '60 minutes ahead of']])('by which nothing may be judged is told: Exotel has it %i minutes later', async (minutes, words) => {
    const server = await answerWith(answeredAt(minutes))
    expect(await toldOf(clientAt(server.url, { verifiesClock: true }).findCall(SID))).toEqual({ code: 'setup', message: `this machine's clock is ${words} Exotel's`, hint: 'Set the clock (timedatectl set-ntp true), then run the command again; nobody was called.' })
  })

  it.each([[1, true], [-1, true], [60, false]])('is not one that differs by %i minutes where it is compared: %s', async (minutes, verifiesClock) => {
    const server = await answerWith(answeredAt(minutes))
    expect(await clientAt(server.url, { now: () => new Date(0), verifiesClock }).findCall(SID)).toMatchObject({ sid: SID })
  })
})
