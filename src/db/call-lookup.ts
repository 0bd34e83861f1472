import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { OPEN_STATUSES } from '../domain/call.ts'
import type { Backend } from './backend.ts'
import { isOneOf } from './id-list.ts'

export type CallSession = NonNullable<Awaited<ReturnType<ReturnType<typeof callLookup>['findCallById']>>>

/** Calls and their timelines, as they stand. */
export function callLookup(backend: Backend) {
  const { db, schema: { callSessions, callStatusUpdates } } = backend

  return {
    async findCallById(id: number) {
      const [call] = await db.select().from(callSessions).where(eq(callSessions.id, id))
      return call
    },

    async findCallBySid(sid: string) {
      const [call] = await db.select().from(callSessions).where(eq(callSessions.callSid, sid))
      return call
    },

    async findCallByReference(reference: string) {
      const [call] = await db.select().from(callSessions).where(eq(callSessions.reference, reference))
      return call
    },

    async findOpenCalls(ids: number[]) {
      return db.select().from(callSessions).where(and(isOneOf(backend, callSessions.id, ids), inArray(callSessions.status, OPEN_STATUSES))).orderBy(asc(callSessions.id))
    },

    /** Calls whose process has not said for long that it lives: what it was doing is not known. */
    async findAbandonedCalls(now: Date) {
      return db.select({ id: callSessions.id }).from(callSessions).where(and(eq(callSessions.status, 'dialing'), lt(callSessions.leaseUntil, now))).orderBy(asc(callSessions.id))
    },

    async findEveryOpenCall() {
      return db.select().from(callSessions).where(inArray(callSessions.status, OPEN_STATUSES)).orderBy(asc(callSessions.id))
    },

    async findCalls(ids: number[]) {
      return db.select().from(callSessions).where(isOneOf(backend, callSessions.id, ids)).orderBy(asc(callSessions.id))
    },

    async findCallsOfCustomer(customerId: number) {
      return db.select().from(callSessions).where(eq(callSessions.customerId, customerId)).orderBy(desc(callSessions.id))
    },

    async findTimeline(callId: number) {
      return db.select().from(callStatusUpdates).where(eq(callStatusUpdates.callSessionId, callId)).orderBy(asc(callStatusUpdates.id))
    },

    /** When anything was last heard of a call. */
    async findLastHeard(callIds: number[]) {
      const heard = await db.select({ id: callStatusUpdates.callSessionId, at: sql<Date>`max(${callStatusUpdates.timestamp})`.mapWith(callStatusUpdates.timestamp) })
        .from(callStatusUpdates).where(isOneOf(backend, callStatusUpdates.callSessionId, callIds)).groupBy(callStatusUpdates.callSessionId)
      return new Map(heard.map(({ id, at }) => [id, at]))
    },
  }
}
