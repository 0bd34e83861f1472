import type { Review, ReviewSide } from '../../app/read-reviews.ts'
import { maskPhone, maskPhones, rupeesNumber } from '../../ui/format.ts'
import { listView, orDash } from './list-view.ts'

const amount = (paise: number | null) => paise === null ? null : rupeesNumber(paise)

function sideJson({ customerId, fullName, phone, rows, loans }: ReviewSide) {
  return {
    customer_id: customerId, full_name: fullName, phone, rows: rows.map(rowJson),
    loans: loans.map(({ loanId, branch, outstandingAmount, dueAmount, dueDate }) => ({ loan_id: loanId, branch, outstanding_amount: amount(outstandingAmount), due_amount: amount(dueAmount), due_date: dueDate })),
  }
}

const rowJson = ({ uploadId, line }: ReviewSide['rows'][number]) => ({ upload_id: uploadId, line })
const sideText = ({ customerId, fullName, phone }: ReviewSide) => `${fullName}${customerId === null ? '' : ` (${customerId})`}${phone === null ? '' : `, ${maskPhone(phone)}`}`

/** Questions for a person; a pair is answered by its number, a doubt about a row by `r` and the row's. */
export const reviewsView = listView<Review>({
  id: review => /^\d+$/.test(review.id) ? Number(review.id) : review.id,
  kind: review => review.kind,
  customer_ids: review => [...new Set(review.sides.flatMap(({ customerId }) => customerId ?? []))],
  rows: review => review.sides.flatMap(({ rows }) => rows.map(rowJson)),
  score: review => review.score,
  rule: review => review.rule,
  loan_id: review => review.loanId,
  reason: review => review.reason,
  sides: review => review.sides.map(sideJson),
}, () => [
  { key: 'id', title: 'review', align: 'right', priority: 1, text: review => review.id },
  { key: 'kind', title: 'kind', priority: 1, text: review => review.kind },
  { key: 'score', title: 'score', align: 'right', priority: 3, text: review => orDash(review.score?.toFixed(2)) },
  { key: 'sides', title: 'who', priority: 1, min: 16, text: review => review.sides.map(side => sideText(side)).join('  |  ') },
  { key: 'loan_id', title: 'loan', priority: 3, text: review => orDash(review.loanId) },
  { key: 'reason', title: 'why', priority: 2, min: 12, text: review => maskPhones(review.reason) },
])
