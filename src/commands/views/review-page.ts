import type { Review, ReviewSide } from '../../app/read-reviews.ts'
import { CALLABLE_REVIEW } from '../../domain/matching/compare-borrowers.ts'
import { plural, rupees } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import { textWidth } from '../../ui/text-width.ts'
import type { Tones } from '../../ui/tones.ts'
import { wrapText } from '../../ui/wrap-text.ts'
import { orDash } from './list-view.ts'
import { keyLines } from './review-keys.ts'

export interface PageOptions {
  width: number
  rows: number
  paint: Tones
  /** Questions without an answer, this one too. */
  left: number
  /** What the last key did. */
  notice?: string
  /** Say at length what the keys do. */
  help?: boolean
}

/** One line of the comparison: a value a side. Only `compared` ones are marked where they differ. */
interface Field { label: string, values: string[], compared: boolean }

/** Below this width the sides stand one below the other. */
const SIDE_BY_SIDE = 70
const [MARK, LABEL, GAP] = [2, 10, 3]
const MOST_LOANS = 20

/** The page of one question, no line wider than the width. In a low window fewer loans are shown and the rest is counted; then what helps less is left out. */
export function reviewPage(review: Review, options: PageOptions): string[] {
  const fits = (lines: string[]) => lines.length <= options.rows
  for (let loans = MOST_LOANS; loans > 0; loans--) {
    const lines = pageWith(review, loans, options)
    if (fits(lines))
      return lines
  }
  return pageWith(review, 1, options, true)
}

function pageWith(review: Review, loans: number, { width, paint, left, notice, help }: PageOptions, isLow = false): string[] {
  const fields = fieldsOf(review, loans)
  const body = review.sides.length > 1 && width >= SIDE_BY_SIDE ? besides(fields, width, paint) : below(fields, review.sides.length, width, paint)
  const gap = isLow ? [] : ['']
  return [
    ...titleLines(review, left, width, paint),
    ...isLow ? [] : detailLines(review, width, paint),
    ...gap,
    ...body,
    ...gap,
    ...notice ? wrapText(plainText(notice), width).map(line => paint.strong(line)) : [],
    ...keyLines(review.kind, { width, paint, help, marked: fields.some(isMarked) }),
  ]
}

function titleLines({ reason, sides }: Review, left: number, width: number, paint: Tones): string[] {
  const question = sides.length > 1 ? 'Are these one borrower?' : 'Is this row right?'
  const leftText = `${plural(left, 'question')} left`
  const space = width - textWidth(question) - textWidth(leftText)
  return [
    ...space >= GAP ? [`${paint.strong(question)}${' '.repeat(space)}${leftText}`] : [question, leftText].flatMap(line => wrapText(line, width)),
    ...wrapText(plainText(reason), width),
  ]
}

function detailLines({ id, kind, rule, score, loanId }: Review, width: number, paint: Tones): string[] {
  const meanwhile = kind === CALLABLE_REVIEW ? 'Both are called meanwhile, as if they were one.' : 'Nobody is called about it until it is answered.'
  const details = [kind, `question ${id}`, loanId && `loan ${loanId}`, rule && `rule ${rule}`, rule && (score === null ? 'no score' : `score ${score.toFixed(2)}`)].filter(Boolean).join(', ')
  return [
    ...wrapText(meanwhile, width),
    ...wrapText(plainText(details), width).map(line => paint.muted(line)),
  ]
}

