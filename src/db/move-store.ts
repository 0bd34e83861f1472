import { sql, type SQL } from 'drizzle-orm'
import type { Attention, CallStatus, UpdateSource } from '../domain/call.ts'
import type { Refusal } from '../domain/facts.ts'
import type { Backend } from './backend.ts'
import { writeMoves } from './write-moves.ts'

/** What is known of a call beside its status; what is left out stays as it is. */
export interface CallFields {
  callSid?: string | null
  durationSeconds?: number | null
  pricePaise?: number | null
  recordingUrl?: string | null
  startedAt?: Date | null
  endedAt?: Date | null
  refusal?: Refusal | null
}

export interface CallMove {
  id: number
  /** Where the call moves if that is up; null records the update and moves nothing. */
  status: CallStatus | null
  /** The status as it was told. */
  told: string
  fields?: CallFields
  /** What Exotel said of the call's end. */
  exotelDetails?: Record<string, unknown> | null
  message?: string | null
  source: UpdateSource
  at: Date
  extraData?: Record<string, unknown> | null
  /** Set when the borrower was reached. */
  contactAt?: Date | null
  /** Why somebody must look at the call; the first reason stands. */
  attention?: Attention | null
  /** Set when Exotel has said all that it will say of the call. */
  detailsAt?: Date | null
}

/** A call as it stands after a move. `callSid` differs from the one that was told where the call, or another call, had one before. */
export interface MovedCall { id: number, moved: boolean, status: CallStatus, callSid: string | null }

/** Statements that belong into the same commit as the moves. */
export type AlsoWrite = (backend: Backend) => SQL[]

/** Call sessions move only up, whoever tells of them and in whatever order. */
export function moveStore(backend: Backend) {
  const { batch, schema: { callSessions } } = backend

  return {
    /**
     * Records what was told of each call, and moves it where that is up: one commit, at most one move a call. Values that are not told erase
     * nothing, and the first end stands.
     */
    async moveCalls(moves: CallMove[], alsoWrite: AlsoWrite = () => []): Promise<MovedCall[]> {
      if (new Set(moves.map(({ id }) => id)).size < moves.length)
        throw new Error('two moves of one call in one commit')
      return writeMoves(backend, moves, alsoWrite)
    },

    /** Says why somebody must look at a call; the first reason stands. */
    async markAttention(id: number, attention: Attention) {
      await batch(tx => [tx.update(callSessions).set({ attention: sql`coalesce(${callSessions.attention}, ${attention})` }).where(sql`${callSessions.id} = ${id}`)])
    },

    /** Somebody looked at the call, or Exotel's details answered the question. */
    async clearAttention(id: number) {
      await batch(tx => [tx.update(callSessions).set({ attention: null }).where(sql`${callSessions.id} = ${id}`)])
    },
  }
}
