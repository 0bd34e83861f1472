import type { CallSession } from '../db/call-lookup.ts'
import { VacliError } from '../errors.ts'
import type { CallPorts } from './call-ports.ts'
import { recordDetails } from './record-details.ts'

const LIST_SIZE = 100

export interface FollowPorts extends Pick<CallPorts, 'store' | 'telephony' | 'now'> {
  wait: (ms: number) => Promise<void>
  onOpen?: (open: number) => void
  signal?: AbortSignal
}

export interface FollowTerms {
  /** How often the database is asked how far the calls are. */
  everyMs: number
  /** A call of which nothing was heard for so long is looked up with Exotel, and again each time as much has passed. */
  pollAfterMs: number
}

/** Waits until every call has ended, by what the listener brings and by asking Exotel. Returns the calls that are still open: their fate is not known. */
export async function followCalls(ports: FollowPorts, callIds: number[], terms: FollowTerms): Promise<CallSession[]> {
  const asked = new Map<number, Date>()
  for (;;) {
    const open = await ports.store.findOpenCalls(callIds)
    ports.onOpen?.(open.length)
    const waiting = open.filter(call => call.settleAt && ports.now() < call.settleAt)
    if (waiting.length === 0 || ports.signal?.aborted)
      return open
    await pollSilent(ports, waiting, terms.pollAfterMs, asked)
    await ports.wait(terms.everyMs)
  }
}

/** Looks up every open call that has been silent for long, whoever placed it. */
export async function pollOpenCalls(ports: Pick<FollowPorts, 'store' | 'telephony' | 'now'>, pollAfterMs: number): Promise<void> {
  const open = await ports.store.findEveryOpenCall()
  if (open.length > 0)
    await pollSilent(ports, open, pollAfterMs)
}

async function pollSilent({ store, telephony, now }: Pick<FollowPorts, 'store' | 'telephony' | 'now'>, open: CallSession[], pollAfterMs: number, asked = new Map<number, Date>()) {
  const heard = await store.findLastHeard(open.map(({ id }) => id))
  const lastOf = ({ id, createdAt }: CallSession) => Math.max((heard.get(id) ?? createdAt).getTime(), asked.get(id)?.getTime() ?? 0)
  const bySid = new Map(open.flatMap(call => call.callSid && now().getTime() - lastOf(call) >= pollAfterMs ? [[call.callSid, call] as const] : []))
  const sids = [...bySid.keys()]
  for (let at = 0; at < sids.length; at += LIST_SIZE) {
    const chunk = sids.slice(at, at + LIST_SIZE)
    chunk.forEach(sid => asked.set(bySid.get(sid)!.id, now()))
    for (const listed of await listUnlessUnavailable(telephony, chunk)) {
      // While Exotel was asked, a callback may have told the end: the first one stands.
      const [call] = await store.findOpenCalls([bySid.get(listed.sid)?.id ?? 0])
      if (call)
        await recordDetails(store, call, listed, 'poll', now())
    }
  }
}

// A poll that Exotel does not answer is tried again later; the calls are placed, and the listener hears of them meanwhile.
async function listUnlessUnavailable(telephony: FollowPorts['telephony'], sids: string[]) {
  try {
    return await telephony.listCalls({ sids })
  }
  catch (error) {
    if (error instanceof VacliError && error.code === 'unavailable')
      return []
    throw error
  }
}
