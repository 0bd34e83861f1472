import type { Context } from '../context.ts'
import type { StoredRun } from '../db/run-store.ts'
import type { Store } from '../db/store.ts'
import { runStateOf } from '../domain/run.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { istTime, rfc3339 } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerIo, answerList } from './answer.ts'
import { readLimits } from './call.ts'
import { type FilterFlags, wholeNumber } from './filters.ts'
import { runSelection } from './run-selection.ts'
import { answerOneRun, runsView } from './views/runs-view.ts'

interface ResumeFlags { yes?: boolean, wait?: boolean, max?: string }

/** The runs, newest first. */
export async function listRuns(context: Context, { limit }: { limit?: string }): Promise<void> {
  const store = await context.openStore()
  const runs = await store.listRuns(0)
  const shown = wholeNumber(limit, '--limit') ?? 50
  await answerList(context, runsView(context.now()), shown === 0 ? runs : runs.slice(0, shown), runs.length)
  const { pause } = await store.readStanding()
  if (pause && !context.flags.json)
    context.io.err(`dialling is paused by ${plainText(pause.by)} since ${istTime(new Date(pause.at))}: ${plainText(pause.reason)}. vacli runs resume lifts the pause.\n`)
}

export async function showRun(context: Context, id: string): Promise<void> {
  const store = await context.openStore()
  const run = await getRun(store, id)
  answerOneRun(context, run, await store.countCallsOfRun(run.id))
}

/** One run ends before its next call; `--all` pauses every run, today's and tomorrow's, until `runs resume`. */
export async function stopRuns(context: Context, id: string | undefined, { all = false, reason = 'runs stop --all' }: { all?: boolean, reason?: string }): Promise<void> {
  if (all === (id !== undefined))
    throw new VacliError('invalid', 'stop which run?', { hint: 'vacli runs stop 3, or: vacli runs stop --all, which also holds the runs of cron until vacli runs resume' })
  const store = await context.openStore()
  const io = answerIo(context)
  const { config: { operator }, now, flags } = context
  if (all) {
    await store.pauseDialling({ by: operator, reason, at: now().toISOString() })
    const { pause } = await store.readStanding()
    if (flags.json)
      return emitJson(io, { paused: pause })
    return io.out(`dialling is paused: nobody is called until vacli runs resume. Requests on the wire come to their end.\n`)
  }
  const run = await getRun(store, id!)
  const stopped = await store.requestStop(run.id, operator, now())
  if (flags.json)
    return emitJson(io, { run_id: run.id, stopped })
  io.out(stopped ? `run ${run.id} ends before its next call\n` : `run ${run.id} has already ended\n`)
}

/** Lifts the pause; with a run, calls whom its filter selects now, within what its --max left. */
export async function resumeRuns(context: Context, id: string | undefined, flags: ResumeFlags): Promise<number | undefined> {
  const store = await context.openStore()
  if (id === undefined)
    return liftPause(context, store)
  const run = await getRun(store, id)
  if (runStateOf(run, context.now()) === 'running')
    throw new VacliError('busy', `run ${run.id} is still running`, { hint: `vacli runs stop ${run.id}` })
  const left = await callsLeft(store, run)
  if (left === 0) {
    answerIo(context).out(`run ${run.id} has made all the calls it was allowed\n`)
    return 0
  }
  const max = flags.max ?? left?.toString()
  const terms = run.terms as { per_minute?: number | null, concurrency?: number } | null
  const { filter, name, reason } = run
  verifyYes(flags, max)
  return runSelection(context, store, {
    filter: filter as FilterFlags, name, reason, dryRun: false,
    limits: readLimits(context, { ...(max === undefined ? {} : { max }), ...(terms?.per_minute ? { rate: String(terms.per_minute) } : {}), ...(terms?.concurrency ? { concurrency: String(terms.concurrency) } : {}) }),
    waits: Boolean(flags.wait),
    yes: Boolean(flags.yes),
  })
}

function verifyYes({ yes }: ResumeFlags, max: string | undefined) {
  if (yes && max === undefined)
    throw new VacliError('invalid', 'the run had no --max, and --yes needs one', { hint: 'vacli runs resume <run> --yes --max 500' })
}

async function liftPause(context: Context, store: Store): Promise<number> {
  const lifted = await store.liftPause()
  const io = answerIo(context)
  if (context.flags.json)
    emitJson(io, { lifted: lifted ?? null })
  else
    io.out(lifted ? `the pause of ${plainText(lifted.by)} since ${rfc3339(new Date(lifted.at))} is lifted: ${plainText(lifted.reason)}\n` : 'dialling was not paused\n')
  return 0
}

/** How many calls of its --max a run has not made; undefined where it had none. */
async function callsLeft(store: Store, run: StoredRun): Promise<number | undefined> {
  const max = (run.terms as { max?: number | null } | null)?.max
  if (max === null || max === undefined)
    return undefined
  const made = (await store.countCallsOfRun(run.id)).filter(({ status }) => status !== 'not_placed').reduce((sum, { calls }) => sum + calls, 0)
  return Math.max(max - made, 0)
}

async function getRun(store: Store, text: string): Promise<StoredRun> {
  const run = /^\d{1,9}$/.test(text) ? await store.findRun(Number(text)) : undefined
  if (!run)
    throw new VacliError('not_found', `there is no run ${text}`, { hint: 'vacli runs list' })
  return run
}
