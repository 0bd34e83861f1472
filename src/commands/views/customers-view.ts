import type { CustomerListed } from '../../db/borrower-list.ts'
import type { CallRules } from '../../domain/call-rules.ts'
import { nextAt } from '../../domain/callability.ts'
import { istTime, maskPhone, rfc3339, rupees, rupeesNumber } from '../../ui/format.ts'
import type { Tone } from '../../ui/tones.ts'
import { type ListView, listView, orDash } from './list-view.ts'

const STATUS_TONES: Record<string, Tone> = { ready: 'good', calling: 'waiting', completed: 'muted', retry: 'waiting', blocked: 'bad', review: 'bad', withdrawn: 'muted' }

export const statusTone = (status: string): Tone | undefined => STATUS_TONES[status]

/** Customers as `list` shows them. */
export function customersView(rules: CallRules, now: Date): ListView<CustomerListed> {
  // Null for who may be called this minute; the ready wait for the next opening of the window when it is closed.
  const next = (row: CustomerListed) => {
    const at = row.status === 'calling' ? null : nextAt({ from: row.callableFrom, until: row.callableUntil, code: row.callableCode }, rules, now)
    return at && at > now ? at : null
  }
  return listView(customerFields(next), exact => [
    { key: 'customer_id', title: 'id', align: 'right', priority: 1, text: row => String(row.id) },
    { key: 'full_name', title: 'name', priority: 1, min: 10, text: row => row.fullName },
    { key: 'primary_phone', title: 'phone', priority: 1, text: row => row.primaryPhone ? maskPhone(row.primaryPhone) : '–' },
    { key: 'status', title: 'status', priority: 1, text: row => row.status, tone: row => statusTone(row.status) },
    { key: 'due_amount', title: 'due', align: 'right', priority: 2, text: row => money(row.dueAmount, exact) },
    { key: 'oldest_due', title: 'due since', priority: 3, text: row => orDash(row.oldestDueDate) },
    { key: 'blocked_by', title: 'blocked by', priority: 2, text: row => orDash(row.blockedBy) },
    { key: 'next_callable_at', title: 'next call', priority: 4, text: row => time(next(row), exact) },
    { key: 'last_call', title: 'last call', priority: 3, text: row => row.lastCallAt ? `${row.lastCallStatus} ${time(row.lastCallAt, exact)}` : '–' },
    { key: 'loans', title: 'loans', align: 'right', priority: 5, text: row => String(row.loans ?? 0) },
    { key: 'outstanding_amount', title: 'outstanding', align: 'right', priority: 6, text: row => money(row.outstandingAmount, exact) },
    { key: 'state', title: 'state', priority: 7, min: 6, text: row => orDash(row.state) },
  ])
}

export const money = (paise: number | null, exact: boolean) => paise === null ? '–' : exact ? String(rupeesNumber(paise)) : rupees(paise)
export const time = (at: Date | null, exact: boolean) => at === null ? '–' : exact ? rfc3339(at) : istTime(at)
export const rupeesOrNull = (paise: number | null) => paise === null ? null : rupeesNumber(paise)
export const rfcOrNull = (at: Date | null) => at === null ? null : rfc3339(at)

function customerFields(next: (row: CustomerListed) => Date | null): Record<string, (row: CustomerListed) => unknown> {
  return {
    customer_id: row => row.id,
    full_name: row => row.fullName,
    primary_phone: row => row.primaryPhone,
    state: row => row.state,
    language: row => row.language,
    email: row => row.email,
    status: row => row.status,
    blocked_by: row => row.status === 'ready' || row.status === 'calling' ? null : row.blockedBy,
    next_callable_at: row => rfcOrNull(next(row)),
    loans: row => row.loans ?? 0,
    outstanding_amount: row => rupeesOrNull(row.outstandingAmount),
    due_amount: row => rupeesOrNull(row.dueAmount),
    first_uploaded_at: row => rfc3339(row.firstUploadedAt),
    last_uploaded_at: row => rfc3339(row.lastUploadedAt),
    last_contact_at: row => rfcOrNull(row.lastContactDate),
    last_call: row => row.lastCallId === null ? null : { id: row.lastCallId, status: row.lastCallStatus, at: row.lastCallAt && rfc3339(row.lastCallAt), duration_seconds: row.lastCallDuration },
  }
}
