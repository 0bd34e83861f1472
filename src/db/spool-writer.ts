import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './sync-folder.ts'

/** Begins the name of a file that may still grow. Whoever wants to read it takes it by renaming it. */
export const OPEN = 'open-'
/** Ends the name of a file that is only being made. */
export const DRAFT = '.draft'
const MAX_BYTES = 1024 * 1024
const IDLE_MS = 1000

export interface SpoolWriter {
  /** Resolves once the text is on disk, in a file that nobody had begun to read. */
  append(text: string): Promise<void>
  /** Resolves once nothing is being written any more; what comes next goes to another file. */
  letGo(): Promise<void>
  /** What the file holds that was not read before, and stays in it; undefined where that is nothing. */
  readAhead(): Promise<Ahead | undefined>
}

export interface Ahead {
  path: string
  text: string
  /** It is saved, and need not be read ahead again. */
  done(): void
}

interface SpoolFile { path: string, handle: FileHandle, bytes: number, readBytes: number }

/** Appends to one file for as long as it may: one write and one sync, where a file of its own costs four trips to the disk. */
export function openSpoolWriter(folder: string, ending: string): SpoolWriter {
  let current: SpoolFile | undefined
  let last: Promise<unknown> = Promise.resolve()
  let made = 0
  let idle: NodeJS.Timeout | undefined

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
  const letGo = async () => {
    const file = current
    current = undefined
    await file?.handle.close()
  }

  /** Whether the text is in the file, and whoever reads the file reads it. */
  const isAppended = async (file: SpoolFile, text: string): Promise<boolean> => {
    try {
      await file.handle.appendFile(text)
      await file.handle.datasync()
    }
    catch (error) {
      // Half a line was never said to be kept.
      await file.handle.truncate(file.bytes).catch(() => undefined)
      await letGo()
      throw error
    }
    file.bytes += Buffer.byteLength(text)
    // Whoever took the file by now may have read it before this came. Taken later, it is read with this.
    const isThere = await stat(file.path).then(() => true, () => false)
    if (!isThere || file.bytes >= MAX_BYTES)
      await letGo()
    return isThere
  }

  const appendNow = async (text: string) => {
    if (current && await isAppended(current, text))
      return
    // By name they are in the order of making; the rest of the name is nobody else's.
    const name = `${String(Date.now()).padStart(15, '0')}-${String(made++).padStart(9, '0')}-${randomBytes(6).toString('hex')}${ending}`
    current = await makeFile(folder, name, text)
  }

  return {
    append(text) {
      clearTimeout(idle)
      idle = setTimeout(() => void inTurn(letGo).catch(() => undefined), IDLE_MS).unref()
      return inTurn(() => appendNow(text))
    },
    letGo: () => inTurn(letGo),
    readAhead: () => inTurn(async () => current && current.bytes > current.readBytes ? readUnread(current) : undefined),
  }
}

async function readUnread(file: SpoolFile): Promise<Ahead> {
  const { path, handle, bytes, readBytes } = file
  const unread = Buffer.alloc(bytes - readBytes)
  await handle.read(unread, 0, unread.length, readBytes)
  return { path, text: unread.toString(), done: () => { file.readBytes = bytes } }
}

// It appears with its first text in it, so that nobody takes it before that is whole.
async function makeFile(folder: string, name: string, text: string): Promise<SpoolFile> {
  const draft = join(folder, `${name}${DRAFT}`)
  const path = join(folder, `${OPEN}${name}`)
  const handle = await open(draft, 'ax+', 0o600)
  try {
    await handle.appendFile(text)
    // The name first: one trip to the disk then makes both last, and what is torn by a crash in between was never said to be kept.
    await rename(draft, path)
    await handle.sync()
    await syncFolder(folder)
  }
  catch (error) {
    await handle.close()
    await rm(draft, { force: true })
    await rm(path, { force: true })
    throw error
  }
  return { path, handle, bytes: Buffer.byteLength(text), readBytes: 0 }
}
