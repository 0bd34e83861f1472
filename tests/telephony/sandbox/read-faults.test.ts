import { describe, expect, it } from 'vitest'
import type { Misbehaviour } from '../../../src/telephony/sandbox/misbehaviour.ts'
import { openSandbox, type TestSandbox } from './sandbox-harness.ts'

const CUSTOMER = '+919876543210'
const TIMINGS = { answerLatencyMs: 0, ringMs: 5_000, talkMs: 5_000, billingLagMs: 0, callbackRetryMs: 0 }

interface Page { Calls: Record<string, unknown>[], Metadata: { Total: number, PrevPageUri: string | null, NextPageUri: string | null } }

async function openCalls(misbehave: Misbehaviour, count = 1) {
  const sandbox = await openSandbox({ timings: TIMINGS, misbehave: { seed: 1, ...misbehave } })
  const sids: string[] = []
  for (let index = 0; index < count; index += 1) {
    sids.push(await sandbox.place(`+9198765${43_210 + index}`, { CustomField: `r${index}` }))
    pass(sandbox, 1)
  }
  return { sandbox, sids, list: (query = '') => sandbox.getJson<Page>(`Calls.json?${query}`) }
}

function pass(sandbox: TestSandbox, seconds: number) {
  sandbox.time.now = new Date(sandbox.time.now.getTime() + seconds * 1000)
}

/** The indexes of the calls on every page, as a client walks them. */
async function walk({ sandbox, sids, list }: Awaited<ReturnType<typeof openCalls>>, between: () => Promise<unknown> = async () => undefined) {
  const pages: number[][] = []
  for (let page = await list('PageSize=3'); ; page = await sandbox.getJson<Page>(page.Metadata.NextPageUri!)) {
    pages.push(page.Calls.map(({ Sid }) => sids.indexOf(Sid as string)))
    if (!page.Metadata.NextPageUri)
      return pages
    await between()
  }
}

describe('the list', () => {
  it('lags behind the calls, and the details do not', async () => {
    const { sandbox, sids, list } = await openCalls({ reads: { lagMs: 3_000 } })

    expect((await list()).Calls).toEqual([])
    expect((await list(`Sid=${sids[0]}`)).Calls).toEqual([])
    expect((await sandbox.get(`Calls/${sids[0]}.json`)).statusCode).toBe(200)
    pass(sandbox, 2)
    expect((await list()).Calls).toMatchObject([{ Sid: sids[0] }])
  })

  it('omits a call until its end', async () => {
    const { sandbox, sids, list } = await openCalls({ reads: { omitOngoing: true } })

    pass(sandbox, 8)
    expect([(await list()).Calls, (await list()).Metadata.Total]).toEqual([[], 0])
    pass(sandbox, 1)
    expect((await list(`From=${CUSTOMER.slice(1)}`)).Calls).toMatchObject([{ Sid: sids[0], Status: 'completed' }])
  })

  it.each([
    ['stays where it was', {}, [[6, 5, 4], [3, 2, 1], [0]], [[6, 5, 4], [3, 2, 1], [0]]],
    ['moves with each new call by offsets', { offsets: true }, [[6, 5, 4], [3, 2, 1], [0]], [[6, 5, 4], [4, 3, 2], [2, 1, 0]]],
    ['repeats calls', { repeat: 1 }, [[6, 5, 4], [4, 3, 2], [2, 1, 0]], null],
    ['loses calls', { skip: 1 }, [[6, 5, 4], [2, 1, 0]], null],
    ['ends, though it repeats whole pages', { repeat: 3 }, [[6, 5, 4], [5, 4, 3], [4, 3, 2], [3, 2, 1], [2, 1, 0]], null],
  ])('%s between two pages', async (_name, reads, still, moving) => {
    const calls = await openCalls({ reads }, 7)

    expect(await walk(calls)).toEqual(still)
    if (moving)
      expect(await walk(calls, () => calls.sandbox.place('+919811122233'))).toEqual(moving)
  })

  it('goes back by offsets, too', async () => {
    const { sandbox, sids, list } = await openCalls({ reads: { offsets: true } }, 5)

    const second = await sandbox.getJson<Page>((await list('PageSize=2')).Metadata.NextPageUri!)
    const first = await sandbox.getJson<Page>(second.Metadata.PrevPageUri!)

    expect([second, first].map(({ Calls }) => Calls.map(({ Sid }) => sids.indexOf(Sid as string)))).toEqual([[2, 1], [4, 3]])
  })
})

