import { callMoments, extendedPayload, fourFieldPayload, type CallbackPayload, type CallEventType, type CallMoment, type PayloadView } from './callback-payload.ts'
import type { Chance } from './chance.ts'
import type { PlacedCall } from './ledger.ts'
import { endOf } from './lifecycle.ts'
import type { CallbackMisbehaviour } from './misbehaviour.ts'

export interface PlannedCallback {
  eventType: CallEventType
  /** After the call was placed. */
  dueMs: number
  payload: CallbackPayload
  copies: { lateMs: number, isLost: boolean }[]
}

export interface CallbackPlanning {
  /** Events that were asked for. */
  asked: string[]
  ringingEvent: boolean
  view: PayloadView
  misbehave: CallbackMisbehaviour
  chance: Chance
  nthToPhone: number
}

type StagedByChance = 'twoAnswered' | 'unknownEvent' | 'reorder' | 'otherEnd' | 'loss' | 'unknownStatus' | 'missing' | 'nullText'

/** Every callback of a call, in the order in which they are sent. */
export function planCallbacks(call: PlacedCall, planning: CallbackPlanning): PlannedCallback[] {
  const { asked, view, misbehave, chance, nthToPhone } = planning
  const isStaged = (name: StagedByChance, ...purpose: (string | number)[]) => chance.happens(misbehave[name], name, call.from, nthToPhone, ...purpose)
  const payloadOf = asked.length > 0 ? extendedPayload : fourFieldPayload

  const moments = callMoments(call, asked, { ...planning, twoAnswered: isStaged('twoAnswered') })
  if (isStaged('unknownEvent') && asked.length > 0)
    moments.splice(-1, 0, { eventType: 'leg-updated', at: endOf(call) })
  if (isStaged('reorder'))
    moments.reverse()

  const planned = moments.map(moment => ({ moment, payload: payloadOf(call, moment, view) }))
  if (isStaged('otherEnd'))
    planned.push(...planned.filter(({ moment }) => moment.eventType === 'terminal').map(({ moment, payload }) => ({ moment, payload: contradict(payload) })))
  return planned.map(({ moment, payload }, index) => ({
    eventType: moment.eventType,
    dueMs: moment.at.getTime() - call.createdAt.getTime(),
    payload: garble(payload, misbehave, (name, ...purpose) => isStaged(name, index, ...purpose), (...purpose) => chance.draw('field', call.from, nthToPhone, index, ...purpose)),
    copies: planCopies(moment, index),
  }))

  function planCopies({ eventType }: CallMoment, index: number) {
    const { copies = 1, delayMs = 0 } = misbehave
    const isLost = isStaged('loss', eventType, index)
    return Array.from({ length: copies }, (_, copy) => ({ lateMs: chance.within(delayMs, 'late', call.from, nthToPhone, index, copy), isLost }))
  }
}

function contradict(payload: CallbackPayload): CallbackPayload {
  return { ...payload, Status: payload.Status === 'completed' ? 'failed' : 'completed' }
}

function garble(
  payload: CallbackPayload,
  { british }: CallbackMisbehaviour,
  isStaged: (name: 'unknownStatus' | 'missing' | 'nullText', ...purpose: string[]) => boolean,
  draw: (...purpose: string[]) => number,
): CallbackPayload {
  let garbled = payload
  if (british)
    garbled = replaceValues(garbled, value => value === 'canceled' ? 'cancelled' : value)
  if (isStaged('unknownStatus'))
    garbled = { ...garbled, Status: 'wrapping-up' }
  if (isStaged('nullText'))
    garbled = replaceValues(garbled, value => value ?? 'null')
  return isStaged('missing') ? omitSome(garbled, draw) : garbled
}

type Value = string | number | null

function replaceValues(payload: CallbackPayload, replace: (value: Value) => Value): CallbackPayload {
  const inner = (record: Record<string, Value>) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, replace(value)]))
  return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, Array.isArray(value) ? value.map(inner) : replace(value)]))
}

/** About half of what is not needed to know the call and its status, and at least one field. */
function omitSome(payload: CallbackPayload, draw: (...purpose: string[]) => number): CallbackPayload {
  const optional = Object.keys(payload).filter(key => key !== 'CallSid' && key !== 'Status')
  const always = optional[Math.floor(draw('always') * optional.length)]
  const isOmitted = (key: string) => optional.includes(key) && (key === always || draw(key) < 0.5)
  return Object.fromEntries(Object.entries(payload).filter(([key]) => !isOmitted(key)))
}
