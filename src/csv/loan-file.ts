import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { VacliError } from '../errors.ts'
import { type CsvRecord, readRecords } from './read-records.ts'

/** A file to import: its bytes are known by their hash before the first row is read. */
export interface LoanFile {
  name: string
  sha256: string
  bytes: number
  records(): AsyncIterable<CsvRecord>
  /** Fails when the file is no longer the one that was hashed. */
  verifyUnchanged(): Promise<void>
  close(): Promise<void>
}

/** Opens a file by its path; `-` takes standard input, which is put aside first so that it can be hashed and read again. */
export async function openLoanFile(path: string, stdin: NodeJS.ReadableStream): Promise<LoanFile> {
  if (path !== '-')
    return openPath(path, basename(path), async () => {})

  const folder = await mkdtemp(join(tmpdir(), 'vacli-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const aside = join(folder, 'stdin.csv')
    await pipeline(stdin, createWriteStream(aside, { mode: 0o600 }))
    return await openPath(aside, 'stdin', remove)
  }
  catch (error) {
    await remove()
    throw error
  }
}

async function openPath(path: string, name: string, close: () => Promise<void>): Promise<LoanFile> {
  const found = await statFile(path, name)
  const sha256 = await hashFile(path)
  return {
    name,
    sha256,
    bytes: found.size,
    records: () => readRecords(path, name),
    close,
    async verifyUnchanged() {
      const now = await statFile(path, name)
      if (now.size !== found.size || now.mtimeMs !== found.mtimeMs)
        throw new VacliError('invalid', `${name} changed while it was being read`, { hint: 'Import it again once it is complete.' })
    },
  }
}

async function statFile(path: string, name: string) {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new VacliError('not_found', `there is no file ${path}`, { hint: 'Check the name: ls -l *.csv', cause: error })
      : new VacliError('invalid', `${name} cannot be opened: ${error.message}`, { cause: error })
  })
  if (!found.isFile())
    throw new VacliError('invalid', `${name} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}`, { hint: 'Give the CSV file itself, or pipe it: cat file.csv | vacli import -' })
  return found
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path))
      hash.update(chunk as Buffer)
  }
  catch (error) {
    throw new VacliError('invalid', `${basename(path)} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  return hash.digest('hex')
}
