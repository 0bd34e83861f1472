import * as z from 'zod'
import type { ConnectOutcome } from './port.ts'
import { FailedRequest } from './send-once.ts'

const MAX_WAIT_MS = 15 * 60_000
const DEFAULT_WAIT_MS = 30_000
const MAX_MESSAGE_LENGTH = 500

// The Sid alone proves a call: no other field may spoil it.
const connectAnswer = z.object({ Call: z.looseObject({ Sid: z.string().min(8), PhoneNumberSid: z.string().nullable().catch(null) }) })
const restException = z.object({ RestException: z.looseObject({ Message: z.string() }) })
const failure = z.object({ error_data: z.looseObject({ message: z.string() }) })
// v2 and v3: one answer or several (exotel.md 5.1).
const envelope = z.object({ response: z.unknown() })

/** Turns Exotel's answer to a connect into what it proves; what proves nothing is `unknown`. */
export function classifyAnswer({ status, body, retryAfter }: { status: number, body: string, retryAfter: string | undefined }, now: Date): ConnectOutcome {
  if (status >= 200 && status < 300)
    return classifySuccess(body)

  const said = exotelMessage(body)
  const message = said ?? `HTTP ${status}`
  if (status === 429)
    return { kind: 'not_placed', message: `Exotel is at its rate limit: ${message}`, retryAfterMs: retryAfterMs(retryAfter, now) }
  if (status === 403 && /NDNC|\bDND\b/i.test(message))
    return { kind: 'rejected', refusal: 'ndnc', message, stopsRun: false }
  if (status === 401 || status === 402 || status === 403)
    return { kind: 'rejected', refusal: 'account', message, stopsRun: true }
  if (status === 400 || status === 404)
    return { kind: 'rejected', refusal: 'request', message, stopsRun: false }
  // 408, 5xx, a redirect that was not followed: the call may ring all the same (exotel.md 2.4).
  return { kind: 'unknown', message: said === undefined ? message : `HTTP ${status}: ${said}` }
}

/** Turns a failed request into what it proves: nothing was sent, or nobody knows. */
export function classifyFailure(error: unknown): ConnectOutcome {
  const message = error instanceof Error ? error.message : String(error)
  // Only where no byte of the request can have left: no name, no connection, no TLS. The connection is always a new one.
  const sent = error instanceof FailedRequest ? error.sent : 'maybe'
  if (sent === 'given up')
    return { kind: 'not_placed', message, retryAfterMs: 0 }
  return sent === 'nothing'
    ? { kind: 'not_placed', message: `no connection to Exotel: ${message}`, retryAfterMs: null }
    : { kind: 'unknown', message: `no answer from Exotel: ${message}` }
}

/** The message of an error body; undefined where there is none to read. */
export function exotelMessage(body: string): string | undefined {
  const json = parseJson(body)
  const message = restException.safeParse(json).data?.RestException.Message
    ?? [envelope.safeParse(json).data?.response].flat().map(one => failure.safeParse(one).data?.error_data.message).find(Boolean)
    ?? /<Message>([^<]*)<\/Message>/.exec(body)?.[1]
  return message?.trim().slice(0, MAX_MESSAGE_LENGTH) || undefined
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  }
  catch (error) {
    if (error instanceof SyntaxError)
      return undefined
    throw error
  }
}

function classifySuccess(body: string): ConnectOutcome {
  const parsed = connectAnswer.safeParse(parseJson(body))
  if (!parsed.success)
    return { kind: 'unknown', message: 'Exotel accepted the request, but its answer names no call' }
  const { Sid, PhoneNumberSid } = parsed.data.Call
  return { kind: 'accepted', sid: Sid, fromNumber: PhoneNumberSid || null, answer: parsed.data.Call }
}

function retryAfterMs(header: string | undefined, now: Date): number {
  const text = header?.trim() ?? ''
  // Anything but a GMT date would be read by the leniency of Date.parse: "-5" is a day in 2001 to it.
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : / GMT$/.test(text) ? Date.parse(text) - now.getTime() : Number.NaN
  return Number.isNaN(ms) ? DEFAULT_WAIT_MS : Math.min(Math.max(ms, 0), MAX_WAIT_MS)
}
