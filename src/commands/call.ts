import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { catchUp } from '../app/catch-up.ts'
import type { FollowTerms } from '../app/follow-calls.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import { verifyMayDial } from '../app/live-terms.ts'
import { judgeAll, type RunLimits } from '../app/place-calls.ts'
import { type RunReport, runCalls } from '../app/run-calls.ts'
import type { Context } from '../context.ts'
import { holdLock } from '../db/lock.ts'
import type { Store } from '../db/store.ts'
import { type BorrowerFilter, CUSTOMER_STATUSES } from '../domain/filter.ts'
import { istDate } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { type Exchange, openExchange } from '../exchange.ts'
import { plural } from '../ui/format.ts'
import { startProgress } from '../ui/progress.ts'
import { verifyOutputIsNew } from './answer.ts'
import { type FilterFlags, readFilter, wholeNumber } from './filters.ts'
import { answerDryRun, answerRun } from './views/run-view.ts'

export interface CallFlags extends FilterFlags { dryRun?: boolean, max?: string, rate?: string, concurrency?: string, name?: string, reason?: string, wait?: boolean, yes?: boolean }

const FILTERS = ['customer', 'loan', 'upload', 'status', 'since', 'until', 'state', 'cluster', 'branch', 'employee', 'dpd', 'minDue', 'maxDue', 'blockedBy', 'notCalledFor', 'search'] as const satisfies readonly (keyof FilterFlags)[]

// Exotel takes 200 requests a minute of an account; the rest is for asking how calls ended (calls.md, "Pace").
const LIVE_CALLS_PER_MINUTE = 160

// Until Exotel has billed a call, and five minutes to spare (calls.md, "Reconcile").
const BILLING_AND_SPARE_MS = 7 * 60_000

/** Calls one customer, or everyone the filter selects. */
export async function runCall(context: Context, flags: CallFlags): Promise<number | undefined> {
  const { config, now } = context
  const limits = readLimits(context, flags)
  verifyScope(flags)
  verifyOutputIsNew(context)
  const store = await context.openStore()
  const filter = await readFilter(store, flags, CUSTOMER_STATUSES, now())
  verifyMayDial({ mode: config.mode, lender: config.lender, account: config.exotel }, istDate(now()))
  if (flags.dryRun) {
    const selected = await select(context, store, filter, flags)
    await answerDryRun(context, store, selected, await judgeAll({ store, now }, config, selected), limits.max)
    return 0
  }
  if (flags.name)
    context.onClose(holdLock(config.paths.state, `run-${flags.name}`, `a run named "${flags.name}" is active`).release)

  const exchange = await openExchange(context, store)
  await catchUp({ store, now, telephony: exchange.telephony }, followTerms(context, exchange).pollAfterMs)
  const selected = await select(context, store, filter, flags)
  if (selected.length > 0 && !flags.yes)
    await verifyYes(context, flags, Math.min(selected.length, limits.max ?? selected.length))
  const waits = Boolean(flags.wait) || exchange.isInProcess
  const report = await run(context, store, exchange, { flags, selected, limits, follow: waits ? followTerms(context, exchange) : null })
  await answerRun(context, store, { ...report, selected, waited: waits })
  if (context.signal.aborted)
    return undefined
  return report.result.failed > 0 || report.unknownLeft > 0 ? 3 : 0
}

async function select({ config, now }: Context, store: Store, filter: BorrowerFilter, { limit }: CallFlags): Promise<number[]> {
  await judgeCustomers(store, config.rules, now())
  return (await store.listCustomers(filter, now(), { limit: wholeNumber(limit, '--limit') ?? 0 })).map(({ id }) => id)
}

async function run(context: Context, store: Store, exchange: Exchange, { flags, selected, limits, follow }: { flags: CallFlags, selected: number[], limits: RunLimits, follow: FollowTerms | null }): Promise<RunReport> {
  const { config: { exotel, rules, operator }, now, wait, io } = context
  const progress = startProgress(io, { label: 'calling', total: Math.min(selected.length, limits.max ?? selected.length), quiet: Boolean(context.flags.quiet), now: () => performance.now() })
  try {
    return await runCalls({
      store, now, wait,
      telephony: exchange.telephony,
      callbackUrl: exchange.callbackUrl,
      settled: exchange.settled,
      newReference: () => randomUUID().replaceAll('-', ''),
      onCall: (_, result) => progress.update(result.calls.length),
      onOpen: open => progress.update(selected.length, `${plural(open, 'call')} still open`),
    }, {
      rules, operator,
      owner: `${hostname()}:${process.pid}`,
      callerId: exotel.callerId,
      settleMs: exotel.httpTimeoutMs + (2 * exotel.timeOutS + exotel.timeLimitS) * 1000 + BILLING_AND_SPARE_MS,
    }, { name: flags.name ?? null, reason: flags.reason ?? null, filter: { ...flags }, customerIds: selected, limits, follow, endsWithProcess: exchange.isInProcess })
  }
  finally {
    progress.stop()
  }
}

// The built-in simulator's calls last about a second; Exotel's as long as a phone may ring.
function followTerms({ config }: Context, { isInProcess }: Exchange): FollowTerms {
  return isInProcess ? { everyMs: 50, pollAfterMs: 2500 } : { everyMs: 1000, pollAfterMs: (config.exotel.timeOutS + 30) * 1000 }
}

function readLimits({ config, signal }: Context, flags: CallFlags): RunLimits {
  return {
    max: wholeNumber(flags.max, '--max', 1),
    perMinute: Math.min(wholeNumber(flags.rate, '--rate', 1) ?? config.call.perMinute, config.mode === 'live' ? LIVE_CALLS_PER_MINUTE : Number.POSITIVE_INFINITY),
    concurrency: wholeNumber(flags.concurrency, '--concurrency', 1) ?? config.call.concurrency,
    signal,
  }
}

function verifyScope(flags: CallFlags) {
  if (FILTERS.every(filter => flags[filter] === undefined))
    throw new VacliError('invalid', 'call whom?', { hint: 'vacli call --customer 42, or: vacli call --status ready --max 100' })
  const one = (flags.customer?.length ?? 0) + (flags.loan?.length ?? 0) === 1
  if (flags.yes && !one && flags.max === undefined)
    throw new VacliError('invalid', '--yes for more than one customer needs --max', { hint: 'vacli call --status ready --max 500 --yes' })
}

async function verifyYes({ io, flags: common, config }: Context, flags: CallFlags, calls: number) {
  const { confirm } = await import('../ui/prompt.ts')
  const yes = await confirm(io, `Call ${plural(calls, 'customer')} in ${config.mode} mode?`, { flag: flags.max === undefined && calls > 1 ? '--yes and --max' : '--yes', input: common.input !== false && !common.json })
  if (!yes)
    throw new VacliError('declined', 'nobody was called')
}
