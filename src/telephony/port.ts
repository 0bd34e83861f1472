import type { Refusal } from '../domain/facts.ts'

/** A call to one borrower, connected to the lender's flow. */
export interface OutboundCall {
  reference: string
  /** The borrower's number, E.164: Exotel dials it first and only. */
  to: string
  /** Where Exotel reports the call's states; null where nothing listens. */
  callbackUrl: string | null
  /** Asked when the connection is there and nothing is sent yet: false, and nothing will be. */
  maySend?: () => boolean
}

/** What became of the one request that may carry a reference. `unknown` may or may not have placed a call and is never sent again. */
export type ConnectOutcome =
  | { kind: 'accepted', sid: string, fromNumber: string | null, answer: Record<string, unknown> }
  | { kind: 'rejected', refusal: Refusal, message: string, stopsRun: boolean }
  | { kind: 'not_placed', message: string, retryAfterMs: number | null }
  | { kind: 'unknown', message: string }

/** A call as Exotel knows it. What Exotel has not filled in yet is null. */
export interface CallDetails {
  sid: string
  /** Exotel's own word. */
  status: string
  to: string | null
  from: string | null
  durationSeconds: number | null
  pricePaise: number | null
  recordingUrl: string | null
  startedAt: Date | null
  endedAt: Date | null
  raw: Record<string, unknown>
}

/** `numbers` are those that were dialled, in every spelling that may be compared; Exotel takes five. */
export interface CallQuery { sids?: string[], numbers?: string[], direction?: string, createdFrom?: Date, createdTo?: Date }

/** `isWhole` is false where Exotel counted more calls than its pages showed: such a list proves of no call that it is not there. */
export interface CallList { calls: CallDetails[], isWhole: boolean }

/** The telephone exchange, as far as vacli needs one. */
export interface Telephony {
  connect(call: OutboundCall): Promise<ConnectOutcome>
  /** One call; undefined when the exchange does not know it. Throws `unavailable` when it does not answer. */
  findCall(sid: string): Promise<CallDetails | undefined>
  /** Every call that fits, once each, page after page; `beforePage` keeps to a budget. */
  listCalls(query: CallQuery, beforePage?: () => Promise<void>): Promise<CallList>
}
