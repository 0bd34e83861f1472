import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach } from 'vitest'

export interface ReceivedRequest { method: string, path: string, headers: IncomingHttpHeaders, body: string }

/** An answer as it goes over the wire, or what to do with the connection instead. */
export type Answer = { status?: number, headers?: Record<string, string>, body?: string | Buffer } | ((response: ServerResponse) => void)

const opened: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(close => close()))
})

/** A body that stands in exotel.md, byte for byte; the file is named after its section. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/exotel/${name}`, import.meta.url))
}

/** A server that gives the answers in turn, the last one for ever, and keeps every request. */
export async function answerWith(...answers: Answer[]): Promise<{ url: string, requests: ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = []
  const url = await serve(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    requests.push({ method, path, headers, body: await text(request) })
    const answer = answers[Math.min(requests.length, answers.length) - 1]!
    if (typeof answer === 'function')
      return answer(response)
    response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body)
  })
  return { url, requests }
}

export async function serve(onRequest: RequestListener): Promise<string> {
  const server = createServer(onRequest)
  opened.push(() => new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A bare TCP server, for what no HTTP server would do. */
export async function serveTcp(onSocket: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    onSocket(socket)
  })
  opened.push(() => new Promise((resolve) => {
    server.close(() => resolve())
    sockets.forEach(socket => socket.destroy())
  }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port }
}

/** A port of this machine on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
