import * as z from 'zod'
import { parseIstTimestamp } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import type { CallDetails } from './port.ts'

// Numbers come as text or as numbers, and what is not known yet as null, "" or the word "null" (exotel.md 3.1, 8.1).
const text = z.union([z.string(), z.number()]).nullish().transform((value) => {
  const trimmed = String(value ?? '').trim()
  return trimmed === '' || trimmed === 'null' ? null : trimmed
})
const number = text.transform((value) => {
  const parsed = value === null ? Number.NaN : Number(value)
  return Number.isFinite(parsed) ? parsed : null
})

const call = z.looseObject({ Sid: z.string(), Status: text, To: text, From: text, Duration: number, Price: number, RecordingUrl: text, StartTime: text, EndTime: text })
const single = z.object({ Call: call })
const page = z.object({ Metadata: z.looseObject({ NextPageUri: text, Total: number }).nullish(), Calls: z.array(call) })

/** Reads the answer to a details request. */
export function parseCallDetails(body: unknown): CallDetails {
  const parsed = single.safeParse(body)
  if (!parsed.success)
    throw unreadable(parsed.error)
  return toDetails(parsed.data.Call)
}

/** Reads one page of the bulk list; `nextPage` is relative to the host, null on the last page. `total` counts the calls of all pages. */
export function parseCallPage(body: unknown): { calls: CallDetails[], nextPage: string | null, total: number | null } {
  const parsed = page.safeParse(body)
  if (!parsed.success)
    throw unreadable(parsed.error)
  return { calls: parsed.data.Calls.map(toDetails), nextPage: parsed.data.Metadata?.NextPageUri ?? null, total: parsed.data.Metadata?.Total ?? null }
}

function toDetails(found: z.infer<typeof call>): CallDetails {
  return {
    sid: found.Sid,
    status: found.Status ?? 'unknown',
    to: found.To,
    from: found.From,
    durationSeconds: wholeNumber(found.Duration),
    pricePaise: found.Price === null ? null : wholeNumber(found.Price * 100),
    recordingUrl: found.RecordingUrl,
    startedAt: parseIstTimestamp(found.StartTime) ?? null,
    endedAt: parseIstTimestamp(found.EndTime) ?? null,
    raw: found,
  }
}

const MAX_INTEGER = 2 ** 31 - 1

// What no column holds is not known.
function wholeNumber(value: number | null): number | null {
  return value !== null && Math.abs(value) <= MAX_INTEGER ? Math.round(value) : null
}

function unreadable(cause: unknown): VacliError {
  return new VacliError('unavailable', 'Exotel gave an answer that cannot be read', { hint: 'Run the command again with --verbose.', cause })
}