function fieldsOf({ sides }: Review, mostLoans: number): Field[] {
  const field = (label: string, read: (side: ReviewSide, at: number) => string, compared = true): Field => ({ label, values: sides.map((side, at) => plainText(read(side, at))), compared })
  const aligned = alignedLoans(sides)
  const shown = aligned.slice(0, mostLoans)
  const money = (paise: number | null | undefined) => paise === null || paise === undefined ? '–' : rupees(paise)
  return [
    field('customer', ({ customerId }) => customerId === null ? 'none yet, only a row' : String(customerId), false),
    field('name', ({ fullName }) => orDash(fullName)),
    field('phone', ({ phone }) => phone ?? 'none'),
    ...shown.flatMap((loans) => {
      const both = loans.every(loan => loan !== undefined)
      const of = (label: string, read: (loan: NonNullable<(typeof loans)[number]>) => string, compared = both) => field(label, (_, at) => loans[at] ? read(loans[at]) : '', compared)
      return [
        of('loan', ({ loanId }) => loanId, true),
        of('branch', ({ branch }) => orDash(branch)),
        of('owes', ({ outstandingAmount }) => money(outstandingAmount)),
        of('due', ({ dueAmount, dueDate }) => dueDate === null ? money(dueAmount) : `${money(dueAmount)}, ${dayText(dueDate)}`),
      ]
    }),
    ...aligned.length > shown.length ? [field('more', ({ loans }) => loans.length > shown.length ? plural(loans.length - shown.length, 'more loan') : '', false)] : [],
    field('from', ({ rows }) => orDash(rows.map(({ uploadId, line }) => `upload ${uploadId}, line ${line}`).join('; ')), false),
  ]
}

/** Loans side by side: those of one id first, the others in their order. */
function alignedLoans(sides: readonly ReviewSide[]): (ReviewSide['loans'][number] | undefined)[][] {
  const [a, b] = sides
  if (!b)
    return a!.loans.map(loan => [loan])
  const twin = (loanId: string, { loans }: ReviewSide) => loans.find(loan => loan.loanId === loanId)
  const shared = a!.loans.flatMap(loan => twin(loan.loanId, b) ? [[loan, twin(loan.loanId, b)]] : [])
  const [onlyA, onlyB] = [a!.loans.filter(({ loanId }) => !twin(loanId, b)), b.loans.filter(({ loanId }) => !twin(loanId, a!))]
  return [...shared, ...Array.from({ length: Math.max(onlyA.length, onlyB.length) }, (_, at) => [onlyA[at], onlyB[at]])]
}

const isMarked = ({ values: [a, b], compared }: Field) => compared && b !== undefined && a !== b

function besides(fields: readonly Field[], width: number, paint: Tones): string[] {
  const column = Math.floor((width - MARK - LABEL - GAP) / 2)
  return fields.flatMap((field) => {
    const [a, b] = field.values.map(value => wrapText(value, column))
    return Array.from({ length: Math.max(a!.length, b!.length) }, (_, at) => {
      const left = a![at] ?? ''
      const cells = `${toned(left, field, paint)}${' '.repeat(Math.max(0, column - textWidth(left)) + GAP)}${toned(b![at] ?? '', field, paint)}`
      return `${head(field, at, paint)}${cells}`.trimEnd()
    })
  })
}

function below(fields: readonly Field[], sides: number, width: number, paint: Tones): string[] {
  return Array.from({ length: sides }, (_, side) => [
    ...side > 0 ? [''] : [],
    ...fields.filter(({ values }) => values[side] !== '').flatMap(field => wrapText(field.values[side]!, Math.max(1, width - MARK - LABEL))
      .map((line, at) => `${head(field, at, paint)}${toned(line, field, paint)}`)),
  ]).flat()
}

const head = (field: Field, at: number, paint: Tones) => at > 0
  ? ' '.repeat(MARK + LABEL)
  : `${isMarked(field) ? paint.waiting('≠') : ' '} ${paint.muted(field.label.padEnd(LABEL))}`

function toned(text: string, field: Field, paint: Tones): string {
  if (field.label === 'customer')
    return paint.strong(text)
  return isMarked(field) && text !== '' ? paint.waiting(text) : text
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `5 Oct 2026` */
function dayText(date: string): string {
  const [year, month, day] = date.split('-').map(Number)
  return `${day} ${MONTHS[month! - 1]} ${year}`
}

/** Where nothing is left to ask in this sitting. */
export function allAskedPage({ width, paint, left, notice }: PageOptions): string[] {
  const first = left === 0 ? 'Nothing is left to ask.' : `Everything was asked; ${plural(left, 'question')} that ${left === 1 ? 'was' : 'were'} skipped ${left === 1 ? 'is' : 'are'} left.`
  return [
    ...wrapText(first, width).map(line => paint.strong(line)),
    '',
    ...notice ? wrapText(plainText(notice), width).map(line => paint.strong(line)) : [],
    ...wrapText('u undo, q quit', width).map(line => paint.muted(line)),
  ]
}
