import { createChance } from '../../src/telephony/sandbox/chance.ts'
import { createView } from '../../src/telephony/sandbox/call-view.ts'
import { type AcceptedConnect, toPlacedCall } from '../../src/telephony/sandbox/ledger.ts'
import { planCallbacks } from '../../src/telephony/sandbox/plan-callbacks.ts'
import { ACCOUNT } from '../telephony/sandbox/sandbox-harness.ts'

export const LETTER_TYPE = 'application/json'
const CHANCE = createChance(1)
const VIEW = createView(ACCOUNT.sid, {}, CHANCE)

/** One callback of a call, and when Exotel sends it. */
export interface Letter { sid: string, reference: string, eventType: string, at: Date, body: string }

/** The callbacks of a placed call as the simulator words them, on the clock of the test instead of the host's. */
export function lettersOf(event: AcceptedConnect): Letter[] {
  const call = toPlacedCall(event)
  const planned = planCallbacks(call, { asked: ['terminal', 'answered'], ringingEvent: false, view: VIEW, misbehave: {}, chance: CHANCE, nthToPhone: 1 })
  return planned.map(({ eventType, dueMs, payload }) =>
    ({ sid: call.sid, reference: call.customField!, eventType, at: new Date(call.createdAt.getTime() + dueMs), body: JSON.stringify(payload) }))
}
