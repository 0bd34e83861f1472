import { sql } from 'drizzle-orm'
import { ATTENTIONS, CALL_SOURCES, CALL_STATUSES, OPEN_STATUSES, UPDATE_SOURCES } from '../domain/call.ts'
import { BLOCK_CODES } from '../domain/call-rules.ts'
import { REFUSALS } from '../domain/facts.ts'
import { ROW_STATUSES, UPLOAD_STATUSES } from '../domain/upload.ts'
import type { Columns } from './columns.ts'

const PHONE_KINDS = ['mobile', 'landline'] as const

/** The whole schema, once for both databases. Money in paise, times in UTC, calendar dates as `YYYY-MM-DD`. */
export function defineSchema(columns: Columns) {
  const uploads = defineUploads(columns)
  const borrowers = defineBorrowers(columns)
  const loans = defineLoans(columns, borrowers.customers)
  const uploadRows = defineUploadRows(columns, { ...uploads, ...borrowers, ...loans })
  return { ...uploads, ...borrowers, ...loans, ...uploadRows, ...defineCalls(columns, { ...uploads, ...borrowers, ...loans, ...uploadRows }), ...defineBookkeeping(columns) }
}

export type Schema = ReturnType<typeof defineSchema>

function defineUploads({ table, index, uniqueIndex, text, integer, id, ref, timestamp, json }: Columns) {
  const fileUploads = table('file_uploads', {
    id: id(),
    filename: text('filename').notNull(),
    sha256: text('sha256').notNull(),
    source: text('source').notNull().default(''),
    uploadedBy: text('uploaded_by').notNull(),
    dataDate: timestamp('data_date').notNull(),
    /** Rows of the file; null until it was read to its end. */
    totalRecords: integer('total_records'),
    status: text('status', { enum: UPLOAD_STATUSES }).notNull().default('processing'),
    error: text('error'),
    /** How the file was read: its columns, order of dates and the like. */
    settings: json('settings'),
    /** What a snapshot covers: loans of it that the file does not name are absent. Null for any other file. */
    snapshotScope: json('snapshot_scope'),
    /** Why a person accepted a guard's objection. */
    reason: text('reason'),
    /** The place among the uploads whose rows were applied: rows are read in this order, not in that of staging. */
    appliedOrder: integer('applied_order'),
    createdAt: timestamp('created_at').notNull(),
    completedAt: timestamp('completed_at'),
    undoneAt: timestamp('undone_at'),
    undoneBy: text('undone_by'),
  }, t => [index('file_uploads_sha256').on(t.sha256), index('file_uploads_status').on(t.status), index('file_uploads_created').on(t.createdAt)])

  // Numbers of staff and branches as the uploads name them: a borrower's phone among them is somebody else's.
  const staffPhones = table('staff_phones', {
    id: id(),
    number: text('number').notNull(),
    fileUploadId: ref('file_upload_id').notNull().references(() => fileUploads.id, { onDelete: 'cascade' }),
  }, t => [uniqueIndex('staff_phones_number').on(t.number, t.fileUploadId), index('staff_phones_upload').on(t.fileUploadId)])

  return { fileUploads, staffPhones }
}

function defineBorrowers({ table, index, text, integer, id, ref, timestamp }: Columns) {
  const customers = table('customers', {
    id: id(),
    fingerprint: text('fingerprint').notNull().unique(),
    fullName: text('full_name').notNull(),
    primaryPhone: text('primary_phone'),
    phoneKind: text('phone_kind', { enum: PHONE_KINDS }).notNull().default('mobile'),
    state: text('state'),
    email: text('email'),
    language: text('language'),
    firstUploadedAt: timestamp('first_uploaded_at').notNull(),
    lastUploadedAt: timestamp('last_uploaded_at').notNull(),
    lastContactDate: timestamp('last_contact_date'),
    callableFrom: timestamp('callable_from'),
    callableUntil: timestamp('callable_until'),
    callableCode: text('callable_code', { enum: BLOCK_CODES }),
    /** Bumped by every change of a fact that the rules read. */
    factsSeq: integer('facts_seq').notNull().default(0),
    /** The rules under which callability was judged; null while a change waits to be judged. */
    judgedBy: text('judged_by'),
    /** 1 where no surviving row speaks of the customer any more. */
    withdrawn: integer('withdrawn').notNull().default(0),
  }, t => [index('customers_phone').on(t.primaryPhone), index('customers_uploaded').on(t.lastUploadedAt), index('customers_callable').on(t.callableFrom), index('customers_unjudged').on(t.id).where(sql.raw('judged_by is null'))])

  // One row a number: `seq` moves with every change of its facts, so that a dial judged on older facts finds it moved.
  const phones = table('phones', {
    number: text('number').primaryKey(),
    seq: integer('seq').notNull().default(0),
    claimedBy: text('claimed_by'),
    refusal: text('refusal'),
    /** How many borrowers a person has said may share the number; null where nobody was asked. */
    maxCustomers: integer('max_customers'),
    allowedBy: text('allowed_by'),
    allowedAt: timestamp('allowed_at'),
  })

  // Fingerprints that once were a customer's: rows with an old phone still find whom they mean.
  const customerAliases = table('customer_aliases', {
    id: id(),
    fingerprint: text('fingerprint').notNull().unique(),
    customerId: ref('customer_id').notNull().references(() => customers.id, { onDelete: 'cascade' }),
  }, t => [index('customer_aliases_customer').on(t.customerId)])

  return { customers, phones, customerAliases }
}

