import { isAscii } from 'node:buffer'
import iconv from 'iconv-lite'
import { VacliError } from '../errors.ts'
import type { Encoding } from './encoding.ts'

// Five bytes mean nothing in Windows-1252; kept as control characters, as browsers do, a name that was decoded twice can still be mended.
const HIGH = iconv.decode(Buffer.from(Array.from({ length: 32 }, (_, at) => 0x80 + at)), 'windows-1252')
const CP1252 = Array.from(HIGH, (char, at) => char === '\ufffd' ? String.fromCharCode(0x80 + at) : char)

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
  return isAscii(chunk) ? chunk : Buffer.from(chunk.toString('latin1').replace(/[\x80-\x9f]/g, char => CP1252[char.charCodeAt(0) - 0x80]!))
}
