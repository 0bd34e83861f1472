import type { AnswerFaultName, FaultName } from './faults.ts'
import type { FinalStatus } from './lifecycle.ts'

/** From 0, never, to 1, always. */
export type Probability = number
/** Always so much, or a draw between two. */
export type Span = number | [min: number, max: number]
export type RetryAfter = number | 'date' | 'absent' | 'absurd'
export const NUMBER_SPELLINGS = ['local', 'plus91', 'bare91', 'masked', 'mixed'] as const
export type NumberSpelling = (typeof NUMBER_SPELLINGS)[number]

/** How a simulator misbehaves. One seed decides every draw, by phone and by the how-manieth call to it, so that no order of arrival changes it. */
export interface Misbehaviour {
  seed?: number
  /** Each with its probability; together at most 1. */
  answers?: Partial<Record<FaultName, Probability>>
  /** From the whole POST to its answer, in place of the timings'. */
  latencyMs?: Span
  /** Of every 429, in place of `retryAfterS`. */
  retryAfter?: RetryAfter
  canceled?: Probability
  reads?: ReadMisbehaviour
  shown?: Spelling
  callbacks?: CallbackMisbehaviour
}

/** Lists and details. */
export interface ReadMisbehaviour {
  errors?: Probability
  /** By the clock of the simulator, as all states of calls are. */
  lagMs?: number
  omitOngoing?: boolean
  /** Any of these three makes pages count calls instead of remembering where they ended. */
  offsets?: boolean
  repeat?: number
  skip?: number
}

/** How what is true is written, in answers and callbacks alike. */
export interface Spelling {
  numbers?: NumberSpelling
  /** East of UTC; also how the list reads DateCreated. */
  zoneMinutes?: number
  /** In details and list; callbacks have it anyway. */
  customField?: boolean
}

export interface CallbackMisbehaviour {
  copies?: number
  loss?: Probability
  delayMs?: Span
  retries?: 0 | 1 | 2
  reorder?: Probability
  beforeAnswer?: Probability
  twoAnswered?: Probability
  unknownStatus?: Probability
  unknownEvent?: Probability
  otherEnd?: Probability
  missing?: Probability
  nullText?: Probability
  british?: boolean
  fourFields?: boolean
  legs?: 'array' | 'object'
  encoding?: 'asked' | 'json' | 'multipart' | 'urlencoded'
}

/** Exactly what happens to one POST, before any fate of its number. An answer that it leaves out is as it should be; the rest is left to the seed. */
export interface Behaviour {
  answer?: AnswerFaultName
  /** The truth behind the answer; what the answer's name means when left out. */
  isPlaced?: boolean
  latencyMs?: number
  retryAfter?: RetryAfter
  endsAs?: FinalStatus
  callbacks?: CallbackMisbehaviour
  /** The answer waits for this, too. */
  until?: Promise<unknown>
}

/** A POST that was let in: its key is right, its minute not full, its form sound. */
export interface ScriptedRequest {
  /** Of this simulator, from 1. */
  nth: number
  phone: string
  /** Of this phone, from 1. */
  nthToPhone: number
  customField: string | null
  statusCallback: string | null
  at: Date
}

/** Undefined leaves the POST to its number and the seed. */
export type Script = (request: ScriptedRequest) => Behaviour | undefined
