import { and, gt, inArray, ne, or, sql } from 'drizzle-orm'
import { OPEN_STATUSES } from '../domain/call.ts'
import type { Backend } from './backend.ts'
import { epochIs } from './standing-store.ts'

/** The intent to call one phone. */
export interface CallClaim {
  reference: string
  customerId: number
  loanId: number
  uploadId: number
  rowId: number
  toNumber: string
  metadata: Record<string, unknown>
  /** The phone's mark as it was when the facts were read. */
  phoneSeq: number
}

/** What holds for all claims of a batch. */
export interface ClaimTerms {
  runId: number | null
  fromNumber: string | null
  owner: string
  now: Date
  leaseUntil: Date
  settleAt: Date
  /** The database's epoch as it was when the rules were read: a pause or another setting since then stops the dial. */
  epoch: string
  /** How many calls may be open at once; the claims past it are not born. */
  slots: OpenSlots
}

export interface OpenSlots {
  concurrency: number
  /** A call whose fate is unknown takes a line only if it was sent after this. */
  unknownSince: Date
}

const CLAIM_TYPES = { reference: 'text', customerId: 'bigint', loanId: 'bigint', uploadId: 'bigint', rowId: 'bigint', toNumber: 'text', metadata: 'json', phoneSeq: 'bigint', place: 'bigint' } as const

/** Call sessions are born by one compare and set, many in one commit. */
export function claimStore(backend: Backend) {
  const { db, schema: { callSessions }, batch } = backend

  return {
    /**
     * A session is born only where no fact of its phone moved since it was judged, no setting or pause came between, no call to the phone is open
     * and a line is free. Returns the born ones. No two claims may have one phone.
     */
    async claimCalls(claims: CallClaim[], terms: ClaimTerms): Promise<{ id: number, reference: string }[]> {
      if (claims.length === 0)
        return []
      const r = backend.rowsOf(claims.map((claim, at) => ({ ...claim, place: at + 1 })), CLAIM_TYPES)
      const [, , , born] = await batch(() => [
        sql`select value from ${backend.schema.meta} where key = 'epoch' ${backend.forShare}`,
        keepPhones(backend, r),
        bumpClaimedPhones(backend, r, terms),
        insertSessions(backend, r, terms),
        insertBirths(backend, r, terms),
        bumpClaimedFacts(backend, r),
      ])
      return born.map(({ id, reference }) => ({ id: Number(id), reference: String(reference) }))
    },

    /** How many lines the open calls take. */
    async countOpenCalls({ concurrency, unknownSince }: OpenSlots): Promise<number> {
      const open = await db.select({ isUnknown: sql<number>`case when ${callSessions.status} = 'unknown' then 1 else 0 end`, calls: sql<number>`cast(count(*) as integer)` }).from(callSessions)
        .where(and(inArray(callSessions.status, OPEN_STATUSES), or(ne(callSessions.status, 'unknown'), gt(callSessions.postStartedAt, unknownSince)))).groupBy(sql`1`)
      const of = (isUnknown: number) => open.find(one => Number(one.isUnknown) === isUnknown)?.calls ?? 0
      return of(0) + Math.min(of(1), Math.floor(concurrency / 2))
    },

    /** Says that the process which is placing these calls still lives. A lease that has run out is not renewed: others may count on it. Returns those that are still its own. */
    async renewLeases(ids: number[], leaseUntil: Date, now: Date): Promise<number[]> {
      const [held] = await batch(() => [sql`
        update ${callSessions} set lease_until = ${sql.param(leaseUntil, callSessions.leaseUntil)}
        where status = 'dialing' and lease_until >= ${sql.param(now, callSessions.leaseUntil)} and id in (select i.id from ${backend.rowsOf(ids.map(id => ({ id })), { id: 'bigint' }, 'i')}) returning id`])
      return held.map(({ id }) => Number(id))
    },
  }
}

type Rows = ReturnType<Backend['rowsOf']>

/** A borrower's number of which nothing was said since its import has no row yet: its mark is 0. */
function keepPhones({ schema: { customers, phones } }: Backend, r: Rows) {
  return sql`
    insert into ${phones} (number, seq) select r."toNumber", 0 from ${r} where exists (select 1 from ${customers} c where c.primary_phone = r."toNumber")
    order by r."toNumber" on conflict (number) do nothing`
}

function bumpClaimedPhones(backend: Backend, r: Rows, { epoch }: ClaimTerms) {
  const { phones } = backend.schema
  return sql`
    update ${phones} set seq = seq + 1, claimed_by = r.reference from ${r}
    where number = r."toNumber" and seq = r."phoneSeq" and ${epochIs(backend, epoch)}`
}

/** Open calls each take a line, those of unknown fate only while they may still be ringing or talking, and never more than half of the lines. */
function linesTaken({ schema: { callSessions: s } }: Backend, { concurrency, unknownSince }: OpenSlots) {
  const known = OPEN_STATUSES.filter(status => status !== 'unknown')
  const unknown = sql`(select count(*) from ${s} where status = 'unknown' and post_started_at > ${sql.param(unknownSince, s.postStartedAt)})`
  const half = sql.raw(String(Math.floor(concurrency / 2)))
  return sql`(select count(*) from ${s} where status in ${known}) + case when ${unknown} > ${half} then ${half} else ${unknown} end`
}

function insertSessions(backend: Backend, r: Rows, terms: ClaimTerms) {
  const { callSessions: s, phones } = backend.schema
  const now = sql.param(terms.now, s.createdAt)
  return sql`
    insert into ${s} (reference, customer_id, loan_id, run_id, triggered_by_batch, triggered_by_row, to_number, from_number, status, metadata,
      owner, lease_until, post_started_at, settle_at, created_at, updated_at)
    select r.reference, r."customerId", r."loanId", ${terms.runId}, r."uploadId", r."rowId", r."toNumber", ${terms.fromNumber}, 'dialing', r.metadata,
      ${terms.owner}, ${sql.param(terms.leaseUntil, s.leaseUntil)}, ${now}, ${sql.param(terms.settleAt, s.settleAt)}, ${now}, ${now}
    from ${r} join ${phones} p on p.number = r."toNumber" and p.claimed_by = r.reference
    where ${linesTaken(backend, terms.slots)} + r.place <= ${terms.slots.concurrency}
    on conflict do nothing returning id, reference`
}

function insertBirths({ schema: { callSessions: s, callStatusUpdates: u } }: Backend, r: Rows, { now }: ClaimTerms) {
  return sql`
    insert into ${u} (call_session_id, status, source, timestamp)
    select s.id, birth.status, 'vacli', ${sql.param(now, u.timestamp)}
    from ${r} join ${s} s on s.reference = r.reference, (select 1 as step, 'scheduled' as status union all select 2, 'dialing') birth
    where not exists (select 1 from ${u} where call_session_id = s.id) order by s.id, birth.step`
}

function bumpClaimedFacts({ schema: { callSessions: s, customers } }: Backend, r: Rows) {
  return sql`
    update ${customers} set facts_seq = facts_seq + 1, judged_by = null where id in (
      select s.customer_id from ${r} join ${s} s on s.reference = r.reference
      union select c.id from ${r} join ${s} s on s.reference = r.reference join ${customers} c on c.primary_phone = s.to_number)`
}
