import { sql } from 'drizzle-orm'
import { ATTENTIONS, CALL_SOURCES, CALL_STATUSES, OPEN_STATUSES, UPDATE_SOURCES } from '../domain/call.ts'
import { REFUSALS } from '../domain/facts.ts'
import type { Columns } from './columns.sqlite.ts'
import type { Parents, UploadRows } from './schema.ts'

/** Runs of calls, calls and what was told of them. */
export function defineCalls(columns: Columns, parents: Parents & UploadRows) {
  const { table, index, uniqueIndex, text, id, ref, timestamp, json } = columns
  const { callRuns } = defineRuns(columns)

  const callSessions = table('call_sessions', sessionColumns(columns, { ...parents, callRuns }), t => [
    uniqueIndex('one_open_per_phone').on(t.toNumber).where(sql.raw(`status in (${OPEN_STATUSES.map(status => `'${status}'`).join(', ')})`)),
    index('call_sessions_customer').on(t.customerId, t.createdAt),
    index('call_sessions_loan').on(t.loanId),
    index('call_sessions_phone').on(t.toNumber, t.createdAt),
    index('call_sessions_status').on(t.status),
    index('call_sessions_created').on(t.createdAt),
    index('call_sessions_run').on(t.runId),
    index('call_sessions_details').on(t.detailsAt, t.endedAt),
    index('call_sessions_attention').on(t.attention).where(sql.raw('attention is not null')),
  ])

  const callStatusUpdates = table('call_status_updates', {
    id: id(),
    callSessionId: ref('call_session_id').notNull().references(() => callSessions.id, { onDelete: 'cascade' }),
    // Text without a closed list: a status that Exotel invents tomorrow is kept as it came.
    status: text('status').notNull(),
    message: text('message'),
    source: text('source', { enum: UPDATE_SOURCES }).notNull(),
    timestamp: timestamp('timestamp').notNull(),
    extraData: json('extra_data'),
  }, t => [index('call_status_updates_session').on(t.callSessionId), index('call_status_updates_time').on(t.timestamp)])

  return { callRuns, callSessions, callStatusUpdates }
}

type SessionParents = Parents & UploadRows & ReturnType<typeof defineRuns>

function sessionColumns({ text, integer, id, ref, money, timestamp, json }: Columns, parents: SessionParents) {
  return {
    id: id(),
    /** The only name of the call that leaves this machine. */
    reference: text('reference').notNull().unique(),
    /** Who placed the call: vacli, or somebody else on the same account, whose calls count for caps and gaps all the same. */
    source: text('source', { enum: CALL_SOURCES }).notNull().default('vacli'),
    /** Null where the account called a number that no single customer has. */
    customerId: ref('customer_id').references(() => parents.customers.id, { onDelete: 'cascade' }),
    loanId: ref('loan_id').references(() => parents.loans.id, { onDelete: 'cascade' }),
    runId: ref('run_id').references(() => parents.callRuns.id, { onDelete: 'set null' }),
    triggeredByBatch: ref('triggered_by_batch').references(() => parents.fileUploads.id, { onDelete: 'set null' }),
    triggeredByRow: ref('triggered_by_row').references(() => parents.uploadRows.id, { onDelete: 'set null' }),
    toNumber: text('to_number').notNull(),
    fromNumber: text('from_number'),
    callSid: text('call_sid').unique(),
    status: text('status', { enum: CALL_STATUSES }).notNull().default('scheduled'),
    refusal: text('refusal', { enum: REFUSALS }),
    /** Why a person or Exotel's details must look at the call. */
    attention: text('attention', { enum: ATTENTIONS }),
    durationSeconds: integer('duration_seconds'),
    pricePaise: money('price_paise'),
    recordingUrl: text('recording_url'),
    metadata: json('metadata').notNull(),
    /** What Exotel said of the call's end, as it came. */
    exotelDetails: json('exotel_details'),
    owner: text('owner'),
    leaseUntil: timestamp('lease_until'),
    postStartedAt: timestamp('post_started_at'),
    settleAt: timestamp('settle_at'),
    /** When a whole list of Exotel's, read after `settle_at`, first lacked the call. */
    absentAt: timestamp('absent_at'),
    /** When nothing more was to be asked of Exotel: duration, price and recording are there, or will never come. */
    detailsAt: timestamp('details_at'),
    startedAt: timestamp('started_at'),
    endedAt: timestamp('ended_at'),
    createdAt: timestamp('created_at').notNull(),
    updatedAt: timestamp('updated_at').notNull(),
  }
}

function defineRuns({ table, index, text, id, timestamp, json }: Columns) {
  const callRuns = table('call_runs', {
    id: id(),
    name: text('name'),
    operator: text('operator').notNull(),
    reason: text('reason'),
    filter: json('filter').notNull(),
    /** How many, how fast and until when, as they were asked for: a resumed run keeps to them. */
    terms: json('terms'),
    result: json('result'),
    startedAt: timestamp('started_at').notNull(),
    /** A running process says every few seconds that it lives; past this, it was killed. */
    aliveUntil: timestamp('alive_until'),
    stopRequestedAt: timestamp('stop_requested_at'),
    stopRequestedBy: text('stop_requested_by'),
    endedAt: timestamp('ended_at'),
  }, t => [index('call_runs_started').on(t.startedAt)])

  return { callRuns }
}
