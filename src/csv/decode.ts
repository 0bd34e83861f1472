import { isAscii } from 'node:buffer'
import { WINDOWS_1252_SPECIALS } from '../domain/windows-1252.ts'
import { VacliError } from '../errors.ts'
import type { Encoding } from './encoding.ts'

/** Turns the bytes of a file, its byte order mark left out, into UTF-8. */
export async function* decodeChunks(chunks: AsyncIterable<Buffer>, encoding: Encoding, name: string): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8')
    return yield* chunks
  if (encoding === 'windows-1252') {
    for await (const chunk of chunks)
      yield decodeCp1252(chunk)
    return
  }
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of chunks)
      yield Buffer.from(decoder.decode(chunk, { stream: true }))
    yield Buffer.from(decoder.decode())
  }
  catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? new VacliError('invalid', `${name} is not ${encoding} to its end`, { hint: 'Export it again, or name its encoding with --encoding.', cause: error })
      : error
  }
}

/** The beginning of a file as UTF-8. It may end within a character. */
export function decodeHead(head: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'utf-8')
    return head
  return encoding === 'windows-1252' ? decodeCp1252(head) : Buffer.from(new TextDecoder(encoding, { ignoreBOM: true }).decode(head))
}

function decodeCp1252(chunk: Buffer): Buffer {
  return isAscii(chunk) ? chunk : Buffer.from(chunk.toString('latin1').replace(/[\x80-\x9f]/g, char => WINDOWS_1252_SPECIALS[char.charCodeAt(0) - 0x80]!))
}
