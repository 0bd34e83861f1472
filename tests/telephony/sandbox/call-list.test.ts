import { describe, expect, it } from 'vitest'
import { EXOPHONE, NOW, openSandbox } from './sandbox-harness.ts'

const START = new Date(NOW).getTime()
const TIMINGS = { answerLatencyMs: 0, ringMs: 5_000, talkMs: 5_000, billingLagMs: 120_000, callbackRetryMs: 0 }

interface CallPage {
  Calls: { Sid: string }[]
  Metadata: { Total: number, PageSize: number, FirstPageUri: string, PrevPageUri: string | null, NextPageUri: string | null }
}

/** Five calls, ten seconds apart; the clock then stands in the middle of the last one's talk. */
async function openList() {
  const sandbox = await openSandbox({ timings: TIMINGS })
  const sids: string[] = []
  for (const from of ['+919876500000', '+919876500001', '+919876500002', '+919876500013']) {
    sids.push(await sandbox.place(from))
    sandbox.time.now = new Date(sandbox.time.now.getTime() + 10_000)
  }
  sids.push(await sandbox.place('+919876500000', { Url: '', To: '+919811122233', CallerId: '08047100009' }))
  sandbox.time.now = new Date(sandbox.time.now.getTime() + 7_000)

  const list = async (query: string) => {
    const { Calls, Metadata } = await sandbox.getJson<CallPage>(`Calls.json?${query}`)
    return { indexes: Calls.map(({ Sid }) => sids.indexOf(Sid)), metadata: Metadata, calls: Calls }
  }
  return { sandbox, sids, list }
}

