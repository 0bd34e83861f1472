import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { VacliError } from '../../src/errors.ts'
import { sign, statusPath } from '../../src/server/signature.ts'
import { startWebhookListener } from '../../src/server/webhook-listener.ts'
import { fixture } from '../telephony/answering-server.ts'
import { closeAtEnd, openListener, SECRET, send, sendRaw } from './listener-client.ts'

const PATH = statusPath('5f1d', SECRET)
const MAX_BODY = 64 * 1024

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { open, opened }
}

describe('a callback at a valid address', () => {
  it.each([
    ['7.3-terminal.json', 'application/json'],
    ['7.3-terminal.urlencoded', 'application/x-www-form-urlencoded'],
    ['7.3-terminal.multipart', 'multipart/form-data; boundary=------------------------d74496d66958873e'],
    ['7.3-flow-four-fields.urlencoded', 'application/x-www-form-urlencoded'],
    ['7.3-answered-leg-1.urlencoded', 'application/x-www-form-urlencoded'],
    ['7.3-answered-leg-2.urlencoded', 'application/x-www-form-urlencoded'],
    ['7.3-unanswered.json', 'application/json'],
  ])('%s is kept byte for byte and answered with 200', async (name, type) => {
    const listener = await openListener()

    const { status, body } = await send(listener.url, { path: PATH, type, body: fixture(name) })

    expect([status, body]).toEqual([200, 'ok\n'])
    expect(listener.received).toEqual([{ reference: '5f1d', contentType: type, body: fixture(name) }])
  })

  it('is kept without a content type, and without a body', async () => {
    const listener = await openListener()

    expect([(await send(listener.url, { path: PATH, body: 'CallSid=x' })).status, (await send(listener.url, { path: PATH })).status]).toEqual([200, 200])
    expect(listener.received).toEqual([{ reference: '5f1d', contentType: '', body: Buffer.from('CallSid=x') }, { reference: '5f1d', contentType: '', body: Buffer.alloc(0) }])
  })

  it('may carry a query', async () => {
    const listener = await openListener()

    expect((await send(listener.url, { path: `${PATH}?retry=1`, body: 'CallSid=x' })).status).toBe(200)
    expect(listener.received).toHaveLength(1)
  })

  it('is answered only once it is kept', async () => {
    const [reached, kept] = [gate(), gate()]
    const listener = await openListener({ keep: () => {
      reached.open()
      return kept.opened
    } })
    let isAnswered = false

    const answering = send(listener.url, { path: PATH, body: 'CallSid=x' }).then((answer) => {
      isAnswered = true
      return answer
    })
    await reached.opened
    for (let other = 0; other < 20; other++)
      await send(listener.url, { method: 'GET', path: '/healthz' }) // others are answered meanwhile

    expect(isAnswered).toBe(false)
    kept.open()
    expect((await answering).status).toBe(200)
  })

  it('is understood only once it is answered', async () => {
    const events: string[] = []
    const understood = gate()
    const onFinish = () => void events.push('answered')
    subscribe('http.server.response.finish', onFinish)
    onTestFinished(() => void unsubscribe('http.server.response.finish', onFinish))
    const listener = await openListener({ kept: () => {
      events.push('understood')
      understood.open()
    } })

    await send(listener.url, { path: PATH, body: 'CallSid=x' })
    await understood.opened

    expect(events).toEqual(['answered', 'understood'])
  })

  it('that cannot be kept is asked for again, and never said to be kept', async () => {
    let keptCount = 0
    const listener = await openListener({ keep: () => Promise.reject(new Error('database or disk is full')), kept: () => void keptCount++ })

    const { status, body } = await send(listener.url, { path: PATH, body: 'CallSid=x' })
    await send(listener.url, { method: 'GET', path: '/healthz' })

    expect([status, body, keptCount]).toEqual([503, 'try again\n', 0])
    expect(listener.problems).toEqual([new Error('database or disk is full')])
  })

  it.each(['GET', 'HEAD'])('is probed with %s: 200, and nothing is kept', async (method) => {
    const listener = await openListener()

    expect(await send(listener.url, { method, path: PATH })).toMatchObject({ status: 200, body: method === 'GET' ? 'ok\n' : '' })
    expect(listener.received).toEqual([])
  })
})

describe('the size of a body', () => {
  it.each([false, true])('is taken up to 64 KB, in chunks: %s', async (chunked) => {
    const listener = await openListener()

    expect((await send(listener.url, { path: PATH, body: 'x'.repeat(MAX_BODY), chunked })).status).toBe(200)
    expect(listener.received.map(({ body }) => body.length)).toEqual([MAX_BODY])
  })

  it.each([[1, false], [1, true], [3_000_000, false], [3_000_000, true]])('is refused from %i bytes more, in chunks: %s', async (more, chunked) => {
    const listener = await openListener()

    expect(await send(listener.url, { path: PATH, body: 'x'.repeat(MAX_BODY + more), chunked })).toMatchObject({ status: 413, body: 'too large\n' })
    expect(listener.received).toEqual([])
  })

  it('is of no interest at an address that is not valid', async () => {
    const listener = await openListener()

    expect((await send(listener.url, { path: '/exotel/status/5f1d.00', body: 'x'.repeat(MAX_BODY + 1) })).status).toBe(404)
  })
})

