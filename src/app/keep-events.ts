import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import * as z from 'zod'
import type { InboxEvent } from '../db/inbox-store.ts'
import type { Spool } from '../db/spool.ts'
import type { SpoolHandler } from '../db/spool-lines.ts'
import type { Store } from '../db/store.ts'
import { rememberRecent } from './recent-keys.ts'

/** How long a sender may wait for a database that others hold; then the spool takes what came. */
const PATIENCE_MS = 25
/** After it was found busy it is left alone, longer each time: a commit beside somebody who writes much waits for the disk, and with it everybody else. */
const LEAVE_ALONE_MS = 100
const LEAVE_ALONE_AT_MOST_MS = 1000
const MAX_GROUP = 500
/** In a crowd a group waits a little for more of it: a commit costs the same for one and for many. */
const CROWD = 8
const CROWD_WAIT_MS = 10
const MAX_RECENT = 50_000

export const EVENT_KIND = 'event'

export interface KeepPorts {
  store: Pick<Store, 'keepEvents'>
  spool: Pick<Spool, 'append'>
  now: () => Date
  /** A clock that only goes forward, in ms. */
  ticks?: () => number
  /** The database could not take events, and the spool did. */
  onSpooled: (error: unknown) => void
}

export interface ArrivedCallback { reference: string, contentType: string, body: Buffer }

export interface EventKeeper {
  /** Resolves once the event is on disk: in the inbox, or in the spool. Events that come while a commit runs share the next one. */
  keep(callback: ArrivedCallback): Promise<void>
}

interface Group { keys: string[], events: InboxEvent[], kept: Promise<void>, settle(error?: Error): void }

/** Keeps what arrives: the inbox by group commit, and where it is busy or full, the spool. What was kept already is known without asking the disk. */
export function createEventKeeper(ports: KeepPorts): EventKeeper {
  const turnEnd = shareTurns()
  const recent = rememberRecent(MAX_RECENT)
  const onTheirWay = new Map<string, Promise<void>>()
  const groups: Group[] = []
  let isSaving = false
  const save = saveUnlessBusy(ports)
  let lastSize = 0

  const saveGroups = async () => {
    for (let group = groups.shift(); group; group = groups.shift()) {
      lastSize = group.events.length
      const failure = await save(group.events)
      for (const key of group.keys) {
        onTheirWay.delete(key)
        if (!failure)
          recent.add(key)
      }
      group.settle(failure)
    }
    isSaving = false
  }

  return {
    keep(callback) {
      const digest = hash('sha256', callback.body, 'binary')
      // As short as it can be: it is hashed once more to be found, and thousands are remembered.
      const key = digest + callback.reference
      if (recent.has(key))
        return turnEnd()
      const before = onTheirWay.get(key)
      if (before)
        return before

      let group = groups.at(-1)
      if (!group || group.events.length >= MAX_GROUP)
        groups.push(group = openGroup())
      group.keys.push(key)
      group.events.push(inboxEventOf(callback, Buffer.from(digest, 'latin1').toString('hex'), ports.now()))
      onTheirWay.set(key, group.kept)
      if (!isSaving) {
        isSaving = true
        if (lastSize < CROWD)
          setImmediate(saveGroups) // whatever else has arrived by now goes along
        else
          setTimeout(saveGroups, CROWD_WAIT_MS)
      }
      return group.kept
    },
  }
}

/** The end of this turn of the event loop. Answers that leave together cost half of what they cost one by one: each of those would wake its reader. */
function shareTurns(): () => Promise<void> {
  let turn: Promise<void> | undefined
  return () => turn ??= new Promise(resolve => setImmediate(() => {
    turn = undefined
    resolve()
  }))
}

function openGroup(): Group {
  const { promise, resolve, reject } = withResolvers()
  promise.catch(() => undefined) // whoever waits hears of it
  return { keys: [], events: [], kept: promise, settle: error => error ? reject(error) : resolve() }
}

function withResolvers() {
  let [resolve, reject] = [() => {}, (_: Error) => {}]
  const promise = new Promise<void>((yes, no) => { [resolve, reject] = [yes, no] })
  return { promise, resolve, reject }
}

/** Saves to the inbox, or to the spool. Returns why the events are nowhere on disk, or nothing. */
function saveUnlessBusy({ store, spool, onSpooled, ticks = () => performance.now() }: KeepPorts): (events: InboxEvent[]) => Promise<Error | undefined> {
  let busyUntil = Number.NEGATIVE_INFINITY
  let aloneMs = LEAVE_ALONE_MS
  const toInbox = async (events: InboxEvent[]) => {
    if (ticks() < busyUntil)
      throw new Error('the database was busy a moment ago')
    await store.keepEvents(events, { patienceMs: PATIENCE_MS }).catch((error: unknown) => {
      busyUntil = ticks() + aloneMs
      aloneMs = Math.min(aloneMs * 2, LEAVE_ALONE_AT_MOST_MS)
      throw error
    })
    // One free moment is no free day: it is tried more and more often, and taken for free in the end.
    busyUntil = aloneMs > LEAVE_ALONE_MS ? ticks() + aloneMs / 2 : Number.NEGATIVE_INFINITY
    aloneMs = Math.max(aloneMs / 2, LEAVE_ALONE_MS)
  }
  return async (events) => {
    try {
      return await toInbox(events) as undefined
    }
    catch (storeError) {
      try {
        await spool.append(EVENT_KIND, events)
      }
      catch (spoolError) {
        busyUntil = Number.NEGATIVE_INFINITY // whichever has room again first
        return new Error(`neither the database nor the spool takes the event: ${messageOf(storeError)}; ${messageOf(spoolError)}`, { cause: spoolError })
      }
      onSpooled(storeError)
      return undefined
    }
  }
}

const messageOf = (error: unknown) => error instanceof Error ? error.message : String(error)

function inboxEventOf({ reference, contentType, body }: ArrivedCallback, bodyHash: string, receivedAt: Date): InboxEvent {
  const isText = isUtf8(body) && !body.includes(0)
  return { reference, contentType, bodyHash, body: body.toString(isText ? 'utf8' : 'base64'), bodyEncoding: isText ? 'utf8' : 'base64', receivedAt }
}

const spooled = z.object({
  reference: z.string(), contentType: z.string(), bodyHash: z.string(), body: z.string(), bodyEncoding: z.enum(['utf8', 'base64']), receivedAt: z.iso.datetime().transform(text => new Date(text)),
})

/** Brings what the spool took into the inbox. */
export function spooledEvents(store: Pick<Store, 'keepEvents'>): SpoolHandler<InboxEvent> {
  return {
    read: line => spooled.safeParse(line).data,
    async save(events) {
      await store.keepEvents(events)
      return []
    },
  }
}
