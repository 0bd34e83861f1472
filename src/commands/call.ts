import type { RunLimits } from '../app/place-calls.ts'
import type { Context } from '../context.ts'
import { istDay, parseTimeOfDay, startOfIstDay } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { verifyOutputIsNew } from './answer.ts'
import { type FilterFlags, wholeNumber } from './filters.ts'
import { runSelection } from './run-selection.ts'

export interface CallFlags extends FilterFlags { dryRun?: boolean, max?: string, rate?: string, concurrency?: string, stopAt?: string, name?: string, reason?: string, wait?: boolean, yes?: boolean }

const FILTERS = ['customer', 'loan', 'upload', 'status', 'since', 'until', 'state', 'cluster', 'branch', 'employee', 'dpd', 'minDue', 'maxDue', 'blockedBy', 'notCalledFor', 'search', 'sort', 'limit'] as const satisfies readonly (keyof FilterFlags)[]

// Exotel takes 200 requests a minute of an account (exotel.md 5.3). Unless the settings ask for all of it, some is left for asking how calls ended.
const ACCOUNT_PER_MINUTE = 200
const CALLS_PER_MINUTE = 160

/** Calls one customer, or everyone the filter selects. */
export async function runCall(context: Context, flags: CallFlags): Promise<number | undefined> {
  const limits = readLimits(context, flags)
  verifyScope(flags)
  verifyOutputIsNew(context)
  return runSelection(context, await context.openStore(), {
    filter: Object.fromEntries(FILTERS.flatMap(name => flags[name] === undefined ? [] : [[name, flags[name]]])),
    name: flags.name ?? null,
    reason: flags.reason ?? null,
    limits,
    waits: Boolean(flags.wait),
    dryRun: Boolean(flags.dryRun),
    yes: Boolean(flags.yes),
  })
}

/** The pace and the end of a run, as the flags and else the settings say. */
export function readLimits({ config, signal, now }: Context, flags: Pick<CallFlags, 'max' | 'rate' | 'concurrency' | 'stopAt'>): RunLimits {
  const rate = wholeNumber(flags.rate, '--rate', 1) ?? config.call.perMinute
  return {
    max: wholeNumber(flags.max, '--max', 1),
    perMinute: config.mode === 'live' ? Math.min(rate, ACCOUNT_PER_MINUTE, Math.max(config.call.perMinute, CALLS_PER_MINUTE)) : rate,
    concurrency: wholeNumber(flags.concurrency, '--concurrency', 1) ?? config.call.concurrency,
    stopAt: flags.stopAt === undefined ? null : readStopAt(flags.stopAt, now()),
    signal,
  }
}

function readStopAt(text: string, now: Date): Date {
  const minutes = parseTimeOfDay(text)
  if (minutes === undefined)
    throw new VacliError('invalid', `--stop-at cannot be "${text}"`, { hint: 'It takes a time of today, Indian time: --stop-at 17:30' })
  return new Date(startOfIstDay(istDay(now)).getTime() + minutes * 60_000)
}

function verifyScope(flags: CallFlags) {
  if (FILTERS.every(filter => filter === 'sort' || filter === 'limit' || flags[filter] === undefined))
    throw new VacliError('invalid', 'call whom?', { hint: 'vacli call --customer 42, or: vacli call --status ready --max 100' })
  const one = (flags.customer?.length ?? 0) + (flags.loan?.length ?? 0) === 1
  if (flags.yes && !one && flags.max === undefined)
    throw new VacliError('invalid', '--yes for more than one customer needs --max', { hint: 'vacli call --status ready --max 500 --yes' })
}
