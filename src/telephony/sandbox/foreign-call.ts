import * as z from 'zod'
import { createCallSid } from './call-sid.ts'
import type { Switchboard } from './connect.ts'
import { fateOf, isPlacedFate } from './fates.ts'
import { courseFacts, DIRECTIONS } from './ledger.ts'
import { toE164 } from './phone-spelling.ts'

const ANY_EXOPHONE = '+918047100000'
const phone = z.string().transform((text, context) => toE164(text) ?? context.addIssue({ code: 'custom', message: 'no phone number' }) ?? z.NEVER)

const foreignCallSchema = z.strictObject({
  /** The number that `From` shows: the borrower's, also of an inbound call. */
  from: phone,
  direction: z.enum(DIRECTIONS).default('outbound-api'),
  to: phone.nullable().default(null),
  /** The ExoPhone; left out, the first that the account owns. */
  caller_id: phone.optional(),
  custom_field: z.string().nullable().default(null),
  /** When it was placed; left out, now. */
  at: z.iso.datetime().optional(),
  ring_ms: z.int().min(0).optional(),
  talk_ms: z.int().min(0).optional(),
})

/** In the spelling of the ledger. */
export type ForeignCallRequest = z.input<typeof foreignCallSchema>

/** Writes a call of another program, the dashboard or a borrower into the ledger, and gives its sid. It takes no place in the rate and has no callbacks. */
export function placeForeignCall({ book, clock, timings, callerIds }: Switchboard, request: ForeignCallRequest): string {
  const { from, direction, to, caller_id, custom_field, at, ring_ms, talk_ms } = foreignCallSchema.parse(request)
  const sid = createCallSid()
  const fate = fateOf(from)
  book.record({
    event: 'foreign',
    at: at === undefined ? clock().toISOString() : new Date(at).toISOString(),
    sid,
    from,
    to,
    caller_id: caller_id ?? toE164(callerIds?.[0] ?? '') ?? ANY_EXOPHONE,
    custom_field,
    direction,
    fate: isPlacedFate(fate) ? fate : 'answered',
    record: false,
    ...courseFacts({ ringMs: ring_ms ?? timings.ringMs, talkMs: talk_ms ?? timings.talkMs, billingLagMs: timings.billingLagMs }),
  })
  return sid
}
