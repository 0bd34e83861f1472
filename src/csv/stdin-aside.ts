import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { VacliError } from '../errors.ts'

// Three million rows. What is larger lies in a file anyway; what never ends must not fill the disk.
const MAX_STDIN_BYTES = 512 * 1024 * 1024

export interface Aside { path: string, remove(): Promise<void> }

/** Puts standard input into a file for its owner alone, so that it can be hashed and then read. */
export async function putStdinAside(stdin: NodeJS.ReadableStream, maxBytes = MAX_STDIN_BYTES): Promise<Aside> {
  const folder = await mkdtemp(join(tmpdir(), 'vacli-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'stdin')
  let total = 0
  const limit = new Transform({
    transform(chunk: Buffer, _, done) {
      total += chunk.length
      done(total > maxBytes
        ? new VacliError('invalid', `stdin is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB`, { hint: 'Save it to a file, look at it, and import the file: vacli import file.csv' })
        : null, chunk)
    },
  })
  try {
    await pipeline(stdin, limit, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    return { path, remove }
  }
  catch (error) {
    await remove()
    throw error
  }
}
