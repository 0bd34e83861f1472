import { and, asc, gt, isNull, lte, sql } from 'drizzle-orm'
import { type CallStatus, OPEN_STATUSES } from '../domain/call.ts'
import type { Backend } from './backend.ts'
import type { CallMove, MovedCall } from './move-store.ts'
import { writeMoves } from './write-moves.ts'

export interface InboxEvent { reference: string, bodyHash: string, contentType: string, body: string, bodyEncoding: 'utf8' | 'base64', receivedAt: Date }

/** An event that was dealt with; a problem says why nothing came of it. */
export interface SettledEvent { id: number, problem: string | null }

/** What the events of a call need to know of it. */
export interface CalledSession { id: number, reference: string, callSid: string | null, status: CallStatus, endedAt: Date | null }

const EVENT_TYPES = { reference: 'text', bodyHash: 'text', contentType: 'text', body: 'text', bodyEncoding: 'text', receivedAt: 'timestamp' } as const

/** Webhook bodies as they came: kept first, understood afterwards. */
export function inboxStore(backend: Backend) {
  const { db, batch, rowsOf, schema: { webhookInbox, callSessions } } = backend

  return {
    /** Resolves once the bodies are on the disk, all in one commit; the same body for the same call is kept once. */
    async keepEvents(events: InboxEvent[], options?: { patienceMs?: number }) {
      await batch(() => [sql`
        insert into ${webhookInbox} (reference, body_hash, content_type, body, body_encoding, received_at)
        select r.reference, r."bodyHash", r."contentType", r.body, r."bodyEncoding", r."receivedAt"
        from ${rowsOf(events, EVENT_TYPES)} where true on conflict do nothing`], { ...options, isUnflushed: true })
      await backend.flush()
    },

    /** Events that nobody has understood yet, in the order of arrival. */
    async findWaitingEvents({ afterId, toId, limit }: { afterId: number, toId?: number, limit: number }) {
      return db.select().from(webhookInbox)
        .where(and(isNull(webhookInbox.handledAt), gt(webhookInbox.id, afterId), toId === undefined ? undefined : lte(webhookInbox.id, toId)))
        .orderBy(asc(webhookInbox.id)).limit(limit)
    },

    /** The calls that have one of these references or CallSids. */
    async findCalledSessions(names: { reference: string, callSid: string | null }[]): Promise<CalledSession[]> {
      const n = rowsOf(names, { reference: 'text', callSid: 'text' }, 'n')
      const { id, reference, callSid, status, endedAt } = callSessions
      return db.select({ id, reference, callSid, status, endedAt }).from(callSessions)
        .where(sql`${reference} in (select n.reference from ${n}) or ${callSid} in (select n."callSid" from ${n})`)
    },

    async settleEvents(settled: SettledEvent[], at: Date) {
      await batch(() => [settle(backend, settled, at)])
    },

    /**
     * Moves calls and settles the events that told of it, in one commit: no crash loses an event or records it twice, and no second process either.
     * Moves of one call are made in their order.
     */
    async recordEvents(moves: CallMove[], settled: SettledEvent[], at: Date): Promise<MovedCall[]> {
      // Moves and settled marks come and go together, and the events were flushed before they were answered.
      return writeMoves(backend, moves, () => [flagContradictions(backend, moves), settleOnce(backend, settled, at)], { isUnflushed: true })
    },
  }
}

export type KeptEvent = Awaited<ReturnType<ReturnType<typeof inboxStore>['findWaitingEvents']>>[number]

function settle({ rowsOf, schema: { webhookInbox: i } }: Backend, settled: SettledEvent[], at: Date) {
  return sql`
    update ${i} set handled_at = ${sql.param(at, i.handledAt)}, problem = r.problem
    from ${rowsOf(settled, { id: 'bigint', problem: 'text' })} where ${i.id} = r.id`
}

// Two processes may read the same events. The later one has waited for the rows of the calls by now, finds the events settled, and a value that no column takes undoes its batch.
function settleOnce({ rowsOf, schema: { webhookInbox: i } }: Backend, settled: SettledEvent[], at: Date) {
  return sql`
    update ${i} set handled_at = ${sql.param(at, i.handledAt)}, problem = r.problem, content_type = case when ${i.handledAt} is null then ${i.contentType} end
    from ${rowsOf(settled, { id: 'bigint', problem: 'text' })} where ${i.id} = r.id`
}

/** A second CallSid proves a double dial; a second end is a question to Exotel's details. The first end stands meanwhile. */
function flagContradictions({ rowsOf, schema: { callSessions: s } }: Backend, moves: CallMove[]) {
  const told = moves.map(({ id, status, fields }) => ({ id, status, sid: fields?.callSid ?? null }))
  return sql`
    update ${s} set attention = m.attention, details_at = null
    from (
      select s.id, case when s.call_sid <> r.sid then 'SECOND_SID' else 'ENDS_DIFFER' end as attention
      from ${rowsOf(told, { id: 'bigint', status: 'text', sid: 'text' })} join ${s} s on s.id = r.id
      where s.call_sid <> r.sid
        or (r.status is not null and r.status not in ${OPEN_STATUSES} and s.status not in ${OPEN_STATUSES} and s.status <> r.status and s.attention is null
          and (r.sid is null or s.call_sid = r.sid))) m
    where ${s.id} = m.id`
}
