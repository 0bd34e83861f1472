import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { openSender, openStage, type Stage, toldOf } from './listener-process.ts'
import { IS_LONG, tell } from './tell.ts'

const sockets = new Set<Socket>()
afterEach(() => {
  sockets.forEach(socket => socket.destroy())
  sockets.clear()
})

/** A connection that says what it is told to, and remembers what came back until it ended. */
function open(url: string, bytes: string | Buffer = '') {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  sockets.add(socket)
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  const state = { socket, came: '', isClosed: false, closed }
  socket.on('error', () => {})
  socket.on('data', (data) => { state.came += data.toString('latin1') })
  socket.on('close', () => { state.isClosed = true })
  if (bytes.length > 0)
    socket.write(bytes)
  return state
}

const events = (stage: Stage) => Number(query(stage.file, 'select count(*) as n from webhook_inbox')[0]!.n)

async function openListener(calls = 4) {
  const stage = await openStage(calls)
  const { url } = await stage.start()
  const send = openSender()
  const legitimate = async () => [await send(url, toldOf(stage, 1)[0]!), await send(url, toldOf(stage, 2)[1]!)]
  return { stage, url, send, legitimate }
}

describe('senders that take their time', () => {
  const SLOW = IS_LONG ? 1000 : 300

  it(`${SLOW} that drip their headers are cut off, and keep nobody out`, async () => {
    const { url, legitimate } = await openListener()
    const slow = Array.from({ length: SLOW }, () => open(url, 'POST /exotel/status/x HTTP/1.1\r\nHost: a\r\n'))
    const dripping = setInterval(() => slow.forEach(({ socket, isClosed }) => isClosed || socket.write('X-A: b\r\n')), 1000)
    expect(await legitimate()).toEqual([200, 200])
    await Promise.all(slow.map(({ closed }) => closed)) // by the listener: the test ends no connection
    clearInterval(dripping)
    expect(new Set(slow.map(({ came }) => came.split('\r\n')[0]))).toEqual(new Set(['HTTP/1.1 408 Request Timeout']))
  })

  it('that drip a body said to be a gigabyte are refused at once, and others when their time is over', async () => {
    const { stage, url } = await openListener()
    const large = Array.from({ length: 50 }, () => open(url, `POST ${stage.path('ref1')} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nx`))
    const small = Array.from({ length: 50 }, () => open(url, `POST ${stage.path('ref1')} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx`))
    await Promise.all([...large, ...small].map(({ closed }) => closed))
    expect([large, small].map(all => [...new Set(all.map(({ came }) => came.split('\r\n')[0]))])).toEqual([['HTTP/1.1 413 Payload Too Large'], ['HTTP/1.1 408 Request Timeout']])
    expect(events(stage)).toBe(0)
  })
})

it('serves others beside thousands of connections', async () => {
  const { stage, url, legitimate } = await openListener()
  const crowd = Array.from({ length: IS_LONG ? 10_000 : 2000 }, () => open(url))
  await Promise.all(crowd.map(({ socket }) => socket.pending ? once(socket, 'connect') : undefined))
  expect(await legitimate()).toEqual([200, 200])
  expect(stage.rssMb()).toBeLessThan(300)
})

describe('bodies that have no end', () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))

  it.each<[string, number, (path: string) => [string, () => Buffer]]>([
    ['a hundred megabytes', 413, path => [`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n`, () => Buffer.alloc(64 * 1024)]],
    ['chunks without end', 413, path => [`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`, () => Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')])]],
    ['a packed body that unpacks to fifty megabytes', 415, path => [`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`, () => bomb]],
    ['a hundred megabytes to an address that is not ours', 404, () => ['POST /exotel/status/x.y HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n', () => Buffer.alloc(64 * 1024)]],
  ])('%s is answered with %i, and the connection ends', async (_, status, start) => {
    const { stage, url, legitimate } = await openListener()
    await legitimate()
    const before = stage.rssMb()
    const [head, more] = start(stage.path('ref1'))
    const senders = Array.from({ length: 20 }, () => open(url, head))
    for (const sender of senders) {
      while (!sender.isClosed) {
        if (!sender.socket.write(more()))
          await Promise.race([new Promise(resolve => sender.socket.once('drain', resolve)), sender.closed])
        await new Promise(setImmediate)
      }
    }
    expect(new Set(senders.map(({ came }) => came.split(' ')[1]))).toEqual(new Set([String(status)]))
    expect(stage.rssMb() - before).toBeLessThan(20)
    expect(events(stage)).toBe(2)
  })
})

