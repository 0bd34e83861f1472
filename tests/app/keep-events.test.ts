import { describe, expect, it } from 'vitest'
import { createEventKeeper, EVENT_KIND, type KeepPorts, spooledEvents } from '../../src/app/keep-events.ts'
import { rememberRecent } from '../../src/app/recent-keys.ts'
import type { InboxEvent } from '../../src/db/inbox-store.ts'
import { NOW } from '../db/borrowers.ts'
import { openStage } from './call-stage.ts'

const BUSY = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
const NO_SPACE = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

/** A keeper whose disk is a pair of lists; each commit waits until it is let go. */
function openKeeper({ storeFails = false, spoolFails = false }: { storeFails?: boolean, spoolFails?: boolean } = {}) {
  const commits: string[][] = []
  const spooled: string[][] = []
  const spoolings: unknown[] = []
  let letGo = () => {}
  let gate: Promise<void> | undefined
  let ticks = 0
  const names = (events: readonly object[]) => (events as InboxEvent[]).map(({ reference, body }) => `${reference} ${body}`)
  const ports: KeepPorts = {
    store: {
      async keepEvents(events) {
        commits.push(names(events))
        await gate
        if (storeFails)
          throw BUSY
      },
    },
    spool: {
      async append(kind, events) {
        expect(kind).toBe(EVENT_KIND)
        if (spoolFails)
          throw NO_SPACE
        spooled.push(names(events))
      },
    },
    now: () => NOW,
    ticks: () => ticks,
    onSpooled: error => void spoolings.push(error),
  }
  const { keep } = createEventKeeper(ports)
  return {
    commits, spooled, spoolings,
    keep: (reference: string, body: string | Buffer = 'a') => keep({ reference, contentType: 'text/plain', body: Buffer.from(body) }),
    hold: () => { gate = new Promise((resolve) => { letGo = resolve }) },
    letGo: () => letGo(),
    pass: (ms: number) => { ticks += ms },
  }
}

describe('keeping events', () => {
  it('puts all that arrive together into one commit, and what comes meanwhile into the next', async () => {
    const keeper = openKeeper()
    keeper.hold()
    const first = [keeper.keep('r1'), keeper.keep('r2'), keeper.keep('r1', 'b')]
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const second = [keeper.keep('r3'), keeper.keep('r4')]
    await new Promise(setImmediate)
    expect(keeper.commits).toEqual([['r1 a', 'r2 a', 'r1 b']])
    keeper.letGo()
    await Promise.all([...first, ...second])

    expect(keeper.commits).toEqual([['r1 a', 'r2 a', 'r1 b'], ['r3 a', 'r4 a']])
  })

  it('says nothing is kept before its commit is done', async () => {
    const keeper = openKeeper()
    keeper.hold()
    let isKept = false
    const keeping = keeper.keep('r1').then(() => { isKept = true })
    for (let turn = 0; turn < 20; turn++)
      await new Promise(setImmediate)
    expect(isKept).toBe(false)
    keeper.letGo()
    await keeping
  })

  it('knows a copy of what is on its way or kept, and does not touch the disk for it', async () => {
    const keeper = openKeeper()
    await Promise.all([keeper.keep('r1'), keeper.keep('r1'), keeper.keep('r1')])
    await keeper.keep('r1')

    expect(keeper.commits).toEqual([['r1 a']])
  })

  it('spools what the database does not take, and says so', async () => {
    const keeper = openKeeper({ storeFails: true })
    await Promise.all([keeper.keep('r1'), keeper.keep('r2')])
    await keeper.keep('r1')

    expect([keeper.spooled, keeper.spoolings]).toEqual([[['r1 a', 'r2 a']], [BUSY]])
  })

  it('leaves a database alone for a while that was just found busy, longer each time', async () => {
    const keeper = openKeeper({ storeFails: true })
    await keeper.keep('r1')
    keeper.pass(99)
    await keeper.keep('r2')
    keeper.pass(1)
    await keeper.keep('r3')
    keeper.pass(199)
    await keeper.keep('r4')
    keeper.pass(1)
    await keeper.keep('r5')

    expect([keeper.commits, keeper.spooled]).toEqual([[['r1 a'], ['r3 a'], ['r5 a']], [['r1 a'], ['r2 a'], ['r3 a'], ['r4 a'], ['r5 a']]])
  })

  it('fails for everybody whose event is nowhere, and takes it when it comes again', async () => {
    const faults = { storeFails: true, spoolFails: true }
    const keeper = openKeeper(faults)
    const answers = await Promise.allSettled([keeper.keep('r1'), keeper.keep('r1'), keeper.keep('r2')])

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await expect(keeper.keep('r1')).rejects.toThrow('neither the database nor the spool takes the event: database is locked; no space left on device')
    expect(keeper.commits).toEqual([['r1 a', 'r2 a'], ['r1 a']])
  })

  it('brings what was spooled into the inbox once, as it came', async () => {
    const stage = await openStage([])
    const busyStore = { keepEvents: () => Promise.reject(BUSY) }
    const bodies = [Buffer.from('{"Status":"completed"} …'), Buffer.from([0xff, 0xfe]), Buffer.from('a\0b')]
    const spooling = createEventKeeper({ store: busyStore, spool: stage.spool, now: () => NOW, onSpooled: () => {} })
    const keeping = createEventKeeper({ ...stage, now: () => NOW, onSpooled: () => {} })
    for (const body of bodies)
      await spooling.keep({ reference: 'r1', contentType: 'text/plain', body })
    await keeping.keep({ reference: 'r1', contentType: 'text/plain', body: bodies[0]! })

    expect(await stage.spool.replay(EVENT_KIND, spooledEvents(stage.store))).toEqual({ saved: 3, aside: [] })

    const kept = await stage.store.findWaitingEvents({ afterId: 0, limit: 10 })
    expect(kept.map(({ body, bodyEncoding, receivedAt }) => [Buffer.from(body, bodyEncoding), receivedAt])).toEqual(bodies.map(body => [body, NOW]))
  })
})

it('remembers the newest keys, and never more than it may', () => {
  const recent = rememberRecent(10)
  for (let key = 0; key < 100; key++) {
    recent.add(String(key))
    expect(recent.has(String(Math.max(0, key - 4)))).toBe(true)
  }
  expect(Array.from({ length: 100 }, (_, key) => recent.has(String(key))).filter(Boolean).length).toBeLessThanOrEqual(10)
})
