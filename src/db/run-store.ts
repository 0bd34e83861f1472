import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'
import { bumpEpoch } from './standing-store.ts'

export interface NewRun {
  name: string | null
  operator: string
  reason: string | null
  /** The filter as it was given: a resumed run selects by it again. */
  filter: Record<string, unknown>
  terms: Record<string, unknown>
  startedAt: Date
  aliveUntil: Date
}

/** Runs: who called whom, by which filter, and how it ended. */
export function runStore(backend: Backend) {
  const { db, batch, schema: { callRuns, callSessions } } = backend

  return {
    async startRun(run: NewRun) {
      const [started] = await batch(tx => [tx.insert(callRuns).values(run).returning({ id: callRuns.id })])
      return started[0]!.id
    },

    /** Says that the process of the run lives, and what came of the run so far. */
    async renewRun(id: number, aliveUntil: Date, result: Record<string, unknown>) {
      await batch(tx => [tx.update(callRuns).set({ aliveUntil, result }).where(and(eq(callRuns.id, id), isNull(callRuns.endedAt)))])
    },

    async endRun(id: number, result: Record<string, unknown>, endedAt: Date) {
      await batch(tx => [tx.update(callRuns).set({ result, endedAt, aliveUntil: null }).where(eq(callRuns.id, id))])
    },

    async findRun(id: number) {
      const [run] = await db.select().from(callRuns).where(eq(callRuns.id, id))
      return run
    },

    /** The newest first. */
    async listRuns(limit: number) {
      const runs = db.select().from(callRuns).orderBy(desc(callRuns.id))
      return limit > 0 ? runs.limit(limit) : runs
    },

    /** Runs that have not ended: a process works on them, or was killed. */
    async findOpenRuns() {
      return db.select().from(callRuns).where(isNull(callRuns.endedAt)).orderBy(callRuns.id)
    },

    /** Asks the run to stop before its next dial; false where it has ended. */
    async requestStop(id: number, by: string, at: Date): Promise<boolean> {
      const [, stopped] = await batch(tx => [
        bumpEpoch(backend),
        tx.update(callRuns).set({ stopRequestedAt: at, stopRequestedBy: by }).where(and(eq(callRuns.id, id), isNull(callRuns.endedAt))).returning({ id: callRuns.id }),
      ])
      return stopped.length > 0
    },

    /** How the calls of a run stand, counted. */
    async countCallsOfRun(id: number) {
      return db.select({ status: callSessions.status, calls: sql<number>`cast(count(*) as integer)` }).from(callSessions).where(eq(callSessions.runId, id)).groupBy(callSessions.status)
    },
  }
}

export type StoredRun = NonNullable<Awaited<ReturnType<ReturnType<typeof runStore>['findRun']>>>