describe('the bulk list', () => {
  it('has the newest call first, with its metadata (3.2)', async () => {
    const { list, sids } = await openList()

    const { indexes, metadata, calls } = await list('')

    expect(indexes).toEqual([4, 3, 2, 1, 0])
    expect(metadata).toEqual({ Total: 5, PageSize: 50, FirstPageUri: '/v1/Accounts/acme1m/Calls.json', PrevPageUri: null, NextPageUri: null })
    expect(calls[1]).toEqual({
      Sid: sids[3],
      ParentCallSid: null,
      DateCreated: '2024-01-15 01:30:30',
      DateUpdated: '2024-01-15 01:30:40',
      AccountSid: 'acme1m',
      To: '08047100000',
      From: '09876500013',
      PhoneNumberSid: '08047100000',
      Status: 'completed',
      StartTime: '2024-01-15 01:30:30',
      EndTime: null,
      Duration: null,
      Price: null,
      Direction: 'outbound-api',
      AnsweredBy: 'human',
      ForwardedFrom: null,
      CallerName: null,
      Uri: `/v1/Accounts/acme1m/Calls.json/${sids[3]}`,
      RecordingUrl: null,
    })
  })

  it('is walked page by page, forth and back, by host-relative addresses (3.2)', async () => {
    const { sandbox, list, sids } = await openList()
    const follow = async (uri: string) => list(new URL(uri, sandbox.url).search.slice(1))

    const first = await list('PageSize=2&SortBy=DateCreated:asc')
    const second = await follow(first.metadata.NextPageUri!)
    await sandbox.place('+919876500019')
    const third = await follow(second.metadata.NextPageUri!)
    const back = await follow(third.metadata.PrevPageUri!)

    expect(first.metadata.NextPageUri).toMatch(/^\/v1\/Accounts\/acme1m\/Calls\.json\?PageSize=2&SortBy=DateCreated%3Aasc&After=[\w-]+$/)
    expect([first.indexes, second.indexes, back.indexes]).toEqual([[0, 1], [2, 3], [2, 3]])
    expect(third.calls.map(({ Sid }) => sids.indexOf(Sid))).toEqual([4, -1])
    expect([first.metadata.PrevPageUri, third.metadata.NextPageUri]).toEqual([null, null])
    expect((await follow(third.metadata.FirstPageUri)).indexes).toEqual([0, 1])
    expect((await follow(back.metadata.PrevPageUri!)).indexes).toEqual([0, 1])
    expect((await follow(back.metadata.NextPageUri!)).calls).toEqual(third.calls)
  })

  it('keeps its pages when calls are placed between two of them, newest first (3.2)', async () => {
    const { sandbox, list } = await openList()

    const first = await list('PageSize=2')
    await sandbox.place('+919876500019')
    const second = await list(first.metadata.NextPageUri!.split('?')[1]!)

    expect([first.indexes, second.indexes]).toEqual([[4, 3], [2, 1]])
  })

  it.each([
    ['From=%2B919876500000', [4, 0]],
    ['From=09876500000', [4, 0]],
    ['From=9876500000', [4, 0]],
    ['From=+919876500000', [4, 0]],
    ['From=09876500000,09876500001', [4, 1, 0]],
    ['To=09811122233', [4]],
    ['To=08047100000', [3, 2, 1, 0]],
    ['PhoneNumber=%2B918047100009', [4]],
    ['Status=in-progress', [4]],
    ['Status=busy,completed', [3, 2, 1, 0]],
    ['Status=busy', [2]],
    ['Status=no-answer', []],
    ['Direction=outbound-api', [4, 3, 2, 1, 0]],
    ['Direction=inbound', []],
    ['DateCreated=gte:2024-01-15 01:30:10;lte:2024-01-15 01:30:20', [2, 1]],
    ['DateCreated=gte:2024-01-15 01:30:20', [4, 3, 2]],
    ['DateCreated=lte:2024-01-15 01:30:00', [0]],
    ['From=09876500000&DateCreated=gte:2024-01-15 01:30:01', [4]],
  ])('is filtered by %s (3.2)', async (query, expected) => {
    const { list } = await openList()

    const { indexes, metadata } = await list(query)

    expect(indexes).toEqual(expected)
    expect(metadata.Total).toBe(expected.length)
  })

  it('is filtered by Sid, up to a hundred (3.2)', async () => {
    const { sandbox, sids, list } = await openList()
    const unknown = Array.from({ length: 98 }, (_, index) => String(index).padStart(32, '0'))

    expect((await list(`Sid=${sids[1]},${sids[3]},${sids[3]}`)).indexes).toEqual([3, 1])
    expect((await list(`Sid=${[sids[0], sids[2], ...unknown]}`)).indexes).toEqual([2, 0])
    expect((await sandbox.get(`Calls.json?Sid=${[...sids, ...unknown]}`)).statusCode).toBe(400)
  })

  it('holds the last 31 days unless told otherwise (3.2)', async () => {
    const { sandbox, list, sids } = await openList()
    sandbox.time.now = new Date(START + 32 * 86_400_000)

    expect((await list('')).indexes).toEqual([])
    expect((await list(`Sid=${sids[0]}`)).indexes).toEqual([])
    expect((await list('DateCreated=gte:2024-01-15 00:00:00;lte:2024-01-31 23:59:59')).indexes).toEqual([4, 3, 2, 1, 0])
  })

  it('counts whole seconds: a call of the last second is within it (3.2)', async () => {
    const sandbox = await openSandbox()
    sandbox.time.now = new Date(START + 700)
    const sid = await sandbox.place('+919876543210')

    const { Calls } = await sandbox.getJson<CallPage>('Calls.json?DateCreated=gte:2024-01-15 01:30:00;lte:2024-01-15 01:30:00')

    expect(Calls.map(({ Sid }) => Sid)).toEqual([sid])
  })

  it.each([
    'PageSize=101',
    'PageSize=0',
    'PageSize=all',
    'SortBy=Price:asc',
    'After=%7B%7D',
    'DateCreated=yesterday',
    'DateCreated=gte:2024-01-15',
    'DateCreated=gte:2023-12-01 00:00:00;lte:2024-01-15 00:00:00',
    'DateCreated=gte:2023-05-01 00:00:00;lte:2023-05-02 00:00:00',
    'From=1,2,3,4,5,6',
  ])('refuses %s with 400 (3.2)', async (query) => {
    const sandbox = await openSandbox()

    expect((await sandbox.get(`Calls.json?${query}`)).statusCode).toBe(400)
  })

  it('is XML without .json, one Call after the other (1, 3.2)', async () => {
    const sandbox = await openSandbox()
    await sandbox.place('+919876543210')
    await sandbox.place('+919876543211', { CallerId: EXOPHONE })

    const { body } = await sandbox.get('Calls')

    expect(body).toContain('<Metadata><Total>2</Total><PageSize>50</PageSize><FirstPageUri>/v1/Accounts/acme1m/Calls</FirstPageUri><PrevPageUri/><NextPageUri/></Metadata>')
    expect(body.match(/<Call><Sid>[0-9a-z]{32}<\/Sid>/g)).toHaveLength(2)
  })
})
