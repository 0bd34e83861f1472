import { eq, type SQL, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'

/** Nobody may be called until a person says so. */
export interface Pause { by: string, reason: string, at: string }

/** What holds for every dial, whoever is called: the pause, and the mark that moves with every pause and setting. */
export function standingStore(backend: Backend) {
  const { db, schema: { meta }, batch } = backend

  return {
    async readStanding(): Promise<{ epoch: string, pause: Pause | null }> {
      const found = new Map((await db.select().from(meta).where(sql`${meta.key} in ('epoch', 'pause')`)).map(({ key, value }) => [key, value]))
      const pause = found.get('pause')
      return { epoch: found.get('epoch') ?? '0', pause: pause ? JSON.parse(pause) as Pause : null }
    },

    /** Stops every dial that is not yet on its way. The first reason stands until the pause is lifted. */
    async pauseDialling(pause: Pause) {
      await batch(tx => [bumpEpoch(backend), tx.insert(meta).values({ key: 'pause', value: JSON.stringify(pause) }).onConflictDoNothing()])
    },

    /** Returns the pause that was lifted. */
    async liftPause(): Promise<Pause | undefined> {
      const [, lifted] = await batch(tx => [bumpEpoch(backend), tx.delete(meta).where(eq(meta.key, 'pause')).returning({ value: meta.value })])
      return lifted[0] && JSON.parse(lifted[0].value) as Pause
    },

    /** Makes every run read its settings and orders again before its next dial. */
    async bumpEpoch() {
      await batch(() => [bumpEpoch(backend)])
    },
  }
}

export function bumpEpoch({ schema: { meta } }: Backend): SQL {
  return sql`
    insert into ${meta} (key, value) values ('epoch', '1')
    on conflict (key) do update set value = cast(cast(${meta}.value as bigint) + 1 as text)`
}

export function epochIs({ schema: { meta } }: Backend, epoch: string): SQL {
  return sql`coalesce((select e.value from ${meta} e where e.key = 'epoch'), '0') = ${epoch}`
}
