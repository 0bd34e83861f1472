import { sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'

const LONGEST_QUEUE = 50
const LONGEST_QUEUE_MS = 60_000

/** One budget of requests for all runs of the account. */
export function paceStore(backend: Backend) {
  const { schema: { pace }, batch } = backend

  return {
    /**
     * Takes the next place in the queue of a budget and returns when it is due: places are `everyMs` apart, whoever takes them. A place further ahead
     * than any honest queue is of a clock that was moved back, and counts for nothing.
     */
    async takePlace(budget: string, everyMs: number, now: Date): Promise<Date> {
      const at = sql.param(now, pace.nextAt)
      const horizon = sql.param(new Date(now.getTime() + LONGEST_QUEUE_MS + LONGEST_QUEUE * everyMs), pace.nextAt)
      const next = sql.param(new Date(now.getTime() + everyMs), pace.nextAt)
      const [taken] = await batch(tx => [
        tx.insert(pace).values({ key: budget, nextAt: sql`${next}` })
          .onConflictDoUpdate({ target: pace.key, set: { nextAt: later(backend, sql`case when ${pace.nextAt} > ${at} and ${pace.nextAt} <= ${horizon} then ${pace.nextAt} else ${at} end`, everyMs) } })
          .returning({ nextAt: pace.nextAt }),
      ])
      return new Date(taken[0]!.nextAt.getTime() - everyMs)
    },
  }
}

function later({ dialect }: Backend, time: ReturnType<typeof sql>, ms: number) {
  return dialect === 'sqlite' ? sql`(${time}) + ${ms}` : sql`(${time}) + ${ms} * interval '1 millisecond'`
}
