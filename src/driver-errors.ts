import { VacliError } from './errors.ts'

type Explain = (cause: unknown) => VacliError

const MAKE_ROOM = 'Make room where vacli db path says, then run the command again; what was committed is safe.'

// What a disk and a database say on a bad day, by the code that the driver or the system gives.
const EXPLAINED: Record<string, Explain> = {
  SQLITE_BUSY: cause => new VacliError('busy', 'the database stayed busy', { hint: 'Another vacli is writing; run the command again.', cause }),
  SQLITE_LOCKED: cause => new VacliError('busy', 'the database stayed busy', { hint: 'Another vacli is writing; run the command again.', cause }),
  SQLITE_FULL: cause => new VacliError('setup', 'the disk is full', { hint: MAKE_ROOM, cause }),
  ENOSPC: cause => new VacliError('setup', 'the disk is full', { hint: MAKE_ROOM, cause }),
  SQLITE_IOERR: cause => new VacliError('setup', `the disk failed under the database: ${(cause as Error).message}`, { hint: 'Look at the disk, then run the command again; what was committed is safe.', cause }),
  SQLITE_READONLY: cause => new VacliError('setup', 'the database cannot be written to', { hint: 'ls -l "$(vacli db path)"', cause }),
  SQLITE_CANTOPEN: cause => new VacliError('setup', 'the database cannot be opened', { hint: 'ls -l "$(vacli db path)"', cause }),
  SQLITE_NOTADB: cause => new VacliError('setup', 'the file is not a vacli database', { hint: 'Name the right one with --db.', cause }),
  SQLITE_CORRUPT: cause => new VacliError('setup', 'the database is damaged', { hint: 'Stop every vacli and restore the last backup of the file.', cause }),
  ECONNREFUSED: cause => new VacliError('unavailable', `the database server does not answer: ${(cause as Error).message}`, { hint: 'Start the server, or name another database with --db.', cause }),
  ENOTFOUND: cause => new VacliError('unavailable', `the database server is not found: ${(cause as Error).message}`, { hint: 'Check the host in the database setting: vacli db path', cause }),
  ECONNRESET: lostConnection,
  'EPIPE write': lostConnection,
  // The server was stopped, fell over, or comes up again and mends what it had.
  '57P01': lostConnection,
  '57P02': lostConnection,
  '57P03': cause => new VacliError('unavailable', `the database server does not answer yet: ${(cause as Error).message}`, { hint: 'Wait for it, then run the command again.', cause }),
  53300: cause => new VacliError('unavailable', 'the database server has too many connections', { hint: 'Close some, then run the command again.', cause }),
  ETIMEDOUT: cause => new VacliError('unavailable', 'the database server does not answer', { hint: 'Check the network, then run the command again.', cause }),
  '28P01': cause => new VacliError('setup', 'the database server refused the user or the password', { hint: 'vacli config set database postgres://user:password@host/name', cause }),
  28000: cause => new VacliError('setup', 'the database server refused the user', { hint: 'vacli config set database postgres://user:password@host/name', cause }),
  '3D000': cause => new VacliError('setup', (cause as Error).message, { hint: 'Make it with createdb, then: vacli db migrate', cause }),
  EDQUOT: cause => new VacliError('setup', 'the disk quota is used up', { hint: MAKE_ROOM, cause }),
  EFBIG: cause => new VacliError('setup', (cause as Error).message, { hint: 'This user may not write files of that size: ulimit -f', cause }),
  'ENOENT mkdtemp': cause => new VacliError('setup', `there is no folder for temporary files: ${(cause as Error).message}`, { hint: 'Name one with room: TMPDIR=/var/tmp vacli …', cause }),
  'EEXIST mkdir': notAPlace,
  'ENOENT mkdir': notAPlace,
  ENOTDIR: notAPlace,
  ENAMETOOLONG: notAPlace,
  ELOOP: notAPlace,
  EPERM: notAPlace,
  EACCES: cause => new VacliError('setup', (cause as Error).message, { hint: 'Give this user the right to it, or name another place.', cause }),
  EROFS: cause => new VacliError('setup', (cause as Error).message, { hint: 'Name a place that can be written to.', cause }),
}

function lostConnection(cause: unknown): VacliError {
  return new VacliError('unavailable', `the database server ended the connection: ${(cause as Error).message}`, { hint: 'Look whether the server runs, then run the command again; what was committed is safe.', cause })
}

function notAPlace(cause: unknown): VacliError {
  return new VacliError('setup', (cause as Error).message, { hint: 'Name another place; vacli config path and vacli db path say which ones are used.', cause })
}

/** A failure of the database or the disk in words; undefined when it is none of those we know. */
export function explainDriverError(error: unknown): VacliError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code, syscall } = at as { code?: unknown, syscall?: string }
    const explain = typeof code === 'string' ? EXPLAINED[`${code} ${syscall}`] ?? EXPLAINED[code] ?? EXPLAINED[code.replace(/^(SQLITE_[A-Z]+)_.*$/, '$1')] : undefined
    if (explain)
      return explain(at)
    // The driver's own words for a server that is gone have no code.
    if (/^(?:Connection terminated|Client has encountered a connection error)/.test(at.message))
      return lostConnection(at)
  }
  return undefined
}
