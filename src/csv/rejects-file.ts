import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { markedCell, REJECT_COLUMNS } from '../domain/reject-columns.ts'
import { csvLine } from './write-csv.ts'

const TRIES = 1000
const BUFFERED = 65_536

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

/**
 * A CSV of the rejected rows as they came, with code, reason, line and the upload (`origin`) behind each. It is made with its first row, for its owner alone,
 * and never over another file: `.2`, `.3` and so on are tried. What cannot be written is a warning and does not end the import.
 */
export function openRejectsFile(path: string, headers: string[], origin: string): RejectsFile {
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
      if (warning)
        return
      attempt(() => {
        if (!made) {
          made = createNew(path)
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
      return { path: made?.path ?? null, rows, warning }
    },
    discard() {
      closeOnce(made)
      if (made)
        rmSync(made.path, { force: true })
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

function createNew(path: string): Made {
  const { dir, name, ext } = parse(path)
  for (let number = 1; ; number++) {
    const next = number === 1 ? path : join(dir, `${name}.${number}${ext}`)
    try {
      return { file: openSync(next, 'wx', 0o600), path: next, isOpen: true }
    }
    catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number >= TRIES)
        throw error
    }
  }
}

function writeAll(file: number, text: string) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;)
    at += writeSync(file, bytes, at)
}
