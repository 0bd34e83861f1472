import { sql, type SQL } from 'drizzle-orm'
import { type Attention, CALL_RANKS, type CallStatus, OPEN_STATUSES, type UpdateSource } from '../domain/call.ts'
import type { Refusal } from '../domain/facts.ts'
import type { Backend } from './backend.ts'

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
  /** What Exotel said of the call's end. */
  exotelDetails?: Record<string, unknown> | null
  message?: string | null
  source: UpdateSource
  at: Date
  extraData?: Record<string, unknown> | null
  /** Set when the borrower was reached. */
  contactAt?: Date | null
  /** Why somebody must look at the call; the first reason stands. */
  attention?: Attention | null
  /** Set when Exotel has said all that it will say of the call. */
  detailsAt?: Date | null
}

/** A call as it stands after a move. `callSid` differs from the one that was told where the call, or another call, had one before. */
export interface MovedCall { id: number, moved: boolean, status: CallStatus, callSid: string | null }

/** Statements that belong into the same commit as the moves. */
export type AlsoWrite = (backend: Backend) => SQL[]

const MOVE_TYPES = {
  ord: 'bigint', of_call: 'bigint', target: 'text', rank: 'bigint', told: 'text', message: 'text', source: 'text', at: 'timestamp', extra: 'json', sid: 'text', duration: 'bigint', price: 'bigint',
  recording: 'text', started: 'timestamp', ended: 'timestamp', refusal: 'text', refused: 'text', exotel: 'json', contact: 'timestamp', attention: 'text', detailed: 'timestamp',
} as const

/** Call sessions move only up, whoever tells of them and in whatever order. */
export function moveStore(backend: Backend) {
  const { batch, schema: { callSessions } } = backend

  return {
    /**
     * Records what was told of each call, and moves it where that is up: one commit, at most one move a call. Values that are not told erase
     * nothing, and the first end stands.
     */
    async moveCalls(moves: CallMove[], alsoWrite: AlsoWrite = () => []): Promise<MovedCall[]> {
      if (moves.length === 0)
        return []
      if (new Set(moves.map(({ id }) => id)).size < moves.length)
        throw new Error('two moves of one call in one commit')
      const r = backend.rowsOf(moves.map(toRow), MOVE_TYPES)
      // The phones first, as in every batch: two that lock in another order would wait for each other.
      const [, , movedUp, stands] = await batch(() => [
        bumpPhones(backend, r),
        insertUpdates(backend, r),
        moveUp(backend, r),
        fillFields(backend, r),
        bumpFacts(backend, r),
        ...alsoWrite(backend),
      ] as const) as unknown as Record<string, unknown>[][]
      const up = new Set(movedUp!.map(({ id }) => Number(id)))
      return stands!.map(call => ({ id: Number(call.id), moved: up.has(Number(call.id)), status: call.status as CallStatus, callSid: call.call_sid as string | null }))
    },

    /** Says why somebody must look at a call; the first reason stands. */
    async markAttention(id: number, attention: Attention) {
      await batch(tx => [tx.update(callSessions).set({ attention: sql`coalesce(${callSessions.attention}, ${attention})` }).where(sql`${callSessions.id} = ${id}`)])
    },

    /** Somebody looked at the call, or Exotel's details answered the question. */
    async clearAttention(id: number) {
      await batch(tx => [tx.update(callSessions).set({ attention: null }).where(sql`${callSessions.id} = ${id}`)])
    },
  }
}

function toRow(move: CallMove, ord: number) {
  const { fields = {} } = move
  return {
    ord,
    of_call: move.id,
    target: move.status,
    rank: move.status && CALL_RANKS[move.status],
    told: move.told,
    message: move.message ?? null,
    source: move.source,
    at: move.at,
    extra: move.extraData ?? null,
    sid: fields.callSid ?? null,
    duration: fields.durationSeconds ?? null,
    price: fields.pricePaise ?? null,
    recording: fields.recordingUrl ?? null,
    started: fields.startedAt ?? null,
    ended: fields.endedAt ?? null,
    refusal: fields.refusal ?? null,
    // A number that is refused for good is refused for everybody on it, in the same commit.
    refused: fields.refusal === 'ndnc' ? 'NDNC' : null,
    exotel: move.exotelDetails ?? null,
    contact: move.contactAt ?? null,
    attention: move.attention ?? null,
    detailed: move.detailsAt ?? null,
  }
}

type Rows = ReturnType<Backend['rowsOf']>

