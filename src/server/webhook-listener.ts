import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VacliError } from '../errors.ts'
import { answer, answerAndLeave, answerOk, hasLargeBody } from './answer.ts'
import { createVerifier } from './known-addresses.ts'
import { readBody } from './read-body.ts'

const MAX_BODY_BYTES = 64 * 1024
const CLOSE_GRACE_MS = 1000
const MAX_KNOWN_ADDRESSES = 20_000
const HOST = /^[\w.:[\]-]*$/
const STATUS_PATH = '/exotel/status/'

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
  /** Somebody came with an address that is not ours. */
  onStranger?(): void
}

export interface Listener { url: string, close(): Promise<void> }

/** The public listener: it faces the internet, so every address but a signed one looks the same. */
export async function startWebhookListener(options: ListenerOptions): Promise<Listener> {
  // Node's defaults let a slow sender hold a socket for a minute and a half.
  const limits = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000, keepAliveTimeout: 5000, maxHeaderSize: 16 * 1024 }
  const ports: ServePorts = { ...options, kept: oncePerTurn(options.kept), verify: createVerifier(options.secret, { max: MAX_KNOWN_ADDRESSES }) }
  const server = createServer(limits, (request, response) => {
    try {
      serve(ports, request, response)
    }
    catch (error) {
      options.onProblem(error)
      response.destroy()
    }
  })
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

interface ServePorts extends ListenerOptions { verify(address: string): string | undefined }

function serve(ports: ServePorts, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '' } = request
  if (!HOST.test(request.headers.host ?? ''))
    return answerAndLeave(request, response, 400, 'bad request\n')
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const isLook = method === 'GET' || method === 'HEAD'
  if (isLook && path === '/healthz')
    return answerOk(response)
  const reference = path.startsWith(STATUS_PATH) ? ports.verify(path.slice(STATUS_PATH.length)) : undefined
  if (reference !== undefined && method === 'POST')
    return receive(ports, reference, request, response)
  if (reference !== undefined && isLook)
    return answerOk(response)

  ports.onStranger?.()
  return hasLargeBody(request, MAX_BODY_BYTES) ? answerAndLeave(request, response, 404, 'not found\n') : answer(response, 404, 'not found\n')
}

// A hundred thousand come one by one: what is here is done for each, and a promise less is time saved.
function receive({ keep, kept, onProblem }: ServePorts, reference: string, request: IncomingMessage, response: ServerResponse): void {
  // Exotel sends none that is packed, and a small one unpacks to any size.
  const { 'content-encoding': encoding, 'content-type': contentType = '' } = request.headers
  if (encoding !== undefined && encoding !== 'identity')
    return answerAndLeave(request, response, 415, 'packed\n')
  readBody(request, MAX_BODY_BYTES, (body) => {
    if (body === 'too large')
      return answerAndLeave(request, response, 413, 'too large\n')
    keep({ reference, contentType, body }).then(() => {
      answerOk(response)
      kept()
    }, (error: unknown) => {
      // 503 asks the sender to come again; a 200 here would lose the event.
      onProblem(error)
      answer(response, 503, 'try again\n')
    })
  })
}

/** Soon, and once for all who ask together: by then everybody who can be answered is answered. */
function oncePerTurn(work: () => void): () => void {
  let isComing = false
  return () => {
    if (isComing)
      return
    isComing = true
    process.nextTick(() => {
      isComing = false
      work()
    })
  }
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: ListenerOptions): unknown {
  const reasons: Partial<Record<string, string>> = { EADDRINUSE: 'is in use', EACCES: 'needs more rights than this user has', EADDRNOTAVAIL: 'is not an address of this machine' }
  const reason = reasons[error.code ?? '']
  return reason ? new VacliError('setup', `${host}:${port} ${reason}`, { hint: `Choose another port: vacli webhook serve --port ${port + 1}`, cause: error }) : error
}
