import { sql, type SQL } from 'drizzle-orm'
import { CALL_RANKS, type CallStatus, OPEN_STATUSES } from '../domain/call.ts'
import type { Backend, BatchOptions, ColumnType } from './backend.ts'
import type { AlsoWrite, CallFields, CallMove, MovedCall } from './move-store.ts'

type Schema = Backend['schema']
type Column = readonly [name: string, type: ColumnType, told: (fields: CallFields, move: CallMove) => unknown]

/** What is filled in where the call stands where it was told to. */
const FILLED: readonly Column[] = [
  ['duration_seconds', 'bigint', ({ durationSeconds }) => durationSeconds],
  ['price_paise', 'bigint', ({ pricePaise }) => pricePaise],
  ['recording_url', 'text', ({ recordingUrl }) => recordingUrl],
  ['refusal', 'text', ({ refusal }) => refusal],
  ['started_at', 'timestamp', ({ startedAt }) => startedAt],
  ['ended_at', 'timestamp', ({ endedAt }) => endedAt],
  ['exotel_details', 'json', (_, { exotelDetails }) => exotelDetails],
]

/** What is noted of the call wherever it stands. */
const NOTED: readonly Column[] = [['attention', 'text', (_, { attention }) => attention], ['details_at', 'timestamp', (_, { detailsAt }) => detailsAt]]

/** Writes moves and what belongs to them in one commit. Several moves of one call are made one after the other. Gives each move's call as it stood then. */
export async function writeMoves(backend: Backend, moves: CallMove[], alsoWrite: AlsoWrite, options?: BatchOptions): Promise<MovedCall[]> {
  if (moves.length === 0)
    return []
  const layers = layersOf(moves)
  // The phones first, as in every batch: two that lock in another order would wait for each other.
  const before = [bumpPhones(backend, moves), insertUpdates(backend, moves), attachSids(backend, moves)]
  const rows = await backend.batch(() => [
    ...before,
    ...layers.flatMap(layer => [findMoved(backend, layer), moveUp(backend, layer)]),
    bumpFacts(backend, moves),
    ...alsoWrite(backend),
  ] as const, options) as unknown as Record<string, unknown>[][]

  const stood = new Map(layers.flatMap((layer, at) => {
    const [found, stands] = [rows[before.length + 2 * at]!, rows[before.length + 2 * at + 1]!]
    const moved = new Map(found.map(({ id, moved }) => [Number(id), Number(moved) === 1]))
    const calls = new Map(stands.map(call => [Number(call.id), call]))
    return layer.map(move => [move, { id: move.id, moved: moved.get(move.id)!, status: calls.get(move.id)!.status as CallStatus, callSid: calls.get(move.id)!.call_sid as string | null }])
  }))
  return moves.map(move => stood.get(move)!)
}

/** The first move of each call, then the second of each that has one, and so on. */
function layersOf(moves: CallMove[]): CallMove[][] {
  const layers: CallMove[][] = []
  const depths = new Map<number, number>()
  for (const move of moves) {
    const depth = depths.get(move.id) ?? 0
    depths.set(move.id, depth + 1)
    ;(layers[depth] ??= []).push(move)
  }
  return layers
}

// The number that was called, and where the customer is called now: a file may have brought another phone since.
function bumpPhones({ rowsOf, schema: { callSessions: s, customers: c, phones } }: Backend, moves: CallMove[]) {
  // A number that is refused for good is refused for everybody on it, in the same commit.
  const r = rowsOf(moves.map(({ id, fields }) => ({ of_call: id, refused: fields?.refusal === 'ndnc' ? 'NDNC' : null })), { of_call: 'bigint', refused: 'text' })
  return sql`
    insert into ${phones} (number, seq, refusal)
    select n.number, 1, max(n.refused) from (
      select s.to_number as number, r.refused from ${r} join ${s} s on s.id = r.of_call
      union all select c.primary_phone, null from ${r} join ${s} s on s.id = r.of_call join ${c} c on c.id = s.customer_id) n
      where n.number is not null group by n.number order by n.number
    on conflict (number) do update set seq = ${phones.seq} + 1, refusal = coalesce(excluded.refusal, ${phones.refusal})`
}

function insertUpdates({ rowsOf, schema: { callStatusUpdates: u } }: Backend, moves: CallMove[]) {
  const rows = moves.map(({ id, told, message, source, at, extraData }, ord) => ({ ord, of_call: id, told, message, source, at, extra: extraData }))
  return sql`
    insert into ${u} (call_session_id, status, message, source, timestamp, extra_data)
    select r.of_call, r.told, r.message, r.source, r."at", r.extra
    from ${rowsOf(rows, { ord: 'bigint', of_call: 'bigint', told: 'text', message: 'text', source: 'text', at: 'timestamp', extra: 'json' })} where true order by r.ord`
}

