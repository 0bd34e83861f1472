import { type Explanation, explainCustomer } from '../app/explain-customer.ts'
import type { Context } from '../context.ts'
import { rowReviewId } from '../domain/review-kinds.ts'
import { emitJson } from '../ui/emit.ts'
import { istTime, rfc3339 } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerIo } from './answer.ts'
import { otherPhoneText, resolveBorrower } from './resolve-customer.ts'
import { givenText, takenBackText } from './views/answer-text.ts'
import { rfcOrNull } from './views/customers-view.ts'
import { reviewsView } from './views/reviews-view.ts'

type Decision = Explanation['decisions'][number]

/** Why a customer is who it is: the rows it came from, the rule and score that joined each, and the decisions taken. */
export async function runWhy(context: Context, who: string): Promise<void> {
  const store = await context.openStore()
  const { id, otherPhone } = await resolveBorrower(store, who)
  const [customer] = await store.findCustomersById([id])
  const explained = await explainCustomer(store, id)
  const io = answerIo(context)
  if (context.flags.json)
    return emitJson(io, { customer_id: id, full_name: customer!.fullName, primary_phone: customer!.primaryPhone, found_by: otherPhone, ...explanationJson(explained) })
  io.out(`${plainText(customer!.fullName)} (${id}), ${customer!.primaryPhone ?? 'no phone'}\n${otherPhone ? `${otherPhoneText(otherPhone)}\n` : ''}${explanationText(explained)}`)
}

function explanationJson({ rows, spellings, otherPhones, decisions, answers, reviews, mergedInto }: Explanation) {
  return {
    merged_into: mergedInto,
    rows: rows.map(({ row, loanId }) => ({ upload_id: row.fileUploadId, line: row.lineNumber, status: row.status, code: row.code, loan_id: loanId, rule: row.matchRule, score: row.matchScore })),
    spellings: spellings.map(({ fullName, phone }) => ({ full_name: fullName, phone })),
    other_phones: otherPhones.map(({ number, kind }) => ({ number, kind })),
    decisions: decisions.map(({ id, verdict, kind, rule, score, decidedBy, decidedAt, undoneBy, undoneAt }) => ({ id, verdict, kind, rule, score, by: decidedBy, at: rfc3339(decidedAt), undone_by: undoneBy, undone_at: rfcOrNull(undoneAt) })),
    answers: answers.map(({ rowId, answer, field, value, code, decidedBy, decidedAt, undoneBy, undoneAt }) => ({ review_id: rowReviewId(rowId), answer, field, value, kind: code, by: decidedBy, at: rfc3339(decidedAt), undone_by: undoneBy, undone_at: rfcOrNull(undoneAt) })),
    reviews: reviews.map(reviewsView.json),
  }
}

const RULES: Record<string, string> = {
  new: 'the first row: nobody was known by its phone or loan',
  person: 'a person said so',
  'phone+name': 'same phone, same name',
  'loan+name': 'same loan, same name',
  'loan+spelling': 'same loan, name spelled otherwise',
  'loan+initials': 'same loan, initials fit',
  'loan+placeholder': 'same loan, name but for a common surname',
  'loan+script': 'same loan, name in another script',
}

function explanationText({ rows, spellings, otherPhones, decisions, answers, reviews, mergedInto }: Explanation): string {
  return [
    'rows',
    ...(rows.length > 0 ? [] : [mergedInto === null ? '  none: no file speaks of this customer any more' : `  none of its own any more: a person merged it into customer ${mergedInto}: vacli why ${mergedInto}`]),
    ...rows.map(({ row, loanId }) => `  upload ${row.fileUploadId}, line ${row.lineNumber}, loan ${plainText(loanId ?? '–')}: ${joinedText(row)}`),
    ...(spellings.length === 0 ? [] : ['also written', ...spellings.map(({ fullName, phone }) => `  ${plainText(fullName ?? 'as an older row had it')}${phone === null ? '' : `, ${phone}`}`)]),
    ...(otherPhones.length === 0 ? [] : ['other phones, not called', ...otherPhones.map(({ number, kind }) => `  ${number}, ${kind}`)]),
    ...(decisions.length === 0 ? [] : ['decisions', ...decisions.map(decisionText)]),
    ...(answers.length === 0 ? [] : ['answers about rows', ...answers.map(answer => `  ${rowReviewId(answer.rowId)}: ${givenText(answer)}; ${answer.code}${answer.undoneAt === null ? '' : `, ${takenBackText(answer)}`}`)]),
    ...(reviews.length === 0 ? [] : ['waiting for a person', ...reviews.map(({ id, kind, reason, sides }) => `  ${id}, ${kind}: ${plainText(reason)} (${sides.map(({ fullName }) => plainText(fullName)).join(' | ')})`)]),
    '',
  ].join('\n')
}

function joinedText({ status, code, message, matchRule: rule, matchScore: score }: Explanation['rows'][number]['row']): string {
  if (status === 'review' && rule === null)
    return `in review, ${code ?? ''}: ${plainText(message ?? '')}`
  return `${RULES[rule ?? ''] ?? rule ?? 'decided before reasons were kept'}${score === null || score === 1 ? '' : ` (${score.toFixed(2)})`}`
}

function decisionText({ id, verdict, kind, rule, score, decidedBy, decidedAt, undoneBy, undoneAt }: Decision): string {
  const undone = undoneAt === null ? '' : `, taken back by ${plainText(undoneBy ?? '')} on ${istTime(undoneAt)}`
  return `  ${id}: ${verdict === 'merge' ? 'merged' : 'kept apart'} by ${plainText(decidedBy)} on ${istTime(decidedAt)}; ${kind}, ${rule}${score === null ? '' : ` ${score.toFixed(2)}`}${undone}`
}
