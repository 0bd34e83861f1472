import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { performance } from 'node:perf_hooks'
import got, { RequestError } from 'got'
import { callbackBody, type CallbackBody } from './callback-body.ts'
import type { PayloadView } from './callback-payload.ts'
import type { Chance } from './chance.ts'
import type { ConnectRequest } from './connect-request.ts'
import { createDelays, type Delays } from './delays.ts'
import type { LedgerBook } from './ledger-book.ts'
import type { PlacedCall } from './ledger.ts'
import type { CallbackMisbehaviour } from './misbehaviour.ts'
import { planCallbacks, type PlannedCallback } from './plan-callbacks.ts'

// A guess that only a live account can settle: one page speaks of 15 s and 2 retries, the official one promises none (exotel.md U2).
const TIMEOUT_MS = 15_000
const RETRIES = 2

export interface CallbackSettings {
  clock: () => Date
  book: LedgerBook
  view: PayloadView
  chance: Chance
  retryMs: number
  ringingEvent: boolean
  fourFieldCallbacks: boolean
}

export interface FollowedCall { call: PlacedCall, request: ConnectRequest, misbehave: CallbackMisbehaviour, nthToPhone: number }

export interface CallbackSender {
  /** Tells the caller's listener of each moment of the call when it comes. Resolves with the first that is sent, or when there is none. */
  follow(followed: FollowedCall): Promise<void>
  /** Starts nothing new, and waits for what is on its way. */
  stop(): Promise<void>
}

interface Post { url: string, body: CallbackBody }
interface Line { delays: Delays, agent: { http: HttpAgent, https: HttpsAgent } }
interface Delivery { planned: PlannedCallback, callback: Post, isLost: boolean, copy?: number, retries: number }

export function createCallbackSender(settings: CallbackSettings): CallbackSender {
  const delays = createDelays()
  const agent = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const followings = new Set<Promise<void>>()

  async function followToEnd({ call, request, misbehave, nthToPhone }: FollowedCall, url: string, tellFirst: () => void) {
    const placedAt = performance.now()
    const isShort = misbehave.fourFields || (call.to === null && settings.fourFieldCallbacks)
    const late: Promise<void>[] = []

    for (const planned of planCallbacks(call, { ...settings, misbehave, nthToPhone, asked: isShort ? [] : request.statusCallbackEvents })) {
      if (!await delays.wait(planned.dueMs - (performance.now() - placedAt)))
        break
      const body = callbackBody(planned.payload, request.isJsonCallback, misbehave)
      for (const [index, { lateMs, isLost }] of planned.copies.entries()) {
        const send = () => deliver(settings, { delays, agent }, { planned, callback: { url, body }, isLost, copy: planned.copies.length > 1 ? index + 1 : undefined, retries: misbehave.retries ?? RETRIES })
        // One that is late by itself lets the next go first; else the next waits for the tries of this one.
        if (lateMs > 0)
          late.push(delays.wait(lateMs).then(isOver => isOver ? send() : undefined).then(tellFirst))
        else
          await send().then(tellFirst)
      }
    }
    await Promise.all(late)
  }

  return {
    follow(followed) {
      const { call, request } = followed
      if (request.statusCallback === null || call.fate === 'silent')
        return Promise.resolve()
      const { promise: first, resolve: tellFirst } = withResolvers()
      const following = followToEnd(followed, request.statusCallback, tellFirst)
      followings.add(following)
      // One that fails is kept: stop() tells of it.
      following.then(() => followings.delete(following), () => undefined).finally(tellFirst)
      return first
    },

    async stop() {
      delays.stop()
      await Promise.all(followings)
      agent.http.destroy()
      agent.https.destroy()
    },
  }
}

async function deliver({ clock, book, retryMs }: CallbackSettings, { delays, agent }: Line, { planned, callback, isLost, copy, retries }: Delivery) {
  const { eventType, payload } = planned
  for (let attempt = 1; attempt <= 1 + retries; attempt += 1) {
    const outcome = isLost ? { http_status: null, error: 'lost' } : await post(callback, agent)
    const facts = { sid: String(payload.CallSid), event_type: eventType, status: String(payload.Status), attempt, ...(copy && { copy }) }
    book.record({ event: 'callback', at: clock().toISOString(), ...facts, ...outcome })

    const isTaken = outcome.http_status !== null && outcome.http_status >= 200 && outcome.http_status < 300
    if (isLost || isTaken || attempt > retries || !await delays.wait(retryMs))
      return
  }
}

// Promise.withResolvers needs a newer Node.
function withResolvers() {
  let resolve = () => {}
  const promise = new Promise<void>((tell) => { resolve = tell })
  return { promise, resolve }
}

async function post({ url, body }: Post, agent: Line['agent']): Promise<{ http_status: number | null, error: string | null }> {
  if (!isThisMachine(url))
    return { http_status: null, error: 'the sandbox never leaves this machine' }
  try {
    const { statusCode } = await got.post(url, {
      ...body,
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
