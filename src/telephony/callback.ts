import { parseIstTimestamp } from '../domain/ist.ts'
import { parseJson } from './classify-answer.ts'

/** What a StatusCallback says of a call; what it leaves out is null and erases nothing. */
export interface CallbackEvent {
  callSid: string | null
  eventType: string | null
  /** Exotel's own word. */
  status: string | null
  durationSeconds: number | null
  recordingUrl: string | null
  startedAt: Date | null
  endedAt: Date | null
  /** All that was sent, nested. */
  fields: Record<string, unknown>
}

type Fields = Record<string, unknown>

const MAX_DEPTH = 4
const MAX_KEY = 500
const MAX_SECONDS = 1_000_000
/** Exotel sends about twenty fields; whoever sends thousands wants to keep us busy. */
const MAX_FIELDS = 500
// A NUL, or half of a pair.
const UNSTORABLE = /[\0\p{Surrogate}]/u

/** Reads a callback body of any of the three content types (exotel.md 7); undefined when it names neither a call nor a status. Never throws: the body comes from outside. */
export async function parseCallback(body: string | Buffer, contentType: string): Promise<CallbackEvent | undefined> {
  const fields = await readFields(body, contentType)
  if (!fields)
    return undefined
  const eventType = textOf(fields.EventType)?.toLowerCase() ?? null
  const ended = eventType === 'terminal' || eventType === null
  return {
    callSid: callSidOf(fields),
    eventType,
    status: statusOf(fields),
    durationSeconds: ended ? durationOf(fields) : null,
    recordingUrl: textOf(fields.RecordingUrl),
    startedAt: timeOf(fields.StartTime),
    endedAt: ended ? timeOf(fields.EndTime) ?? timeOf(fields.DateUpdated) : null, // the default of four fields has no EndTime
    fields,
  }
}

const callSidOf = (fields: Fields) => textOf(fields.CallSid) ?? textOf(fields.Sid)
const statusOf = (fields: Fields) => textOf(fields.Status) ?? textOf(fields.CallStatus)

/** As the content type says and, where that gives nothing to go by, as the body looks. */
async function readFields(body: string | Buffer, contentType: string): Promise<Fields | undefined> {
  const text = typeof body === 'string' ? body : body.toString()
  const isJson = /json/i.test(contentType)
  const json = isJson ? namesSomething(plain(parseJson(text))) : undefined
  if (json)
    return json

  const bytes = Buffer.from(body)
  const boundary = /^(?:\r\n)*--([^\s"]{1,70})\r?\n/.exec(text)?.[1]
  const readings: [boolean, () => unknown][] = [
    [/multipart/i.test(contentType), () => readMultipart(bytes, contentType)],
    [/urlencoded/i.test(contentType), () => readForm(text)],
    [!isJson && /^\s*\{/.test(text), () => parseJson(text)],
    [boundary !== undefined, () => readMultipart(bytes, `multipart/form-data; boundary="${boundary}"`)],
    [/^\w+(?:\[\w*\])*=/.test(text), () => readForm(text)],
  ]
  for (const [fits, read] of readings) {
    const fields = fits ? namesSomething(plain(await read())) : undefined
    if (fields)
      return fields
  }
  return undefined
}

function namesSomething(fields: unknown): Fields | undefined {
  return isFields(fields) && (callSidOf(fields) !== null || statusOf(fields) !== null || textOf(fields.EventType) !== null) ? fields : undefined
}

function readForm(text: string): Fields | undefined {
  return isCrowded(text, '&') ? undefined : nest([...new URLSearchParams(text)])
}

async function readMultipart(body: Buffer, contentType: string): Promise<Fields | undefined> {
  if (isCrowded(body.toString('latin1').toLowerCase(), 'content-disposition'))
    return undefined
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
    return nest([...form].flatMap(([key, value]) => typeof value === 'string' ? [[key, value] as const] : []))
  }
  catch {
    return undefined // not a form; whatever the platform says of that must hold up no other callback
  }
}

function isCrowded(text: string, separator: string): boolean {
  let fields = 0
  for (let at = text.indexOf(separator); at >= 0 && fields <= MAX_FIELDS; at = text.indexOf(separator, at + separator.length))
    fields++
  return fields > MAX_FIELDS
}

/** `Legs[0][Status]=completed` becomes `{ Legs: { 0: { Status: 'completed' } } }`. */
function nest(pairs: (readonly [string, string])[]): Fields {
  const root = Object.create(null) as Fields
  for (const [key, value] of pairs) {
    const path = [key.split('[')[0]!, ...[...key.slice(0, MAX_KEY).matchAll(/\[([^[\]]*)\]/g)].map(match => match[1]!)].slice(0, MAX_DEPTH)
    let at = root
    for (const name of path.slice(0, -1)) {
      const below = at[name]
      at = (typeof below === 'object' && below !== null ? below : at[name] = Object.create(null)) as Fields
    }
    at[path.at(-1)!] = value
  }
  return root
}

/** What may be stored and handed on: plain objects of bounded depth, no `__proto__`, text that every database takes. */
function plain(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return UNSTORABLE.test(value) ? Buffer.from(value.replaceAll('\0', '')).toString() : value // a lone surrogate becomes U+FFFD
  if (typeof value !== 'object' || value === null)
    return value
  if (depth > MAX_DEPTH)
    return null
  if (Array.isArray(value))
    return value.map(each => plain(each, depth + 1))
  const fields: Fields = {}
  for (const key of Object.keys(value)) {
    const name = plain(key) as string
    if (name !== '__proto__')
      fields[name] = plain((value as Fields)[key], depth + 1)
  }
  return fields
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function durationOf(fields: Fields): number | null {
  const own = numberOf(fields.ConversationDuration) ?? numberOf(fields.Duration)
  const legs = isFields(fields.Legs) || Array.isArray(fields.Legs) ? Object.values(fields.Legs as Fields) : []
  return own ?? legs.map(leg => isFields(leg) ? numberOf(leg.OnCallDuration) : null).find(seconds => seconds !== null) ?? null
}

// Exotel writes the epoch where it knows no time (exotel.md 3.4).
function timeOf(value: unknown): Date | null {
  const at = parseIstTimestamp(textOf(value))
  return at && at.getTime() > 0 ? at : null
}

function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return text === '' || text.toLowerCase() === 'null' ? null : text
}

function numberOf(value: unknown): number | null {
  const text = textOf(value)
  const number = text === null ? Number.NaN : Number(text)
  return number >= 0 && number <= MAX_SECONDS ? Math.round(number) : null
}
