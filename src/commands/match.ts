import { judgeCustomers } from '../app/judge-customers.ts'
import { matchPending } from '../app/match-pending.ts'
import { finishDecisions } from '../app/decide-review.ts'
import { finishUndos } from '../app/undo-import.ts'
import { verifySound } from '../app/verify-sound.ts'
import type { Context } from '../context.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import { emitJson } from '../ui/emit.ts'
import { count, plural } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { startProgress } from '../ui/progress.ts'
import { answerIo } from './answer.ts'
import { ifInterrupted } from './if-interrupted.ts'

/** Decides the rows that imports left pending. */
export async function runMatch(context: Context): Promise<void> {
  const { io, flags, config, now, signal } = context
  const store = await context.openStore()
  context.onClose(holdLock(config.paths.state, importLockName(context.config.database), 'an import into this database is running').release)
  await verifySound(store)
  await finishUndos({ store, now, signal })
  await finishDecisions({ store })
  const progress = await startProgress(io, { label: 'matching', quiet: Boolean(flags.quiet), now: () => performance.now() })
  const matched = await matchPending({ store, now, signal, onProgress: rows => progress.update(rows) })
    .catch(ifInterrupted(signal, 'the matching was interrupted; what was decided stays', 'vacli match'))
    .finally(() => progress.stop())
  await judgeCustomers(store, config.rules, now())

  const out = answerIo(context)
  if (flags.json) {
    return emitJson(out, { uploads: matched.map(({ id, filename, rows, counts, decided, complete, warnings }) => ({
      id, filename, status: complete ? 'completed' : 'processing', decided, rows,
      customers: { created: counts.customersCreated, updated: counts.customersUpdated }, loans: { created: counts.loansCreated, updated: counts.loansUpdated }, warnings,
    })) })
  }
  if (flags.quiet)
    return
  if (matched.every(({ decided }) => decided === 0))
    out.out('nothing is pending\n')
  for (const { id, filename, decided, rows, counts, complete, warnings } of matched) {
    out.out(`${plainText(filename)}: upload ${id}, ${plural(decided, 'row')} decided: ${count(rows.created)} created, ${count(rows.matched)} matched, ${count(rows.review)} in review\n`)
    out.out(`  customers: ${count(counts.customersCreated)} new, ${count(counts.customersUpdated)} changed; loans: ${count(counts.loansCreated)} new, ${count(counts.loansUpdated)} changed\n`)
    for (const { code, message } of warnings)
      out.out(`  noted: ${code}\n    ${plainText(message)}\n`)
    if (!complete)
      io.err(`upload ${id} was not read to its end: vacli import ${plainText(filename)}\n`)
  }
}
