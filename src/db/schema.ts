import { sql } from 'drizzle-orm'
import { BLOCK_CODES } from '../domain/call-rules.ts'
import { ROW_STATUSES, UPLOAD_STATUSES } from '../domain/upload.ts'
import type { Columns } from './columns.sqlite.ts'
import { defineCalls } from './schema-calls.ts'

const PHONE_KINDS = ['mobile', 'landline'] as const

/** The whole schema, once for both databases. Money in paise, times in UTC, calendar dates as `YYYY-MM-DD`. */
export function defineSchema(columns: Columns) {
  const uploads = defineUploads(columns)
  const borrowers = defineBorrowers(columns)
  const loans = defineLoans(columns, borrowers.customers)
  const uploadRows = defineUploadRows(columns, { ...uploads, ...borrowers, ...loans })
  return { ...uploads, ...borrowers, ...loans, ...uploadRows, ...defineQuestions(columns, { ...borrowers, ...uploadRows }), ...defineCalls(columns, { ...uploads, ...borrowers, ...loans, ...uploadRows }), ...defineBookkeeping(columns) }
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

function defineBorrowers(columns: Columns) {
  const { table, index, uniqueIndex, text, integer, id, ref, timestamp } = columns
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

  // How a customer was written in other rows, or on an old phone: such rows still find whom they mean, unless two have been written so. Older ones have the identity alone.
  const customerAliases = table('customer_aliases', {
    id: id(),
    fingerprint: text('fingerprint').notNull(),
    customerId: ref('customer_id').notNull().references(() => customers.id, { onDelete: 'cascade' }),
    fullName: text('full_name'),
    coBorrower: text('co_borrower'),
    phone: text('phone'),
  }, t => [uniqueIndex('customer_aliases_customer_identity').on(t.customerId, t.fingerprint), index('customer_aliases_identity').on(t.fingerprint), index('customer_aliases_phone').on(t.phone)])

  // Numbers of a customer that are not called: second ones, and those that a later file replaced.
  const customerPhones = table('customer_phones', {
    id: id(),
    customerId: ref('customer_id').notNull().references(() => customers.id, { onDelete: 'cascade' }),
    number: text('number').notNull(),
    kind: text('kind', { enum: ['alternate', 'superseded'] }).notNull(),
  }, t => [uniqueIndex('customer_phones_number').on(t.customerId, t.number), index('customer_phones_by_number').on(t.number)])

  return { customers, phones, customerAliases, customerPhones, ...defineDecisions(columns) }
}

/** What people said of two borrowers. A decision names identities, so that it outlives customers, and is found by a phone, or a loan where there is none. */
function defineDecisions({ table, index, text, score, id, ref, timestamp }: Columns) {
  const pairDecisions = table('pair_decisions', {
    id: id(),
    identityA: text('identity_a').notNull(),
    identityB: text('identity_b').notNull(),
    keyA: text('key_a').notNull(),
    keyB: text('key_b').notNull(),
    verdict: text('verdict', { enum: ['merge', 'apart'] }).notNull(),
    /** The question that was answered, and on what it stood. */
    kind: text('kind').notNull(),
    rule: text('rule').notNull(),
    score: score('score'),
    decidedBy: text('decided_by').notNull(),
    decidedAt: timestamp('decided_at').notNull(),
    undoneBy: text('undone_by'),
    undoneAt: timestamp('undone_at'),
    /** The number of the question, which is gone with its answer; null for older answers. */
    reviewId: ref('review_id'),
  }, t => [index('pair_decisions_keys').on(t.keyA, t.keyB)])

  return { pairDecisions }
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
    /** The first snapshot that covers the loan and comes after whatever names it, by the day of its data and then the order of application; 0 or an undone upload where that is yet to be said. */
    absentBy: ref('absent_by'),
    /** 1 where no surviving row speaks of the loan any more. */
    withdrawn: integer('withdrawn').notNull().default(0),
    createdAt: timestamp('created_at').notNull(),
    updatedAt: timestamp('updated_at').notNull(),
  }, t => [uniqueIndex('loans_source_loan_id').on(t.source, t.loanId), index('loans_customer').on(t.customerId)])

  return { loans }
}

type Customers = ReturnType<typeof defineBorrowers>['customers']
export type Parents = ReturnType<typeof defineUploads> & ReturnType<typeof defineBorrowers> & ReturnType<typeof defineLoans>

export type UploadRows = ReturnType<typeof defineUploadRows>

function defineUploadRows({ table, index, uniqueIndex, text, integer, score, id, ref }: Columns, { fileUploads, customers, loans }: Parents) {
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
    /** Why the row is this customer's: `new`, a rule of the matching, or `person`. */
    matchRule: text('match_rule'),
    matchScore: score('match_score'),
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

function defineQuestions({ table, index, text, score, id, ref, timestamp }: Columns, { customers, uploadRows }: Pick<Parents & UploadRows, 'customers' | 'uploadRows'>) {
  // Derived, and kept so that a person can name a question: two borrowers, or a customer and a row that names one of its loans, about whom a person must decide.
  const reviews = table('reviews', {
    id: id(),
    /** The two identities, in order. */
    pair: text('pair').notNull().unique(),
    kind: text('kind').notNull(),
    rule: text('rule').notNull(),
    score: score('score'),
    identityA: text('identity_a').notNull(),
    identityB: text('identity_b').notNull(),
    customerA: ref('customer_a').notNull().references(() => customers.id, { onDelete: 'cascade' }),
    /** Null where the other side is only a row. */
    customerB: ref('customer_b').references(() => customers.id, { onDelete: 'cascade' }),
    rowA: ref('row_a').references(() => uploadRows.id, { onDelete: 'cascade' }),
    rowB: ref('row_b').references(() => uploadRows.id, { onDelete: 'cascade' }),
    /** The lender's id of a loan that both name. */
    loanId: text('loan_id'),
  }, t => [index('reviews_customer_a').on(t.customerA), index('reviews_customer_b').on(t.customerB), index('reviews_row_a').on(t.rowA), index('reviews_row_b').on(t.rowB)])

  // What a person said of a row that was in doubt by itself.
  const rowDecisions = table('row_decisions', {
    id: id(),
    rowId: ref('row_id').notNull().references(() => uploadRows.id, { onDelete: 'cascade' }),
    answer: text('answer', { enum: ['accept', 'reject', 'set'] }).notNull(),
    /** For `set`: the field, and the value as it was typed. */
    field: text('field'),
    value: text('value'),
    code: text('code').notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: timestamp('decided_at').notNull(),
    undoneBy: text('undone_by'),
    undoneAt: timestamp('undone_at'),
  }, t => [index('row_decisions_row').on(t.rowId)])

  return { reviews, rowDecisions }
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
