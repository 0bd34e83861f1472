import type { PairListed, RowReviewListed } from '../db/review-list.ts'
import type { Store } from '../db/store.ts'
import type { Page } from '../domain/filter.ts'
import { type ReviewFilter, type ReviewKind, rowReviewId } from '../domain/review-kinds.ts'
import type { ImportReport } from './import-report.ts'
import { decodeStoredRow } from '../domain/stored-row.ts'

/** One of two borrowers, or the row that may be theirs. */
export interface ReviewSide { customerId: number | null, fullName: string, phone: string | null, rows: { uploadId: number, line: number }[], loans: { loanId: string, branch: string | null, outstandingAmount: number | null, dueAmount: number | null, dueDate: string | null }[] }

/** What a person is asked. A pair has two sides, a doubt about a row one. `id` is what `match decide` takes. */
export interface Review { id: string, kind: ReviewKind, rule: string | null, score: number | null, loanId: string | null, reason: string, sides: ReviewSide[] }

type ReadStore = Pick<Store, 'listPairReviews' | 'listRowReviews' | 'countPairReviews' | 'countRowReviews' | 'readBook'>

const REASONS: Partial<Record<ReviewKind, string>> = {
  POSSIBLE_SAME: 'one phone, and names that may be one', LOAN_NAME_CONFLICT: 'one loan, and two names', LOAN_CUSTOMER_CONFLICT: 'one loan, and two customers of that name',
  RELATION_DIFFERS: 'one phone and name, and different relatives', DECEASED_DIFFERS: 'one is marked as dead, the other is not', CO_BORROWER: 'the second borrower of a loan, and a borrower of that name; merging makes them and the first borrower one customer', AMBIGUOUS: 'either of two borrowers may be meant',
}

/** Questions in the order of their numbers, pairs before rows. */
export async function readReviews(store: ReadStore, filter: ReviewFilter, page: Page): Promise<{ reviews: Review[], total: number }> {
  const [pairs, rows] = [await store.countPairReviews(filter), await store.countRowReviews(filter)]
  const found = await store.listPairReviews(filter, page)
  const left = page.limit === 0 ? 0 : page.limit - found.length
  const doubts = page.limit !== 0 && left === 0 ? [] : await store.listRowReviews(filter, { limit: left, offset: Math.max(0, (page.offset ?? 0) - pairs) })
  const { loans } = await store.readBook([...new Set(found.flatMap(({ review: { customerA, customerB } }) => customerB === null ? [customerA] : [customerA, customerB]))])
  const loansOf = (id: number) => loans.filter(loan => loan.customerId === id && loan.withdrawn === 0)
  return { reviews: [...found.map(pair => toPair(pair, loansOf)), ...doubts.map(toDoubt)], total: pairs + rows }
}

function toPair({ review, a, b, rowA, rowB }: PairListed, loansOf: (id: number) => ReviewSide['loans']): Review {
  const { id, kind, rule, score, loanId } = review
  const sides = [{ customer: a, row: rowA }, { customer: b, row: rowB }].map(({ customer, row }): ReviewSide => customer
    ? { customerId: customer.id, fullName: customer.fullName, phone: customer.phone, rows: row ? [{ uploadId: row.uploadId, line: row.line }] : [], loans: loansOf(customer.id).map(pickLoan) }
    : sideOfRow(row!, null)).sort((one, other) => (one.customerId ?? Infinity) - (other.customerId ?? Infinity))
  return { id: String(id), kind: kind as ReviewKind, rule, score, loanId, reason: REASONS[kind as ReviewKind] ?? kind, sides }
}

function toDoubt(row: RowReviewListed): Review {
  return { id: rowReviewId(row.id), kind: row.code as ReviewKind, rule: null, score: null, loanId: row.loanId ?? row.loanKey, reason: row.message ?? '', sides: [sideOfRow(row, row.customerId)] }
}

function sideOfRow({ loanValues, rawData, uploadId, line }: NonNullable<PairListed['rowB']>, customerId: number | null): ReviewSide {
  const row = decodeStoredRow(loanValues, rawData)?.row
  return { customerId, fullName: row?.fullName ?? '', phone: row?.phone ?? null, rows: [{ uploadId, line }], loans: row ? [pickLoan(row)] : [] }
}

function pickLoan({ loanId, branch, outstandingAmount, dueAmount, dueDate }: ReviewSide['loans'][number]): ReviewSide['loans'][number] {
  return { loanId, branch, outstandingAmount, dueAmount, dueDate }
}

/** The report of an import with the number of questions that its rows leave to a person. */
export async function tellQuestions(store: Pick<Store, 'countPairReviews' | 'countRowReviews'>, report: ImportReport): Promise<ImportReport> {
  if (report.status !== 'completed')
    return report
  return { ...report, questions: await store.countPairReviews({ uploadId: report.id }) + await store.countRowReviews({ uploadId: report.id }) }
}
