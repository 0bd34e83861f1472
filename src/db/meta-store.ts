import { eq } from 'drizzle-orm'
import type { Backend } from './backend.ts'

export const META_KEYS = ['mode', 'install_id', 'created_at', 'last_sweep_at'] as const
export type MetaKey = (typeof META_KEYS)[number]

/** What a database knows of itself. */
export function metaStore({ db, schema: { meta } }: Backend) {
  return {
    async findMeta(key: MetaKey) {
      const [found] = await db.select({ value: meta.value }).from(meta).where(eq(meta.key, key))
      return found?.value
    },

    /** Writes a value once; who comes later finds the first. */
    async bearMeta(key: MetaKey, value: string) {
      await db.insert(meta).values({ key, value }).onConflictDoNothing()
    },

    /** How the files of a source are read. */
    async findSourceReading(source: string): Promise<Record<string, unknown> | undefined> {
      const [found] = await db.select({ value: meta.value }).from(meta).where(eq(meta.key, `source:${source}`))
      return found && JSON.parse(found.value) as Record<string, unknown>
    },

    async keepSourceReading(source: string, reading: object) {
      const value = JSON.stringify(reading)
      await db.insert(meta).values({ key: `source:${source}`, value }).onConflictDoUpdate({ target: meta.key, set: { value } })
    },

    async writeMeta(key: MetaKey, value: string) {
      await db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } })
    },
  }
}
