import type { CallSession } from '../db/call-lookup.ts'
import type { AdoptedCall } from '../db/adopt-store.ts'
import type { Store } from '../db/store.ts'
import { callStatusOf, isOpen } from '../domain/call.ts'
import { type ListedCall, mayBeOurs, readListedCall } from '../domain/listed-call.ts'
import { ZONE_DOUBT_MS } from '../domain/reconcile.ts'
import { type Claimant, type Finding, judgeListed } from '../domain/sweep.ts'
import { VacliError } from '../errors.ts'
import type { CallDetails, CallList } from '../telephony/port.ts'
import { attachCall } from './find-lost-calls.ts'
import { openReads, type ReadPorts, type Reads } from './reads.ts'
import { raiseSecondSid } from './second-sid.ts'

const HOUR_MS = 3_600_000
const SWEPT_MS = 48 * HOUR_MS
const READS = 2
const DUE_AFTER_MS = 15 * 60_000
// Exotel's list goes back no further at once.
const LONGEST_MS = 31 * 24 * HOUR_MS - 2 * ZONE_DOUBT_MS

export interface SweepTerms {
  callerId: string
  readEveryMs: number
  /** How long after its start a call must have ended. */
  settleMs: number
}

/** A call of the account that nobody here had asked for. */
export interface Orphan { callId: number | null, callSid: string, number: string | null, customerId: number | null, status: string, pricePaise: number | null, createdAt: Date | null }

/** `found` is the sum of `attached`, `secondSids`, `left` and the orphans, without those that go on beside another call to their phone. */
export interface SweepReport {
  since: Date
  listed: number
  found: number
  attached: number
  /** Calls that were dialled twice, with both CallSids. */
  secondSids: { callId: number, known: string, told: string }[]
  left: number
  orphans: Orphan[]
  asked: number
}

/** Reads the account's list and finds every call of ours that no session claims (calls.md, "Reconcile"). Throws `unavailable` where the list cannot be read. */
export async function sweep(ports: ReadPorts, terms: SweepTerms, since?: Date): Promise<SweepReport> {
  const { store, now } = ports
  const startedAt = now()
  const from = new Date(Math.max(Math.min(since?.getTime() ?? Infinity, startedAt.getTime() - SWEPT_MS), startedAt.getTime() - LONGEST_MS))
  const reads = openReads(ports, terms.readEveryMs)
  const { calls, isWhole } = await readAccount(reads, new Date(from.getTime() - ZONE_DOUBT_MS), new Date(startedAt.getTime() + ZONE_DOUBT_MS))
  const ours = calls.map(details => ({ details, listed: readListedCall(details) })).filter(({ listed }) => mayBeOurs(listed, terms.callerId))
  const report: SweepReport = { since: from, listed: ours.length, found: 0, attached: 0, secondSids: [], left: 0, orphans: [], asked: reads.asked() }
  await record({ store, now, terms, report }, await judge(store, ours))
  if (!isWhole)
    throw new VacliError('unavailable', 'Exotel\'s list lost some of its calls while it was read', { hint: 'Run the command again; nothing is called twice.' })
  await store.writeMeta('last_sweep_at', startedAt.toISOString())
  return report
}

/** Pages that move may lose a call; read twice, what one list lost the other may have. */
async function readAccount(reads: Reads, createdFrom: Date, createdTo: Date): Promise<CallList> {
  const calls = new Map<string, CallDetails>()
  let isWhole = false
  for (let read = 0; read < READS && !isWhole; read++) {
    const list = await reads.list({ direction: 'outbound-api', createdFrom, createdTo })
    if (!list)
      throw reads.failure() ?? new VacliError('interrupted', 'interrupted while Exotel\'s list was read')
    list.calls.forEach(call => calls.set(call.sid, call))
    isWhole = list.isWhole
  }
  return { calls: [...calls.values()], isWhole }
}

/** Sweeps where the last time is over a quarter of an hour ago. */
export async function sweepIfDue(ports: ReadPorts, terms: SweepTerms): Promise<SweepReport | undefined> {
  const last = await ports.store.findMeta('last_sweep_at')
  const agoMs = last === undefined ? Infinity : ports.now().getTime() - Date.parse(last)
  // A time to come is of a clock that was moved back: it says nothing.
  return agoMs >= 0 && agoMs <= DUE_AFTER_MS ? undefined : sweep(ports, terms)
}

interface Judged { details: CallDetails, listed: ListedCall, session: CallSession | undefined, finding: Finding }

