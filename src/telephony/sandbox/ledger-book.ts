import { openLedgerFile } from './ledger-file.ts'
import { summarise, toPlacedCall, type CallbackDelivery, type ConnectEvent, type Ledger, type LedgerEvent, type PlacedCall } from './ledger.ts'

const RATE_WINDOW_MS = 60_000
// Turned away at the door, or by the limit itself: they take no place in the minute.
const OUTSIDE_THE_RATE = [401, 404, 429]

export interface LedgerBook {
  record(event: LedgerEvent): void
  /** Takes in what other processes have written to the same file. */
  catchUp(): void
  calls(): PlacedCall[]
  findCall(sid: string): PlacedCall | undefined
  wasThrottled(phone: string): boolean
  isRateReached(perMinute: number, now: Date): boolean
  summary(now: Date): Ledger
  close(): void
}

export function openLedgerBook({ path, onEvent }: { path?: string, onEvent?: (event: LedgerEvent) => void }): LedgerBook {
  let file = path === undefined ? undefined : openLedgerFile(path)
  const connects: ConnectEvent[] = []
  const callbacks: CallbackDelivery[] = []
  const calls = new Map<string, PlacedCall>()
  const throttled = new Set<string>()

  function enter(event: LedgerEvent) {
    if (event.event === 'callback') {
      callbacks.push(event)
      return
    }
    connects.push(event)
    if (event.outcome === 'accepted')
      calls.set(event.sid, toPlacedCall(event))
    else if (event.from && event.http_status === 429 && event.fate === 'throttled_once')
      throttled.add(event.from)
  }

  function catchUp() {
    file?.readNew().forEach(enter)
  }

  catchUp()
  return {
    record(event) {
      // With a file, its own lines come back with the others': every process then sees one order of events.
      if (file)
        file.append(event)
      else
        enter(event)
      catchUp()
      onEvent?.(event)
    },
    catchUp,
    calls: () => [...calls.values()],
    findCall: sid => calls.get(sid),
    wasThrottled: phone => throttled.has(phone),
    isRateReached: (perMinute, now) => connects.length >= perMinute && countAdmitted(connects, now) >= perMinute,
    summary(now) {
      catchUp()
      return summarise({ connects, callbacks, calls: [...calls.values()] }, now)
    },
    close() {
      catchUp()
      file?.close()
      file = undefined
    },
  }
}

function countAdmitted(connects: ConnectEvent[], now: Date): number {
  const since = now.getTime() - RATE_WINDOW_MS
  const first = connects.findLastIndex(({ at }) => Date.parse(at) <= since) + 1
  return connects.slice(first).filter(({ at, http_status }) => !OUTSIDE_THE_RATE.includes(http_status) && Date.parse(at) <= now.getTime()).length
}
