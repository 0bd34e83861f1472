import { type FileHandle, open } from 'node:fs/promises'

/**
 * The log in which SQLite's commits are, and what has left it is on the disk already. It is synced in a thread, so that the process goes on meanwhile.
 * It may be opened beside SQLite, whose locks lie on other files, and it stays while the database is open.
 */
export function openWal(path: string) {
  let file: Promise<FileHandle> | undefined
  return {
    async flush() {
      // One that fails, with too many files open, is tried again by the next.
      file ??= open(path, 'r+').catch((error: unknown) => {
        file = undefined
        throw error
      })
      await (await file).datasync()
    },
    async close() {
      await (await file?.catch(() => undefined))?.close()
    },
  }
}
