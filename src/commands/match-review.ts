import { type Accepted, acceptPairs } from '../app/accept-pairs.ts'
import { readReviews, type Review } from '../app/read-reviews.ts'
import { verifySound } from '../app/verify-sound.ts'
import type { Context } from '../context.ts'
import type { Store } from '../db/store.ts'
import { BULK_KINDS } from '../domain/review-kinds.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { count, plural } from '../ui/format.ts'
import { canDrawScreen } from '../ui/key-screen.ts'
import { startProgress } from '../ui/progress.ts'
import { answerIo, answerList, verifyOutputIsNew } from './answer.ts'
import { bookKeeper } from './book-keeper.ts'
import { choice, wholeNumber } from './filters.ts'
import { reviewsView } from './views/reviews-view.ts'

export interface ReviewFlags { accept?: string, dryRun?: boolean, yes?: boolean, limit?: string }

const PAGE = 50

/** Asks a person about the doubtful pairs and rows; without a terminal it lists them, and with --accept it merges all pairs of a kind. */
export async function runMatchReview(context: Context, flags: ReviewFlags): Promise<void> {
  const kind = choice(flags.accept, '--accept', BULK_KINDS)
  if (!kind && (flags.yes || flags.dryRun))
    throw new VacliError('invalid', `${flags.yes ? '--yes' : '--dry-run'} goes with --accept`, { hint: `vacli match review --accept POSSIBLE_SAME --dry-run; kinds of pairs: ${BULK_KINDS.join(', ')}` })
  verifyOutputIsNew(context)
  const limit = wholeNumber(flags.limit, '--limit')
  const store = await context.openStore()
  if (kind) {
    const { reviews } = await readReviews(store, { status: kind }, { limit: 0 })
    return flags.dryRun ? answerDryRun(context, kind, reviews) : acceptAll(context, store, kind, reviews, Boolean(flags.yes))
  }
  if (asks(context)) {
    await verifySound(store)
    const { runReviewPage } = await import('./review-page.ts')
    return runReviewPage(context, store)
  }
  const whole = !context.flags.json && (!context.io.stdoutIsTerminal || context.flags.ndjson || context.flags.csv || context.flags.output)
  const { reviews, total } = await readReviews(store, {}, { limit: limit ?? (whole ? 0 : PAGE) })
  await answerList(context, reviewsView, reviews, total)
}

function asks({ io, flags: { json, ndjson, csv, output, fields, input } }: Context): boolean {
  return canDrawScreen(io) && input !== false && !json && !ndjson && !csv && !output && !fields
}

async function answerDryRun(context: Context, kind: string, pairs: Review[]) {
  await answerList(context, reviewsView, pairs, pairs.length)
  if (pairs.length > 0 && !context.flags.json && !context.flags.quiet)
    context.io.err(`${plural(pairs.length, 'pair')} would be merged, nothing was changed; next: vacli match review --accept ${kind} --yes\n`)
}

async function acceptAll(context: Context, store: Store, kind: string, pairs: Review[], yes: boolean) {
  const { config, flags, io, now, signal } = context
  if (pairs.length > 0 && !yes)
    await askFirst(context, kind, pairs.length)
  await verifySound(store)
  const progress = await startProgress(io, { label: 'merging', total: pairs.length, quiet: Boolean(flags.quiet), now: () => performance.now() })
  const accept = () => acceptPairs({ store, now, operator: config.operator, signal, onProgress: done => progress.update(done) }, pairs)
  const accepted = await bookKeeper(context, store)(accept).finally(() => progress.stop())
  answerAccepted(context, kind, pairs.length, accepted)
}

async function askFirst({ io, flags }: Context, kind: string, pairs: number) {
  const { confirm } = await import('../ui/prompt.ts')
  if (!await confirm(io, `Merge ${plural(pairs, 'pair')} of ${kind}?`, { flag: '--yes, or see them with --dry-run', input: flags.input !== false && !flags.json }))
    throw new VacliError('declined', 'nothing was merged')
}

function answerAccepted(context: Context, kind: string, total: number, accepted: Accepted[]) {
  const { flags } = context
  const merged = accepted.filter(({ decision }) => decision !== null)
  const left = total - accepted.length
  const settled = accepted.length - merged.length
  if (flags.json)
    emitJson(answerIo(context), { kind, dry_run: false, total, merged: merged.length, settled, left, data: accepted.map(({ review: { id }, decision }) => ({ id, decision })) })
  else if (!flags.quiet)
    answerIo(context).out(`${plural(total, 'pair')} of ${kind}: ${count(merged.length)} merged, ${count(settled)} settled by them, ${count(left)} left\n`)
  if (left > 0)
    throw new VacliError('interrupted', `interrupted: ${plural(merged.length, 'pair')} merged, ${count(left)} left`, { hint: `vacli match review --accept ${kind} --yes` })
}