describe('errors', () => {
  it('hit lists and details, not connect, and are among the reads', async () => {
    const { sandbox, sids } = await openCalls({ reads: { errors: 1 } })

    const responses = [await sandbox.get('Calls.json'), await sandbox.get(`Calls/${sids[0]}.json`)]

    expect(responses.map(({ statusCode, body }) => [statusCode, JSON.parse(body).RestException.Code])).toEqual([[503, 35008], [503, 35008]])
    expect(sandbox.reads().map(({ path, http_status }) => [path, http_status])).toEqual([['/v1/Accounts/acme1m/Calls.json', 503], [`/v1/Accounts/acme1m/Calls/${sids[0]}.json`, 503]])
  })

  it('come by their probability, the same ones with the same seed', async () => {
    const statuses = async () => {
      const { sandbox } = await openCalls({ reads: { errors: 0.5 } }, 0)
      for (let index = 0; index < 30; index += 1)
        await sandbox.get('Calls.json')
      return sandbox.reads().map(({ http_status }) => http_status)
    }

    const once = await statuses()
    expect(new Set(once)).toEqual(new Set([200, 503]))
    expect(await statuses()).toEqual(once)
  })
})

describe('what is shown', () => {
  it.each([
    ['local', '09876543210', '08047100000'],
    ['plus91', '+919876543210', '+918047100000'],
    ['bare91', '919876543210', '918047100000'],
    ['masked', '0XXXXX43210', '0XXXXX00000'],
  ] as const)('spells numbers as %s, in the answer, details and list', async (numbers, from, exophone) => {
    const { sandbox, sids, list } = await openCalls({ shown: { numbers } })

    const answered = JSON.parse((await sandbox.post({ From: CUSTOMER, CallerId: '08047100000', To: '+919811122233' })).body).Call
    const { Call } = await sandbox.getJson(`Calls/${sids[0]}.json`)
    const { Calls } = await list(`Sid=${sids[0]}`)
    expect([answered.From, Call.From, Call.To, Calls[0]!.From, Calls[0]!.PhoneNumberSid]).toEqual([from, from, exophone, from, exophone])
  })

  it('mixes the spellings, a number always in the same one', async () => {
    const { list } = await openCalls({ shown: { numbers: 'mixed' } }, 20)

    const from = (await list()).Calls.map(call => String(call.From))
    expect(new Set(from.map(each => each.replace(/[\d]{5}$/, '').replace('98765', '')))).toEqual(new Set(['0', '+91', '91', '0XXXXX']))
    expect((await list()).Calls.map(call => call.From)).toEqual(from)
  })

  it('is in the time of another zone, and so is DateCreated of a query', async () => {
    const { sids, list } = await openCalls({ shown: { zoneMinutes: 0 } })

    const { Calls } = await list('DateCreated=gte:2024-01-14 20:00:00;lte:2024-01-14 20:00:00')
    expect(Calls).toMatchObject([{ Sid: sids[0], DateCreated: '2024-01-14 20:00:00', StartTime: '2024-01-14 20:00:00' }])
    expect((await list('DateCreated=gte:2024-01-15 01:30:00;lte:2024-01-15 01:30:00')).Calls).toEqual([])
  })

  it('has CustomField in details and list where that is switched on', async () => {
    const shown = await openCalls({ shown: { customField: true } })
    const hidden = await openCalls({})

    expect((await shown.sandbox.getJson(`Calls/${shown.sids[0]}.json`)).Call).toMatchObject({ CustomField: 'r0' })
    expect((await shown.list()).Calls).toMatchObject([{ CustomField: 'r0' }])
    expect((await hidden.list()).Calls[0]).not.toHaveProperty('CustomField')
  })
})
