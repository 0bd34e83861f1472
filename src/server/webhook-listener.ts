import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { VacliError } from '../errors.ts'
import { verifyAddress } from './signature.ts'

const MAX_BODY_BYTES = 64 * 1024
const CLOSE_GRACE_MS = 1000

/** A callback as it arrived at a valid address. */
export interface ReceivedCallback { reference: string, contentType: string, body: Buffer }

export interface ListenerOptions {
  host: string
  port: number
  secret: string
  /** Resolves once the callback is safe on disk; only then is it answered with 200. */
  keep(callback: ReceivedCallback): Promise<void>
  /** Called after the answer: understand what was kept. */
  kept(): void
  onProblem(error: unknown): void
}

export interface Listener { url: string, close(): Promise<void> }

/** The public listener: it faces the internet, so every address but a signed one looks the same. */
export async function startWebhookListener(options: ListenerOptions): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: createRoutes(options).fetch,
    overrideGlobalObjects: false,
    // Node's defaults let a slow sender hold a socket for a minute and a half.
    serverOptions: { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000, keepAliveTimeout: 5000, maxHeaderSize: 16 * 1024 },
  }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(cannotListen(error, options)))
    server.listen(options.port, options.host, resolve)
  })
  server.removeAllListeners('error').on('error', options.onProblem) // a connection that cannot be taken, with too many files open
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => closeServer(server),
  }
}

/** Lets what is on its way come to its end. A closing server no longer times slow senders out, so they are cut off. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
  await closed
  clearTimeout(cut)
}

function createRoutes({ secret, keep, kept, onProblem }: ListenerOptions) {
  const app = new Hono<{ Variables: { reference: string } }>()
  app.get('/healthz', c => c.text('ok\n'))
  app.on(['GET', 'HEAD'], '/exotel/status/:address', c => verifyAddress(c.req.param('address'), secret) === undefined ? c.notFound() : c.text('ok\n'))
  app.post('/exotel/status/:address', async (c, next) => {
    const reference = verifyAddress(c.req.param('address'), secret)
    if (reference === undefined)
      return c.notFound()
    c.set('reference', reference)
    return next()
  }, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: c => c.text('too large\n', 413) }), async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer())
    try {
      await keep({ reference: c.get('reference'), contentType: c.req.header('content-type') ?? '', body })
    }
    catch (error) {
      // 503 asks the sender to come again; a 200 here would lose the event.
      onProblem(error)
      return c.text('try again\n', 503)
    }
    setImmediate(kept)
    return c.text('ok\n')
  })
  app.notFound(c => c.text('not found\n', 404))
  app.onError((error, c) => {
    onProblem(error)
    return c.text('try again\n', 503)
  })
  return app
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: ListenerOptions): unknown {
  const reasons: Partial<Record<string, string>> = { EADDRINUSE: 'is in use', EACCES: 'needs more rights than this user has', EADDRNOTAVAIL: 'is not an address of this machine' }
  const reason = reasons[error.code ?? '']
  return reason ? new VacliError('setup', `${host}:${port} ${reason}`, { hint: `Choose another port: vacli webhook serve --port ${port + 1}`, cause: error }) : error
}
