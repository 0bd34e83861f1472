import type { CallSession } from '../db/call-lookup.ts'
import type { CallPorts } from './place-call.ts'
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
  /** A call of which nothing was heard for so long is looked up with Exotel. */
  pollAfterMs: number
}

/** Waits until every call has ended, by what the listener brings and by asking Exotel. Returns the calls that are still open: their fate is not known. */
export async function followCalls(ports: FollowPorts, callIds: number[], terms: FollowTerms): Promise<CallSession[]> {
  for (;;) {
    const open = await ports.store.findOpenCalls(callIds)
    ports.onOpen?.(open.length)
    const waiting = open.filter(call => call.settleAt && ports.now() < call.settleAt)
    if (waiting.length === 0 || ports.signal?.aborted)
      return open
    await pollSilent(ports, waiting, terms.pollAfterMs)
    await ports.wait(terms.everyMs)
  }
}

async function pollSilent({ store, telephony, now }: FollowPorts, open: CallSession[], pollAfterMs: number) {
  const heard = await store.findLastHeard(open.map(({ id }) => id))
  const silent = open.filter(({ id, createdAt }) => now().getTime() - (heard.get(id) ?? createdAt).getTime() >= pollAfterMs)
  const bySid = new Map(silent.flatMap(call => call.callSid ? [[call.callSid, call] as const] : []))
  const sids = [...bySid.keys()]
  for (let at = 0; at < sids.length; at += LIST_SIZE) {
    for (const listed of await telephony.listCalls({ sids: sids.slice(at, at + LIST_SIZE) })) {
      const call = bySid.get(listed.sid)
      if (call)
        await recordDetails(store, call, listed, 'poll', now())
    }
  }
}
