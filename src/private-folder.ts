import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes the folder and those above it where they are missing, for their owner alone; throws what the system says where it cannot be.
 * Node's own recursion asks without end where a folder says that what is right above it is missing, as those of /proc do.
 */
export function makePrivateFolder(path: string): void {
  const missing = [resolve(path)]
  while (!existsSync(dirname(missing[0]!)))
    missing.unshift(dirname(missing[0]!))
  missing.forEach(makeFolder)
}

function makeFolder(folder: string) {
  try {
    mkdirSync(folder, { mode: 0o700 })
  }
  catch (error) {
    // There from the beginning, or made by another process meanwhile.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw error
  }
}
