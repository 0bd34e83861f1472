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

/** Reads a callback body of any of the three content types (exotel.md 7); undefined when it holds no fields at all. */
export async function parseCallback(body: string | Buffer, contentType: string): Promise<CallbackEvent | undefined> {
  const fields = await readFields(body, contentType)
  if (!fields || Object.keys(fields).length === 0)
    return undefined
  const eventType = textOf(fields.EventType)?.toLowerCase() ?? null
  const ended = eventType === 'terminal' || eventType === null
  return {
    callSid: textOf(fields.CallSid) ?? textOf(fields.Sid),
    eventType,
    status: textOf(fields.Status) ?? textOf(fields.CallStatus),
    durationSeconds: ended ? durationOf(fields) : null,
    recordingUrl: textOf(fields.RecordingUrl),
    startedAt: parseIstTimestamp(textOf(fields.StartTime)) ?? null,
    endedAt: ended ? endOf(fields) : null,
    fields,
  }
}

async function readFields(body: string | Buffer, contentType: string): Promise<Record<string, unknown> | undefined> {
  const text = body.toString()
  if (/json/i.test(contentType) || (/^\s*\{/.test(text) && !/form/i.test(contentType))) {
    const parsed = parseJson(text)
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? parsed as Record<string, unknown> : undefined
  }
  const type = /multipart|x-www-form-urlencoded/i.test(contentType) ? contentType : 'application/x-www-form-urlencoded'
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch((error: unknown) => {
    if (error instanceof TypeError) // the platform's word for a body that does not parse
      return undefined
    throw error
  })
  return form && nest([...form].flatMap(([key, value]) => typeof value === 'string' ? [[key, value] as const] : []))
}

const MAX_DEPTH = 4

/** `Legs[0][Status]=completed` becomes `{ Legs: { 0: { Status: 'completed' } } }`. */
function nest(pairs: (readonly [string, string])[]): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, value] of pairs) {
    const path = [key.split('[')[0]!, ...[...key.matchAll(/\[([^\]]*)\]/g)].map(match => match[1]!)].slice(0, MAX_DEPTH)
    let at = root
    for (const name of path.slice(0, -1)) {
      const below = at[name]
      at = (typeof below === 'object' && below !== null ? below : at[name] = Object.create(null)) as Record<string, unknown>
    }
    at[path.at(-1)!] = value
  }
  return root
}

function durationOf(fields: Record<string, unknown>): number | null {
  const own = numberOf(fields.ConversationDuration) ?? numberOf(fields.Duration)
  const legs = Object.values(Object(fields.Legs) as Record<string, { OnCallDuration?: unknown } | null>).map(leg => numberOf(leg?.OnCallDuration))
  return own ?? legs.find(seconds => seconds !== null) ?? null
}

// The default of four fields has no EndTime; Exotel writes the epoch where it knows none (exotel.md 3.4).
function endOf(fields: Record<string, unknown>): Date | null {
  const end = parseIstTimestamp(textOf(fields.EndTime)) ?? parseIstTimestamp(textOf(fields.DateUpdated))
  return end && end.getTime() > 0 ? end : null
}

function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return text === '' || text.toLowerCase() === 'null' ? null : text
}

function numberOf(value: unknown): number | null {
  const text = textOf(value)
  const number = text === null ? Number.NaN : Number(text)
  return Number.isFinite(number) && number >= 0 ? Math.round(number) : null
}
