import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { guardedConnection } from './guarded-connection.ts'

const MAX_ANSWER_BYTES = 1_000_000
// Packing is not asked for; a proxy on the way may pack all the same.
const UNPACKERS: Record<string, () => ReturnType<typeof createGunzip>> = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }

/** An answer that was read to its end. */
export interface Answer { status: number, headers: IncomingHttpHeaders, body: string }

export interface OneRequest {
  url: URL
  authorization: string
  timeoutMs: number
  /** Posted; without it the request only reads. */
  form?: Record<string, string>
  /** Asked when the connection is there and nothing is sent yet: false, and nothing will be. */
  maySend?: () => boolean
}

/** Why no answer came. `sent`: nothing had left, or it was given up before anything left, or what was sent may have arrived. */
export class FailedRequest extends Error {
  constructor(message: string, readonly sent: 'nothing' | 'given up' | 'maybe', readonly code?: string) {
    super(message)
  }
}

/** Sends one request over a connection of its own and reads its answer; nothing here sends it again, and no redirect is followed. */
export async function sendOnce(request: OneRequest): Promise<Answer> {
  let sent: FailedRequest['sent'] = 'nothing'
  const mayLeave = () => {
    const may = request.maySend?.() ?? true
    sent = may ? 'maybe' : 'given up'
    return may
  }
  try {
    return await answerTo(request, mayLeave)
  }
  catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    throw new FailedRequest(message, sent, code)
  }
}

function answerTo(asked: OneRequest, mayLeave: () => boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = open(asked, mayLeave)
    let answer: IncomingMessage | undefined
    const timer = setTimeout(() => setImmediate(giveUp), asked.timeoutMs)
    const fail = (error: Error) => {
      clearTimeout(timer)
      reject(error)
      request.destroy()
    }
    // After what has arrived meanwhile: a process that was held up finds the time over before it finds the answer.
    function giveUp() {
      fail(new Error(`Timeout awaiting 'request' for ${asked.timeoutMs}ms`))
    }

    request.on('error', fail)
    // However else it ends: nobody would hear of it, and the call would keep its line for ever.
    request.once('close', () => answer?.complete || fail(new Error('the connection was closed')))
    request.once('response', (response) => {
      answer = response
      readBody(response, fail, (body) => {
        clearTimeout(timer)
        resolve({ status: response.statusCode!, headers: response.headers, body })
      })
    })
    request.end(asked.form && new URLSearchParams(asked.form).toString())
  })
}

function open({ url, authorization, form }: OneRequest, mayLeave: () => boolean) {
  const posting = form && { method: 'POST', headers: { authorization, 'user-agent': 'vacli', 'content-type': 'application/x-www-form-urlencoded' } }
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return request(url, { headers: { authorization, 'user-agent': 'vacli' }, ...posting, createConnection: guardedConnection(url.protocol, mayLeave) })
}

function readBody(response: IncomingMessage, fail: (error: Error) => void, done: (body: string) => void) {
  response.on('error', fail)
  const unpack = UNPACKERS[response.headers['content-encoding']?.toLowerCase() ?? '']
  const body: Readable = unpack ? response.pipe(unpack()).on('error', fail) : response
  const chunks: Buffer[] = []
  let size = 0
  body.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size <= MAX_ANSWER_BYTES)
      return
    fail(new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`))
    body.destroy()
  })
  body.once('end', () => done(Buffer.concat(chunks).toString()))
}