// A statement of its own, because most calls have theirs: writing it again would cost its index each time.
function attachSids({ rowsOf, schema: { callSessions: s } }: Backend, moves: CallMove[]) {
  const told = new Map(moves.flatMap(({ id, fields }) => fields?.callSid ? [[id, fields.callSid]] : []).reverse() as [number, string][])
  return sql`
    update ${s} set call_sid = r.sid
    from ${rowsOf([...told].map(([id, sid]) => ({ of_call: id, sid })), { of_call: 'bigint', sid: 'text' })}
    where ${s.id} = r.of_call and ${s.callSid} is null and not exists (select 1 from ${s} o where o.call_sid = r.sid)`
}

// What is told with another CallSid than the call's own says nothing about this call: it is recorded, and no more.
const IS_OF_CALL = sql`(r.sid is null or s.call_sid = r.sid)`

const RANKS = sql.raw(`case s.status ${Object.entries(CALL_RANKS).map(([status, rank]) => `when '${status}' then ${rank}`).join(' ')} end`)

// A CallSid also lifts a call that seemed not placed, but never beside another open call to that phone.
function isUp(s: Schema['callSessions']) {
  return sql`(r.target is not null and ${IS_OF_CALL}
    and (${RANKS} < r.rank or (s.status = 'not_placed' and r.sid is not null and r.target not in ('not_placed', 'rejected')))
    and (r.target not in ${OPEN_STATUSES} or not exists (
      select 1 from ${s} o where o.to_number = s.to_number and o.id <> s.id and o.status in ${OPEN_STATUSES})))`
}

const MOVE_TYPES = { of_call: 'bigint', target: 'text', rank: 'bigint', sid: 'text', source: 'text', at: 'timestamp' } as const

function moveRow({ id, status, fields, source, at }: CallMove) {
  return { of_call: id, target: status, rank: status && CALL_RANKS[status], sid: fields?.callSid ?? null, source, at }
}

// Asked before it is done: what an update returns is the call as it stands, and that may be where it stood before.
function findMoved({ rowsOf, forShare, schema: { callSessions: s } }: Backend, layer: CallMove[]) {
  return sql`select s.id, case when ${isUp(s)} then 1 else 0 end as moved from ${rowsOf(layer.map(moveRow), MOVE_TYPES)} join ${s} s on s.id = r.of_call ${forShare}`
}

/**
 * Moves up, and fills where what was told is where the call now stands: Exotel's details replace what a callback said, a callback fills only what
 * is missing, so that the order in which they come changes nothing. What nobody tells is no part of the statement: an index costs as much for a value that stays.
 */
function moveUp({ rowsOf, schema: { callSessions: s } }: Backend, layer: CallMove[]) {
  const isTold = ([, , told]: Column) => layer.some(move => (told(move.fields ?? {}, move) ?? null) !== null)
  const [filled, noted] = [FILLED.filter(isTold), NOTED.filter(isTold)]
  const rows = layer.map(move => ({ ...moveRow(move), ...Object.fromEntries([...filled, ...noted].map(([name, , told]) => [name, told(move.fields ?? {}, move) ?? null])) }))
  const types = { ...MOVE_TYPES, ...Object.fromEntries([...filled, ...noted].map(([name, type]) => [name, type])) }
  const fill = ([name]: Column) => sql.raw(`, ${name} = case
    when m.is_of_call = 0 or m.target is null or (m.is_up = 0 and s.status <> m.target) then s.${name}
    when m.source in ('poll', 'sweep') then coalesce(m.${name}, s.${name}) else coalesce(s.${name}, m.${name}) end`)
  const note = (name: string) => noted.some(([own]) => own === name)
  return sql`
    update ${s} as s set status = case when m.is_up = 1 then m.target else s.status end, updated_at = m."at",
      attention = coalesce(s.attention, case when m.is_up = 1 and s.status = 'not_placed' then 'SID_AFTER_NOT_PLACED' end${sql.raw(note('attention') ? ', m.attention' : '')})
      ${sql.raw(note('details_at') ? ', details_at = coalesce(m.details_at, s.details_at)' : '')}
      ${sql.join(filled.map(fill), sql``)}
    from (select r.*, case when ${IS_OF_CALL} then 1 else 0 end as is_of_call, case when ${isUp(s)} then 1 else 0 end as is_up
      from ${rowsOf(rows, types)} join ${s} s on s.id = r.of_call) m
    where s.id = m.of_call returning id, status, call_sid`
}

// One statement for both: the customer was perhaps reached, and everybody on that phone is judged anew.
function bumpFacts({ rowsOf, schema: { callSessions: s, customers: c } }: Backend, moves: CallMove[]): SQL {
  const r = rowsOf(moves.map(({ id, contactAt }) => ({ of_call: id, contact: contactAt })), { of_call: 'bigint', contact: 'timestamp' })
  return sql`
    update ${c} set facts_seq = ${c.factsSeq} + 1, judged_by = null,
      last_contact_date = case when m.contact is not null and (${c.lastContactDate} is null or ${c.lastContactDate} < m.contact) then m.contact else ${c.lastContactDate} end
    from (select n.id, max(n.contact) as contact from (
      select s.customer_id as id, r.contact from ${r} join ${s} s on s.id = r.of_call
      union all select c.id, null from ${r} join ${s} s on s.id = r.of_call join ${c} c on c.primary_phone = s.to_number) n
      where n.id is not null group by n.id) m
    where ${c.id} = m.id`
}
