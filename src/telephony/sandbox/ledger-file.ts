import { closeSync, fchmodSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { VacliError } from '../../errors.ts'
import type { LedgerEvent } from './ledger.ts'

const NEWLINE = 0x0A

export interface LedgerFile {
  /** True when it follows what has been read: then there is nothing to read back. */
  append(event: LedgerEvent): boolean
  /** The events that this or another process has appended since the last reading. */
  readNew(): LedgerEvent[]
  close(): void
}

/** NDJSON that several processes may append to at once: an event is one line, and a line is one write with O_APPEND. */
export function openLedgerFile(path: string): LedgerFile {
  const file = openPrivately(path)
  let offset = 0
  let isTorn = endsTorn(file)

  return {
    append(event) {
      const line = Buffer.from(`${isTorn ? '\n' : ''}${JSON.stringify(event)}\n`)
      isTorn = writeSync(file, line) < line.length
      if (isTorn)
        throw new VacliError('unavailable', `the ledger ${path} could not take a whole line`, { hint: 'Free some disk space.' })
      const isNext = fstatSync(file).size === offset + line.length
      if (isNext)
        offset += line.length
      return isNext
    },

    readNew() {
      if (fstatSync(file).size <= offset)
        return []
      const bytes = readFrom(file, offset)
      const end = bytes.lastIndexOf(NEWLINE) + 1
      offset += end
      return bytes.toString('utf8', 0, end).split('\n').flatMap(parseLine)
    },

    close() {
      closeSync(file)
    },
  }
}

function openPrivately(path: string): number {
  try {
    const file = openSync(path, 'a+', 0o600)
    fchmodSync(file, 0o600)
    return file
  }
  catch (cause) {
    throw new VacliError('setup', `the ledger ${path} cannot be opened`, { hint: 'Choose a file of your own in a folder that exists.', cause })
  }
}

function readFrom(file: number, offset: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset))
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset))
}

function endsTorn(file: number): boolean {
  const { size } = fstatSync(file)
  return size > 0 && readFrom(file, size - 1)[0] !== NEWLINE
}

function parseLine(line: string): LedgerEvent[] {
  try {
    return line ? [JSON.parse(line) as LedgerEvent] : []
  }
  catch {
    return [] // cut short by a crash or a full disk: what it says was never acted on
  }
}
