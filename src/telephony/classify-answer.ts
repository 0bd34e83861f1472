import { RequestError, TimeoutError } from 'got'
import { z } from 'zod'
import type { ConnectOutcome } from './port.ts'

const MAX_WAIT_MS = 15 * 60_000

const connectAnswer = z.object({ Call: z.looseObject({ Sid: z.string().min(8), PhoneNumberSid: z.string().nullish() }) })
const restException = z.object({ RestException: z.looseObject({ Message: z.string() }) })

/** Turns Exotel's answer to a connect into what it proves; what proves nothing is `unknown`. */
export function classifyAnswer({ status, body, retryAfter }: { status: number, body: string, retryAfter: string | undefined }, now: Date): ConnectOutcome {
  if (status >= 200 && status < 300)
    return classifySuccess(body)

  const message = exotelMessage(body) ?? `HTTP ${status}`
  if (status === 429)
    return { kind: 'not_placed', message: `Exotel is at its rate limit: ${message}`, retryAfterMs: retryAfterMs(retryAfter, now) }
  if (status === 403 && /NDNC|\bDND\b/i.test(message))
    return { kind: 'rejected', refusal: 'ndnc', message, stopsRun: false }
  if (status === 401 || status === 402 || status === 403)
    return { kind: 'rejected', refusal: 'account', message, stopsRun: true }
  if (status === 400 || status === 404)
    return { kind: 'rejected', refusal: 'request', message, stopsRun: false }
  // 408, 5xx, a redirect that was not followed: the call may ring all the same (exotel.md 2.4).
  return { kind: 'unknown', message: `HTTP ${status}: ${message}` }
}

/** Turns a failed request into what it proves: nothing was sent, or nobody knows. */
export function classifyFailure(error: unknown): ConnectOutcome {
  const message = error instanceof Error ? error.message : String(error)
  return isBeforeSending(error)
    ? { kind: 'not_placed', message: `no connection to Exotel: ${message}`, retryAfterMs: null }
    : { kind: 'unknown', message: `no answer from Exotel: ${message}` }
}

/** The message of an error body; undefined where there is none to read. */
export function exotelMessage(body: string): string | undefined {
  const parsed = restException.safeParse(parseJson(body))
  if (parsed.success)
    return parsed.data.RestException.Message
  return /<Message>([^<]*)<\/Message>/.exec(body)?.[1]
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
  const seconds = header && /^\d+$/.test(header.trim()) ? Number(header) : undefined
  const date = header && seconds === undefined ? Date.parse(header) : Number.NaN
  const wait = seconds !== undefined ? seconds * 1000 : Number.isNaN(date) ? 30_000 : date - now.getTime()
  return Math.min(Math.max(wait, 0), MAX_WAIT_MS)
}

const BEFORE_SENDING = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ERR_INVALID_URL'])

// Only where no byte of the request can have left: no name, no connection, no TLS.
function isBeforeSending(error: unknown): boolean {
  if (error instanceof TimeoutError)
    return ['lookup', 'connect', 'secureConnect'].includes(error.event)
  const code = error instanceof RequestError ? error.code : undefined
  return code !== undefined && (BEFORE_SENDING.has(code) || /^ERR_TLS_|^(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|^CERT_|^UNABLE_TO_/.test(code))
}
