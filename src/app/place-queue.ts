import type { Store } from '../db/store.ts'

// A little slower than asked: requests that were due one after the other may arrive closer together than they left.
const SPARE = 1.015
const STALE_MS = 1000

/** The places of this run in the queue of all runs of the account. */
export interface PlaceQueue {
  isPaced: boolean
  /** When the next request may go out. A place that was not used is kept. */
  next(): Promise<Date>
  /** A request went out. */
  use(): void
}

export function queuePlaces(store: Pick<Store, 'takePlace'>, perMinute: number, now: () => Date): PlaceQueue {
  let kept: Date | undefined
  const everyMs = Math.ceil(60_000 / perMinute * SPARE)
  // No clock here is finer than a millisecond or two: what asks for more asks for no pace at all.
  const isPaced = everyMs > 2
  return {
    isPaced,
    async next() {
      if (!isPaced)
        return now()
      // One that is long past would let two go out at once.
      if (!kept || now().getTime() - kept.getTime() > STALE_MS)
        kept = await store.takePlace('calls', everyMs, now())
      return kept
    },
    use: () => { kept = undefined },
  }
}
