import type { IncomingMessage } from 'node:http'

/** Hands over the whole body once, or word that it is too large; nothing when its sender left before the end. */
export function readBody(request: IncomingMessage, maxBytes: number, done: (body: Buffer | 'too large') => void): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    return done('too large')
  const chunks: Buffer[] = []
  let size = 0
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) {
      request.off('data', take).off('end', end)
      return done('too large')
    }
    chunks.push(chunk)
  }
  const end = () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
  request.on('data', take)
  request.on('end', end)
  request.on('error', ignore)
}

function ignore() {}
