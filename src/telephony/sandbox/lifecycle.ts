import { FATES, type EndStatus, type PlacedFate } from './fates.ts'

/** Milliseconds of real time: delays run on the host's timers, so a shifted clock neither shortens nor stretches them. */
export interface SandboxTimings {
  /** From the whole POST to its answer. */
  answerLatencyMs: number
  ringMs: number
  talkMs: number
  /** Duration, Price and EndTime appear this long after the end. */
  billingLagMs: number
  callbackRetryMs: number
}

/** Like a real account: the lag is documented (exotel.md 3.1), the pause between two tries of a callback is a guess (7.1). */
export const DEFAULT_TIMINGS: SandboxTimings = {
  answerLatencyMs: 800,
  ringMs: 8_000,
  talkMs: 40_000,
  billingLagMs: 120_000,
  callbackRetryMs: 300_000,
}

/** About a second from dialling to the end: for demos, and for a simulator inside a command. */
export const FAST_TIMINGS: SandboxTimings = {
  answerLatencyMs: 20,
  ringMs: 300,
  talkMs: 700,
  billingLagMs: 200,
  callbackRetryMs: 300,
}

/** Fixed when the call is placed, so that a simulator with other timings still tells the same story of it. */
export interface CallCourse { ringMs: number, talkMs: number, billingLagMs: number }

export function planCourse(timings: SandboxTimings, limits: { timeOutS: number | null, timeLimitS: number | null }): CallCourse {
  return {
    ringMs: Math.min(timings.ringMs, (limits.timeOutS ?? Infinity) * 1000),
    talkMs: Math.min(timings.talkMs, (limits.timeLimitS ?? Infinity) * 1000),
    billingLagMs: timings.billingLagMs,
  }
}

/** `canceled` is no fate of a number: it is staged by a switch alone. */
export type FinalStatus = EndStatus | 'canceled'

export interface CallState {
  status: 'ringing' | 'in-progress' | FinalStatus
  answeredAt: Date | null
  endedAt: Date | null
  /** Talk in whole seconds, a started one counts; null until the end. */
  durationSeconds: number | null
  /** Null until rated; Duration and EndTime become public in the same moment. */
  price: string | null
  updatedAt: Date
}

/** `endsAs` overrules the fate of the number. */
export interface DatedCourse { createdAt: Date, fate: PlacedFate, endsAs?: FinalStatus, course: CallCourse }

export function endOf(call: DatedCourse): Date {
  return later(call.createdAt, call.course.ringMs + (isAnswered(call) ? call.course.talkMs : 0))
}

export function isAnswered(call: DatedCourse): boolean {
  return endStatusOf(call) === 'completed'
}

function endStatusOf({ fate, endsAs }: DatedCourse): FinalStatus {
  return endsAs ?? FATES[fate].endsAs
}

/** The state as the connect answer tells it, whatever happened while that answer was on its way. */
export function justPlaced({ createdAt }: DatedCourse): CallState {
  return { status: 'ringing', answeredAt: null, endedAt: null, durationSeconds: null, price: null, updatedAt: createdAt }
}

export function callAt(call: DatedCourse, now: Date): CallState {
  const { createdAt, course } = call
  const pickUp = later(createdAt, course.ringMs)
  const answeredAt = isAnswered(call) && now >= pickUp ? pickUp : null
  const end = endOf(call)

  if (now < end)
    return { ...justPlaced(call), ...(answeredAt && { status: 'in-progress', answeredAt, updatedAt: answeredAt }) }

  const durationSeconds = answeredAt ? Math.ceil(course.talkMs / 1000) : 0
  const ratedAt = later(end, course.billingLagMs)
  const isRated = now >= ratedAt
  return {
    status: endStatusOf(call),
    answeredAt,
    endedAt: end,
    durationSeconds,
    price: isRated ? priceOf(durationSeconds) : null,
    updatedAt: isRated ? ratedAt : end,
  }
}

// Invented tariff: half a rupee for each started minute, with the three decimals of real prices.
function priceOf(seconds: number): string {
  return (Math.ceil(seconds / 60) * 0.5).toFixed(3)
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms)
}
