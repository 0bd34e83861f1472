import { judgeCustomers } from '../app/judge-customers.ts'
import { decideReview, decideRow } from '../app/decide-review.ts'
import { findLoanStanding } from '../app/loan-standing.ts'
import { rowNotAsked } from '../app/not-asked.ts'
import { verifyRowAnswer } from '../app/verify-row-answer.ts'
import { verifySound } from '../app/verify-sound.ts'
import type { Context } from '../context.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import { findPhone } from '../domain/phone.ts'
import { ROW_KINDS } from '../domain/review-kinds.ts'
import type { RowAnswer } from '../domain/row-answers.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { maskPhone } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerIo } from './answer.ts'
import { decidePhone } from './decide-phone.ts'
import { answerText } from './views/answer-text.ts'

const PAIR_ANSWERS = ['merge', 'apart'] as const

/** A person's word on a question: `merge` or `apart` on a pair, `accept`, `reject` or `set field=value` on a row, `accept` or `reject` on a phone. */
export async function runMatchDecide(context: Context, what: string, [answer = '', ...rest]: string[]): Promise<void> {
  const row = /^r(\d{1,15})$/i.exec(what)
  if (row)
    return decideDoubt(context, Number(row[1]), [answer, ...rest])
  if (rest.length > 0)
    throw new VacliError('invalid', `one answer is enough, and "${rest.join(' ')}" follows it`, { hint: 'set <field>=<value> is for rows, whose reviews begin with r.' })
  const phone = findPhone(what)
  if (phone)
    return decidePhone(context, phone, answer)
  if (!/^\d{1,9}$/.test(what))
    throw new VacliError('invalid', `"${what}" is neither a review nor a phone`, { hint: 'vacli list reviews shows the reviews; vacli list --blocked-by PHONE_SHARED the phones.' })
  return decidePair(context, Number(what), answer)
}

async function decidePair(context: Context, id: number, answer: string) {
  const { config, flags, now } = context
  const verdict = PAIR_ANSWERS.find(one => one === answer.toLowerCase())
  if (!verdict)
    throw new VacliError('invalid', `the answer to review ${id} cannot be "${answer}"`, { hint: 'merge, or apart' })
  const store = await openForAnswers(context)
  const review = await store.findReview(id)
  const decision = await decideReview({ store, now }, id, verdict, config.operator)
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { review_id: id, answer: verdict, decision_id: decision })
  if (!flags.quiet)
    io.out(`review ${id}: ${answerText(verdict, review ? await findLoanStanding(store, review, now()) : null)}; take it back with: vacli match undo ${decision}\n`)
}

async function decideDoubt(context: Context, rowId: number, words: string[]) {
  const { config, flags, now } = context
  const store = await openForAnswers(context)
  const row = await store.findRow(rowId)
  const code = ROW_KINDS.find(kind => kind === row?.code)
  if (row?.status !== 'review' || !code)
    throw await rowNotAsked(store, rowId)
  const answer = readRowAnswer(code, words)
  await decideRow({ store, now }, rowId, answer, config.operator)
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { review_id: `r${rowId}`, answer: answer.answer, field: answer.field, value: answer.value })
  if (!flags.quiet)
    io.out(`review r${rowId}: ${answer.answer === 'set' ? `${answer.field} is ${answer.field === 'phone' ? maskPhone(answer.value!) : plainText(answer.value!)}` : `${answer.answer}ed`}; take it back with: vacli match undo r${rowId}\n`)
}

/** Reads `accept`, `reject` or `set phone=98XXXXXXXX`. */
export function readRowAnswer(code: string, [word = '', ...rest]: string[]): RowAnswer {
  const answer = word.toLowerCase()
  if ((answer === 'accept' || answer === 'reject') && rest.length === 0)
    return { code, answer, field: null, value: null }
  const [, field, value = ''] = /^([a-z_]+)=(.+)$/s.exec(rest.join(' ').trim()) ?? []
  if (answer !== 'set' || field === undefined)
    throw new VacliError('invalid', `the answer cannot be "${[word, ...rest].join(' ')}"`, { hint: 'accept, reject, or set phone=98XXXXXXXX' })
  return verifyRowAnswer({ code, answer, field, value })
}

/** Nobody answers while an import decides: each would write over what the other read. */
export async function openForAnswers(context: Context) {
  const store = await context.openStore()
  await verifySound(store)
  context.onClose(holdLock(context.config.paths.state, importLockName(context.config.database), 'an import into this database is running').release)
  return store
}
