import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'
import { databaseMark } from './database-path.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { saveLines, type SpoolHandler } from './spool-lines.ts'
import { DRAFT, OPEN, openSpoolWriter, type SpoolWriter } from './spool-writer.ts'
import { syncFolder } from './sync-folder.ts'

const ENDING = '.ndjson'
const MID_LINE_MS = 200
const ABANDONED_MS = 10 * 60_000

export interface Replayed {
  saved: number
  /** Files in which lines were kept aside, because they cannot be read or saved. */
  aside: string[]
}

export interface Spool {
  /** Resolves once the records are on disk for good. */
  append(kind: string, records: object[]): Promise<void>
  /** Hands out what waits, oldest first, and removes each file once it is saved. Stops at what cannot be saved now. */
  replay(kind: string, handler: SpoolHandler<unknown>): Promise<Replayed>
  /** The same, but a file that this process still appends to is left to it: to begin another takes longer than any sender should wait. The replay that finds nothing new in it removes it. */
  replayAhead(kind: string, handler: SpoolHandler<unknown>): Promise<Replayed & { isOpen: boolean }>
  isEmpty(kind?: string): Promise<boolean>
}

/** Where the records of a database wait, whoever names its path in whichever way. */
export function spoolFolder(stateFolder: string, database: string): string {
  return join(stateFolder, 'spool', databaseMark(database))
}

/** A folder for what must not be lost while the database cannot take it. Several processes may write to it and read from it at once. */
export function openSpool(folder: string): Spool {
  makePrivateFolder(folder)
  const writers = new Map<string, SpoolWriter>()

  const waiting = async (kind?: string) => {
    const names = await readdir(folder)
    return names.filter(name => name.endsWith(kind === undefined ? ENDING : `.${kind}${ENDING}`)).sort()
  }

  const replayFiles = async (kind: string, handler: SpoolHandler<unknown>, besides?: string): Promise<Replayed> => {
    await removeDrafts(folder)
    for (const name of (await waiting(kind)).filter(name => name.startsWith(OPEN) && name !== besides))
      await takeFile(join(folder, name), join(folder, name.slice(OPEN.length)))

    const total: Replayed = { saved: 0, aside: [] }
    for (const name of (await waiting(kind)).filter(name => !name.startsWith(OPEN))) {
      const file = join(folder, name)
      const { saved, refused } = await saveLines(await readLines(file), handler)
      total.saved += saved
      if (refused.length > 0) {
        await writeSynced(`${file}.bad`, refused.map(line => `${line}\n`).join(''))
        await syncFolder(folder)
        total.aside.push(`${file}.bad`)
      }
      await rm(file, { force: true }) // another process may have been as fast
    }
    return total
  }

  return {
    append(kind, records) {
      const writer = writers.get(kind) ?? openSpoolWriter(folder, `.${kind}${ENDING}`)
      writers.set(kind, writer)
      return writer.append(records.map(record => `${JSON.stringify(record)}\n`).join(''))
    },

    async replay(kind, handler) {
      await writers.get(kind)?.letGo()
      return replayFiles(kind, handler)
    },

    async replayAhead(kind, handler) {
      const ahead = await writers.get(kind)?.readAhead()
      if (!ahead)
        return { ...await this.replay(kind, handler), isOpen: false }
      const total = await replayFiles(kind, handler, basename(ahead.path))
      // What is refused is put aside when the file is done with.
      const { saved } = await saveLines(linesOf(ahead.text), handler)
      ahead.done()
      return { ...total, saved: total.saved + saved, isOpen: true }
    },

    isEmpty: async kind => (await waiting(kind)).length === 0,
  }
}

async function takeFile(file: string, as: string): Promise<void> {
  await rename(file, as).catch(unlessMissing)
}

// A process that lives ends the line that it is writing; what is still torn then was written by one that died.
async function readLines(file: string): Promise<string[]> {
  const read = async () => await readFile(file, 'utf8').catch(unlessMissing) ?? ''
  let text = await read()
  if (!text.endsWith('\n') && text !== '') {
    await sleep(MID_LINE_MS)
    text = await read()
  }
  return linesOf(text)
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

// Another process was faster.
function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
    throw error
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  }
  finally {
    await handle.close()
  }
}

// What a process left half-written when it was killed was never said to be kept.
async function removeDrafts(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(name => name.endsWith(DRAFT))) {
    const draft = join(folder, name)
    const found = await stat(draft).catch(unlessMissing)
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS)
      await rm(draft, { force: true })
  }
}
