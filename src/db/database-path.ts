import { hash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** The one name of a database, whichever way leads to it. A server's address is its own name. */
export function canonicalPath(database: string): string {
  if (database.includes('://'))
    return database
  const path = resolve(database)
  // The file may not be there yet; its folder may not either.
  return realpathOf(path) ?? join(realpathOf(dirname(path)) ?? dirname(path), basename(path))
}

/** Names a database where only letters and digits may stand. */
export function databaseMark(database: string): string {
  return hash('sha256', canonicalPath(database)).slice(0, 12)
}

function realpathOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined
    throw error
  }
}
