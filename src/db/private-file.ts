import { closeSync, openSync } from 'node:fs'
import { VacliError } from '../errors.ts'

/** Makes the file, for its owner alone, where it is missing: the driver would make it for everybody to read. */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  }
  catch (error) {
    // A file that is there must not even be opened: closing it would drop the locks that this process holds on it.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new VacliError('setup', `no file can be made at ${file}`, { hint: 'Name another place; vacli config path and vacli db path say which ones are used.', cause: error })
    if (code !== 'EEXIST')
      throw error
  }
}
