import type { CallMove, MovedCall } from '../db/move-store.ts'
import type { ConnectOutcome } from '../telephony/port.ts'
import type { CallPorts, ClaimedCall, PlacedCall } from './call-ports.ts'

// Calls that were sent together are answered within so long of each other; what is answered is kept back no longer.
const GATHER_MS = 40

interface Waiting { call: ClaimedCall, outcome: ConnectOutcome, at: Date, resolve(placed: PlacedCall): void, reject(error: unknown): void }

/** What Exotel's answer says of a call, as a move of it. */
export function moveOfOutcome(callId: number, outcome: ConnectOutcome, at: Date): CallMove {
  const base = { id: callId, source: 'vacli' as const, at }
  if (outcome.kind === 'accepted')
    return { ...base, status: 'initiated', told: 'initiated', fields: { callSid: outcome.sid }, extraData: outcome.answer }
  return {
    ...base,
    status: outcome.kind,
    told: outcome.kind,
    message: outcome.message,
    fields: { refusal: outcome.kind === 'rejected' ? outcome.refusal : null, ...(outcome.kind === 'unknown' ? {} : { endedAt: at }) },
  }
}

/**
 * Writes what came of each request. While others are on the wire, answers that arrive together share one commit: the last of them is not waited for any
 * further. What the database cannot take goes to the spool, and the failure is thrown.
 */
export function saveOutcomes({ store, now, spool, onSpooled }: Pick<CallPorts, 'store' | 'now' | 'spool' | 'onSpooled'>, unsaved: () => number): (call: ClaimedCall, outcome: ConnectOutcome) => Promise<PlacedCall> {
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined

  const flush = async () => {
    timer = void clearTimeout(timer)
    const group = waiting
    waiting = []
    try {
      const saved = new Map((await store.moveCalls(group.map(({ call, outcome, at }) => moveOfOutcome(call.callId, outcome, at)))).map(moved => [moved.id, moved]))
      group.forEach(one => one.resolve(placed(one, saved.get(one.call.callId))))
    }
    catch (error) {
      const failure = await spool(group.map(({ call, outcome, at }) => ({ kind: 'outcome', reference: call.reference, at: at.toISOString(), outcome })))
        .then(() => {
          onSpooled?.(group.length)
          return error
        }, (alsoFailed: unknown) => new AggregateError([error, alsoFailed], `neither the database nor the spool could take the answers of ${group.length} calls: ${String(error)}`))
      group.forEach(one => one.reject(failure))
    }
  }

  return (call, outcome) => new Promise((resolve, reject) => {
    waiting.push({ call, outcome, at: now(), resolve, reject })
    if (waiting.length >= unsaved())
      void flush()
    else
      timer ??= setTimeout(() => void flush(), GATHER_MS)
  })
}

function placed({ call, outcome }: Waiting, moved: MovedCall | undefined): PlacedCall {
  return { callId: call.callId, customerId: call.customerId, outcome, status: moved?.status ?? 'unknown', callSid: moved?.callSid ?? null }
}
