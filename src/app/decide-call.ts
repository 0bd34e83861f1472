import type { CallSession } from '../db/call-lookup.ts'
import type { Store } from '../db/store.ts'
import { isOpen } from '../domain/call.ts'
import { mayBeNumber } from '../domain/listed-call.ts'
import { VacliError } from '../errors.ts'
import type { Telephony } from '../telephony/port.ts'
import { attachCall } from './find-lost-calls.ts'

export type Decision = { kind: 'placed', sid: string } | { kind: 'not_placed' }

interface DecidePorts { store: Store, telephony: Pick<Telephony, 'findCall'>, now: () => Date, operator: string }

/** Reads `placed:<sid>` or `not-placed`; undefined for anything else. */
export function parseDecision(text: string): Decision | undefined {
  if (text === 'not-placed')
    return { kind: 'not_placed' }
  const sid = /^placed:([0-9a-z]{1,64})$/i.exec(text)?.[1]
  return sid === undefined ? undefined : { kind: 'placed', sid }
}

/** What a person says of a call whose fate nothing else could tell. */
export async function decideCall(ports: DecidePorts, callId: number, decision: Decision): Promise<CallSession> {
  const call = await ports.store.findCallById(callId)
  if (!call)
    throw new VacliError('not_found', `there is no call ${callId}`, { hint: 'vacli list calls' })
  await (decision.kind === 'placed' ? decidePlaced(ports, call, decision.sid) : decideNotPlaced(ports, call))
  return (await ports.store.findCallById(callId))!
}

async function decidePlaced({ store, telephony, now, operator }: DecidePorts, call: CallSession, sid: string) {
  if (call.callSid !== null && call.callSid !== sid)
    throw new VacliError('conflict', `call ${call.id} is ${call.callSid}, not ${sid}`, { hint: `vacli status ${call.id}` })
  const [holder] = await store.findCallsBySids([sid])
  if (holder && holder.id !== call.id)
    throw new VacliError('conflict', `${sid} is call ${holder.id} already`, { hint: `vacli status ${holder.id}` })
  if (call.callSid === null && !isOpen(call.status) && call.status !== 'not_placed')
    throw new VacliError('conflict', `call ${call.id} has ended: ${call.status}`, { hint: `vacli status ${call.id}` })

  const details = await telephony.findCall(sid)
  if (!details)
    throw new VacliError('not_found', `Exotel knows no call ${sid}`, { hint: 'Copy the CallSid from Exotel\'s dashboard.' })
  if (!mayBeNumber(details.from, call.toNumber))
    throw new VacliError('invalid', `${sid} was a call to another number than call ${call.id}`, { hint: `vacli status ${call.id}` })
  await attachCall(store, call, details, 'person', now(), `${operator} decided: placed`)
  await store.clearAttention(call.id)
}

async function decideNotPlaced({ store, now, operator }: DecidePorts, call: CallSession) {
  if (!isOpen(call.status))
    throw new VacliError('conflict', `call ${call.id} has ended: ${call.status}`, { hint: `vacli status ${call.id}` })
  // Nobody can know before that: neither Exotel's list nor its dashboard shows a call that only rings.
  if (call.settleAt && now() < call.settleAt)
    throw new VacliError('refused', `call ${call.id} may still ring or go on for ${Math.ceil((call.settleAt.getTime() - now().getTime()) / 60_000)} minutes`, { hint: 'Run the command again after that.' })
  await store.moveCalls([{ id: call.id, status: 'not_placed', told: 'not_placed', message: `${operator} decided: not placed`, source: 'person', at: now(), fields: { endedAt: now() } }])
  await store.clearAttention(call.id)
}
