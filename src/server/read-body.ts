import type { IncomingMessage } from 'node:http'

/** The whole body, unless it is larger than that or its sender left before the end. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too large' | 'cut off'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    return Promise.resolve('too large')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        request.off('data', take)
        resolve('too large')
        return
      }
      chunks.push(chunk)
    }
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    request.once('close', () => resolve('cut off'))
    request.on('error', () => resolve('cut off'))
  })
}
