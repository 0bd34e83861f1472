import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openOrCreateStore, openRehearsedPostgres, type StoreSettings } from './open-store.ts'
import type { Store } from './store.ts'

/**
 * A store on which everything can be done and of which nothing stays: a copy of the SQLite file, or a transaction of PostgreSQL that is rolled back.
 * The database itself is only read, and nobody waits for it.
 */
export async function openRehearsal(settings: StoreSettings): Promise<Store> {
  if (/^postgres(?:ql)?:\/\//.test(settings.database))
    return openRehearsedPostgres(settings)
  const folder = mkdtempSync(join(tmpdir(), 'vacli-rehearsal-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'vacli.db')
    if (existsSync(settings.database))
      await (await import('./sqlite.ts')).copySqlite(settings.database, copy)
    const store = await openOrCreateStore({ ...settings, database: copy })
    return {
      ...store,
      async close() {
        await store.close()
        remove()
      },
    }
  }
  catch (error) {
    remove()
    throw error
  }
}
