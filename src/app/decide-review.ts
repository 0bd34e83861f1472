import type { Store } from '../db/store.ts'
import { decisionKey, lenderLoan, loanOfKey } from '../domain/known.ts'
import type { RowAnswer } from '../domain/row-answers.ts'
import { rowReviewId } from '../domain/review-kinds.ts'
import { VacliError } from '../errors.ts'
import { byAndWhen, pairNotAsked, rowNotAsked } from './not-asked.ts'
import { recomputeDecided } from './recompute.ts'
import { verifyRowAnswer } from './verify-row-answer.ts'

export interface DecidePorts { store: Store, now: () => Date }

export type Verdict = 'merge' | 'apart'

/** Answers a question about two borrowers, and makes of their rows what follows. Returns the decision's number. */
export async function decideReview(ports: DecidePorts, reviewId: number, verdict: Verdict, operator: string): Promise<number> {
  const { store, now } = ports
  const review = await store.findReview(reviewId)
  if (!review)
    throw await pairNotAsked(store, reviewId)
  const { kind, rule, score, identityA, identityB, customerA, customerB, rowB } = review
  const keyA = await keyOfCustomer(store, customerA)
  const keyB = customerB === null ? await keyOfRow(store, rowB!) : await keyOfCustomer(store, customerB)
  const customerIds = [customerA, ...customerB === null ? [] : [customerB]]
  const decision = await store.decidePair({ a: identityA, b: identityB, keys: [keyA, keyB], verdict, kind, rule, score, by: operator, at: now(), reviewId }, customerIds)
  await finishDecisions(ports)
  return decision
}

/** Takes a decision back: both borrowers become what the rows make of them without it. Calls stay where they were made. */
export async function undoDecision(ports: DecidePorts, id: number, operator: string) {
  const { store, now } = ports
  const decision = await store.findDecision(id)
  if (!decision)
    throw await noDecision(store, id)
  const { identityA, identityB, keyA, keyB } = decision
  const customerIds = await store.findOwners([[identityA, keyA], [identityB, keyB]].map(([fingerprint, key]) => ({ source: '', loanId: '', ...loanOfKey(key!), fingerprint: fingerprint!, phone: key!.startsWith('+') ? key! : null })))
  if (!await store.undoDecision(id, { by: operator, at: now() }, customerIds))
    throw new VacliError('invalid', `decision ${id} was taken back already${decision.undoneAt ? ` ${byAndWhen(decision.undoneBy, decision.undoneAt)}` : ''}`, { hint: 'vacli list reviews shows what is asked now.' })
  await finishDecisions(ports)
  return decision
}

/** Somebody may have typed the number of the question. */
async function noDecision(store: Store, id: number): Promise<VacliError> {
  const answered = await store.findDecisionOn(id)
  return new VacliError('not_found', `there is no decision ${id}`, { hint: answered ? `Review ${id} was answered with decision ${answered.id}: vacli match undo ${answered.id}` : 'vacli why <customer> shows the decisions about a customer.' })
}

/** Answers a doubt about one row; what is typed for a phone or a loan id is verified here, whoever asks. Returns the answer's number. */
export async function decideRow(ports: DecidePorts, rowId: number, answer: RowAnswer, operator: string): Promise<number> {
  const { store, now } = ports
  const kept = verifyRowAnswer(answer)
  // Another person, or a later file, may have answered it since it was shown.
  const row = await store.findRow(rowId)
  if (row?.status !== 'review' || row.code !== answer.code)
    throw await rowNotAsked(store, rowId)
  const seeds = await store.findCustomersOfRow(rowId)
  const id = await store.decideRow({ ...kept, rowId, by: operator, at: now() }, seeds)
  await finishDecisions(ports)
  return id
}

/** Takes an answer about a row back: the row leads to what it led to before. */
export async function undoRowAnswer(ports: DecidePorts, { id, rowId }: { id: number, rowId: number }, operator: string): Promise<void> {
  const { store, now } = ports
  const row = await store.findRow(rowId)
  if (!await store.undoRowAnswer(id, { by: operator, at: now() }, { customerIds: await store.findCustomersOfRow(rowId), loanKeys: row?.loanKey ? [row.loanKey] : [] }))
    throw new VacliError('invalid', `the answer to ${rowReviewId(rowId)} was taken back already`, { hint: 'vacli list reviews shows what is asked now.' })
  await finishDecisions(ports)
}

/** Carries out answers that were kept, also those of a process that was cut off. Returns how many. */
export async function finishDecisions({ store }: Pick<DecidePorts, 'store'>): Promise<number> {
  const half = await store.findHalfDecided()
  for (const { key, customerIds, loanKeys } of half) {
    await recomputeDecided(store, customerIds, loanKeys)
    await store.finishDecision(key)
  }
  return half.length
}

async function keyOfCustomer(store: Store, id: number): Promise<string> {
  const { customers: [customer], loans: [loan] } = await store.readBook([id])
  return decisionKey(customer!.primaryPhone, loan ? lenderLoan(loan.source, loan.loanId) : `customer:${id}`)
}

async function keyOfRow(store: Store, id: number): Promise<string> {
  const row = await store.findRow(id)
  return decisionKey(row!.phone, lenderLoan(row!.source, row!.loanKey ?? ''))
}
