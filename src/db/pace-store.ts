import { sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'

/** One budget of requests for all runs of the account. */
export function paceStore(backend: Backend) {
  const { schema: { pace }, batch } = backend

  return {
    /** Takes the next place in the queue of a budget and returns when it is due: places are `everyMs` apart, whoever takes them. */
    async takePlace(budget: string, everyMs: number, now: Date): Promise<Date> {
      const at = sql.param(now, pace.nextAt)
      const next = sql.param(new Date(now.getTime() + everyMs), pace.nextAt)
      const [taken] = await batch(tx => [
        tx.insert(pace).values({ key: budget, nextAt: sql`${next}` })
          .onConflictDoUpdate({ target: pace.key, set: { nextAt: later(backend, sql`case when ${pace.nextAt} > ${at} then ${pace.nextAt} else ${at} end`, everyMs) } })
          .returning({ nextAt: pace.nextAt }),
      ])
      return new Date(taken[0]!.nextAt.getTime() - everyMs)
    },
  }
}

function later({ dialect }: Backend, time: ReturnType<typeof sql>, ms: number) {
  return dialect === 'sqlite' ? sql`(${time}) + ${ms}` : sql`(${time}) + ${ms} * interval '1 millisecond'`
}
