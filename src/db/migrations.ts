import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PACKAGE_ROOT } from '../package-root.ts'

const MIGRATIONS = fileURLToPath(new URL('migrations/', PACKAGE_ROOT))

export const SQLITE_MIGRATIONS = join(MIGRATIONS, 'sqlite')
export const POSTGRES_MIGRATIONS = join(MIGRATIONS, 'postgres')

/** When the newest migration of a folder was made. */
export function newestMigration(folder: string): number {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as { entries: { when: number }[] }
  return Math.max(...journal.entries.map(({ when }) => when))
}
