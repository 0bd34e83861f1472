import type { FileHandle } from 'node:fs/promises'

const CHUNK = 131_072

/** The bytes of an open file from a place on, to its end. */
export async function* readBytes(handle: FileHandle, from = 0): AsyncGenerator<Buffer> {
  for (let at = from; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at)
    if (bytesRead === 0)
      return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** The beginning of an open file, as long as the file has so much. */
export async function readHead(handle: FileHandle, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of readBytes(handle)) {
    chunks.push(chunk)
    total += chunk.length
    if (total >= length)
      break
  }
  return Buffer.concat(chunks).subarray(0, length)
}

/** The same bytes in pieces of a size at most. */
export function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size)
    yield bytes.subarray(at, at + size)
}
