import type { Store } from '../db/store.ts'
import type { OutcomeRecord } from './call-ports.ts'
import { moveOfOutcome } from './save-outcomes.ts'

/** A line of the spool as an answer of Exotel; undefined when it is none. */
export function readOutcome(line: unknown): OutcomeRecord | undefined {
  const record = line as Partial<OutcomeRecord> | null
  const isOutcome = typeof record === 'object' && record !== null && record.kind === 'outcome'
    && typeof record.reference === 'string' && !Number.isNaN(Date.parse(record.at ?? '')) && typeof record.outcome === 'object'
  return isOutcome ? record as OutcomeRecord : undefined
}

/** Takes in answers that the database could not take when they came. One that was taken in before is recorded twice in the timeline, and changes nothing. */
export async function saveSpooledOutcomes(store: Pick<Store, 'findCallByReference' | 'moveCalls'>, records: OutcomeRecord[]): Promise<void> {
  for (const { reference, at, outcome } of records) {
    const call = await store.findCallByReference(reference)
    if (!call)
      throw new Error(`there is no call ${reference}, whose answer waits in the spool`)
    await store.moveCalls([moveOfOutcome(call.id, outcome, new Date(at))])
  }
}
