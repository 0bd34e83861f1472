import type { CallIndex } from './call-index.ts'
import { createLedgerEntries } from './ledger-entries.ts'
import { openLedgerFile } from './ledger-file.ts'
import type { Ledger, LedgerEvent } from './ledger.ts'

export interface LedgerBook {
  record(event: LedgerEvent): void
  /** Takes in what other processes have written to the same file. */
  catchUp(): void
  readonly calls: CallIndex
  wasThrottled(phone: string): boolean
  /** POSTs for this phone so far that got past the door, whatever became of them. */
  requestsTo(phone: string): number
  isRateReached(perMinute: number, now: Date): boolean
  summary(now: Date): Ledger
  close(): void
}

export function openLedgerBook({ path, onEvent }: { path?: string, onEvent?: (event: LedgerEvent) => void }): LedgerBook {
  let file = path === undefined ? undefined : openLedgerFile(path)
  const entries = createLedgerEntries()
  const { calls, enter, wasThrottled, requestsTo } = entries
  const catchUp = () => file?.readNew().forEach(enter)

  catchUp()
  return {
    record(event) {
      // Lines of others may lie before its own: every process then reads one order of events.
      if (!file || file.append(event))
        enter(event)
      else
        catchUp()
      onEvent?.(event)
    },
    catchUp,
    calls,
    wasThrottled,
    requestsTo,
    isRateReached: (perMinute, now) => entries.countInMinute(now) >= perMinute,
    summary(now) {
      catchUp()
      return entries.summary(now)
    },
    close() {
      catchUp()
      file?.close()
      file = undefined
    },
  }
}
