import { judgeCustomers } from '../app/judge-customers.ts'
import { undoDecision, undoRowAnswer } from '../app/decide-review.ts'
import type { Context } from '../context.ts'
import { rowReviewId } from '../domain/review-kinds.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { answerIo } from './answer.ts'
import { openForAnswers } from './match-decide.ts'
import { givenText, takenBackText } from './views/answer-text.ts'

/** Takes a decision about two borrowers back, or the answer about a row. Calls stay where they were made. */
export async function runMatchUndo(context: Context, text: string): Promise<void> {
  const row = /^r(\d{1,15})$/i.exec(text)
  if (row)
    return undoDoubt(context, Number(row[1]))
  const { config, flags, now } = context
  if (!/^\d{1,9}$/.test(text))
    throw new VacliError('invalid', `"${text}" is no merge`, { hint: 'vacli why <customer> shows the decisions about a customer; an answer about a row is named as its review was, such as r12.' })
  const store = await openForAnswers(context)
  const { id, verdict } = await undoDecision({ store, now }, Number(text), config.operator)
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { decision_id: id, verdict, undone: true })
  if (!flags.quiet)
    io.out(verdict === 'merge' ? `merge ${id} is taken back; where the rows still speak of two borrowers, both are there again and asked about: vacli list reviews\n` : `decision ${id} is taken back; what follows from it is asked again: vacli list reviews\n`)
}

async function undoDoubt(context: Context, rowId: number) {
  const { config, flags, now } = context
  const store = await openForAnswers(context)
  const answers = await store.findAnswersTo(rowId)
  const standing = answers.find(({ undoneAt }) => undoneAt === null)
  const name = rowReviewId(rowId)
  if (!standing)
    throw new VacliError('not_found', answers[0] ? `the answer to ${name} ${takenBackText(answers[0])}` : `nobody has answered ${name}`, { hint: 'vacli list reviews shows what is asked; vacli why <customer> what was answered.' })
  await undoRowAnswer({ store, now }, standing, config.operator)
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { review_id: name, answer: standing.answer, field: standing.field, value: standing.value, undone: true })
  if (!flags.quiet)
    io.out(`the answer to ${name}, ${givenText(standing)}, is taken back; unless a newer file has settled it, it is asked again: vacli list reviews\n`)
}
