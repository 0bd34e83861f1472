import { closeSync, openSync } from 'node:fs'

/** Makes the file, for its owner alone, where it is missing: the driver would make it for everybody to read. */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  }
  catch (error) {
    // A file that is there must not even be opened: closing it would drop the locks that this process holds on it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw error
  }
}
