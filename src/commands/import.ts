import { type ImportReport, importLoans } from '../app/import-loans.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import { openLoanFile } from '../csv/loan-file.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import { parseWhen } from '../domain/when.ts'
import { VacliError } from '../errors.ts'
import { errorText } from '../ui/error-text.ts'
import { startProgress } from '../ui/progress.ts'
import { verifyOutputIsNew } from './answer.ts'
import { answerImports } from './views/import-view.ts'

export interface ImportFlags { match: boolean, force?: boolean, asOf?: string }

/** Loads files one after the other. A file that cannot be read does not keep the others out. */
export async function runImport(context: Context, files: string[], flags: ImportFlags): Promise<number> {
  const asOf = readAsOf(flags.asOf, context.now())
  verifyOutputIsNew(context)
  const store = await context.openOrCreateStore()
  const lock = holdLock(context.config.paths.state, importLockName(context.config.database), 'another import into this database is running')
  context.onClose(lock.release)
  const reports: ImportReport[] = []
  const failures: VacliError[] = []
  for (const path of files) {
    try {
      reports.push(await importOne(context, store, path, { ...flags, asOf }))
    }
    catch (error) {
      if (!(error instanceof VacliError) || error.code === 'interrupted' || files.length === 1)
        throw error
      failures.push(error)
    }
  }
  await judgeCustomers(store, context.config.rules, context.now())
  if (reports.length > 0)
    answerImports(context, reports)
  const last = reports.length === 0 ? failures.pop() : undefined
  for (const { code, message, options } of failures)
    context.io.err(errorText({ code, message, hint: options.hint }, context.flags))
  if (last)
    throw last
  return failures.length > 0 || reports.some(({ rows }) => rows.rejected > 0) ? 3 : 0
}

async function importOne(context: Context, store: Awaited<ReturnType<Context['openStore']>>, path: string, { match, force = false, asOf }: Omit<ImportFlags, 'asOf'> & { asOf: Date | undefined }): Promise<ImportReport> {
  const { io, flags, config, now, signal } = context
  const file = await openLoanFile(path, io.stdin)
  const progress = startProgress(io, { label: `importing ${file.name}`, quiet: Boolean(flags.quiet), now: () => performance.now() })
  try {
    return await importLoans({ store, now, signal, onProgress: rows => progress.update(rows) }, file, { source: '', operator: config.operator, asOf, match, force })
  }
  catch (error) {
    if (signal.aborted)
      throw new VacliError('interrupted', `the import of ${file.name} was interrupted; nothing read so far is lost`, { hint: `vacli import ${path}`, cause: error })
    throw error
  }
  finally {
    progress.stop()
    await file.close()
  }
}

function readAsOf(text: string | undefined, now: Date): Date | undefined {
  const asOf = text === undefined ? undefined : parseWhen(text, now)
  if (text !== undefined && (!asOf || asOf > now))
    throw new VacliError('invalid', `--as-of cannot be "${text}"`, { hint: 'It takes the date of the data, today or earlier: --as-of 2026-11-21' })
  return asOf
}
