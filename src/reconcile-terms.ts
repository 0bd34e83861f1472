import type { ReconcileTerms } from './app/reconcile.ts'
import type { SweepTerms } from './app/sweep.ts'
import type { Config } from './config.ts'

// Exotel takes 200 requests a minute of an account; calls take at most 160 of them (calls.md, "Pace").
const READ_EVERY_MS = 1500
// Until Exotel has billed a call, and five minutes to spare (calls.md, "Reconcile").
const BILLING_AND_SPARE_MS = 7 * 60_000

/** How Exotel is asked, as the settings have it. A simulator of our own process has no other user and is asked as often as one likes. */
export function reconcileTerms({ exotel }: Config, isInProcess: boolean): ReconcileTerms & SweepTerms {
  return {
    pollAfterMs: isInProcess ? 2500 : (exotel.timeOutS + 30) * 1000,
    readEveryMs: isInProcess ? 0 : READ_EVERY_MS,
    callerId: exotel.callerId,
    httpTimeoutMs: exotel.httpTimeoutMs,
    settleMs: exotel.httpTimeoutMs + (2 * exotel.timeOutS + exotel.timeLimitS) * 1000 + BILLING_AND_SPARE_MS,
  }
}
