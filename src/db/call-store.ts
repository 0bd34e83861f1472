import { and, eq, inArray, sql } from 'drizzle-orm'
import { type CallStatus, isOpen, OPEN_STATUSES, statusesBelow, type UpdateSource } from '../domain/call.ts'
import type { Refusal } from '../domain/facts.ts'
import type { Backend } from './backend.ts'
import { storable } from './storable.ts'

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
        insertBirth(backend, claim),
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null
          where (primary_phone = ${claim.toNumber} or id = ${claim.customerId}) and exists (select 1 from ${callSessions} s where s.reference = ${claim.reference})`,
      ])
      return born[0] && Number(born[0].id)
    },

    /** Records what was told of a call, and moves it where that is up. Values that are not told erase nothing. */
    async moveCall(move: CallMove): Promise<boolean> {
      const told = storable(move)
      // The phone first, as in every batch: two that lock in another order would wait for each other.
      const results = await batch(tx => [
        bumpCallPhones(backend, told),
        tx.insert(callStatusUpdates).values({ callSessionId: told.id, status: told.told, message: told.message ?? null, source: told.source, timestamp: told.at, extraData: told.extraData ?? null }),
        fillFields(backend, told),
        bumpCallFacts(backend, told),
        ...(told.status === null ? [] : [moveUp(backend, told.id, told.status, Boolean(told.fields?.callSid))]),
      ])
      return (results.at(4)?.length ?? 0) > 0
    },

    /** Says that the process which is placing the call still lives. */
    async renewLease(id: number, leaseUntil: Date) {
      await db.update(callSessions).set({ leaseUntil }).where(and(eq(callSessions.id, id), eq(callSessions.status, 'dialing')))
    },

    async flagRefusal(number: string, refusal: string) {
      await batch(tx => [
        tx.update(phones).set({ refusal, seq: sql`${phones.seq} + 1` }).where(eq(phones.number, number)),
        sql`update ${customers} set facts_seq = facts_seq + 1, judged_by = null where primary_phone = ${number}`,
      ])
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

function insertBirth({ schema: { callSessions: s, callStatusUpdates: u } }: Backend, claim: CallClaim) {
  return sql`
    insert into ${u} (call_session_id, status, source, timestamp)
    select s.id, birth.status, 'vacli', ${sql.param(claim.now, u.timestamp)}
    from ${s} s, (select 1 as step, 'scheduled' as status union all select 2, 'dialing') birth
    where s.reference = ${claim.reference} and not exists (select 1 from ${u} where call_session_id = s.id) order by birth.step`
}

// A CallSid reopens a call that seemed not placed, but never beside another open call to that phone.
function moveUp({ schema: { callSessions: s } }: Backend, id: number, status: CallStatus, hasSid: boolean) {
  const beside = sql`select 1 from ${s} o where o.to_number = ${s.toNumber} and o.id <> ${s.id} and ${inArray(sql`o.status`, OPEN_STATUSES)}`
  return sql`
    update ${s} set status = ${status} where ${and(
      eq(s.id, id),
      inArray(s.status, statusesBelow(status, hasSid)),
      isOpen(status) ? sql`not exists (${beside})` : undefined,
    )} returning id`
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

// The number that was called, and where the customer is called now: a file may have brought another phone since.
function bumpCallPhones({ schema: { callSessions: s, customers: c, phones } }: Backend, { id }: CallMove) {
  return sql`
    update ${phones} set seq = seq + 1 where number in (
      select s.to_number from ${s} s where s.id = ${id} union select c.primary_phone from ${s} s join ${c} c on c.id = s.customer_id where s.id = ${id})`
}

// One statement for both: the customer was perhaps reached, and everybody on that phone is judged anew.
function bumpCallFacts({ schema: { callSessions: s, customers } }: Backend, { id, contactAt }: CallMove) {
  const at = sql.param(contactAt, customers.lastContactDate)
  const reached = contactAt
    ? sql`last_contact_date = case when ${customers.id} = m.customer_id and (last_contact_date is null or last_contact_date < ${at}) then ${at} else last_contact_date end,`
    : sql``
  return sql`
    update ${customers} set ${reached} facts_seq = facts_seq + 1, judged_by = null
    from (select s.customer_id, s.to_number from ${s} s where s.id = ${id}) m
    where ${customers.primaryPhone} = m.to_number or ${customers.id} = m.customer_id`
}
