import { hash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { VacliError } from '../errors.ts'
import { createPrivateFile } from './private-file.ts'

/** The lock of a database's imports, whoever names its path in whichever way. */
export function importLockName(database: string): string {
  return `import-${hash('sha256', database.includes('://') ? database : resolve(database)).slice(0, 12)}`
}

/** Holds a name against other processes of this machine. The lock is a database of its own under an exclusive transaction: a killed process lets go at once. */
export function holdLock(folder: string, name: string, held = `another vacli holds "${name}"`): { release(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${name.replace(/[^\w.-]/g, '_')}.lock`)
  createPrivateFile(file)
  const client = new Database(file, { timeout: 0 })
  try {
    client.exec('begin exclusive')
  }
  catch (error) {
    client.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw new VacliError('busy', held, { hint: 'Wait for it to end, then run the command again.', cause: error })
    throw error
  }
  return { release: () => void client.close() }
}
