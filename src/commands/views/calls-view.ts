import type { CallListed } from '../../db/record-list.ts'
import { duration, maskPhone, rfc3339 } from '../../ui/format.ts'
import type { Tone } from '../../ui/tones.ts'
import { rfcOrNull, rupeesOrNull, time } from './customers-view.ts'
import { listView, orDash } from './list-view.ts'

const CALL_TONES: Partial<Record<string, Tone>> = { completed: 'good', busy: 'waiting', no_answer: 'waiting', failed: 'bad', unknown: 'bad', rejected: 'bad', not_placed: 'bad' }

export const callTone = (status: string): Tone | undefined => CALL_TONES[status]

export const callsView = listView<CallListed>({
  id: ({ call }) => call.id,
  reference: ({ call }) => call.reference,
  customer_id: ({ call }) => call.customerId,
  loan_id: ({ loanId }) => loanId,
  call_sid: ({ call }) => call.callSid,
  to_number: ({ call }) => call.toNumber,
  from_number: ({ call }) => call.fromNumber,
  status: ({ call }) => call.status,
  attention: ({ call }) => call.attention,
  source: ({ call }) => call.source,
  duration_seconds: ({ call }) => call.durationSeconds,
  price: ({ call }) => rupeesOrNull(call.pricePaise),
  run_id: ({ call }) => call.runId,
  created_at: ({ call }) => rfc3339(call.createdAt),
  ended_at: ({ call }) => rfcOrNull(call.endedAt),
}, exact => [
  { key: 'id', title: 'call', align: 'right', priority: 1, text: ({ call }) => String(call.id) },
  { key: 'created_at', title: 'placed', priority: 1, text: ({ call }) => time(call.createdAt, exact) },
  { key: 'full_name', title: 'name', priority: 1, min: 10, text: row => row.fullName ?? '(not ours)' },
  { key: 'to_number', title: 'phone', priority: 2, text: ({ call }) => maskPhone(call.toNumber) },
  { key: 'status', title: 'status', priority: 1, text: ({ call }) => call.status, tone: ({ call }) => callTone(call.status) },
  { key: 'duration_seconds', title: 'talk', align: 'right', priority: 2, text: ({ call }) => call.durationSeconds === null ? '–' : exact ? String(call.durationSeconds) : duration(call.durationSeconds) },
  { key: 'loan_id', title: 'loan', priority: 3, text: row => orDash(row.loanId) },
  { key: 'customer_id', title: 'customer', align: 'right', priority: 4, text: ({ call }) => orDash(call.customerId) },
  { key: 'run_id', title: 'run', align: 'right', priority: 5, text: ({ call }) => orDash(call.runId) },
  { key: 'attention', title: 'look at', priority: 3, text: ({ call }) => orDash(call.attention), tone: () => 'bad' },
  { key: 'call_sid', title: 'sid', priority: 6, text: ({ call }) => orDash(call.callSid) },
])
