import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { followCalls } from '../app/follow-calls.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import { verifyMayDial } from '../app/live-terms.ts'
import type { CallTerms } from '../app/place-call.ts'
import { judgeAll, placeCalls, type RunResult } from '../app/place-calls.ts'
import type { Context } from '../context.ts'
import { holdLock } from '../db/lock.ts'
import type { Store } from '../db/store.ts'
import { CUSTOMER_STATUSES } from '../domain/filter.ts'
import { istDate } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { type Exchange, openExchange } from '../exchange.ts'
import { confirm } from '../ui/prompt.ts'
import { plural } from '../ui/format.ts'
import { startProgress } from '../ui/progress.ts'
import { type FilterFlags, readFilter, wholeNumber } from './filters.ts'
import { answerDryRun, answerRun, refusal } from './views/run-view.ts'

export interface CallFlags extends FilterFlags { dryRun?: boolean, max?: string, rate?: string, concurrency?: string, name?: string, reason?: string, wait?: boolean, yes?: boolean }

// 2 min until Exotel has billed a call, and 5 to spare (calls.md, "Reconcile").
const BILLING_AND_SPARE_MS = 7 * 60_000

/** Calls one customer, or everyone the filter selects. */
export async function runCall(context: Context, flags: CallFlags): Promise<number> {
  const { config, now, io } = context
  const limits = readLimits(context, flags)
  verifyScope(flags)
  const store = await context.openStore()
  const filter = await readFilter(store, flags, CUSTOMER_STATUSES, now())
  verifyMayDial({ mode: config.mode, lender: config.lender, account: config.exotel }, istDate(now()))
  await judgeCustomers(store, config.rules, now())
  const selected = (await store.listCustomers(filter, now(), { limit: 0 })).map(({ id }) => id)
  if (flags.dryRun) {
    await answerDryRun(context, store, selected, await judgeAll({ store, now }, config, selected), limits.max)
    return 0
  }
  if (selected.length > 0)
    await verifyYes(context, flags, selected.length, limits.max)
  if (flags.name)
    context.onClose(holdLock(config.paths.state, `run-${flags.name}`).release)

  const exchange = await openExchange(context, store)
  const runId = await store.startRun({ name: flags.name ?? null, operator: config.operator, reason: flags.reason ?? null, filter: { ...flags }, startedAt: now() })
  const result = await dial(context, store, exchange, { runId, selected, limits })
  const waits = Boolean(flags.wait) || exchange.isInProcess
  const unknownLeft = waits ? (await follow(context, store, exchange, result)).length : result.unknown
  await exchange.settled()
  await store.endRun(runId, { selected: result.selected, blocked: result.blocked, placed: result.placed, failed: result.failed, unknown: result.unknown, not_called: result.notCalled, stop: result.stop }, now())
  await judgeCustomers(store, config.rules, now())
  await answerRun(context, store, { runId, result, waited: waits })
  if (result.stop)
    throw new VacliError(stopsForAccount(result) ? 'setup' : 'unavailable', `the run stopped: ${result.stop}`, { hint: stopsForAccount(result) ? 'Mend the Exotel account, then run the command again; nobody is called twice.' : 'Run the command again; nobody is called twice.' })
  if (result.selected > 0 && result.callable === 0)
    throw refusal(context, result.blocked)
  if (context.signal.aborted)
    io.err(`interrupted: ${result.notCalled} not called; run the command again to go on\n`)
  return result.failed > 0 || unknownLeft > 0 ? 3 : 0
}

function readLimits({ config, signal }: Context, flags: CallFlags) {
  return {
    max: wholeNumber(flags.max, '--max', 1),
    perMinute: wholeNumber(flags.rate, '--rate', 1) ?? config.call.perMinute,
    concurrency: wholeNumber(flags.concurrency, '--concurrency', 1) ?? config.call.concurrency,
    signal,
  }
}

const isOne = ({ customer, loan }: CallFlags) => (customer?.length ?? 0) + (loan?.length ?? 0) === 1

function verifyScope(flags: CallFlags) {
  const filters = ['customer', 'loan', 'upload', 'status', 'since', 'until', 'state', 'cluster', 'branch', 'employee', 'dpd', 'minDue', 'maxDue', 'blockedBy', 'notCalledFor', 'search'] as const
  if (filters.every(filter => flags[filter] === undefined))
    throw new VacliError('invalid', 'call whom?', { hint: 'vacli call --customer 42, or: vacli call --status ready --max 100' })
  if (flags.yes && !isOne(flags) && flags.max === undefined)
    throw new VacliError('invalid', '--yes for more than one customer needs --max', { hint: 'vacli call --status ready --max 500 --yes' })
}

async function verifyYes(context: Context, flags: CallFlags, selected: number, max: number | undefined) {
  if (flags.yes)
    return
  const calls = Math.min(selected, max ?? selected)
  const yes = await confirm(context.io, `Call ${plural(calls, 'customer')} in ${context.config.mode} mode?`, { flag: '--yes', input: context.flags.input !== false && !context.flags.json })
  if (!yes)
    throw new VacliError('declined', 'nobody was called')
}

async function dial(context: Context, store: Store, exchange: Exchange, { runId, selected, limits }: { runId: number, selected: number[], limits: ReturnType<typeof readLimits> }): Promise<RunResult> {
  const { config, io, now } = context
  const { exotel } = config
  const terms: CallTerms = {
    rules: config.rules,
    runId,
    operator: config.operator,
    owner: `${hostname()}:${process.pid}`,
    callerId: exotel.callerId,
    settleMs: exotel.httpTimeoutMs + (2 * exotel.timeOutS + exotel.timeLimitS) * 1000 + BILLING_AND_SPARE_MS,
  }
  const progress = startProgress(io, { label: 'calling', total: Math.min(selected.length, limits.max ?? selected.length), quiet: Boolean(context.flags.quiet), now: () => performance.now() })
  try {
    return await placeCalls({
      store, now,
      telephony: exchange.telephony,
      callbackUrl: exchange.callbackUrl,
      newReference: () => randomUUID().replaceAll('-', ''),
      wait: context.wait,
      onCall: (_, result) => progress.update(result.calls.length),
    }, terms, selected, limits)
  }
  finally {
    progress.stop()
  }
}

async function follow(context: Context, store: Store, exchange: Exchange, result: RunResult) {
  const { config, io, now, signal } = context
  const progress = startProgress(io, { label: 'waiting for the calls to end', quiet: Boolean(context.flags.quiet), now: () => performance.now() })
  const ids = result.calls.map(({ callId }) => callId)
  // The built-in simulator's calls last about a second; Exotel's as long as a phone may ring.
  const pollAfterMs = exchange.isInProcess ? 2500 : (config.exotel.timeOutS + 30) * 1000
  try {
    return await followCalls({ store, telephony: exchange.telephony, now, signal, wait: context.wait, onOpen: open => progress.update(ids.length - open) }, ids, { everyMs: exchange.isInProcess ? 50 : 1000, pollAfterMs })
  }
  finally {
    progress.stop()
  }
}

const stopsForAccount = ({ calls }: RunResult) => calls.some(({ outcome }) => outcome.kind === 'rejected' && outcome.stopsRun)
