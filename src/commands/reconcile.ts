import { decideCall, parseDecision } from '../app/decide-call.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import { reconcile, type ReconcileReport } from '../app/reconcile.ts'
import { sweep, type SweepReport } from '../app/sweep.ts'
import { verifySound } from '../app/verify-sound.ts'
import type { Context } from '../context.ts'
import { replayAnswers } from '../dialling.ts'
import { VacliError } from '../errors.ts'
import { openExchange } from '../exchange.ts'
import { reconcileTerms } from '../reconcile-terms.ts'
import { startProgress } from '../ui/progress.ts'
import { verifyOutputIsNew } from './answer.ts'
import { answerDecided, answerReconciled } from './views/reconcile-view.ts'

/** `--decide 7 not-placed`: commander gives both words as one list. */
export interface ReconcileFlags { decide?: string[] }

/** Asks Exotel about every open call and sweeps its list, or takes a person's word for one call. Returns the exit code. */
export async function runReconcile(context: Context, flags: ReconcileFlags): Promise<number> {
  const { config, now, wait, signal } = context
  const decision = readDecision(flags.decide)
  verifyOutputIsNew(context)
  const store = await context.openStore()
  await verifySound(store)
  const { telephony, isInProcess } = await openExchange(context, store)
  await replayAnswers(context, store)
  if (decision) {
    const call = await decideCall({ store, telephony, now, operator: config.operator }, decision.callId, decision.decision)
    await judgeCustomers(store, config.rules, now())
    answerDecided(context, call)
    return 0
  }

  const ports = { store, telephony, now, wait, signal }
  // Asked by a person, Exotel is asked about every open call, however young.
  const terms = { ...reconcileTerms(config, isInProcess), pollAfterMs: 0 }
  const reconciled = await withProgress(context, onProgress => attempt(() => reconcile({ ...ports, onProgress }, terms)))
  const swept = reconciled.failure ? { failure: reconciled.failure } : await attempt(() => sweep(ports, terms))
  await judgeCustomers(store, config.rules, now())
  // Two ends of one call are Exotel's to decide.
  const forPerson = (await store.findCallsWithAttention()).filter(({ attention }) => attention !== 'ENDS_DIFFER')
  if (reconciled.done)
    answerReconciled(context, { reconciled: reconciled.done, swept: swept.done, forPerson })
  const failure = reconciled.failure ?? swept.failure
  if (failure)
    throw failure
  return forPerson.length > 0 || swept.done!.secondSids.length > 0 ? 3 : 0
}

function readDecision(words: string[] | undefined) {
  if (words === undefined)
    return undefined
  const [id = '', word = ''] = words
  const decision = parseDecision(word)
  if (words.length !== 2 || !/^\d{1,9}$/.test(id) || !decision)
    throw new VacliError('invalid', `--decide cannot be "${words.join(' ')}"`, { hint: 'vacli reconcile --decide 7 placed:<sid>, or: vacli reconcile --decide 7 not-placed' })
  return { callId: Number(id), decision }
}

interface Attempt<Done> { done?: Done, failure?: VacliError }

/** What Exotel did not answer is told after what was found out without it. */
async function attempt<Done extends ReconcileReport | SweepReport>(work: () => Promise<Done>): Promise<Attempt<Done>> {
  try {
    return { done: await work() }
  }
  catch (error) {
    if (error instanceof VacliError && error.code === 'unavailable')
      return { failure: error }
    throw error
  }
}

async function withProgress<Done>({ io, flags }: Context, work: (onProgress: (doing: string) => void) => Promise<Done>): Promise<Done> {
  const progress = await startProgress(io, { label: 'asking Exotel', quiet: Boolean(flags.quiet), now: () => performance.now() })
  let steps = 0
  try {
    return await work(doing => progress.update(++steps, doing))
  }
  finally {
    progress.stop()
  }
}
