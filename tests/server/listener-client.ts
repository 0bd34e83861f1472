import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { type Listener, type ListenerOptions, type ReceivedCallback, startWebhookListener } from '../../src/server/webhook-listener.ts'

export const SECRET = 'test-secret'

/** A listener on any free port that remembers what it was given to keep. */
export async function openListener(options: Partial<ListenerOptions> = {}) {
  const received: ReceivedCallback[] = []
  const problems: unknown[] = []
  const listener = await startWebhookListener({
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    keep: async callback => void received.push(callback),
    kept: () => {},
    onProblem: error => void problems.push(error),
    ...options,
  })
  closeAtEnd(listener)
  return { ...listener, received, problems }
}

export function closeAtEnd(listener: Listener) {
  onTestFinished(() => listener.close())
}

export interface Sent { method?: string, path: string, type?: string, body?: string | Buffer, chunked?: boolean }
export interface Answered { status: number, headers: IncomingHttpHeaders, body: string }

/** One request whose path goes over the wire as it is given. */
export async function send(url: string, { method = 'POST', path, type, body, chunked = false }: Sent): Promise<Answered> {
  const { hostname, port } = new URL(url)
  const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...(body === undefined || chunked ? {} : { 'content-length': Buffer.byteLength(body) }) }
  const sending = request({ hostname, port, method, path, headers, agent: false })
  // An answer may come before the whole body was taken; what the connection does afterwards is of no interest.
  const answering = once(sending, 'response')
  sending.on('error', () => {})
  sending.end(body)
  const [response] = await answering as [NodeJS.ReadableStream & { statusCode: number, headers: IncomingHttpHeaders }]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Sends bytes as they are and gives what came back until the connection ended. */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  let came = ''
  socket.on('data', (data) => { came += data.toString('latin1') })
  await once(socket, 'close')
  return came
}
