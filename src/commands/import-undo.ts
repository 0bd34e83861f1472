import { judgeCustomers } from '../app/judge-customers.ts'
import { verifySound } from '../app/verify-sound.ts'
import { finishDecisions } from '../app/decide-review.ts'
import { finishApplying } from '../app/finish-applying.ts'
import { finishUndos, planUndo, undoImport, type UploadEffect } from '../app/undo-import.ts'
import type { Context } from '../context.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import type { Store } from '../db/store.ts'
import type { UploadStatus } from '../domain/upload.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { count, plural } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { startProgress } from '../ui/progress.ts'
import { answerIo, verifyOutputIsNew } from './answer.ts'
import { ifInterrupted } from './if-interrupted.ts'

export interface UndoFlags { yes?: boolean, dryRun?: boolean }

/** Says what taking an upload back would touch and asks, or is told with --yes, and takes it back. Calls that were made never stand in the way. */
export async function runImportUndo(context: Context, text: string, { yes, dryRun }: UndoFlags): Promise<number> {
  const { config, flags, io } = context
  verifyOutputIsNew(context)
  const store = await context.openStore()
  await verifySound(store)
  const lock = holdLock(config.paths.state, importLockName(config.database), 'an import into this database is running')
  context.onClose(lock.release)
  const id = readUploadId(text)
  if (!dryRun)
    await finishOthers(context, store, id).catch(ifInterrupted(context.signal, `interrupted before upload ${id} was undone`, `vacli import undo ${id}`))
  const { upload, effect } = await planUndo({ store }, id)
  const isDone = upload.status === 'undone'
  const nothing = nothingToUndo(upload.status, effect)
  const asks = !dryRun && !nothing && !yes
  const say = (text: string) => flags.json || flags.quiet ? undefined : answerIo(context).out(text)
  const name = `upload ${id} (${plainText(upload.filename)})`
  if (nothing)
    say(`${name} ${nothing}\n`)
  else if (dryRun || asks)
    say(effectText(name, effect, WOULD_BE))
  if (asks)
    await askFirst(context, id)
  // One that was cut off is completed.
  if (!dryRun && (!nothing || isDone))
    await undo(context, store, id)
  if (flags.json)
    emitJson(answerIo(context), undoJson(upload, effect, { dryRun: Boolean(dryRun), isDone, isNothing: nothing !== null }))
  if (dryRun || nothing)
    return 0
  if (!asks)
    say(effectText(name, effect, IS))
  if (!flags.json && !flags.quiet)
    io.err(`upload ${id} is undone; next: vacli list --status withdrawn\n`)
  return 0
}

/** Completes what was cut off before, but for the upload itself: what remains of the book is told of whole uploads. */
async function finishOthers({ io, now, signal }: Context, store: Store, id: number) {
  await finishUndos({ store, now, signal })
  await finishDecisions({ store })
  for (const { message } of await finishApplying({ store, now, signal }, id))
    io.err(`${plainText(message)}\n`)
}

async function undo({ config, flags, io, now, signal }: Context, store: Store, id: number) {
  const progress = await startProgress(io, { label: `undoing upload ${id}`, quiet: Boolean(flags.quiet), now: () => performance.now() })
  await undoImport({ store, now, signal, onProgress: done => progress.update(done) }, id, config.operator)
    .catch(ifInterrupted(signal, `the undo of upload ${id} was interrupted: nobody is called because of its rows, and not all that they touched is yet as other files say`, `vacli import undo ${id} --yes`))
    .finally(() => progress.stop())
  await judgeCustomers(store, config.rules, now())
}

function undoJson({ id, filename, status }: { id: number, filename: string, status: UploadStatus }, effect: UploadEffect, { dryRun, isDone, isNothing }: { dryRun: boolean, isDone: boolean, isNothing: boolean }) {
  const { rows, customers, loans, alone, calls } = isNothing ? { ...effect, rows: 0 } : effect
  return { id, filename, status: dryRun || isNothing ? status : 'undone', dry_run: dryRun, already_undone: isDone, rows, customers, loans, withdrawn: alone, calls }
}

/** Why an upload has nothing that could be taken back; null where it has. */
function nothingToUndo(status: UploadStatus, { customers, loans }: UploadEffect): string | null {
  if (status === 'undone')
    return 'is undone already'
  return status === 'failed' && customers === 0 && loans === 0 ? 'failed, and nothing of it was applied: there is nothing to undo' : null
}

function readUploadId(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new VacliError('invalid', `"${text}" is no upload`, { hint: 'vacli list uploads' })
  return Number(text)
}

const WOULD_BE = { rows: 'would be withdrawn', goes: 'would go back' }
const IS = { rows: 'withdrawn', goes: 'went back' }

function effectText(name: string, { rows, customers, loans, alone, calls }: UploadEffect, { rows: withdrawn, goes }: typeof WOULD_BE): string {
  return [
    `${name}: ${plural(rows, 'row')} ${withdrawn}`,
    customers + loans === 0
      ? '  none of them was applied to a customer or a loan'
      : `  ${plural(customers, 'customer')} and ${plural(loans, 'loan')} ${goes} to what other files say; of ${count(alone)} of the customers no other file speaks`,
    `  ${plural(calls, 'call')} made because of it ${calls === 1 ? 'stays' : 'stay'} on record`,
    '',
  ].join('\n')
}

async function askFirst({ io, flags }: Context, id: number) {
  const { confirm } = await import('../ui/prompt.ts')
  if (!await confirm(io, `Undo upload ${id}?`, { flag: '--yes', input: flags.input !== false && !flags.json }))
    throw new VacliError('declined', 'nothing was undone')
}
