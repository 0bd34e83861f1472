import type { RowAnswer } from '../domain/row-answers.ts'
import { isPairKind } from '../domain/review-kinds.ts'
import { VacliError } from '../errors.ts'
import { type DecidePorts, decideReview, decideRow, undoDecision, undoRowAnswer, type Verdict } from './decide-review.ts'
import { findLoanStanding, type LoanStanding } from './loan-standing.ts'
import { readReviews, type Review, type ReviewSide } from './read-reviews.ts'

export interface SittingPorts extends DecidePorts {
  operator: string
  /** Does what changes the book where nobody else changes it, and judges whom it concerns. */
  carryOut<Done>(work: () => Promise<Done>): Promise<Done>
}

/** What stands to be asked: null where everything was asked in this sitting. `left` counts all without an answer, those that were skipped too. */
export interface Question { review: Review | null, left: number }

export interface SittingCounts { merged: number, apart: number, rows: number }

/** An answer of this sitting, with its number. */
export interface Given { review: Review, verdict: Verdict | 'row', decision: number }

/** One sitting of a person over the questions. Every answer is kept before the next question comes. */
export interface ReviewSitting {
  next(): Promise<Question>
  skip(review: Review): void
  /** Returns the decision's number, and how the loan stands now about which was asked. */
  decide(review: Review, verdict: Verdict): Promise<{ decision: number, loan: LoanStanding | null }>
  answerRow(review: Review, answer: Omit<RowAnswer, 'code'>): Promise<void>
  /** Takes the last answer of this sitting back, and asks it next. Undefined where there is none. */
  undo(): Promise<Given | undefined>
  counts(): SittingCounts
}

// More rows of a customer would tell the same again.
const ROWS_SHOWN = 3

// Where the question that an undo opens again is looked for: it has one of the newest numbers.
const NEWEST = 50

export function openSitting(ports: SittingPorts): ReviewSitting {
  const { store, operator, carryOut } = ports
  const skipped = new Set<string>()
  const given: Given[] = []
  let reopened: Review | null = null

  return {
    async next() {
      // One more than were skipped: at least one of them is new, if there is one.
      const { reviews, total } = await readReviews(store, {}, { limit: skipped.size + 1 })
      const first = reopened ?? reviews.find(({ id }) => !skipped.has(id)) ?? null
      reopened = null
      return { review: first && await withRows(store, first), left: total }
    },

    skip: ({ id }) => void skipped.add(id),

    async decide(review, verdict) {
      const asked = await store.findReview(Number(review.id))
      const decision = await carryOut(() => decideReview(ports, Number(review.id), verdict, operator))
      given.push({ review, decision, verdict })
      return { decision, loan: asked ? await findLoanStanding(store, asked, ports.now()) : null }
    },

    async answerRow(review, answer) {
      const rowId = rowIdOf(review)
      const decision = await carryOut(() => decideRow(ports, rowId, { code: review.kind, ...answer }, operator))
      given.push({ review, verdict: 'row', decision })
    },

    async undo() {
      const last = given.at(-1)
      if (last === undefined)
        return undefined
      try {
        await carryOut<unknown>(() => last.verdict === 'row' ? undoRowAnswer(ports, { id: last.decision, rowId: rowIdOf(last.review) }, operator) : undoDecision(ports, last.decision, operator))
      }
      catch (error) {
        // Taken back by somebody else: then the one before it is the last.
        if (error instanceof VacliError && error.code === 'invalid')
          given.pop()
        throw error
      }
      given.pop()
      reopened = await findReopened(ports, last.review)
      return last
    },

    counts: () => ({
      merged: given.filter(({ verdict }) => verdict === 'merge').length,
      apart: given.filter(({ verdict }) => verdict === 'apart').length,
      rows: given.filter(({ verdict }) => verdict === 'row').length,
    }),
  }
}

const rowIdOf = ({ id }: Review) => Number(id.slice(1))

/** The question with the newest rows of each customer: a pair is kept with the rows that raised it, and a known customer has none among them. */
async function withRows(store: SittingPorts['store'], review: Review): Promise<Review> {
  if (review.sides.length < 2)
    return review
  // A row that is a side by itself waits at the customer whose loan it names.
  const asked = review.sides.flatMap(({ customerId, rows }) => customerId === null ? rows : [])
  const sides: ReviewSide[] = []
  for (const side of review.sides)
    sides.push(side.customerId === null ? side : { ...side, rows: await newestRows(store, side.customerId, asked) })
  return { ...review, sides }
}

async function newestRows(store: SittingPorts['store'], customerId: number, asked: ReviewSide['rows']): Promise<ReviewSide['rows']> {
  const filter = { customerIds: [customerId] }
  const limit = ROWS_SHOWN + asked.length
  const rows = await store.listRows(filter, { limit, offset: Math.max(0, await store.countRowsListed(filter) - limit) })
  return rows.map(({ row }) => ({ uploadId: row.fileUploadId, line: row.lineNumber })).reverse()
    .filter(row => !asked.some(({ uploadId, line }) => uploadId === row.uploadId && line === row.line)).slice(0, ROWS_SHOWN)
}

/** The question again: one about a row has its number still, one about a pair a new one. */
async function findReopened({ store }: DecidePorts, { id, kind, sides }: Review): Promise<Review | null> {
  if (!isPairKind(kind)) {
    const { reviews } = await readReviews(store, { status: kind, uploadId: sides[0]!.rows[0]!.uploadId }, { limit: 0 })
    return reviews.find(review => review.id === id) ?? null
  }
  const filter = { status: kind }
  const offset = Math.max(0, await store.countPairReviews(filter) - NEWEST)
  const { reviews } = await readReviews(store, filter, { limit: NEWEST, offset })
  const namesOf = (review: Pick<Review, 'sides'>) => review.sides.map(({ fullName, phone }) => `${fullName} ${phone}`).sort().join('\n')
  return reviews.findLast(review => namesOf(review) === namesOf({ sides })) ?? null
}
