import { eq } from 'drizzle-orm'
import type { Backend } from './backend.ts'

/** Runs: who called whom, by which filter, and how it ended. */
export function runStore({ db, schema: { callRuns } }: Backend) {
  return {
    async startRun(run: { name: string | null, operator: string, reason: string | null, filter: Record<string, unknown>, startedAt: Date }) {
      const [started] = await db.insert(callRuns).values(run).returning({ id: callRuns.id })
      return started!.id
    },

    async endRun(id: number, result: Record<string, unknown>, endedAt: Date) {
      await db.update(callRuns).set({ result, endedAt }).where(eq(callRuns.id, id))
    },
  }
}
