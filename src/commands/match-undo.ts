import { judgeCustomers } from '../app/judge-customers.ts'
import { undoDecision } from '../app/decide-review.ts'
import type { Context } from '../context.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { answerIo } from './answer.ts'
import { openForAnswers } from './match-decide.ts'

/** Takes a decision about two borrowers back. Calls stay where they were made. */
export async function runMatchUndo(context: Context, text: string): Promise<void> {
  const { config, flags, now } = context
  if (!/^\d{1,9}$/.test(text))
    throw new VacliError('invalid', `"${text}" is no merge`, { hint: 'vacli why <customer> shows the decisions about a customer.' })
  const store = await openForAnswers(context)
  const { id, verdict } = await undoDecision({ store, now }, Number(text), config.operator)
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { decision_id: id, verdict, undone: true })
  if (!flags.quiet)
    io.out(verdict === 'merge' ? `merge ${id} is taken back: both customers are there again, and asked about: vacli list reviews\n` : `decision ${id} is taken back; what follows from it is asked again: vacli list reviews\n`)
}
