import type { PlacedCall } from './ledger.ts'
import { firstIndex, insertSorted } from './sorted.ts'

/** Every call of the account, found by sid, number or time without a walk through all of them. */
export interface CallIndex {
  add(call: PlacedCall): void
  find(sid: string): PlacedCall | undefined
  /** In the order in which they were written. */
  all(): IterableIterator<PlacedCall>
  callsFrom(phone: string): readonly PlacedCall[]
  /** Created within both bounds, the oldest first. */
  createdBetween(fromMs: number, toMs: number): PlacedCall[]
}

/** A place in the list by what stands there, not by its count. */
export interface CallKey { createdMs: number, sid: string }

export function keyOf({ createdAt, sid }: PlacedCall): CallKey {
  return { createdMs: createdAt.getTime(), sid }
}

export function compareKeys(a: CallKey, b: CallKey): number {
  return a.createdMs - b.createdMs || (a.sid < b.sid ? -1 : Number(a.sid > b.sid))
}

export function createCallIndex(): CallIndex {
  const bySid = new Map<string, PlacedCall>()
  const byPhone = new Map<string, PlacedCall[]>()
  const byTime: PlacedCall[] = []

  return {
    add(call) {
      bySid.set(call.sid, call)
      insertSorted(byTime, call, (a, b) => compareKeys(keyOf(a), keyOf(b)))
      const ofPhone = byPhone.get(call.from)
      if (ofPhone)
        ofPhone.push(call)
      else
        byPhone.set(call.from, [call])
    },
    find: sid => bySid.get(sid),
    all: () => bySid.values(),
    callsFrom: phone => byPhone.get(phone) ?? [],
    createdBetween: (fromMs, toMs) => byTime.slice(
      firstIndex(byTime, ({ createdAt }) => createdAt.getTime() >= fromMs),
      firstIndex(byTime, ({ createdAt }) => createdAt.getTime() > toMs),
    ),
  }
}
