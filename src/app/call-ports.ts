import type { Store } from '../db/store.ts'
import type { CallRules } from '../domain/call-rules.ts'
import type { CallStatus } from '../domain/call.ts'
import type { ConnectOutcome, Telephony } from '../telephony/port.ts'

/** What a dial reaches outside of itself. */
export interface CallPorts {
  store: Store
  telephony: Telephony
  /** Where Exotel may report on a call; null where nothing listens. */
  callbackUrl: (reference: string) => string | null
  newReference: () => string
  now: () => Date
  wait: (ms: number) => Promise<void>
  /** Keeps on disk what the database could not take; it is taken in before anybody is called again. */
  spool: (records: OutcomeRecord[]) => Promise<void>
  /** Told when it did. */
  onSpooled?: (answers: number) => void
  /** The rules as they are set now; asked again whenever a setting changed while a run goes on. */
  readRules?: () => CallRules
}

/** An answer of Exotel that is not in the database yet. */
export interface OutcomeRecord { kind: 'outcome', reference: string, at: string, outcome: ConnectOutcome }

/** Under which all calls of a run are placed. */
export interface CallTerms {
  rules: CallRules
  runId: number | null
  operator: string
  owner: string
  callerId: string
  /** How long after the request the fate of a call is certain to be known. */
  settleMs: number
  /** How long a call may ring and talk at most. */
  longestCallMs: number
}

/** A call whose intent is on disk. */
export interface ClaimedCall { callId: number, customerId: number, reference: string, to: string }

/** `callSid` is the one that the call has now: another than the answer's proves that somebody was dialled twice. */
export interface PlacedCall { callId: number, customerId: number, status: CallStatus, callSid: string | null, outcome: ConnectOutcome }
