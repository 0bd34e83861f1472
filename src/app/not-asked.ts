import type { Store } from '../db/store.ts'
import { istDate, istTimeOfDay } from '../domain/ist.ts'
import { rowReviewId } from '../domain/review-kinds.ts'
import { VacliError } from '../errors.ts'

const WORDS = { merge: 'merged', apart: 'kept apart', accept: 'accepted', reject: 'rejected', set: 'given a value' } as const

interface Answered { word: keyof typeof WORDS, decidedBy: string, decidedAt: Date, undoneBy: string | null, undoneAt: Date | null }

/** Why a pair is not asked about: how it was answered, by whom and when, or that it never was. */
export async function pairNotAsked(store: Pick<Store, 'findDecisionOn'>, reviewId: number): Promise<VacliError> {
  const decision = await store.findDecisionOn(reviewId)
  return notAsked(String(reviewId), decision && { ...decision, word: decision.verdict }, String(decision?.id))
}

/** Why a row is not asked about. */
export async function rowNotAsked(store: Pick<Store, 'findAnswersTo'>, rowId: number): Promise<VacliError> {
  const answers = await store.findAnswersTo(rowId)
  const newest = answers.find(({ undoneAt }) => undoneAt === null) ?? answers[0]
  return notAsked(rowReviewId(rowId), newest && { ...newest, word: newest.answer }, rowReviewId(rowId))
}

function notAsked(name: string, answered: Answered | undefined, undo: string): VacliError {
  if (!answered)
    return new VacliError('not_found', `there is no review ${name}`, { hint: 'vacli list reviews shows those that stand.' })
  const told = `review ${name} was answered: ${WORDS[answered.word]} ${byAndWhen(answered.decidedBy, answered.decidedAt)}`
  return answered.undoneAt === null
    ? new VacliError('not_found', told, { hint: `Take it back with: vacli match undo ${undo}` })
    : new VacliError('not_found', `${told}, and taken back ${byAndWhen(answered.undoneBy, answered.undoneAt)}`, { hint: 'vacli list reviews shows what is asked now, a pair under a new number.' })
}

/** `by asha on 2026-11-23, 10:30` */
export function byAndWhen(by: string | null, at: Date): string {
  return `by ${by ?? 'somebody'} on ${istDate(at)}, ${istTimeOfDay(at)}`
}
