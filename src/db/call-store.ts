import { eq, sql } from 'drizzle-orm'
import { type CallStatus, statusesBelow, type UpdateSource } from '../domain/call.ts'
import type { Refusal } from '../domain/facts.ts'
import type { Backend } from './backend.ts'

export interface CallClaim {
  reference: string
  customerId: number
  loanId: number
  runId: number | null
  uploadId: number
  rowId: number
  toNumber: string
  fromNumber: string | null
  metadata: Record<string, unknown>
  owner: string
  leaseUntil: Date
  settleAt: Date
  /** The phone's mark as it was when the facts were read. */
  phoneSeq: number
  now: Date
}

/** What is known of a call beside its status; what is left out stays as it is. */
export interface CallFields {
  callSid?: string | null
  durationSeconds?: number | null
  pricePaise?: number | null
  recordingUrl?: string | null
  startedAt?: Date | null
  endedAt?: Date | null
  refusal?: Refusal | null
}

export interface CallMove {
  id: number
  /** Where the call moves if that is up; null records the update and moves nothing. */
  status: CallStatus | null
  /** The status as it was told. */
  told: string
  fields?: CallFields
  metadata?: Record<string, unknown>
  message?: string | null
  source: UpdateSource
  at: Date
  extraData?: Record<string, unknown> | null
  /** Set when the borrower was reached. */
  contactAt?: Date
}

/** Call sessions are born by one compare and set, and move only up. */
export function callStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { callSessions, callStatusUpdates, phones, customers } = schema

  return {
    // Compare and set: the session is born only where no fact of the phone moved since it was judged, and no call to it is open.
    async claimCall(claim: CallClaim): Promise<number | undefined> {
      const [, born] = await batch(() => [
        sql`update ${phones} set seq = seq + 1, claimed_by = ${claim.reference} where number = ${claim.toNumber} and seq = ${claim.phoneSeq}`,
        insertSession(backend, claim),
        insertBirth(backend, claim, 'scheduled'),
        insertBirth(backend, claim, 'dialing'),
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone = ${claim.toNumber} or id = ${claim.customerId}`,
      ])
      return born[0] && Number(born[0].id)
    },

    /** Records what was told of a call, and moves it where that is up. Values that are not told erase nothing. */
    async moveCall(move: CallMove): Promise<boolean> {
      const moveUp = move.status === null
        ? []
        : [sql`update ${callSessions} set status = ${move.status} where id = ${move.id} and status in ${statusesBelow(move.status, Boolean(move.fields?.callSid))} returning id`]
      const results = await batch(tx => [
        tx.insert(callStatusUpdates).values({ callSessionId: move.id, status: move.told, message: move.message ?? null, source: move.source, timestamp: move.at, extraData: move.extraData ?? null }),
        fillFields(backend, move),
        bumpCallFacts(backend, move),
        sql`update ${phones} set seq = seq + 1 where number = (select s.to_number from ${callSessions} s where s.id = ${move.id})`,
        ...moveUp,
      ])
      return (results.at(4)?.length ?? 0) > 0
    },

    async flagRefusal(number: string, refusal: string) {
      await db.update(phones).set({ refusal }).where(eq(phones.number, number))
    },
  }
}

function insertSession({ schema: { callSessions: s, phones } }: Backend, claim: CallClaim) {
  const now = sql.param(claim.now, s.createdAt)
  return sql`
    insert into ${s} (reference, customer_id, loan_id, run_id, triggered_by_batch, triggered_by_row, to_number, from_number, status, metadata,
      owner, lease_until, post_started_at, settle_at, created_at, updated_at)
    select ${claim.reference}, ${claim.customerId}, ${claim.loanId}, ${claim.runId}, ${claim.uploadId}, ${claim.rowId}, ${claim.toNumber}, ${claim.fromNumber}, 'dialing',
      ${sql.param(claim.metadata, s.metadata)}, ${claim.owner}, ${sql.param(claim.leaseUntil, s.leaseUntil)}, ${now}, ${sql.param(claim.settleAt, s.settleAt)}, ${now}, ${now}
    from ${phones} p where p.number = ${claim.toNumber} and p.claimed_by = ${claim.reference}
    on conflict do nothing returning id`
}

function insertBirth({ schema: { callSessions: s, callStatusUpdates: u } }: Backend, claim: CallClaim, status: 'scheduled' | 'dialing') {
  return sql`
    insert into ${u} (call_session_id, status, source, timestamp)
    select s.id, ${status}, 'vacli', ${sql.param(claim.now, u.timestamp)} from ${s} s where s.reference = ${claim.reference}`
}

function fillFields({ schema: { callSessions: s } }: Backend, { id, at, fields = {}, metadata }: CallMove) {
  const kept = (name: string, value: unknown) => sql`${sql.raw(name)} = coalesce(${value}, ${sql.raw(name)})`
  return sql`
    update ${s} set ${sql.join([
      kept('call_sid', fields.callSid ?? null),
      kept('duration_seconds', fields.durationSeconds ?? null),
      kept('price_paise', fields.pricePaise ?? null),
      kept('recording_url', fields.recordingUrl ?? null),
      kept('refusal', fields.refusal ?? null),
      kept('started_at', fields.startedAt ? sql.param(fields.startedAt, s.startedAt) : null),
      kept('ended_at', fields.endedAt ? sql.param(fields.endedAt, s.endedAt) : null),
      ...(metadata ? [sql`metadata = ${sql.param(metadata, s.metadata)}`] : []),
      sql`updated_at = ${sql.param(at, s.updatedAt)}`,
    ], sql`, `)} where id = ${id}`
}

// One statement for both: the customer was perhaps reached, and everybody on that phone is judged anew.
function bumpCallFacts({ schema: { callSessions: s, customers } }: Backend, { id, contactAt }: CallMove) {
  const reached = contactAt
    ? sql`last_contact_date = case when ${customers.id} = m.customer_id then ${sql.param(contactAt, customers.lastContactDate)} else last_contact_date end,`
    : sql``
  return sql`
    update ${customers} set ${reached} facts_seq = facts_seq + 1, judged_by = null
    from (select s.customer_id, s.to_number from ${s} s where s.id = ${id}) m
    where ${customers.primaryPhone} = m.to_number or ${customers.id} = m.customer_id`
}
