import type { Switchboard } from './connect.ts'
import type { RetryAfter } from './misbehaviour.ts'

const ABSURD_S = 1_000_000_000

/** The header of a 429; undefined when there is none. */
export function retryAfterOf({ retryAfterS, whims }: Switchboard, now: Date, wanted: RetryAfter | undefined = whims.misbehave.retryAfter): string | undefined {
  const seconds = typeof wanted === 'number' ? wanted : retryAfterS
  if (wanted === 'absent')
    return undefined
  if (wanted === 'absurd')
    return String(ABSURD_S)
  return wanted === 'date' ? new Date(now.getTime() + seconds * 1000).toUTCString() : String(seconds)
}
