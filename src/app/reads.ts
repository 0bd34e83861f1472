import type { Store } from '../db/store.ts'
import { VacliError } from '../errors.ts'
import type { CallDetails, CallQuery, Telephony } from '../telephony/port.ts'

const MAX_FAILURES = 3
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
  list(query: CallQuery): Promise<{ calls: CallDetails[], at: Date } | undefined>
  /** `call` is undefined where Exotel does not know the sid. */
  find(sid: string): Promise<{ call: CallDetails | undefined } | undefined>
  asked(): number
  failure(): VacliError | undefined
}

/** Exotel takes 200 requests a minute of an account: calls have 160 of them, reads the rest, whoever reads. */
export function openReads({ store, telephony, now, wait, signal }: ReadPorts, everyMs: number): Reads {
  let asked = 0
  let inARow = 0
  let failure: VacliError | undefined

  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> => {
    // An exchange that is down is not asked a thousand times to say so.
    if (inARow >= MAX_FAILURES || signal?.aborted)
      return undefined
    if (everyMs > 0) {
      const place = await store.takePlace('reads', everyMs, now())
      const ms = Math.min(place.getTime() - now().getTime(), LONGEST_WAIT_MS)
      if (ms > 0)
        await wait(ms)
      if (signal?.aborted)
        return undefined
    }
    asked++
    try {
      const answer = await question()
      inARow = 0
      return answer
    }
    catch (error) {
      if (!(error instanceof VacliError) || error.code !== 'unavailable')
        throw error
      inARow++
      failure ??= error
      return undefined
    }
  }

  return {
    list: query => ask(async () => {
      const at = now()
      const calls = await telephony.listCalls(query)
      // Pages move while they are read: a call may be on two.
      return { at, calls: [...new Map(calls.map(call => [call.sid, call])).values()] }
    }),
    find: sid => ask(async () => ({ call: await telephony.findCall(sid) })),
    asked: () => asked,
    failure: () => failure,
  }
}
