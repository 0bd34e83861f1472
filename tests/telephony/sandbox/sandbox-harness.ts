import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import got, { type Response } from 'got'
import { afterEach } from 'vitest'
import type { CallbackDelivery, LedgerEvent } from '../../../src/telephony/sandbox/ledger.ts'
import type { SandboxTimings } from '../../../src/telephony/sandbox/lifecycle.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/telephony/sandbox/start-sandbox.ts'

export const ACCOUNT = { sid: 'acme1m', key: 'test-key', token: 'test-token' }
export const EXOPHONE = '08047100000'
export const FLOW_URL = 'http://my.exotel.com/acme1m/exoml/start_voice/4711'
export const QUICK: SandboxTimings = { answerLatencyMs: 0, ringMs: 20, talkMs: 20, billingLagMs: 20, callbackRetryMs: 5 }
/** Past midnight in India, still the day before in UTC: a zone mistake shows in the date. */
export const NOW = '2024-01-14T20:00:00.000Z'

const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()))
})

export interface TestSandbox extends Sandbox {
  /** The clock of the simulator; it stands still unless set. */
  time: { now: Date }
  post(fields: Record<string, string>, options?: { path?: string }): Promise<Response<string>>
  get(path: string): Promise<Response<string>>
  getJson<Json = { Call: Record<string, unknown> }>(path: string): Promise<Json>
  /** Places a flow call and gives its sid. */
  place(from: string, fields?: Record<string, string>): Promise<string>
  /** The deliveries of callbacks, once there are so many. */
  delivered(count: number): Promise<CallbackDelivery[]>
}

export async function openSandbox(overrides: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const time = { now: new Date(NOW) }
  const deliveries = awaitableList<CallbackDelivery>()
  const onEvent = (event: LedgerEvent) => {
    if (event.event === 'callback')
      deliveries.push(event)
    overrides.onEvent?.(event)
  }
  const sandbox = await startSandbox({ account: ACCOUNT, clock: () => time.now, timings: QUICK, ...overrides, onEvent })
  opened.push(sandbox)

  const client = clientOf(sandbox.url)
  return { ...sandbox, ...client, time, delivered: deliveries.reach }
}

export function temporaryLedger(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-sandbox-'))
  opened.push({ close: async () => rmSync(folder, { recursive: true }) })
  return join(folder, 'ledger.ndjson')
}

export function clientOf(base: string, credentials = ACCOUNT) {
  const request = got.extend({ username: credentials.key, password: credentials.token, throwHttpErrors: false, followRedirect: false, retry: { limit: 0 } })
  const root = `${base}/v1/Accounts/${credentials.sid}`
  const post = (fields: Record<string, string>, { path = 'Calls/connect.json' } = {}) => request.post(`${root}/${path}`, { form: fields })
  const get = (path: string) => request.get(path.startsWith('/') ? `${base}${path}` : `${root}/${path}`)
  return {
    post,
    get,
    getJson: async <Json>(path: string): Promise<Json> => JSON.parse((await get(path)).body),
    place: async (from: string, fields: Record<string, string> = {}): Promise<string> =>
      JSON.parse((await post({ ...flowCall(from), ...fields })).body).Call.Sid,
  }
}

export function flowCall(from: string): Record<string, string> {
  return { From: from, CallerId: EXOPHONE, Url: FLOW_URL }
}

export interface ReceivedCallback { url: string, contentType: string, body: unknown }

/** A listener that answers with the given statuses in turn, the last one for ever. */
export async function openListener(statuses: number[] = [200]) {
  const received = awaitableList<ReceivedCallback>()
  const server = createServer(async (request, response) => {
    const contentType = request.headers['content-type'] ?? ''
    const body = await buffer(request)
    const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
    received.push({ url: request.url ?? '', contentType: contentType.split(';')[0]!, body: await parse(body, contentType) })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received: received.reach }
}

async function parse(body: Buffer, contentType: string): Promise<unknown> {
  if (contentType.startsWith('application/json'))
    return JSON.parse(body.toString())
  return Object.fromEntries(await new Response(body, { headers: { 'content-type': contentType } }).formData())
}

function awaitableList<Entry>() {
  const entries: Entry[] = []
  let waiting: { count: number, resolve: (entries: Entry[]) => void }[] = []
  return {
    push(entry: Entry) {
      entries.push(entry)
      waiting.filter(({ count }) => count <= entries.length).forEach(({ resolve }) => resolve([...entries]))
      waiting = waiting.filter(({ count }) => count > entries.length)
    },
    reach: (count: number) => new Promise<Entry[]>((resolve) => {
      if (entries.length >= count)
        resolve([...entries])
      else
        waiting.push({ count, resolve })
    }),
  }
}
