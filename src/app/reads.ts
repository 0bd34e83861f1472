import type { Store } from '../db/store.ts'
import { VacliError } from '../errors.ts'
import type { CallDetails, CallList, CallQuery, Telephony } from '../telephony/port.ts'

const MAX_FAILURES = 3
const SLICE_MS = 500
// A clock that was moved back and forth must not make anybody wait for its old future.
const LONGEST_WAIT_MS = 60_000

export interface ReadPorts {
  store: Store
  telephony: Telephony
  now: () => Date
  wait: (ms: number) => Promise<void>
  signal?: AbortSignal
}

/** Questions to Exotel within their budget. An answer that does not come is undefined, and its failure kept. */
export interface Reads {
  /** `at` is when it began to be read. */
  list(query: CallQuery): Promise<(CallList & { at: Date }) | undefined>
  /** `call` is undefined where Exotel does not know the sid. */
  find(sid: string): Promise<{ call: CallDetails | undefined } | undefined>
  asked(): number
  failure(): VacliError | undefined
}

// In slices, so that a person who stops does not wait for the next turn.
async function keepToBudget({ store, now, wait, signal }: Omit<ReadPorts, 'telephony'>, everyMs: number) {
  if (everyMs === 0)
    return
  const place = await store.takePlace('reads', everyMs, now())
  for (let left = Math.min(place.getTime() - now().getTime(), LONGEST_WAIT_MS); left > 0 && !signal?.aborted; left -= SLICE_MS)
    await wait(Math.min(left, SLICE_MS))
}

/** Exotel takes 200 requests a minute of an account: calls have 160 of them, reads the rest, whoever reads. */
export function openReads({ store, telephony, now, wait, signal }: ReadPorts, everyMs: number): Reads {
  let asked = 0
  let inARow = 0
  let failure: VacliError | undefined

  const takeTurn = async () => {
    await keepToBudget({ store, now, wait, ...(signal ? { signal } : {}) }, everyMs)
    if (signal?.aborted)
      throw new VacliError('interrupted', 'interrupted while Exotel was asked')
    asked++
  }
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> => {
    // An exchange that is down is not asked a thousand times to say so.
    if (inARow >= MAX_FAILURES || signal?.aborted)
      return undefined
    try {
      const answer = await question()
      inARow = 0
      return answer
    }
    catch (error) {
      if (error instanceof VacliError && error.code === 'interrupted')
        return undefined
      if (!(error instanceof VacliError) || error.code !== 'unavailable')
        throw error
      inARow++
      failure ??= error
      return undefined
    }
  }

  return {
    list: query => ask(async () => {
      let at = now()
      let isFirst = true
      const list = await telephony.listCalls(query, async () => {
        await takeTurn()
        at = isFirst ? now() : at
        isFirst = false
      })
      return { ...list, at }
    }),
    find: sid => ask(async () => {
      await takeTurn()
      return { call: await telephony.findCall(sid) }
    }),
    asked: () => asked,
    failure: () => failure,
  }
}
