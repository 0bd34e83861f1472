import { createHash, hash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'
import { canonicalPath } from './database-path.ts'

/** What is known of the dispatching of a database outside of it: a backup that is restored, or a copy, does not bring it along. */
export interface DispatchRecord {
  installId: string
  host: string
  /** The database's own place: whoever copies a whole folder copies this file, too. */
  path: string
  lastDispatchAt: string | null
  /** Set while a run dials, and left behind by one that was killed. */
  runningSince: string | null
  aliveUntil: string | null
}

export interface DispatchRecords {
  /** Where the database is, as a record names it. */
  path: string
  /** `broken` where something is there that is no record. */
  read(): DispatchRecord | 'broken' | undefined
  write(record: DispatchRecord): void
}

/** Beside a SQLite file; in the state folder where the database is a server's. */
export function openDispatchRecords(database: string, stateFolder: string): DispatchRecords {
  const isServer = /^postgres(?:ql)?:\/\//.test(database)
  // The password may change; the database is the same.
  const file = isServer ? join(stateFolder, `${hash('sha256', database.replace(/\/\/[^@/]*@/, '//')).slice(0, 16)}.dispatch.json`) : `${canonicalPath(database)}.dispatch.json`
  return {
    path: isServer ? basename(file) : canonicalPath(database),
    read: () => readRecord(file),
    write: record => writeRecord(file, record),
  }
}

/** This machine, and no copy of its disk under another name. */
export function hostId(): string {
  return `${hostname()}/${createHash('sha256').update(readText('/etc/machine-id') ?? '').digest('hex').slice(0, 16)}`
}

function readRecord(file: string): DispatchRecord | 'broken' | undefined {
  const text = readText(file)
  if (text === undefined)
    return undefined
  try {
    const { install_id: installId, host, path, last_dispatch_at: lastDispatchAt, running_since: runningSince, alive_until: aliveUntil } = JSON.parse(text) as Record<string, unknown>
    const times = [lastDispatchAt, runningSince, aliveUntil]
    const isSound = typeof installId === 'string' && typeof host === 'string' && typeof path === 'string' && times.every(time => time === null || (typeof time === 'string' && !Number.isNaN(Date.parse(time))))
    return isSound ? { installId, host, path, lastDispatchAt, runningSince, aliveUntil } as DispatchRecord : 'broken'
  }
  catch {
    return 'broken'
  }
}

// Written whole and put in place in one step: a process that dies here leaves the old record or the new one.
function writeRecord(file: string, { installId, host, path, lastDispatchAt, runningSince, aliveUntil }: DispatchRecord) {
  makePrivateFolder(dirname(file))
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}`)
  const descriptor = openSync(draft, 'w', 0o600)
  try {
    writeSync(descriptor, `${JSON.stringify({ install_id: installId, host, path, last_dispatch_at: lastDispatchAt, running_since: runningSince, alive_until: aliveUntil })}\n`)
    fsyncSync(descriptor)
  }
  finally {
    closeSync(descriptor)
  }
  renameSync(draft, file)
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined
    throw error
  }
}
