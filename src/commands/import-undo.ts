import { judgeCustomers } from '../app/judge-customers.ts'
import { planUndo, undoImport, type UploadEffect } from '../app/undo-import.ts'
import type { Context } from '../context.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { count, plural } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { startProgress } from '../ui/progress.ts'
import { answerIo, verifyOutputIsNew } from './answer.ts'

export interface UndoFlags { yes?: boolean, dryRun?: boolean }

/** Shows what taking an upload back would touch, asks, and takes it back. Calls that were made never stand in the way. */
export async function runImportUndo(context: Context, text: string, { yes, dryRun }: UndoFlags): Promise<number> {
  const { config, flags, io, now, signal } = context
  verifyOutputIsNew(context)
  const store = await context.openStore()
  const lock = holdLock(config.paths.state, importLockName(config.database), 'an import into this database is running')
  context.onClose(lock.release)
  const { upload, effect } = await planUndo({ store }, readUploadId(text))
  const isDone = upload.status === 'undone'
  const report = { id: upload.id, filename: upload.filename, status: dryRun ? upload.status : 'undone', dry_run: Boolean(dryRun), already_undone: isDone, rows: effect.rows, customers: effect.customers, loans: effect.loans, withdrawn: effect.alone, calls: effect.calls }
  if (!flags.json && !flags.quiet)
    answerIo(context).out(effectText(plainText(upload.filename), upload.id, effect, isDone))
  if (!dryRun && !isDone && !yes)
    await askFirst(context, upload.id)
  if (!dryRun) {
    const progress = startProgress(io, { label: `undoing upload ${upload.id}`, quiet: Boolean(flags.quiet), now: () => performance.now() })
    await undoImport({ store, now, signal, onProgress: done => progress.update(done) }, upload.id, config.operator).finally(() => progress.stop())
    await judgeCustomers(store, config.rules, now())
  }
  if (flags.json)
    emitJson(answerIo(context), report)
  else if (!dryRun && !flags.quiet && !isDone)
    io.err(`upload ${upload.id} is undone; next: vacli list --status withdrawn\n`)
  return 0
}

function readUploadId(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new VacliError('invalid', `"${text}" is no upload`, { hint: 'vacli list uploads' })
  return Number(text)
}

function effectText(name: string, id: number, { rows, customers, loans, alone, calls }: UploadEffect, isDone: boolean): string {
  if (isDone)
    return `upload ${id} (${name}) is undone already\n`
  return [
    `upload ${id} (${name}): ${plural(rows, 'row')} would be withdrawn`,
    `  ${plural(customers, 'customer')} and ${plural(loans, 'loan')} go back to what other files say; of ${count(alone)} of the customers no other file speaks`,
    `  ${plural(calls, 'call')} made because of it ${calls === 1 ? 'stays' : 'stay'} on record`,
    '',
  ].join('\n')
}

async function askFirst({ io, flags }: Context, id: number) {
  const { confirm } = await import('../ui/prompt.ts')
  if (!await confirm(io, `Undo upload ${id}?`, { flag: '--yes', input: flags.input !== false && !flags.json }))
    throw new VacliError('declined', 'nothing was undone')
}
