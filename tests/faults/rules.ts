import { callStatusOf, isOpen, type CallStatus } from '../../src/domain/call.ts'
import { groupBy } from '../../src/domain/group-by.ts'
import { istDate } from '../../src/domain/ist.ts'
import type { Ledger, LedgerCall } from '../../src/telephony/sandbox/ledger.ts'

export interface SessionRow { id: number, reference: string, status: CallStatus, call_sid: string | null, to_number: string, source: string, settle_at: number, attention: string | null, duration_seconds: number | null, price_paise: number | null }

/** A call that was given up, by whom and when. */
export interface GivenUp { call_session_id: number, source: string, timestamp: number }

export interface Evidence {
  /** What truly happened. */
  ledger: Ledger
  sessions: SessionRow[]
  givenUp: GivenUp[]
  /** CallSids of which a sweep said that nobody here had asked for the call. */
  orphans: Set<string>
  /** What was wrong at the moment when a request arrived. */
  atPost: string[]
}

/** What the promises of calls.md forbid at any moment; empty where they hold. */
export function brokenRules({ ledger, sessions, givenUp, atPost }: Evidence): string[] {
  const own = ledger.calls.filter(({ foreign }) => !foreign)
  const posts = new Map<string, number>()
  for (const { custom_field } of [...own, ...ledger.rejected])
    posts.set(String(custom_field), (posts.get(String(custom_field)) ?? 0) + 1)
  const byReference = new Map(own.map(call => [call.custom_field, call]))
  const bySid = new Map(own.map(call => [call.sid, call]))
  const byId = new Map(sessions.map(session => [session.id, session]))

  return [
    ...[...posts].filter(([, count]) => count > 1).map(([reference, count]) => `P1: ${count} requests carry ${reference}`),
    ...ledger.overlaps.map(({ phone, sids }) => `P2: two calls at once to ${phone}: ${sids.join(' and ')}`),
    ...calledTooOften(own),
    ...atPost,
    ...sessions.filter(({ status, reference }) => ['not_placed', 'rejected'].includes(status) && byReference.has(reference)).map(({ id, status }) => `P4: call ${id} is ${status}, and was placed`),
    ...sessions.filter(({ call_sid, reference, source }) => source === 'vacli' && call_sid !== null && bySid.get(call_sid)?.custom_field !== reference).map(({ id }) => `P3: call ${id} has the CallSid of another`),
    ...givenUp.filter(({ source, timestamp, call_session_id }) => source !== 'vacli' && timestamp < byId.get(call_session_id)!.settle_at).map(one => `P4: call ${one.call_session_id} was given up before its fate could be known`),
  ]
}

/** Nobody is called twice on a day on which they answered, nor a third time on any. */
function calledTooOften(calls: LedgerCall[]): string[] {
  const days = groupBy(calls, ({ from, created_at }) => `${from} on ${istDate(new Date(created_at))}`)
  return [...days].filter(([, ofDay]) => ofDay.length > 2 || ofDay.slice(0, -1).some(({ status }) => status === 'completed')).map(([who, ofDay]) => `P2: ${ofDay.length} calls to ${who}`)
}

/** What must hold besides once every call has been over for long and reconciling has had its turns. */
export function unsettled({ ledger, sessions, orphans }: Evidence): string[] {
  const bySid = new Map(sessions.map(session => [session.call_sid, session]))
  return [
    ...sessions.filter(({ status }) => isOpen(status)).map(({ id, status, attention }) => `P4: call ${id} rests as ${status} (${attention ?? 'no attention'})`),
    ...ledger.calls.filter(({ direction }) => direction === 'outbound-api').flatMap((call) => {
      const session = bySid.get(call.sid)
      // A number that Exotel masks can be called by nobody: the sweep can only tell of it.
      if (!session && call.foreign && orphans.has(call.sid))
        return []
      if (!session)
        return [`P3: nobody knows of ${call.sid}, which was paid for`]
      const truth = [callStatusOf(call.status), call.duration_seconds, Math.round(Number(call.price) * 100)]
      const told = [session.status, session.duration_seconds, session.price_paise]
      return truth.join() === told.join() ? [] : [`P3: call ${session.id} is ${told.join(', ')} and was ${truth.join(', ')}`]
    }),
  ]
}
