import type { ConnectOutcome } from '../telephony/port.ts'

// So many requests in a row that Exotel never took up, or that never reached it, and the run gives in.
const MAX_TURNED_AWAY = 20
const MAX_UNREACHED = 3
const LONGEST_STEP_MS = 60_000

/** How long to wait before a request that Exotel never took up is planned anew, as a session of its own. */
export interface TurnedAway {
  /** Milliseconds; undefined once it is not worth asking any more. */
  waitMs(outcome: ConnectOutcome & { kind: 'not_placed' }): number | undefined
  /** Exotel took up a request. */
  forget(): void
}

export function countTurnedAway(): TurnedAway {
  let turnedAway = 0
  let unreached = 0
  return {
    waitMs({ retryAfterMs }) {
      const isReached = retryAfterMs !== null
      const times = isReached ? ++turnedAway : ++unreached
      if (times >= (isReached ? MAX_TURNED_AWAY : MAX_UNREACHED))
        return undefined
      // However little Exotel asks for, one that goes on turning calls away is asked less and less often.
      const stepMs = times > 1 || !isReached ? Math.min(1000 * 2 ** (times - 1), LONGEST_STEP_MS) : 0
      return Math.max(retryAfterMs ?? 0, stepMs)
    },
    forget() {
      turnedAway = 0
      unreached = 0
    },
  }
}
