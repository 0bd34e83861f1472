import type { Store } from '../db/store.ts'
import { LEASE_MS } from './claim-customers.ts'

const RENEW_MS = 5000

/** Says for every call on the wire that its process lives; one that died is seen by its silence. */
export interface LeaseKeeper {
  hold(callIds: number[], since: Date): void
  /** False once the lease ran out: others may have taken the call's fate for unknown, and nothing may be sent for it any more. */
  isHeld(callId: number): boolean
  release(callId: number): void
  stop(): void
}

export function keepLeases(store: Pick<Store, 'renewLeases'>, now: () => Date): LeaseKeeper {
  const heldUntil = new Map<number, Date>()
  const renew = async () => {
    if (heldUntil.size === 0)
      return
    const at = now()
    const until = new Date(at.getTime() + LEASE_MS)
    const ids = [...heldUntil].filter(([, heldTill]) => at < heldTill).map(([id]) => id)
    // A renewal that fails only lets the leases run out, and a call's outcome is written all the same.
    const renewed = new Set(await store.renewLeases(ids, until, at).catch(() => []))
    for (const id of ids) {
      if (heldUntil.has(id) && renewed.has(id))
        heldUntil.set(id, until)
    }
  }
  const timer = setInterval(() => void renew(), RENEW_MS)

  return {
    hold: (callIds, since) => callIds.forEach(id => heldUntil.set(id, new Date(since.getTime() + LEASE_MS))),
    isHeld: callId => now() < (heldUntil.get(callId) ?? 0),
    release: callId => void heldUntil.delete(callId),
    stop: () => clearInterval(timer),
  }
}
