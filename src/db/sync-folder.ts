import { open } from 'node:fs/promises'

/** Makes the names in a folder last: a file that is synced can still be lost with its name. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  }
  finally {
    await handle.close()
  }
}