describe('every address but a signed one', () => {
  const visible = ({ status, headers: { date: _, ...headers }, body }: Awaited<ReturnType<typeof send>>) => ({ status, headers, body })

  it.each([
    ['a wrong signature', 'POST', '/exotel/status/5f1d.0000'],
    ['the signature of another call', 'POST', `/exotel/status/5f1d.${sign('5f1e', SECRET)}`],
    ['a signature one digit off', 'POST', PATH.slice(0, -1)],
    ['no signature', 'POST', '/exotel/status/5f1d'],
    ['no reference', 'POST', `/exotel/status/.${sign('', SECRET)}`],
    ['no address', 'POST', '/exotel/status/'],
    ['a wrong signature to look at', 'GET', '/exotel/status/5f1d.0000'],
    ['the root', 'GET', '/'],
    ['the root to post to', 'POST', '/'],
    ['another path', 'GET', '/admin'],
    ['a folder above', 'POST', '/exotel/status/../../../etc/passwd'],
    ['a folder above in code', 'POST', '/exotel/status/..%2f..%2fetc%2fpasswd'],
    ['a valid address with more behind it', 'POST', `${PATH}/more`],
    ['a valid address with a code that is none', 'POST', `${PATH}%zz`],
    ['a valid address put', 'PUT', PATH],
    ['a valid address deleted', 'DELETE', PATH],
    ['another kind of address', 'POST', PATH.replace('status', 'outcome')],
    ['capitals', 'POST', PATH.replace('exotel', 'Exotel')],
  ])('answers the same 404 to %s, and keeps nothing', async (_, method, path) => {
    const listener = await openListener()

    const answers = [await send(listener.url, { method, path }), await send(listener.url, { path: '/nothing-of-ours' })].map(visible)

    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ status: 404, body: 'not found\n' })
    expect([listener.received, listener.problems]).toEqual([[], []])
  })

  it('takes the signature of its own secret alone', async () => {
    const listener = await openListener({ secret: 'another' })

    expect((await send(listener.url, { path: PATH, body: 'CallSid=x' })).status).toBe(404)
    expect((await send(listener.url, { path: statusPath('5f1d', 'another'), body: 'CallSid=x' })).status).toBe(200)
  })

  it('but the one that says that it is there', async () => {
    const listener = await openListener()

    expect(await send(listener.url, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 200, body: 'ok\n' })
  })
})

describe('what is no request', () => {
  it.each<[string, string | Buffer, RegExp]>([
    ['noise', Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]), /^HTTP\/1\.1 400/],
    ['headers without end', `POST ${PATH} HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431/],
    ['two lengths', `POST ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`, /^HTTP\/1\.1 400/],
    ['a length and chunks', `POST ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1\.1 400/],
    ['a host that is none', `POST ${PATH} HTTP/1.1\r\nHost: a b/c\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, /^HTTP\/1\.1 400/],
  ])('is refused when it is %s, and the next is served', async (_, bytes, answer) => {
    const listener = await openListener()

    expect(await sendRaw(listener.url, bytes)).toMatch(answer)
    expect((await send(listener.url, { path: PATH, body: 'CallSid=x' })).status).toBe(200)
    expect(listener.received).toHaveLength(1)
  })
})

describe('starting and stopping', () => {
  it('says which port is in use, and what to type', async () => {
    const { url } = await openListener()
    const port = Number(new URL(url).port)

    const error = await openListener({ port }).catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(VacliError)
    expect(error).toMatchObject({ code: 'setup', message: `127.0.0.1:${port} is in use`, options: { hint: `Choose another port: vacli webhook serve --port ${port + 1}` } })
  })

  it('says which address is not of this machine', async () => {
    await expect(openListener({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'setup', message: '192.0.2.1:0 is not an address of this machine' })
  })

  it('gives up its port when it is closed', async () => {
    const { url } = await openListener()
    const port = Number(new URL(url).port)
    const options = { host: '127.0.0.1', secret: SECRET, keep: async () => {}, kept: () => {}, onProblem: () => {} }
    const first = await startWebhookListener({ ...options, port: 0 })
    await first.close()

    closeAtEnd(await startWebhookListener({ ...options, port: Number(new URL(first.url).port) }))
    await expect(startWebhookListener({ ...options, port })).rejects.toThrow('is in use')
  })

  it('lets what is on its way come to its end', async () => {
    const [reached, kept] = [gate(), gate()]
    const listener = await openListener({ keep: () => {
      reached.open()
      return kept.opened
    } })

    const answering = send(listener.url, { path: PATH, body: 'CallSid=x' })
    await reached.opened
    const closing = listener.close()
    kept.open()

    expect((await answering).status).toBe(200)
    await closing
  })

  it.each([
    ['nothing', ''],
    ['half a header', 'POST /exotel/status/x HTTP/1.1\r\nHost: a\r\nX-'],
    ['half a body', `POST ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nCallSid=`],
  ])('does not wait for a sender who has sent %s', { timeout: 20_000 }, async (_, bytes) => {
    const listener = await openListener()
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(bytes)
    await send(listener.url, { method: 'GET', path: '/healthz' })

    await listener.close()
  })
})
