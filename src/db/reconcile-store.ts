import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { type Attention, OPEN_STATUSES } from '../domain/call.ts'
import type { Backend } from './backend.ts'
import { type CallMove, moveStore } from './move-store.ts'

const ENDS = ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const

/** What is still to be learned of calls, and what only reconciling may write. */
export function reconcileStore(backend: Backend) {
  const { db, batch, rowsOf, schema: { callSessions: s } } = backend
  const { moveCalls } = moveStore(backend)
  const isIn = (column: typeof s.callSid | typeof s.reference, texts: string[]) => sql`${column} in (select i.value from ${rowsOf(texts.map(value => ({ value })), { value: 'text' }, 'i')})`

  return {
    async findCallsBySids(sids: string[]) {
      return db.select().from(s).where(isIn(s.callSid, sids)).orderBy(asc(s.id))
    },

    async findCallsByReferences(references: string[]) {
      return db.select().from(s).where(isIn(s.reference, references)).orderBy(asc(s.id))
    },

    /** Calls that ended within these times and of which Exotel has not said all: the oldest first. */
    async findCallsToFill(endedFrom: Date, endedTo: Date, limit: number) {
      return db.select().from(s)
        .where(and(inArray(s.status, [...ENDS, 'not_placed']), isNotNull(s.callSid), isNull(s.detailsAt), gte(s.endedAt, endedFrom), lte(s.endedAt, endedTo)))
        .orderBy(asc(s.endedAt), asc(s.id)).limit(limit)
    },

    async findCallsWithAttention() {
      return db.select().from(s).where(isNotNull(s.attention)).orderBy(asc(s.id))
    },

    /** When a call of ours was last begun. */
    async findLastDispatch(): Promise<Date | undefined> {
      const [newest] = await db.select({ at: s.createdAt }).from(s).where(eq(s.source, 'vacli')).orderBy(desc(s.createdAt)).limit(1)
      return newest?.at
    },

    /** Keeps when whole lists first lacked these calls; null where something was seen that may be them. */
    async markAbsent(ids: number[], absentAt: Date | null) {
      await batch(() => [sql`update ${s} set absent_at = ${sql.param(absentAt, s.absentAt)} where id in (select i.id from ${rowsOf(ids.map(id => ({ id })), { id: 'bigint' }, 'i')})`])
    },

    /** Says of calls that are still open why a person must look; the first reason stands. */
    async raiseDoubt(ids: number[], attention: Attention) {
      await batch(() => [sql`
        update ${s} set attention = coalesce(attention, ${attention})
        where status in ${OPEN_STATUSES} and id in (select i.id from ${rowsOf(ids.map(id => ({ id })), { id: 'bigint' }, 'i')})`])
    },

    /** Two ends were told, and Exotel's details decide: the one move that goes sideways, from an end to an end of the same CallSid. */
    async correctEnd(move: CallMove): Promise<boolean> {
      const { status, fields = {}, at, exotelDetails = null, detailsAt = null } = move
      const [stands] = await moveCalls([move], () => [sql`
        update ${s} set status = ${status}, attention = case when attention = 'ENDS_DIFFER' then null else attention end,
          duration_seconds = ${fields.durationSeconds ?? null}, price_paise = ${fields.pricePaise ?? null}, recording_url = ${fields.recordingUrl ?? null},
          started_at = coalesce(${sql.param(fields.startedAt ?? null, s.startedAt)}, started_at), ended_at = coalesce(${sql.param(fields.endedAt ?? null, s.endedAt)}, ended_at),
          exotel_details = ${exotelDetails === null ? sql`null` : sql.param(exotelDetails, s.exotelDetails)},
          details_at = ${sql.param(detailsAt, s.detailsAt)}, updated_at = ${sql.param(at, s.updatedAt)}
        where id = ${move.id} and call_sid = ${fields.callSid ?? null} and status in ${[...ENDS]} and status <> ${status}`])
      return stands !== undefined && stands.status !== status && ENDS.some(end => end === stands.status) && stands.callSid === fields.callSid
    },
  }
}