// The number that was called, and where the customer is called now: a file may have brought another phone since.
function bumpPhones({ schema: { callSessions: s, customers: c, phones } }: Backend, r: Rows) {
  return sql`
    update ${phones} set seq = ${phones.seq} + 1, refusal = coalesce(m.refused, ${phones.refusal})
    from (select n.number, max(n.refused) as refused from (
      select s.to_number as number, r.refused from ${r} join ${s} s on s.id = r.of_call
      union all select c.primary_phone, null from ${r} join ${s} s on s.id = r.of_call join ${c} c on c.id = s.customer_id) n
      where n.number is not null group by n.number) m
    where ${phones.number} = m.number`
}

function insertUpdates({ schema: { callStatusUpdates: u } }: Backend, r: Rows) {
  return sql`
    insert into ${u} (call_session_id, status, message, source, timestamp, extra_data)
    select r.of_call, r.told, r.message, r.source, r."at", r.extra from ${r} where true order by r.ord`
}

const RANKS = sql.raw(`case s.status ${Object.entries(CALL_RANKS).map(([status, rank]) => `when '${status}' then ${rank}`).join(' ')} end`)

/** What is told with another CallSid than the call's own, or with one that another call has, says nothing about this call: it is recorded, and no more. */
function isOfCall(s: Backend['schema']['callSessions']) {
  return sql`(r.sid is null or s.call_sid = r.sid or (s.call_sid is null and not exists (select 1 from ${s} o where o.call_sid = r.sid)))`
}

// A CallSid also lifts a call that seemed not placed, but never beside another open call to that phone.
function moveUp({ schema: { callSessions: s } }: Backend, r: Rows) {
  return sql`
    update ${s} set status = m.target, attention = coalesce(${s.attention}, case when m.lifted = 1 then 'SID_AFTER_NOT_PLACED' end)
    from (
      select r.of_call, r.target, case when s.status = 'not_placed' then 1 else 0 end as lifted
      from ${r} join ${s} s on s.id = r.of_call
      where r.target is not null and ${isOfCall(s)}
        and (${RANKS} < r.rank or (s.status = 'not_placed' and r.sid is not null and r.target not in ('not_placed', 'rejected')))
        and (r.target not in ${OPEN_STATUSES} or not exists (
          select 1 from ${s} o where o.to_number = s.to_number and o.id <> s.id and o.status in ${OPEN_STATUSES}))) m
    where ${s.id} = m.of_call returning id`
}

/**
 * A CallSid is attached where the call has none. The rest is filled where what was told is where the call now stands:
 * Exotel's details replace what a callback said, a callback fills only what is missing, so that the order in which they come changes nothing.
 */
function fillFields({ schema: { callSessions: s } }: Backend, r: Rows) {
  const filled = (column: string, told: string) => sql.raw(`${column} = case
    when m.is_of_call = 0 or m.target is null or s.status <> m.target then s.${column}
    when m.source in ('poll', 'sweep') then coalesce(m.${told}, s.${column}) else coalesce(s.${column}, m.${told}) end`)
  return sql`
    update ${s} as s set
      call_sid = case when m.is_of_call = 1 then coalesce(s.call_sid, m.sid) else s.call_sid end,
      ${sql.join([filled('duration_seconds', 'duration'), filled('price_paise', 'price'), filled('recording_url', 'recording'), filled('refusal', 'refusal'),
        filled('started_at', 'started'), filled('ended_at', 'ended'), filled('exotel_details', 'exotel')], sql`, `)},
      attention = coalesce(s.attention, m.attention),
      details_at = coalesce(m.detailed, s.details_at),
      updated_at = m."at"
    from (select r.*, case when ${isOfCall(s)} then 1 else 0 end as is_of_call from ${r} join ${s} s on s.id = r.of_call) m
    where s.id = m.of_call returning id, status, call_sid`
}

// One statement for both: the customer was perhaps reached, and everybody on that phone is judged anew.
function bumpFacts({ schema: { callSessions: s, customers: c } }: Backend, r: Rows) {
  return sql`
    update ${c} set facts_seq = ${c.factsSeq} + 1, judged_by = null,
      last_contact_date = case when m.contact is not null and (${c.lastContactDate} is null or ${c.lastContactDate} < m.contact) then m.contact else ${c.lastContactDate} end
    from (select n.id, max(n.contact) as contact from (
      select s.customer_id as id, r.contact from ${r} join ${s} s on s.id = r.of_call
      union all select c.id, null from ${r} join ${s} s on s.id = r.of_call join ${c} c on c.primary_phone = s.to_number) n
      where n.id is not null group by n.id) m
    where ${c.id} = m.id`
}
