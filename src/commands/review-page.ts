import type { Review } from '../app/read-reviews.ts'
import { openSitting, type ReviewSitting, type SittingCounts } from '../app/review-sitting.ts'
import type { Context } from '../context.ts'
import type { Store } from '../db/store.ts'
import { isPairKind } from '../domain/review-kinds.ts'
import { findTypedPhone } from '../domain/typed-phone.ts'
import { VacliError } from '../errors.ts'
import { count, plural } from '../ui/format.ts'
import { type Key, type KeyScreen, openKeyScreen } from '../ui/key-screen.ts'
import { ask } from '../ui/prompt.ts'
import { errTones } from '../ui/tones.ts'
import { bookKeeper } from './book-keeper.ts'
import { loanText } from './views/answer-text.ts'
import { allAskedPage, reviewPage } from './views/review-page.ts'
import { isAboutPhone } from './views/review-keys.ts'

/** What a key led to: a word about it, or the end of the sitting. */
type Step = { notice?: string, isStale?: boolean } | { end: 'quit' | 'interrupted' }

interface Table { context: Context, screen: KeyScreen, sitting: ReviewSitting }

/** Keys that may be pressed ahead: they answer nothing that was not seen. */
const AHEAD = new Set<Key>(['q', 'u', 'interrupt', 'end', 'stop', 'resize'])

/** Asks a person about one question after the other, until all were asked or the person leaves. Every answer is kept at once. */
export async function runReviewPage(context: Context, store: Store): Promise<void> {
  const { io, now, signal, config } = context
  const screen = openKeyScreen(io, signal)
  const sitting = openSitting({ store, now, operator: config.operator, carryOut: bookKeeper(context, store) })
  let end: 'quit' | 'interrupted'
  try {
    end = await askAll({ context, screen, sitting })
  }
  finally {
    screen.close()
  }
  const { left } = await sitting.next()
  const summary = summaryText(sitting.counts(), left)
  if (end === 'interrupted')
    throw new VacliError('interrupted', `interrupted: ${summary}`, left > 0 ? { hint: 'vacli match review' } : {})
  io.out(`${summary}\n`)
}

async function askAll(table: Table): Promise<'quit' | 'interrupted'> {
  let [question, notice, help] = [await table.sitting.next(), '', false]
  notice = forgetEarly(table)
  for (;;) {
    draw(table, question, notice, help)
    const key = await table.screen.key()
    if (key === 'resize')
      continue
    if (key === '?') {
      help = !help
      continue
    }
    const step = await takeKey(table, question.review, key)
    if ('end' in step)
      return step.end
    notice = step.notice ?? ''
    if (step.isStale) {
      question = await table.sitting.next()
      help = false
      notice = [notice, forgetEarly(table)].filter(Boolean).join('; ')
    }
  }
}

/** A held key must not answer what nobody has read. */
function forgetEarly({ screen }: Table): string {
  const early = screen.forget(pressed => !AHEAD.has(pressed))
  return early > 0 ? `${plural(early, 'key')} came before this was shown and ${early === 1 ? 'was' : 'were'} not taken` : ''
}

function draw({ context: { io }, screen }: Table, { review, left }: { review: Review | null, left: number }, notice: string, help: boolean) {
  const options = { width: io.columns, rows: io.rows, paint: errTones(io), left, notice, help }
  screen.draw(review ? reviewPage(review, options) : allAskedPage(options))
}

async function takeKey(table: Table, review: Review | null, key: Key): Promise<Step> {
  if (key === 'q' || key === 'end')
    return { end: 'quit' }
  if (key === 'interrupt' || key === 'stop')
    return { end: 'interrupted' }
  try {
    if (key === 'u')
      return await undo(table)
    return review ? await answer(table, review, key) : {}
  }
  catch (error) {
    // Somebody else was there first, or an import holds the book: the person reads that and goes on.
    if (error instanceof VacliError && ['not_found', 'invalid', 'busy'].includes(error.code))
      return { notice: error.code === 'busy' ? `${error.message}: not kept, try again` : error.message, isStale: true }
    if (error instanceof VacliError && error.code === 'interrupted')
      return { end: 'interrupted' }
    throw error
  }
}

async function undo({ sitting }: Table): Promise<Step> {
  const undone = await sitting.undo()
  if (undone === undefined)
    return { notice: 'nothing was answered in this sitting' }
  return { notice: undone.verdict === 'row' ? `the answer to question ${undone.review.id} is taken back` : `decision ${undone.decision} is taken back`, isStale: true }
}

async function answer(table: Table, review: Review, key: Key): Promise<Step> {
  const { sitting } = table
  if (key === 's') {
    sitting.skip(review)
    return { notice: `question ${review.id} is left for the next time`, isStale: true }
  }
  if (!isPairKind(review.kind))
    return answerRow(table, review, key)
  if (key !== 'm' && key !== 'a')
    return { notice: `"${key}" is no key here; ? names them` }
  const { decision, loan } = await sitting.decide(review, key === 'm' ? 'merge' : 'apart')
  const told = key === 'a' && loan ? `; ${loanText(loan)}` : ''
  return { notice: `${key === 'm' ? 'merged' : 'kept apart'}: decision ${decision}; u takes it back${told}`, isStale: true }
}

async function answerRow({ context, screen, sitting }: Table, review: Review, key: Key): Promise<Step> {
  if (key === 'p' && isAboutPhone(review.kind)) {
    const typed = await screen.aside(() => ask(context.io, `Phone of ${review.sides[0]!.fullName} (blank: none now):`, { flag: 'vacli match review --json', validate: text => text === '' || findTypedPhone(text).problem === undefined || findTypedPhone(text).problem! }))
    if (typed === '')
      return {}
    const { phone } = findTypedPhone(typed)
    await sitting.answerRow(review, { answer: 'set', field: 'phone', value: phone! })
    return { notice: `question ${review.id}: the phone is ${phone}; u takes it back`, isStale: true }
  }
  if (key !== 'y' && key !== 'n')
    return { notice: `"${key}" is no key here; ? names them` }
  await sitting.answerRow(review, { answer: key === 'y' ? 'accept' : 'reject', field: null, value: null })
  return { notice: `question ${review.id}: ${key === 'y' ? 'accepted' : 'rejected'}; u takes it back`, isStale: true }
}

/** `3 answered: 1 merged, 1 kept apart, 1 row decided; 4 left` */
function summaryText({ merged, apart, rows }: SittingCounts, left: number): string {
  const parts = [merged > 0 && `${count(merged)} merged`, apart > 0 && `${count(apart)} kept apart`, rows > 0 && `${plural(rows, 'row')} decided`].filter(Boolean)
  return `${count(merged + apart + rows)} answered${parts.length > 0 ? `: ${parts.join(', ')}` : ''}; ${count(left)} left`
}