it.each<[string, (path: string) => string | Buffer, RegExp]>([
  ['a header of 16 KB', path => `POST ${path} HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, /^HTTP\/1.1 431/],
  ['thousands of headers', path => `POST ${path} HTTP/1.1\r\nHost: a\r\n${'X-Header: b\r\n'.repeat(5000)}\r\n`, /^HTTP\/1.1 431/],
  ['a bad chunk', path => `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, /^HTTP\/1.1 400/],
  ['HTTP/0.9', () => 'GET /\r\n', /^HTTP\/1.1 40[08]/],
  ['a NUL in the path', () => 'GET /exotel\0 HTTP/1.1\r\nHost: a\r\n\r\n', /^HTTP\/1.1 400/],
  ['a path of 100 KB', () => `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, /^HTTP\/1.1 431/],
])('refuses %s and serves the next', async (_, bytes, refusal) => {
  const { stage, url, legitimate } = await openListener()
  const sender = open(url, bytes(stage.path('ref1')))
  await sender.closed
  expect(sender.came).toMatch(refusal)
  expect(await legitimate()).toEqual([200, 200])
})

it('writes nothing for a flood of addresses that are not ours, and next to nothing about it', async () => {
  const { stage, url, send, legitimate } = await openListener()
  const strangers = IS_LONG ? 300_000 : 20_000
  let [left, refused] = [strangers, 0]
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (left-- > 0) {
      const status = await send(url, { path: `/exotel/status/ref1.${left.toString(16).padStart(64, '0')}`, body: 'CallSid=x' })
      refused += status === 404 ? 1 : 0
    }
  }))
  expect(refused).toBe(strangers)
  expect([events(stage), stage.spooled()]).toEqual([0, 0])
  expect(stage.server().stderr().length).toBeLessThan(4000)
  expect(await legitimate()).toEqual([200, 200])
})

it('listens on this machine alone unless it is told otherwise', async () => {
  const { url } = await openListener()
  expect(new URL(url).hostname).toBe('127.0.0.1')
})

// The answer to a stranger takes as long whatever is wrong with the address: Welch's t over samples taken in turns. What a busy machine adds
// points this way and that; a comparison that ends early is slower for the same address in every round.
it('gives nothing away by the time it takes', async () => {
  const { sign, verifyAddress } = await import('../../src/server/signature.ts')
  const ts = roundsOf(address => verifyAddress(address, 'a secret'), sign('ref1', 'a secret'))
  tell(`Welch's t of a signature that is wrong at its beginning and at its end: ${ts.map(t => t.toFixed(1)).join(' ')}`)
  expect(isLeak(ts)).toBe(false)
})

it('would see a comparison that ends at the first digit that is wrong', async () => {
  const { sign } = await import('../../src/server/signature.ts')
  const right = sign('ref1', 'a secret')
  const endingEarly = (address: string) => {
    const given = address.slice(address.lastIndexOf('.') + 1)
    for (let at = 0; at < right.length; at++) {
      if (given.charCodeAt(at) !== right.charCodeAt(at))
        return undefined
    }
    return 'ref1'
  }
  const ts = roundsOf(endingEarly, right)
  tell(`the same of a comparison that ends early: ${ts.map(t => t.toFixed(1)).join(' ')}`)
  expect(isLeak(ts)).toBe(true)
})

const ROUNDS = 5
const isLeak = (ts: number[]) => ts.every(t => t > 4.5) || ts.every(t => t < -4.5)

function roundsOf(verify: (address: string) => unknown, right: string): number[] {
  const flip = (at: number) => `ref1.${right.slice(0, at)}${right[at] === '0' ? '1' : '0'}${right.slice(at + 1)}`
  const addresses = [flip(0), flip(63)]
  const sample = (address: string) => {
    const from = process.hrtime.bigint()
    for (let times = 0; times < 10; times++)
      verify(address)
    return Number(process.hrtime.bigint() - from)
  }
  return Array.from({ length: ROUNDS }, () => {
    const samples: [number[], number[]] = [[], []]
    for (let turn = 0; turn < 6000; turn++) {
      const order = turn % 2 === 0 ? [0, 1] as const : [1, 0] as const
      for (const which of order) {
        const took = sample(addresses[which]!)
        if (turn >= 1000)
          samples[which].push(took)
      }
    }
    return welch(...samples.map(calmest) as [number[], number[]])
  })
}

// Other programs and the collector only ever make a sample slower.
function calmest(samples: number[]): number[] {
  return [...samples].sort((a, b) => a - b).slice(0, Math.floor(samples.length * 0.9))
}

function welch(a: number[], b: number[]): number {
  const of = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return { mean, part: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length }
  }
  const [x, y] = [of(a), of(b)]
  return (x.mean - y.mean) / Math.sqrt(x.part + y.part)
}
