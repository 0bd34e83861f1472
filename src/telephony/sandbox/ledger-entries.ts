import { createCallIndex } from './call-index.ts'
import { summarise, toPlacedCall, type ConnectEvent, type Ledger, type LedgerEvent, type LedgerFacts } from './ledger.ts'
import { firstIndex, insertSorted } from './sorted.ts'

const RATE_WINDOW_MS = 60_000
// Turned away at the door, or by the limit itself: they take no place in the minute.
const OUTSIDE_THE_RATE: (number | null)[] = [401, 404, 429]

/** What the events of a ledger add up to. An event costs the same however many came before it. */
export function createLedgerEntries() {
  const calls = createCallIndex()
  const facts: Omit<LedgerFacts, 'calls'> = { rejected: [], callbacks: [], requestsMs: [], admittedMs: [] }
  const rateMs: number[] = []
  const throttled = new Set<string>()
  const judged = new Map<string, number>()

  function enterConnect(event: ConnectEvent) {
    const at = Date.parse(event.at)
    facts.requestsMs.push(at)
    if (event.http_status !== 429)
      facts.admittedMs.push(at)
    if (!OUTSIDE_THE_RATE.includes(event.http_status))
      insertSorted(rateMs, at, (a, b) => a - b)
    if (event.from && event.fate)
      judged.set(event.from, (judged.get(event.from) ?? 0) + 1)
    if (event.outcome === 'accepted') {
      calls.add(toPlacedCall(event))
      return
    }
    facts.rejected.push(event)
    if (event.from && event.http_status === 429 && event.fate === 'throttled_once')
      throttled.add(event.from)
  }

  return {
    calls,
    enter(event: LedgerEvent) {
      if (event.event === 'connect')
        enterConnect(event)
      else if (event.event === 'foreign')
        calls.add(toPlacedCall(event))
      else if (event.event === 'callback')
        facts.callbacks.push(event)
    },
    wasThrottled: (phone: string) => throttled.has(phone),
    requestsTo: (phone: string) => judged.get(phone) ?? 0,
    /** In the 60 seconds up to this moment; one of exactly 60 seconds ago has left them. */
    countInMinute: (now: Date) => firstIndex(rateMs, at => at > now.getTime()) - firstIndex(rateMs, at => at > now.getTime() - RATE_WINDOW_MS),
    summary: (now: Date): Ledger => summarise({ calls: calls.all(), ...facts }, now),
  }
}
