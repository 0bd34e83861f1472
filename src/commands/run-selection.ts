import { judgeCustomers } from '../app/judge-customers.ts'
import { verifyMayDial } from '../app/live-terms.ts'
import { judgeDials } from '../app/judge-dials.ts'
import type { RunLimits } from '../app/place-calls.ts'
import { type RunReport, runCalls } from '../app/run-calls.ts'
import { verifySound } from '../app/verify-sound.ts'
import type { SweepReport } from '../app/sweep.ts'
import type { Context } from '../context.ts'
import { holdRunLock } from '../db/lock.ts'
import type { Store } from '../db/store.ts'
import { type Dialling, openDialling } from '../dialling.ts'
import { type BorrowerFilter, CUSTOMER_STATUSES } from '../domain/filter.ts'
import { istDate } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { count, istTime, plural } from '../ui/format.ts'
import { startProgress } from '../ui/progress.ts'
import { type FilterFlags, readFilter, wholeNumber } from './filters.ts'
import { sweptText } from './views/reconcile-view.ts'
import { answerDryRun, answerRun } from './views/run-view.ts'

/** Who is to be called, and how. */
export interface RunOrder {
  filter: FilterFlags
  name: string | null
  reason: string | null
  limits: RunLimits
  waits: boolean
  dryRun: boolean
  /** The person has said yes beforehand. */
  yes: boolean
}

/** Selects, asks, calls and answers: what `call` and `runs resume` have in common. Returns the exit code. */
export async function runSelection(context: Context, store: Store, order: RunOrder): Promise<number | undefined> {
  const { config, now } = context
  verifyMayDial({ mode: config.mode, lender: config.lender, account: config.exotel }, istDate(now()))
  const filter = await readFilter(store, order.filter, CUSTOMER_STATUSES, now())
  if (order.dryRun) {
    const selected = await select(context, store, filter, order)
    const { pause } = await store.readStanding()
    const judged = pause ? { callable: [], blocked: selected.map(() => 'PAUSED' as const) } : await judgeDials({ store, now }, config.rules, selected)
    await answerDryRun(context, store, selected, judged, order.limits.max)
    return 0
  }
  if (order.name !== null)
    context.onClose((await holdRunLock(config.database, config.paths.state, order.name)).release)
  await verifySound(store)
  const dialling = await openDialling(context, store)
  tellSwept(context, await dialling.catchUp())
  const selected = await select(context, store, filter, order)
  if (selected.length > 0 && !order.yes)
    await verifyYes(context, order, Math.min(selected.length, order.limits.max ?? selected.length))
  const waits = order.waits || dialling.isInProcess
  const report = await placeRun(context, dialling, { ...order, waits }, selected)
  await answerRun(context, store, { ...report, selected, waited: waits })
  if (context.signal.aborted)
    return undefined
  return report.result.failed > 0 || report.unknownLeft > 0 ? 3 : 0
}

/** Calls of the account that nobody here asked for cost money and count: they are told loudly, also from cron. */
function tellSwept({ io }: Context, swept: SweepReport | undefined) {
  if (swept && (swept.orphans.length > 0 || swept.secondSids.length > 0))
    io.err(sweptText(swept))
}

async function select({ config, now }: Context, store: Store, filter: BorrowerFilter, { filter: flags }: RunOrder): Promise<number[]> {
  await judgeCustomers(store, config.rules, now())
  return (await store.listCustomers(filter, now(), { limit: wholeNumber(flags.limit, '--limit') ?? 0 })).map(({ id }) => id)
}

async function placeRun(context: Context, { ports, terms, follow, isInProcess }: Dialling, { name, reason, filter, limits, waits }: RunOrder, selected: number[]): Promise<RunReport> {
  const { io, flags } = context
  const quiet = Boolean(flags.quiet)
  const progress = await startProgress(io, { label: 'calling', total: Math.min(selected.length, limits.max ?? selected.length), quiet, now: () => performance.now() })
  const stopped = () => io.err(`stopping: the requests on the wire come to their end, at most ${count(Math.ceil(context.config.exotel.httpTimeoutMs / 1000))} s; once more Ctrl-C leaves at once\n`)
  context.signal.addEventListener('abort', stopped, { once: true })
  try {
    return await runCalls({
      ...ports,
      onCall: (_, result) => progress.update(result.calls.length),
      onOpen: open => progress.update(selected.length, `${plural(open, 'call')} still open`),
      onSpooled: answers => io.err(`the database could not take the answers of ${plural(answers, 'call')}: they are kept in the spool, and the next vacli call takes them in first\n`),
      onBreaker: until => io.err(`Exotel's last answers tell nothing of their calls: no request goes out before ${istTime(until)}\n`),
    }, terms, { name, reason, filter: { ...filter }, customerIds: selected, limits, follow, waits, endsWithProcess: isInProcess })
  }
  finally {
    context.signal.removeEventListener('abort', stopped)
    progress.stop()
  }
}

async function verifyYes({ io, flags: common, config }: Context, { limits }: RunOrder, calls: number) {
  const { confirm } = await import('../ui/prompt.ts')
  const yes = await confirm(io, `Call ${plural(calls, 'customer')} in ${config.mode} mode?`, { flag: limits.max === undefined && calls > 1 ? '--yes and --max' : '--yes', input: common.input !== false && !common.json })
  if (!yes)
    throw new VacliError('declined', 'nobody was called')
}
