import { closeSync, constants, fchmodSync, lstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { dirname, join, parse, resolve } from 'node:path'
import { markedCell, REJECT_COLUMNS } from '../domain/reject-columns.ts'
import { csvLine } from './write-csv.ts'

const TRIES = 1000
const BUFFERED = 65_536
// A row is no longer, so that what was written at once shows one whole.
const HEAD = 2_097_152

export interface RejectedRow { cells: string[], code: string, reason: string, line: number }

/** What became of the file: `path` is null where no row was rejected or it could not be made, `warning` says what went wrong. */
export interface RejectsOutcome { path: string | null, rows: number, warning: string | null }

export interface RejectsFile {
  add(row: RejectedRow): void
  close(): RejectsOutcome
  /** Takes away what was made: of a refused import nothing is to be corrected row by row. */
  discard(): void
}

/** Where the rejects of an import go unless a place was given: beside the file; for standard input into the working folder. */
export function rejectsPath(input: string): string {
  return input === '-' ? 'stdin.rejects.csv' : join(dirname(input), `${parse(input).name}.rejects.csv`)
}

/** A place for the rejects of an upload, and what of them lies there: what was `begun` is written anew, what is `complete` stays, because somebody may be correcting it. */
export interface RejectsPlace { path: string, absolute: string, there: 'nothing' | 'begun' | 'complete' }

/**
 * The first of `loans.rejects.csv`, `loans.rejects.2.csv` and so on that is free. An import that is taken up again gets the place that it had (`earlier`),
 * unless somebody else's file lies there now.
 */
export function findRejectsPlace(path: string, earlier: { absolute: string, origin: string, isComplete: boolean } | null): RejectsPlace {
  const place = (name: string, there: RejectsPlace['there'] = 'nothing') => ({ path: name, absolute: resolve(name), there })
  for (const name of namesLike(path)) {
    if (resolve(name) !== earlier?.absolute)
      continue
    if (isFree(name))
      return place(name)
    if (isOwn(name, earlier.origin))
      return place(name, earlier.isComplete ? 'complete' : 'begun')
  }
  return place(namesLike(path).find(isFree) ?? path)
}

/**
 * A CSV of the rejected rows as they came, with code, reason, line and the upload behind each. It is made with its first row, for its owner alone,
 * and never over another file: `.2`, `.3` and so on are tried. What cannot be written is a warning and does not end the import.
 */
export function openRejectsFile({ path, there }: Omit<RejectsPlace, 'absolute'>, headers: string[], origin: string): RejectsFile {
  let made: Made | undefined
  let waiting = ''
  let rows = 0
  let warning: string | null = null

  const attempt = (write: () => void) => {
    try {
      write()
    }
    catch (error) {
      warning = failureText(path, made?.path, error as Error)
    }
  }
  const flush = () => {
    writeAll(made!.file, waiting)
    waiting = ''
  }

  return {
    add({ cells, code, reason, line }) {
      rows++
      if (warning || there === 'complete')
        return
      attempt(() => {
        if (!made) {
          made = there === 'begun' ? beginAnew(path) : createNew(path)
          waiting = csvLine([...headers.map(markedCell), ...REJECT_COLUMNS], { bom: true })
        }
        waiting += csvLine([...cells.map(markedCell), code, reason, line, origin])
        if (waiting.length >= BUFFERED)
          flush()
      })
    },
    close() {
      if (made && !warning)
        attempt(flush)
      closeOnce(made)
      return { path: made?.path ?? (there === 'complete' && rows > 0 ? path : null), rows, warning }
    },
    discard() {
      closeOnce(made)
      const leftover = made?.path ?? (there === 'begun' ? path : undefined)
      if (leftover !== undefined)
        rmSync(leftover, { force: true })
    },
  }
}

interface Made { file: number, path: string, isOpen: boolean }

function failureText(path: string, made: string | undefined, { message }: Error): string {
  return made ? `${made} is not complete: ${message}` : `the rejected rows could not be written to ${path}: ${message}; name another place with --rejects`
}

function closeOnce(made: Made | undefined) {
  if (!made?.isOpen)
    return
  closeSync(made.file)
  made.isOpen = false
}

function namesLike(path: string): string[] {
  const { dir, name, ext } = parse(path)
  return Array.from({ length: TRIES }, (_, at) => at === 0 ? path : join(dir, `${name}.${at + 1}${ext}`))
}

function createNew(path: string): Made {
  const names = namesLike(path)
  for (const name of names) {
    try {
      return { file: openSync(name, 'wx', 0o600), path: name, isOpen: true }
    }
    catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || name === names.at(-1))
        throw error
    }
  }
  throw new Error(`no name like ${path} is left`)
}

// What a process that was killed has left.
function beginAnew(path: string): Made {
  const file = openSync(path, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW)
  fchmodSync(file, 0o600)
  return { file, path, isOpen: true }
}

// Where it cannot be told, the attempt to write will.
function isFree(path: string): boolean {
  return find(path) === undefined
}

function find(path: string) {
  try {
    return lstatSync(path)
  }
  catch {
    return undefined
  }
}

/** Whether a file has rows of the upload, or nothing at all yet. */
function isOwn(path: string, origin: string): boolean {
  const found = find(path)
  if (!found?.isFile() || found.size === 0)
    return found?.isFile() ?? false
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    const head = Buffer.alloc(Math.min(HEAD, found.size))
    const length = readSync(file, head, 0, head.length, 0)
    closeSync(file)
    return head.toString('utf8', 0, length).includes(`,${origin}\r\n`)
  }
  catch {
    return false
  }
}

function writeAll(file: number, text: string) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;)
    at += writeSync(file, bytes, at)
}
