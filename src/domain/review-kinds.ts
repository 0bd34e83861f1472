import type { PairKind } from './matching/compare-borrowers.ts'

/** Questions about two borrowers: merge them, or keep them apart. */
export const PAIR_KINDS = ['POSSIBLE_SAME', 'LOAN_NAME_CONFLICT', 'LOAN_CUSTOMER_CONFLICT', 'RELATION_DIFFERS', 'DECEASED_DIFFERS', 'CO_BORROWER', 'AMBIGUOUS'] as const satisfies readonly PairKind[]

/** Kinds of which many may be merged at once: a second borrower is hardly ever the first one, and to say so needs a look at each. */
export const BULK_KINDS = PAIR_KINDS.filter(kind => kind !== 'CO_BORROWER')

/** Doubts about one row: accept it, reject it, or set a value. */
export const ROW_KINDS = ['PHONE_GLUED', 'PHONE_ROUNDED', 'LOAN_TWICE', 'LOAN_ID_ZEROS', 'LOAN_ID_SEPARATORS'] as const

export const REVIEW_KINDS = [...PAIR_KINDS, ...ROW_KINDS] as const
export type ReviewKind = (typeof REVIEW_KINDS)[number]

export interface ReviewFilter { customerIds?: number[], uploadId?: number, status?: ReviewKind, since?: Date, until?: Date }

/** How a doubt about a row is named beside the numbers of pairs. */
export const rowReviewId = (rowId: number) => `r${rowId}`

export const isPairKind = (kind: string): kind is PairKind => (PAIR_KINDS as readonly string[]).includes(kind)