function defineLoans({ table, index, uniqueIndex, text, integer, id, ref, money, timestamp }: Columns, customers: Customers) {
  const loans = table('loans', {
    id: id(),
    customerId: ref('customer_id').notNull().references(() => customers.id, { onDelete: 'cascade' }),
    source: text('source').notNull().default(''),
    loanId: text('loan_id').notNull(),
    outstandingAmount: money('outstanding_amount'),
    dueAmount: money('due_amount'),
    lastPaidAmount: money('last_paid_amount'),
    dueDate: text('due_date'),
    lastPaidDate: text('last_paid_date'),
    cluster: text('cluster'),
    branch: text('branch'),
    branchContactNumber: text('branch_contact_number'),
    employeeName: text('employee_name'),
    employeeId: text('employee_id'),
    employeeContactNumber: text('employee_contact_number'),
    /** The newest row that speaks of the loan; no foreign key, because rows point here and a circle cannot be created. */
    latestRowId: ref('latest_row_id').notNull(),
    /** The branch as snapshots compare it. */
    branchKey: text('branch_key'),
    /** The newest snapshot whose scope covers the loan and that no longer names it. */
    absentBy: ref('absent_by'),
    /** 1 where no surviving row speaks of the loan any more. */
    withdrawn: integer('withdrawn').notNull().default(0),
    createdAt: timestamp('created_at').notNull(),
    updatedAt: timestamp('updated_at').notNull(),
  }, t => [uniqueIndex('loans_source_loan_id').on(t.source, t.loanId), index('loans_customer').on(t.customerId)])

  return { loans }
}

type Customers = ReturnType<typeof defineBorrowers>['customers']
type Parents = ReturnType<typeof defineUploads> & ReturnType<typeof defineBorrowers> & ReturnType<typeof defineLoans>

function defineUploadRows({ table, index, uniqueIndex, text, integer, id, ref }: Columns, { fileUploads, customers, loans }: Parents) {
  const uploadRows = table('upload_rows', {
    id: id(),
    fileUploadId: ref('file_upload_id').notNull().references(() => fileUploads.id, { onDelete: 'cascade' }),
    lineNumber: integer('line_number').notNull(),
    /** JSON text: the file's own headers → cells. */
    rawData: text('raw_data').notNull(),
    rowFingerprint: text('row_fingerprint').notNull(),
    phoneNormalized: text('phone_normalized'),
    loanKey: text('loan_key'),
    /** What the row says, read and normalised: see domain/stored-row. */
    loanValues: text('loan_values'),
    status: text('status', { enum: ROW_STATUSES }).notNull().default('pending'),
    code: text('code'),
    message: text('message'),
    matchCustomerId: ref('match_customer_id').references(() => customers.id, { onDelete: 'set null' }),
    matchLoanId: ref('match_loan_id').references(() => loans.id, { onDelete: 'set null' }),
  }, t => [
    uniqueIndex('upload_rows_line').on(t.fileUploadId, t.lineNumber),
    index('upload_rows_status').on(t.status, t.fileUploadId),
    // Rows that wait for a person are looked for by phone and loan when a neighbour of theirs is decided anew; of all others the links tell.
    index('upload_rows_phone').on(t.phoneNormalized).where(sql.raw('status = \'review\'')),
    index('upload_rows_review_loan').on(t.loanKey).where(sql.raw('status = \'review\'')),
    index('upload_rows_customer').on(t.matchCustomerId),
    index('upload_rows_loan').on(t.matchLoanId),
  ])

  return { uploadRows }
}

function defineCalls(columns: Columns, parents: Parents & ReturnType<typeof defineUploadRows>) {
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

type SessionParents = Parents & ReturnType<typeof defineUploadRows> & ReturnType<typeof defineRuns>

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

function defineBookkeeping({ table, index, uniqueIndex, text, id, timestamp }: Columns) {
  // Every body a caller with a valid address ever sent, as it came.
  const webhookInbox = table('webhook_inbox', {
    id: id(),
    reference: text('reference').notNull(),
    bodyHash: text('body_hash').notNull(),
    contentType: text('content_type').notNull(),
    body: text('body').notNull(),
    /** Bytes that are no UTF-8 text are kept as base64. */
    bodyEncoding: text('body_encoding', { enum: ['utf8', 'base64'] }).notNull(),
    receivedAt: timestamp('received_at').notNull(),
    handledAt: timestamp('handled_at'),
    problem: text('problem'),
  }, t => [uniqueIndex('webhook_inbox_event').on(t.reference, t.bodyHash), index('webhook_inbox_waiting').on(t.handledAt)])

  const meta = table('meta', {
    key: text('key').primaryKey(),
    value: text('value').notNull(),
  })

  // One row a budget: when the next request of it may go out, whichever process sends it.
  const pace = table('pace', {
    key: text('key').primaryKey(),
    nextAt: timestamp('next_at').notNull(),
  })

  return { webhookInbox, meta, pace }
}
