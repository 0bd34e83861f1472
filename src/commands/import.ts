import { tellBlockedPhones } from '../app/blocked-phones.ts'
import { finishDecisions } from '../app/decide-review.ts'
import { finishUndos } from '../app/undo-import.ts'
import { importLoans, type ImportPorts } from '../app/import-loans.ts'
import type { ImportReport, Remark } from '../app/import-report.ts'
import { findTerms } from '../app/import-terms.ts'
import { formatOf, recallReading, rememberReading } from '../app/source-reading.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import { verifySound } from '../app/verify-sound.ts'
import { tellQuestions } from '../app/read-reviews.ts'
import type { Context } from '../context.ts'
import { openLoanFile } from '../csv/loan-file.ts'
import { findRejectsPlace, openRejectsFile, rejectsPath } from '../csv/rejects-file.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import type { Store } from '../db/store.ts'
import { mapWith } from '../domain/column-mapping.ts'
import { VacliError } from '../errors.ts'
import { errorText } from '../ui/error-text.ts'
import { count, plural } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { startProgress } from '../ui/progress.ts'
import { verifyOutputIsNew } from './answer.ts'
import { type ImportFlags, type ReadImport, readImportFlags } from './import-flags.ts'
import { answerImports } from './views/import-view.ts'

/** Loads files one after the other. A file that cannot be read does not keep the others out. */
export async function runImport(context: Context, files: string[], flags: ImportFlags): Promise<number> {
  const { config, now } = context
  const options = readImportFlags(flags, now())
  verifyOutputIsNew(context)
  const store = options.dryRun ? await context.openRehearsal() : await context.openOrCreateStore()
  // A rehearsal is on a copy of a SQLite file, and keeps nobody waiting; on a server it holds what it touches.
  if (!options.dryRun || config.database.includes('://'))
    context.onClose(holdLock(config.paths.state, importLockName(config.database), 'another import into this database is running').release)
  if (!options.dryRun)
    await verifySound(store)
  await finishUndos({ store, now, signal: context.signal })
  await finishDecisions({ store })
  const { reports, failures } = await importEach(context, store, files, options)
  await judgeCustomers(store, config.rules, now())
  const told: ImportReport[] = []
  for (const report of reports)
    told.push(await tellQuestions(store, await tellBlockedPhones(store, report)))
  if (told.length > 0)
    answerImports(context, told, options.dryRun)
  const last = reports.length === 0 ? failures.pop() : undefined
  for (const { code, message, options: { hint } } of failures)
    context.io.err(errorText({ code, message, hint }, context.flags))
  if (last)
    throw last
  return failures.length > 0 || reports.some(({ rows }) => rows.rejected > 0) ? 3 : 0
}

async function importEach(context: Context, store: Store, files: string[], options: ReadImport) {
  const reports: ImportReport[] = []
  const failures: VacliError[] = []
  for (const path of files) {
    try {
      reports.push(await importOne(context, store, path, options))
    }
    catch (error) {
      if (!(error instanceof VacliError) || error.code === 'interrupted' || error.code === 'declined' || files.length === 1)
        throw error
      failures.push(error)
    }
  }
  return { reports, failures }
}

/** What a person may be asked of a file; nothing where nobody can be. */
function questionsOf({ io, flags }: Context, name: string, beforeAsking: () => void): Pick<ImportPorts, 'confirmShrinkage' | 'confirmAsOf'> {
  if (!io.stdinIsTerminal || !io.stderrIsTerminal || flags.input === false || flags.json)
    return {}
  const confirm = async (question: string, flag: string) => {
    beforeAsking()
    return (await import('../ui/prompt.ts')).confirm(io, question, { flag, input: true })
  }
  return {
    confirmShrinkage: ({ covered, missing }) => confirm(`${count(missing)} of ${plural(covered, 'loan')} are not in ${name} and would not be called any more. Is the file whole?`, '--accept-shrink --reason'),
    confirmAsOf: ({ asOf, said }) => confirm(`${name} says as on ${said}, and --as-of is ${asOf}. Is its data of ${asOf}?`, '--accept-as-of'),
  }
}

async function importOne(context: Context, store: Store, path: string, options: ReadImport): Promise<ImportReport> {
  const { io, flags, config, now, signal } = context
  const reading = await recallReading(store, options.source ?? '', options.reading)
  const file = await openLoanFile(path, io.stdin, { ...formatOf(options.reading), remembered: formatOf(reading), map: mapWith(reading.mapping ?? {}) })
  const progress = await startProgress(io, { label: `importing ${file.name}`, quiet: Boolean(flags.quiet), now: () => performance.now() })
  const placeRejects: ImportPorts['placeRejects'] = (earlier) => {
    const place = findRejectsPlace(options.rejects ?? rejectsPath(path), earlier)
    return { absolute: place.absolute, open: (headers, origin) => openRejectsFile(place, headers, origin) }
  }
  const questions = questionsOf(context, file.name, () => progress.stop())
  const finished: Remark[] = []
  try {
    const { isCorrection, ...terms } = await findTerms(store, file, options, reading)
    const report = await importLoans({ store, now, signal, onProgress: rows => progress.update(rows), onFinished: remark => finished.push(remark), ...(options.dryRun ? {} : { placeRejects }), ...questions }, file, { ...options, ...terms, operator: config.operator })
    // Rejects come in the columns of this program.
    if (!isCorrection)
      await rememberReading(store, terms.source, reading)
    return report
  }
  catch (error) {
    // There will be no report to say so.
    progress.stop()
    finished.forEach(({ message }) => io.err(`${plainText(message)}\n`))
    if (signal.aborted)
      throw new VacliError('interrupted', `the import of ${file.name} was interrupted; nothing read so far is lost`, { hint: `vacli import ${path}`, cause: error })
    throw error
  }
  finally {
    progress.stop()
    await file.close()
  }
}
