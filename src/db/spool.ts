import { hash, randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const ENDING = '.ndjson'
const ABANDONED_MS = 10 * 60_000

/** How records of one kind come out again. */
export interface SpoolHandler<Value> {
  /** What a line holds; undefined when it is none of this kind. */
  read(line: unknown): Value | undefined
  /** Saves them all, or throws. They may have been saved before: a process can end between this and the removal of the file. */
  save(values: Value[]): Promise<void>
}

export interface Replayed {
  saved: number
  /** Files in which lines were kept aside, because they cannot be read or saved. */
  aside: string[]
}

export interface Spool {
  /** Resolves once the records are on disk for good: one file, written under another name, synced, renamed, and its folder synced. */
  append(kind: string, records: object[]): Promise<void>
  /** Hands out what waits, oldest first, and removes each file once it is saved. Stops at what cannot be saved now. */
  replay(kind: string, handler: SpoolHandler<unknown>): Promise<Replayed>
  isEmpty(kind?: string): Promise<boolean>
}

/** Where the records of a database wait, whoever names its path in whichever way. */
export function spoolFolder(stateFolder: string, database: string): string {
  return join(stateFolder, 'spool', hash('sha256', database.includes('://') ? database : resolve(database)).slice(0, 12))
}

/** A folder for what must not be lost while the database cannot take it. Several processes may write to it and read from it at once. */
export function openSpool(folder: string): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let written = 0

  const waiting = async (kind?: string) => {
    const names = await readdir(folder)
    return names.filter(name => name.endsWith(kind === undefined ? ENDING : `.${kind}${ENDING}`)).sort()
  }

  return {
    async append(kind, records) {
      // By name they are in the order of writing; the rest of the name is nobody else's.
      const name = `${String(Date.now()).padStart(15, '0')}-${String(written++).padStart(9, '0')}-${randomBytes(6).toString('hex')}.${kind}${ENDING}`
      const draft = join(folder, `${name}.draft`)
      try {
        await writeSynced(draft, records.map(record => `${JSON.stringify(record)}\n`).join(''))
        await rename(draft, join(folder, name))
      }
      catch (error) {
        await rm(draft, { force: true })
        throw error
      }
      await syncFolder(folder)
    },

    async replay(kind, handler) {
      await removeDrafts(folder)
      const total: Replayed = { saved: 0, aside: [] }
      for (const name of await waiting(kind)) {
        const file = join(folder, name)
        const lines = await readLines(file)
        const { saved, refused } = await saveLines(lines, handler)
        total.saved += saved
        if (refused.length > 0) {
          await writeSynced(`${file}.bad`, refused.map(line => `${line}\n`).join(''))
          await syncFolder(folder)
          total.aside.push(`${file}.bad`)
        }
        await rm(file, { force: true }) // another process may have been as fast
      }
      return total
    },

    isEmpty: async kind => (await waiting(kind)).length === 0,
  }
}

async function saveLines<Value>(lines: string[], { read, save }: SpoolHandler<Value>): Promise<{ saved: number, refused: string[] }> {
  const understood: { line: string, value: Value }[] = []
  const refused: string[] = []
  for (const line of lines) {
    const value = read(parseLine(line))
    if (value === undefined)
      refused.push(line)
    else
      understood.push({ line, value })
  }
  if (understood.length === 0)
    return { saved: 0, refused }
  try {
    await save(understood.map(({ value }) => value))
    return { saved: understood.length, refused }
  }
  catch (error) {
    const single = await saveOneByOne(understood, save)
    // Where none could be saved, it is the database that fails, and all of them stay.
    if (single.saved === 0)
      throw error
    return { saved: single.saved, refused: [...refused, ...single.refused] }
  }
}

// One record that the database will never take must not hold up the others of its file. It is only put aside when the database takes others right before it.
async function saveOneByOne<Value>(understood: { line: string, value: Value }[], save: (values: Value[]) => Promise<void>) {
  const taken: Value[] = []
  const failed: { line: string, value: Value }[] = []
  for (const one of understood.length > 1 ? understood : [])
    await save([one.value]).then(() => taken.push(one.value), () => failed.push(one))

  const refused: string[] = []
  for (const { line, value } of taken.length > 0 ? failed : []) {
    await save(taken.slice(0, 1))
    await save([value]).catch(() => refused.push(line))
  }
  return { saved: taken.length === 0 ? 0 : understood.length - refused.length, refused }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  }
  catch {
    return undefined
  }
}

async function readLines(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter(line => line !== '')
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return [] // another process was faster
    throw error
  }
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

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  }
  finally {
    await handle.close()
  }
}

// What a process left half-written when it was killed was never said to be kept.
async function removeDrafts(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(name => name.endsWith('.draft'))) {
    const draft = join(folder, name)
    const found = await stat(draft).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS)
      await rm(draft, { force: true })
  }
}
