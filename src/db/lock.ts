import { hash } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { VacliError } from '../errors.ts'
import { makePrivateFolder } from '../private-folder.ts'
import { databaseMark } from './database-path.ts'
import { createPrivateFile } from './private-file.ts'

/** The lock of a database's imports, whoever names its path in whichever way. */
export function importLockName(database: string): string {
  return `import-${databaseMark(database)}`
}

/** Keeps two runs of one name on one database from overlapping; on PostgreSQL also those of other machines. */
export async function holdRunLock(database: string, folder: string, name: string): Promise<{ release(): Promise<void> | void }> {
  const held = `a run named "${name}" is active`
  if (!database.includes('://'))
    return holdLock(folder, `run-${databaseMark(database)}-${name}`, held)
  const { holdAdvisoryLock } = await import('./postgres.ts')
  const lock = await holdAdvisoryLock(database, `run ${name}`)
  if (!lock)
    throw busy(held)
  return lock
}

const busy = (held: string, cause?: unknown) => new VacliError('busy', held, { hint: 'Wait for it to end, then run the command again.', cause })

/** A name of which no two are alike, though a file system takes neither every letter nor every length. */
function fileName(name: string): string {
  const safe = name.replace(/[^\w.-]/g, '_').slice(0, 100)
  return safe === name ? name : `${safe}-${hash('sha256', name).slice(0, 8)}`
}

/** Holds a name against other processes of this machine. The lock is a database of its own under an exclusive transaction: a killed process lets go at once. */
export function holdLock(folder: string, name: string, held = `another vacli holds "${name}"`): { release(): void } {
  makePrivateFolder(folder)
  const file = join(folder, `${fileName(name)}.lock`)
  createPrivateFile(file)
  const client = new Database(file, { timeout: 0 })
  try {
    client.exec('begin exclusive')
  }
  catch (error) {
    client.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw busy(held, error)
    throw error
  }
  return { release: () => void client.close() }
}
