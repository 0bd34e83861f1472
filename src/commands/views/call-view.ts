import type { Context } from '../../context.ts'
import type { CallSession } from '../../db/call-lookup.ts'
import type { Store } from '../../db/store.ts'
import { emitJson } from '../../ui/emit.ts'
import { duration, istSeconds, istTime, rfc3339 } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import { outTones } from '../../ui/tones.ts'
import { answerIo } from '../answer.ts'
import { callTone } from './calls-view.ts'
import { rfcOrNull, rupeesOrNull } from './customers-view.ts'

interface SpokenLoan { loan_id: string, due_paise: number | null, outstanding_paise: number | null, due_date: string | null }
type Timeline = Awaited<ReturnType<Store['findTimeline']>>

/** One call with its timeline, as `status <call>` shows it. */
export async function answerCall(context: Context, store: Store, call: CallSession): Promise<void> {
  const timeline = await store.findTimeline(call.id)
  const [customer] = call.customerId === null ? [] : await store.findCustomersById([call.customerId])
  const loanId = call.loanId === null ? null : await store.findLoanId(call.loanId) ?? null
  const io = answerIo(context)
  if (context.flags.json)
    return emitJson(io, callJson(call, timeline, loanId))

  const tones = outTones(io)
  const tone = callTone(call.status)
  io.out(`call ${call.id} to ${customer ? `${plainText(customer.fullName)} (${customer.id})` : 'no customer of ours'}, ${call.toNumber}, ${istTime(call.createdAt)}: ${tone ? tones[tone](call.status) : call.status}${call.durationSeconds === null ? '' : `, ${duration(call.durationSeconds)}`}\n`)
  io.out(timelineText(timeline))
}

/** One line a status: when, what, who said so. */
export function timelineText(timeline: Timeline): string {
  return timeline.map(({ timestamp, status, source, message }) => `  ${istSeconds(timestamp)}  ${plainText(status).padEnd(12)} ${source.padEnd(8)}${message ? ` ${plainText(message)}` : ''}\n`).join('')
}

/** The call in the shape of cli.md. */
export function callJson(call: CallSession, timeline: Timeline, loanId: string | null): Record<string, unknown> {
  const { operator = null, verdict = null, loans = [], ...rest } = call.metadata
  const metadata = { loans: (loans as SpokenLoan[]).map(({ loan_id, due_paise, outstanding_paise, due_date }) => ({ loan_id, due_amount: rupeesOrNull(due_paise), outstanding_amount: rupeesOrNull(outstanding_paise), due_date })), ...rest, ...(call.exotelDetails ? { exotel: call.exotelDetails } : {}) }
  return {
    id: call.id,
    reference: call.reference,
    call_sid: call.callSid,
    status: call.status,
    attention: call.attention,
    source: call.source,
    customer_id: call.customerId,
    loan_id: loanId,
    run_id: call.runId,
    to_number: call.toNumber,
    from_number: call.fromNumber,
    duration_seconds: call.durationSeconds,
    price: rupeesOrNull(call.pricePaise),
    operator,
    outcome: null,
    verdict,
    recording_url: call.recordingUrl,
    metadata,
    created_at: rfc3339(call.createdAt),
    ended_at: rfcOrNull(call.endedAt),
    timeline: timeline.map(({ status, timestamp, source, message }) => ({ status, at: rfc3339(timestamp), source, message })),
  }
}
