import { setImmediate } from 'node:timers/promises'
import type { CalledSession, KeptEvent, SettledEvent } from '../db/inbox-store.ts'
import type { CallMove } from '../db/move-store.ts'
import type { Store } from '../db/store.ts'
import type { CallbackEvent } from '../telephony/callback.ts'
import { callAfterMove } from './call-after-move.ts'
import { type HeardEvent, planCallbackMove } from './plan-callback-move.ts'
import { raiseSecondSid, type SecondSid } from './second-sid.ts'

const CHUNK = 1000
// In a crowd a commit of many costs much less for each; otherwise one is over so soon that nobody who sends meanwhile waits long.
const SMALL_CHUNK = 32
const CHUNKS_A_ROUND = 4

export interface InboxPorts {
  store: Pick<Store, 'findWaitingEvents' | 'findCalledSessions' | 'settleEvents' | 'recordEvents' | 'markAttention' | 'pauseDialling'>
  now: () => Date
  parse: (body: string | Buffer, contentType: string) => Promise<CallbackEvent | undefined>
  onEvent?: (event: { callId: number, status: string, moved: boolean }) => void
  /** One reference was dialled twice; all dialling is paused by now. */
  onSecondSid?: (alarm: SecondSid) => void
}

/**
 * Understands what the inbox holds, in the order of arrival, many events a commit. An event of a call that is not ours stays, marked as such.
 * One that cannot be written keeps nobody behind it waiting: it is left for the next time, and its failure thrown at the end.
 */
export async function drainInbox(ports: InboxPorts): Promise<number> {
  let drained = 0
  const failures: unknown[] = []
  for (let afterId = 0; ;) {
    const events = await ports.store.findWaitingEvents({ afterId, limit: CHUNK })
    if (events.length === 0)
      break
    afterId = events.at(-1)!.id
    const size = events.length < CHUNK ? Math.max(SMALL_CHUNK, Math.ceil(events.length / CHUNKS_A_ROUND)) : CHUNK
    for (let at = 0; at < events.length; at += size) {
      drained += await recordOrLeave(ports, events.slice(at, at + size), failures)
      await setImmediate()
    }
    if (events.length < CHUNK)
      break
  }
  if (failures.length > 0)
    throw failures[0]
  return drained
}

async function recordOrLeave(ports: InboxPorts, events: KeptEvent[], failures: unknown[]): Promise<number> {
  try {
    return await recordChunk(ports, events)
  }
  catch (error) {
    if (isBusy(error))
      throw error
    return recordOneByOne(ports, events, failures)
  }
}

// Whatever another process settled meanwhile is no longer waiting, and is left alone.
async function recordOneByOne(ports: InboxPorts, events: KeptEvent[], failures: unknown[]): Promise<number> {
  let drained = 0
  for (const { id } of events) {
    const waiting = () => ports.store.findWaitingEvents({ afterId: id - 1, toId: id, limit: 1 })
    try {
      drained += await recordChunk(ports, await waiting())
    }
    catch (error) {
      if ((await waiting()).length > 0)
        failures.push(error)
    }
  }
  return drained
}

interface ReadEvent extends HeardEvent { id: number, reference: string }

async function recordChunk(ports: InboxPorts, kept: KeptEvent[]): Promise<number> {
  const { store, now } = ports
  const unread: SettledEvent[] = []
  let left: ReadEvent[] = []
  for (const event of kept) {
    const read = await readEvent(ports, event)
    if ('problem' in read)
      unread.push(read)
    else
      left.push(read)
  }
  if (unread.length > 0)
    await store.settleEvents(unread, now())

  while (left.length > 0)
    left = await recordRound(ports, left)
  return kept.length
}

/** Records what can be planned by the calls as they stand, in one commit, and gives back what must see what became of it first. */
async function recordRound({ store, now, onEvent, onSecondSid }: InboxPorts, events: ReadEvent[]): Promise<ReadEvent[]> {
  const raise = async (alarm: SecondSid) => {
    await raiseSecondSid(store, alarm, now())
    onSecondSid?.(alarm)
  }
  const sessions = await store.findCalledSessions(events.map(({ reference, event }) => ({ reference, callSid: event.callSid })))
  const { planned, strangers, later } = planRound(events, sessions, now())
  if (strangers.length > 0)
    await store.settleEvents(strangers.map(({ id }) => ({ id, problem: 'no call of ours has this reference' })), now())

  // Before the event is settled: a crash in between raises the alarm again, and never loses it.
  const isAlarmed = new Set<number>()
  for (const { event, call } of planned.filter(({ event, call }) => isSecondSid(event, call)))
    await raise({ callId: call.id, known: call.callSid!, told: event.callSid! }).then(() => isAlarmed.add(call.id))
  const stands = await store.recordEvents(planned.map(({ move }) => move), planned.map(({ id }) => ({ id, problem: null })), now())
  for (const [at, { event, call, move }] of planned.entries()) {
    onEvent?.({ callId: call.id, status: move.told, moved: stands[at]!.moved })
    // The connect answer was saved since the call was read.
    if (isSecondSid(event, stands[at]!) && !isAlarmed.has(call.id))
      await raise({ callId: call.id, known: stands[at]!.callSid!, told: event.callSid! })
  }
  return later
}

interface PlannedEvent extends ReadEvent { call: CalledSession, move: CallMove }

/** Plans each event by the call as the events before it leave it. Where only the database can say how that is, the next event of the call waits. */
function planRound(events: ReadEvent[], sessions: CalledSession[], at: Date) {
  const standing = new Map<string, CalledSession | undefined>(sessions.map(session => [session.reference, session]))
  const bySid = new Map(sessions.map(session => [session.callSid, session]))
  const planned: PlannedEvent[] = []
  const strangers: ReadEvent[] = []
  const later: ReadEvent[] = []
  for (const event of events) {
    const call = standing.get(event.reference)
    if (call) {
      const move = planCallbackMove(call, event, { sidOwner: bySid.get(event.event.callSid), now: at })
      planned.push({ ...event, call, move })
      standing.set(event.reference, callAfterMove(call, move))
    }
    else {
      (standing.has(event.reference) ? later : strangers).push(event)
    }
  }
  return { planned, strangers, later }
}

function isSecondSid(event: CallbackEvent, { callSid }: { callSid: string | null }): boolean {
  return event.callSid !== null && callSid !== null && event.callSid !== callSid
}

/** What the event says, or why nothing comes of it. */
async function readEvent({ parse }: InboxPorts, { id, reference, body, bodyEncoding, contentType, receivedAt }: KeptEvent): Promise<ReadEvent | SettledEvent> {
  const event = await parse(bodyEncoding === 'base64' ? Buffer.from(body, 'base64') : body, contentType)
  if (!event)
    return { id, problem: 'the body cannot be read' }
  const told = event.status ?? event.eventType
  return told === null ? { id, problem: 'the body names no status' } : { id, reference, event, told, receivedAt }
}

// Every event would wait as long for the same process to be done.
function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
}
