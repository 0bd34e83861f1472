import type { IncomingHttpHeaders } from 'node:http'
import { got, type StreamOptions } from 'got'
import { guardedConnection } from './guarded-connection.ts'

const MAX_ANSWER_BYTES = 1_000_000

/** An answer that was read to its end. */
export interface Answer { status: number, headers: IncomingHttpHeaders, body: string }

export interface OneRequest {
  url: URL
  timeoutMs: number
  /** Posted over a connection of its own; without it the request only reads. */
  form?: Record<string, string>
  /** Asked when the connection is there and nothing is posted yet: false, and nothing will be. */
  maySend?: () => boolean
}

// Never retried, never redirected: a request that is sent twice may ring twice. Checking its options is most of what a request costs: these are checked once.
const client = got.extend({ retry: { limit: 0 }, followRedirect: false, throwHttpErrors: false })

/** Sends one request and reads its answer, as a stream: got's promise would read it first and count afterwards. */
export function sendOnce(request: OneRequest, authorization: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answer = client.stream(request.url, optionsOf(request, authorization))
    const chunks: Buffer[] = []
    let size = 0
    answer.on('error', reject)
    // However else it ends: nobody would hear of it, and the call would keep its line for ever.
    answer.once('close', () => reject(new Error('the connection was closed')))
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_ANSWER_BYTES)
        answer.destroy(new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`))
    })
    answer.once('end', () => {
      const { statusCode, headers } = answer.response!
      resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() })
    })
  })
}

function optionsOf({ url, timeoutMs, form, maySend = () => true }: OneRequest, authorization: string): StreamOptions {
  // As a header, because got writes a user and password into the address that its errors print.
  const options = { timeout: { request: timeoutMs }, headers: { authorization } }
  if (!form)
    return options
  return {
    ...options,
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    createConnection: guardedConnection(url.protocol, maySend) as unknown as StreamOptions['createConnection'],
  }
}
