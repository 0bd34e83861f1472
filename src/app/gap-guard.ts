import type { DispatchRecord, DispatchRecords } from '../db/dispatch-record.ts'
import { type DispatchMark, findGap, type Gap } from '../domain/gap.ts'
import { VacliError } from '../errors.ts'
import type { ReadPorts } from './reads.ts'
import { sweep, sweepIfDue, type SweepReport, type SweepTerms } from './sweep.ts'

const HOUR_MS = 3_600_000
const ALIVE_MS = 20_000

export interface GuardPorts extends ReadPorts {
  records: DispatchRecords
  /** Names this machine. */
  host: string
}

export interface GuardTerms extends SweepTerms {
  /** Nobody else can place calls on the account, and its list is never behind: only a gap is swept. */
  isAlone: boolean
}

/**
 * Brings in what the account did and the database does not know, before anybody is called: the calls of a gap, or those since the last sweep.
 * Throws `unavailable` where that cannot be known now; nobody may be called then. Returns what was swept, if anything.
 */
export async function verifyAllCallsKnown(ports: GuardPorts, terms: GuardTerms): Promise<SweepReport | undefined> {
  const gap = await readGap(ports)
  if (!gap)
    return terms.isAlone ? undefined : sweepIfDue(ports, terms)
  // The list omits what goes on: of a copy's calls up to now it tells everything only when they must have ended. Written down, the wait has a beginning.
  if (gap.isCopy && !terms.isAlone)
    await write(ports, null, ports.now())
  const report = await sweepGap(ports, terms, gap.isCopy ? { ...gap, lastDispatchAt: ports.now() } : gap)
  await write(ports, null)
  return report
}

/** Says beside the database that a run dials; called at its start, every few seconds, and after its last dial with `end`. */
export function startDispatchNotes(ports: Pick<GuardPorts, 'store' | 'records' | 'host' | 'now'>) {
  const since = ports.now()
  return {
    note: () => write(ports, since),
    end: () => write(ports, null),
  }
}

async function readGap({ store, records, host, now }: GuardPorts): Promise<Gap | undefined> {
  const record = records.read()
  return findGap(record === undefined || record === 'broken' ? record : markOf(record), { host, path: records.path, installId: await store.findMeta('install_id') ?? '', lastDispatchAt: await store.findLastDispatch() ?? null, now: now() })
}

async function sweepGap(ports: GuardPorts, terms: GuardTerms, gap: Gap): Promise<SweepReport> {
  const settledAt = gap.lastDispatchAt && new Date(gap.lastDispatchAt.getTime() + terms.settleMs)
  const hint = 'vacli reconcile shows whether Exotel answers; then run the command again.'
  // The list omits calls that go on: swept too early, they would be dialled a second time.
  if (settledAt && settledAt > ports.now() && !terms.isAlone)
    throw new VacliError('unavailable', `${gap.reason}; calls of the lost time may go on for ${Math.ceil((settledAt.getTime() - ports.now().getTime()) / 60_000)} more minutes`, { hint: 'Run the command again after that; nobody was called.' })
  const newest = await ports.store.findLastDispatch()
  try {
    return await sweep(ports, terms, newest && new Date(newest.getTime() - HOUR_MS))
  }
  catch (error) {
    if (error instanceof VacliError && error.code === 'unavailable')
      throw new VacliError('unavailable', `${gap.reason}, and Exotel's list cannot be read: ${error.message}; nobody was called`, { hint, cause: error })
    throw error
  }
}

async function write({ store, records, host, now }: Pick<GuardPorts, 'store' | 'records' | 'host' | 'now'>, runningSince: Date | null, lastDispatchAt?: Date) {
  const last = lastDispatchAt ?? await store.findLastDispatch()
  records.write({
    installId: await store.findMeta('install_id') ?? '',
    host,
    path: records.path,
    lastDispatchAt: last?.toISOString() ?? null,
    runningSince: runningSince?.toISOString() ?? null,
    aliveUntil: runningSince && new Date(now().getTime() + ALIVE_MS).toISOString(),
  })
}

function markOf({ installId, host, path, lastDispatchAt, runningSince, aliveUntil }: DispatchRecord): DispatchMark {
  const timeOf = (text: string | null) => text === null ? null : new Date(text)
  return { installId, host, path, lastDispatchAt: timeOf(lastDispatchAt), runningSince: timeOf(runningSince), aliveUntil: timeOf(aliveUntil) }
}
