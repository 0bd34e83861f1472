import type { Context } from '../../context.ts'
import type { StoredRun } from '../../db/run-store.ts'
import { type RunState, runStateOf } from '../../domain/run.ts'
import { emitJson } from '../../ui/emit.ts'
import { istTime, rfc3339 } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import type { Tone } from '../../ui/tones.ts'
import { answerIo } from '../answer.ts'
import { rfcOrNull, time } from './customers-view.ts'
import { listView, orDash } from './list-view.ts'

const STATE_TONES: Partial<Record<RunState, Tone>> = { running: 'good', stopping: 'waiting', interrupted: 'bad', failed: 'bad' }

type Counts = Partial<Record<'selected' | 'placed' | 'failed' | 'unknown' | 'notCalled', number>> & { blocked?: Record<string, number>, stop?: { kind: string, reason: string } | null, fault?: string }

const countsOf = (run: StoredRun) => (run.result ?? {}) as Counts
const blockedOf = (run: StoredRun) => Object.values(countsOf(run).blocked ?? {}).reduce((sum, n) => sum + n, 0)
const whyOf = (run: StoredRun) => countsOf(run).fault ?? countsOf(run).stop?.reason ?? null

export const runsView = (now: Date) => listView<StoredRun>(runJson(now), exact => [
  { key: 'id', title: 'run', align: 'right', priority: 1, text: run => String(run.id) },
  { key: 'started_at', title: 'started', priority: 1, text: run => time(run.startedAt, exact) },
  { key: 'status', title: 'status', priority: 1, text: run => runStateOf(run, now), tone: run => STATE_TONES[runStateOf(run, now)] },
  { key: 'name', title: 'name', priority: 2, text: run => orDash(run.name) },
  { key: 'operator', title: 'operator', priority: 3, text: run => run.operator },
  ...(['selected', 'placed', 'failed', 'unknown'] as const).map(key => ({ key, title: key, align: 'right' as const, priority: 2, text: (run: StoredRun) => orDash(countsOf(run)[key]) })),
  { key: 'blocked', title: 'blocked', align: 'right', priority: 2, text: run => String(blockedOf(run)) },
  { key: 'not_called', title: 'not called', align: 'right', priority: 2, text: run => orDash(countsOf(run).notCalled) },
  { key: 'why', title: 'why it ended', priority: 4, min: 10, text: run => orDash(whyOf(run)) },
])

function runJson(now: Date) {
  const count = (key: keyof Counts) => (run: StoredRun) => countsOf(run)[key] ?? null
  return {
    id: (run: StoredRun) => run.id,
    name: (run: StoredRun) => run.name,
    operator: (run: StoredRun) => run.operator,
    reason: (run: StoredRun) => run.reason,
    status: (run: StoredRun) => runStateOf(run, now),
    selected: count('selected'),
    placed: count('placed'),
    failed: count('failed'),
    unknown: count('unknown'),
    not_called: count('notCalled'),
    blocked: (run: StoredRun) => countsOf(run).blocked ?? {},
    why: whyOf,
    filter: (run: StoredRun) => run.filter,
    terms: (run: StoredRun) => run.terms,
    started_at: (run: StoredRun) => rfc3339(run.startedAt),
    ended_at: (run: StoredRun) => rfcOrNull(run.endedAt),
  }
}

/** One run, with how its calls stand now. */
export function answerOneRun(context: Context, run: StoredRun, calls: { status: string, calls: number }[]): void {
  const io = answerIo(context)
  const now = context.now()
  const byStatus = Object.fromEntries(calls.map(({ status, calls: n }) => [status, n]))
  if (context.flags.json)
    return emitJson(io, { ...Object.fromEntries(Object.entries(runJson(now)).map(([key, read]) => [key, read(run)])), calls: byStatus })
  const counts = countsOf(run)
  io.out(`run ${run.id}${run.name ? ` "${plainText(run.name)}"` : ''} by ${plainText(run.operator)}, ${istTime(run.startedAt)}${run.endedAt ? ` to ${istTime(run.endedAt)}` : ''}: ${runStateOf(run, now)}\n`)
  if (run.reason)
    io.out(`reason    ${plainText(run.reason)}\n`)
  io.out(`filter    ${plainText(JSON.stringify(run.filter))}\n`)
  io.out(`selected  ${counts.selected ?? 0}: ${counts.placed ?? 0} called, ${counts.failed ?? 0} failed, ${counts.unknown ?? 0} unknown, ${blockedOf(run)} blocked, ${counts.notCalled ?? 0} not called\n`)
  io.out(`calls     ${calls.map(({ status, calls: n }) => `${n} ${status}`).join(', ') || 'none'}\n`)
  if (whyOf(run))
    io.out(`ended     ${plainText(whyOf(run)!)}\n`)
  if (['stopped', 'interrupted', 'failed'].includes(runStateOf(run, now)))
    context.io.err(`next: vacli runs resume ${run.id}\n`)
}