async function judge(store: Store, calls: { details: CallDetails, listed: ListedCall }[]): Promise<Judged[]> {
  const claimed = new Set((await store.findCallsBySids(calls.map(({ details }) => details.sid))).map(({ callSid }) => callSid))
  const unclaimed = calls.filter(({ details }) => !claimed.has(details.sid))
  const references = [...new Set(unclaimed.flatMap(({ listed }) => listed.customField ?? []))]
  const named = new Map((await store.findCallsByReferences(references)).map(call => [call.reference, call]))
  const open = (await store.findOpenCallsWithoutSid()).map(claimantOf)
  return unclaimed.map(({ details, listed }) => {
    const session = named.get(listed.customField ?? '')
    return { details, listed, session, finding: judgeListed(listed, session && claimantOf(session), open) }
  })
}

function claimantOf({ id, reference, toNumber, callSid, postStartedAt, createdAt }: CallSession): Claimant {
  return { id, reference, toNumber, callSid, postStartedAt: postStartedAt ?? createdAt }
}

interface Work { store: Store, now: () => Date, terms: SweepTerms, report: SweepReport }

async function record(work: Work, judged: Judged[]) {
  const { store, now, report } = work
  const orphans: { details: CallDetails, listed: ListedCall, number: string | undefined }[] = []
  for (const { details, listed, session, finding } of judged) {
    if (finding.kind === 'attach') {
      await attachCall(store, session!, details, 'sweep', now())
      report.attached++
    }
    else if (finding.kind === 'second_sid') {
      await recordSecondSid(work, session!, details)
      // It was paid for and rang, so it counts for its phone as any other call does.
      await adopt(work, [{ details, listed, number: finding.number }])
    }
    else if (finding.kind === 'leave') {
      report.left++
    }
    else if (finding.kind === 'orphan') {
      orphans.push({ details, listed, number: finding.number })
    }
  }
  report.orphans = await adopt(work, orphans)
  report.found = report.attached + report.secondSids.length + report.left + report.orphans.length
}

async function recordSecondSid({ store, now, report }: Work, session: CallSession, details: CallDetails) {
  const double = { callId: session.id, known: session.callSid!, told: details.sid }
  await store.moveCalls([{ id: session.id, status: null, told: details.status, message: `a second CallSid, ${details.sid}, carries this reference`, source: 'sweep', at: now(), fields: { callSid: details.sid }, extraData: details.raw }])
  await raiseSecondSid(store, double, now())
  report.secondSids.push(double)
}

async function adopt({ store, now, terms }: Work, orphans: { details: CallDetails, listed: ListedCall, number: string | undefined }[]): Promise<Orphan[]> {
  const whole = orphans.filter(({ number }) => number !== undefined)
  const adopted = new Map((await store.adoptCalls(whole.map(({ details, listed, number }) => adoptedCall(details, listed, number!, { terms, now: now() })), now())).map(call => [call.callSid, call]))
  return orphans.flatMap(({ details, listed, number }) => {
    const call = adopted.get(details.sid)
    // Another sweep was faster, or a call that goes on waits until its phone is free.
    if (!call && number !== undefined)
      return []
    return [{ callId: call?.id ?? null, callSid: details.sid, number: number ?? listed.from, customerId: call?.customerId ?? null, status: details.status, pricePaise: details.pricePaise, createdAt: listed.createdAt }]
  })
}

function adoptedCall(details: CallDetails, listed: ListedCall, toNumber: string, { terms, now }: { terms: SweepTerms, now: Date }): AdoptedCall {
  const status = callStatusOf(details.status)
  const isOver = status !== undefined && !isOpen(status)
  const createdAt = listed.createdAt ?? details.startedAt ?? now
  return {
    reference: `account-${details.sid}`,
    callSid: details.sid,
    toNumber,
    fromNumber: terms.callerId || listed.exophone,
    // "in-progress" in the list may only mean that it rings.
    status: isOver ? status : 'initiated',
    durationSeconds: details.durationSeconds,
    pricePaise: details.pricePaise,
    recordingUrl: details.recordingUrl,
    exotelDetails: details.raw,
    createdAt,
    startedAt: details.startedAt,
    endedAt: isOver ? details.endedAt ?? createdAt : null,
    settleAt: new Date(createdAt.getTime() + terms.settleMs),
    detailsAt: isOver && details.durationSeconds !== null && details.pricePaise !== null ? now : null,
  }
}
