import type { Store } from '../db/store.ts'
import type { OutcomeRecord } from './call-ports.ts'
import { moveOfOutcome } from './save-outcomes.ts'
import { raiseSecondSid } from './second-sid.ts'

/** A line of the spool as an answer of Exotel; undefined when it is none. */
export function readOutcome(line: unknown): OutcomeRecord | undefined {
  const record = line as Partial<OutcomeRecord> | null
  const isOutcome = typeof record === 'object' && record !== null && record.kind === 'outcome'
    && typeof record.reference === 'string' && !Number.isNaN(Date.parse(record.at ?? '')) && typeof record.outcome?.kind === 'string'
  return isOutcome ? record as OutcomeRecord : undefined
}

/**
 * Takes in answers that the database could not take when they came, and gives back those that speak of no call in this database.
 * One that was taken in before is recorded twice in the timeline, and changes nothing.
 */
export async function saveSpooledOutcomes(store: Pick<Store, 'findCallByReference' | 'moveCalls' | 'markAttention' | 'pauseDialling'>, records: OutcomeRecord[], now: Date): Promise<OutcomeRecord[]> {
  const unknown: OutcomeRecord[] = []
  for (const record of records) {
    const call = await store.findCallByReference(record.reference)
    if (!call) {
      unknown.push(record)
      continue
    }
    const [stands] = await store.moveCalls([moveOfOutcome(call.id, record.outcome, new Date(record.at))])
    if (record.outcome.kind === 'accepted' && stands?.callSid && stands.callSid !== record.outcome.sid)
      await raiseSecondSid(store, { callId: call.id, known: stands.callSid, told: record.outcome.sid }, now)
  }
  return unknown
}
