import type { IncomingMessage, ServerResponse } from 'node:http'
import { giveBack } from './give-back.ts'

const LINGER_BYTES = 4 * 1024 * 1024
const LINGER_MS = 2000

const TEXT = { 'content-type': 'text/plain; charset=UTF-8' }
const OK = 'ok\n'
// As pairs and made once: Node sends them as they are.
const OK_HEADERS = [...Object.entries(TEXT).flat(), 'content-length', String(OK.length)]

/** Answers, and lets the connection serve the next request. */
export function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...TEXT, 'content-length': text.length })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

/** The answer to nearly every request. */
export function answerOk(response: ServerResponse): void {
  response.writeHead(200, OK_HEADERS)
  response.end(response.req.method === 'HEAD' ? undefined : OK, 'latin1')
}

/**
 * Answers a request whose body nobody wants, and ends the connection. The sender must get to read the answer: a connection that is closed on
 * what is still coming in takes the answer back. So a little more is let in and forgotten.
 */
export function answerAndLeave(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...TEXT, 'content-length': text.length, connection: 'close' })
  response.write(text)
  const leave = () => {
    clearTimeout(timer)
    response.end(() => request.socket.destroy())
  }
  const timer = setTimeout(leave, LINGER_MS)
  let letIn = 0
  request.on('data', (chunk: Buffer) => {
    letIn += chunk.length
    giveBack(chunk)
    if (letIn > LINGER_BYTES)
      request.destroy()
  })
  request.once('end', leave)
  request.once('close', leave)
  request.on('error', leave)
  request.resume()
}

/** Whether more is coming than is worth letting in. */
export function hasLargeBody({ headers }: IncomingMessage, maxBytes: number): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > maxBytes
}
