import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, request } from 'node:http'
import { createServer as createHttpsServer, request as requestTls } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { guardedConnection } from '../../src/telephony/guarded-connection.ts'

const pem = readFileSync(new URL('../fixtures/tls/self-signed.pem', import.meta.url))

/** A server that keeps what came over each of its connections. */
async function listen(protocol: 'http:' | 'https:') {
  const posts: string[] = []
  const sockets: Socket[] = []
  const onRequest = (url = '') => posts.push(url)
  const server: Server = protocol === 'https:'
    ? createHttpsServer({ key: pem, cert: pem }, (asked, answer) => void (onRequest(asked.url), answer.end()))
    : createHttpServer((asked, answer) => void (onRequest(asked.url), answer.end()))
  server.on(protocol === 'https:' ? 'secureConnection' : 'connection', (socket: Socket) => sockets.push(socket))
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => new Promise<void>((resolve) => { server.close(() => resolve()) }))
  return { port: (server.address() as AddressInfo).port, posts, sockets }
}

/** How one POST over such a connection ends. */
function post(protocol: 'http:' | 'https:', { host = 'localhost', port }: { host?: string, port: number }, maySend: () => boolean): Promise<string> {
  return new Promise((resolve) => {
    const open = protocol === 'https:' ? requestTls : request
    const createConnection = guardedConnection(protocol, maySend)
    const sent = open({ host, port, path: '/call', method: 'POST', rejectUnauthorized: false, createConnection }, answer => answer.resume().once('end', () => resolve('answered')))
    sent.on('error', error => resolve(error.message))
    sent.end('body')
  })
}

it.each(['http:', 'https:'] as const)('sends over %s what may be sent, each time over a connection of its own', async (protocol) => {
  const { port, posts, sockets } = await listen(protocol)

  const ends = [await post(protocol, { port }, () => true), await post(protocol, { port }, () => true)]

  expect([ends, posts, sockets.length]).toEqual([['answered', 'answered'], ['/call', '/call'], 2])
})

it.each(['http:', 'https:'] as const)('sends nothing over %s that was given up while the connection was made', async (protocol) => {
  const { port, posts } = await listen(protocol)
  const asked: string[] = []

  const end = await post(protocol, { port }, () => {
    asked.push('asked')
    return false
  })

  expect([end, asked, posts]).toEqual(['the call was given up before it was sent', ['asked'], []])
})

it.each([
  ['the name of the host', 'localhost', 'localhost'],
  ['no name where the host is an address', '127.0.0.1', false],
])('tells TLS %s', async (_, host, servername) => {
  const { port, sockets } = await listen('https:')

  await post('https:', { host, port }, () => true)

  expect(sockets.map(socket => (socket as TLSSocket & { servername: string | false }).servername)).toEqual([servername])
})
