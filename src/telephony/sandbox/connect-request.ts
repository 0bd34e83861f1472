import { toE164 } from './phone-spelling.ts'

const MAX_TIME_LIMIT_S = 14_400
const EVENTS_KEY = /^StatusCallbackEvents(?:\[\d*\])?$/

export interface ConnectRequest {
  from: string
  /** The second number, or null for a flow. */
  to: string | null
  callerId: string
  record: boolean
  timeOutS: number | null
  timeLimitS: number | null
  customField: string | null
  statusCallback: string | null
  statusCallbackEvents: string[]
  isJsonCallback: boolean
}

/** Both encodings that Exotel takes; any other body is one without parameters, and so refused as such. */
export async function parseConnectForm(body: ArrayBuffer, contentType: string): Promise<FormData> {
  // The way of nearly every client: a Response would cost more than the rest of a connect.
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return formOf(new URLSearchParams(Buffer.from(body).toString()))
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData()
  }
  catch {
    return new FormData()
  }
}

function formOf(fields: URLSearchParams): FormData {
  const form = new FormData()
  fields.forEach((value, key) => form.append(key, value))
  return form
}

export function textOf(form: FormData, key: string): string | null {
  const value = form.get(key)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** Undefined when Exotel would answer "Bad or missing parameters" (exotel.md 2.1, 2.2, 11). */
export function parseConnectRequest(form: FormData, account: { sid: string, callerIds?: string[] }): ConnectRequest | undefined {
  const from = toE164(textOf(form, 'From') ?? '')
  const callerId = parseCallerId(textOf(form, 'CallerId'), account.callerIds)
  const destination = parseDestination(form, account.sid)
  const timeOutS = parseSeconds(textOf(form, 'TimeOut'), Infinity)
  const timeLimitS = parseSeconds(textOf(form, 'TimeLimit'), MAX_TIME_LIMIT_S)

  if (!from || !callerId || !destination || timeOutS === undefined || timeLimitS === undefined)
    return undefined

  return {
    from,
    ...destination,
    callerId,
    timeOutS,
    timeLimitS,
    record: textOf(form, 'Record') === 'true', // sources disagree on the default (exotel.md U4)
    customField: textOf(form, 'CustomField'),
    statusCallback: textOf(form, 'StatusCallback'),
    statusCallbackEvents: [...form].flatMap(([key, value]) => EVENTS_KEY.test(key) && typeof value === 'string' ? [value] : []),
    isJsonCallback: textOf(form, 'StatusCallbackContentType') === 'application/json',
  }
}

function parseCallerId(given: string | null, own: string[] | undefined): string | undefined {
  if (given === null)
    return undefined
  const callerId = toE164(given) ?? given
  return !own || own.some(each => (toE164(each) ?? each) === callerId) ? callerId : undefined
}

function parseDestination(form: FormData, accountSid: string): { to: string | null } | undefined {
  const number = textOf(form, 'To')
  const url = textOf(form, 'Url')
  // What both together do is documented nowhere: refused, so that a client which sends both learns it here and not on a live account.
  if ((number === null) === (url === null))
    return undefined
  if (url !== null)
    return isFlowUrl(url, accountSid) ? { to: null } : undefined

  const to = toE164(number ?? '')
  return to ? { to } : undefined
}

function isFlowUrl(url: string, accountSid: string): boolean {
  const path = /^https?:\/\/my\.exotel\.(?:com|in)\/(.+)$/.exec(url)?.[1] ?? ''
  const [, owner] = /^([^/]+)\/exoml\/start_voice\/\w+$/.exec(path) ?? []
  return owner === accountSid || /^exoml\/start\/\w+$/.test(path)
}

/** Null when not given, undefined when it is no whole number from 1 to the maximum. The maximum of TimeOut is unknown (exotel.md U6). */
function parseSeconds(text: string | null, max: number): number | null | undefined {
  if (text === null)
    return null
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0
  return seconds >= 1 && seconds <= max ? seconds : undefined
}
