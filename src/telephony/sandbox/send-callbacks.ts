import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { performance } from 'node:perf_hooks'
import got, { RequestError } from 'got'
import { callMoments, extendedPayload, fourFieldPayload, toForm, type CallbackPayload, type CallMoment } from './callback-payload.ts'
import type { ConnectRequest } from './connect-request.ts'
import { createDelays, type Delays } from './delays.ts'
import type { LedgerBook } from './ledger-book.ts'
import type { PlacedCall } from './ledger.ts'

// A guess that only a live account can settle: one page speaks of 15 s and 2 retries, the official one promises none (exotel.md U2).
const TIMEOUT_MS = 15_000
const RETRIES = 2

export interface CallbackSettings {
  accountSid: string
  clock: () => Date
  book: LedgerBook
  retryMs: number
  ringingEvent: boolean
  fourFieldCallbacks: boolean
}

export interface CallbackSender {
  /** Tells the caller's listener of each moment of the call when it comes, one after the other. */
  follow(call: PlacedCall, request: ConnectRequest): void
  /** Starts nothing new, and waits for what is on its way. */
  stop(): Promise<void>
}

interface Post { url: string, isJson: boolean, payload: CallbackPayload, agent: { http: HttpAgent, https: HttpsAgent } }

export function createCallbackSender(settings: CallbackSettings): CallbackSender {
  const delays = createDelays()
  const agent = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const followed = new Set<Promise<void>>()

  async function followToEnd(call: PlacedCall, request: ConnectRequest, url: string) {
    const placedAt = performance.now()
    const asked = call.to === null && settings.fourFieldCallbacks ? [] : request.statusCallbackEvents
    const payloadOf = asked.length > 0 ? extendedPayload : fourFieldPayload

    for (const moment of callMoments(call, asked, settings)) {
      const dueMs = moment.at.getTime() - call.createdAt.getTime()
      if (!await delays.wait(dueMs - (performance.now() - placedAt)))
        return
      const payload = payloadOf(call, moment, settings.accountSid)
      await deliver(settings, delays, moment, { url, isJson: request.isJsonCallback, payload, agent })
    }
  }

  return {
    follow(call, request) {
      if (request.statusCallback === null || call.fate === 'silent')
        return
      const following = followToEnd(call, request, request.statusCallback)
      followed.add(following)
      // One that fails is kept: stop() tells of it.
      following.then(() => followed.delete(following), () => undefined)
    },

    async stop() {
      delays.stop()
      await Promise.all(followed)
      agent.http.destroy()
      agent.https.destroy()
    },
  }
}

async function deliver({ book, clock, retryMs }: CallbackSettings, delays: Delays, { eventType }: CallMoment, callback: Post) {
  for (let attempt = 1; attempt <= 1 + RETRIES; attempt += 1) {
    const outcome = await post(callback)
    const { CallSid, Status } = callback.payload
    book.record({ event: 'callback', at: clock().toISOString(), sid: String(CallSid), event_type: eventType, status: String(Status), attempt, ...outcome })

    const isTaken = outcome.http_status !== null && outcome.http_status >= 200 && outcome.http_status < 300
    if (isTaken || attempt > RETRIES || !await delays.wait(retryMs))
      return
  }
}

async function post({ url, isJson, payload, agent }: Post): Promise<{ http_status: number | null, error: string | null }> {
  if (!isThisMachine(url))
    return { http_status: null, error: 'the sandbox never leaves this machine' }
  try {
    const { statusCode } = await got.post(url, {
      ...(isJson ? { json: payload } : { body: toForm(payload) }),
      agent,
      followRedirect: false,
      retry: { limit: 0 },
      throwHttpErrors: false,
      timeout: { request: TIMEOUT_MS },
    })
    return { http_status: statusCode, error: null }
  }
  catch (error) {
    if (error instanceof RequestError || error instanceof TypeError) // a TypeError is an address that is none
      return { http_status: null, error: 'code' in error ? String(error.code) : error.message }
    throw error
  }
}

function isThisMachine(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : 'localhost' // what is no address at all fails by itself, and says so
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
