import { setImmediate } from 'node:timers/promises'
import { type DecidePorts, decideReview } from './decide-review.ts'
import type { Review } from './read-reviews.ts'

export interface AcceptPorts extends DecidePorts { operator: string, onProgress?: (done: number) => void, signal?: AbortSignal }

/** A pair and the number of the decision that merged it; null where another merge or another person had settled it already. */
export interface Accepted { review: Review, decision: number | null }

/** Merges the pairs, each kept before the next. Returns those that were taken up before it was stopped. */
export async function acceptPairs(ports: AcceptPorts, pairs: readonly Review[]): Promise<Accepted[]> {
  const { store, operator, onProgress, signal } = ports
  const accepted: Accepted[] = []
  for (const review of pairs) {
    // SQLite answers without a turn of the event loop, and only in one is Ctrl-C heard.
    await setImmediate()
    if (signal?.aborted)
      break
    // A merge may make another question of one that stood beside it: that one was not agreed to.
    const standing = await store.findReview(Number(review.id))
    const decision = standing?.kind === review.kind ? await decideReview(ports, Number(review.id), 'merge', operator) : null
    accepted.push({ review, decision })
    onProgress?.(accepted.length)
  }
  return accepted
}
