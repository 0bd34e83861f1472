import type { BlockCode } from './call-rules.ts'
import { CALL_STATUSES, type CallStatus } from './call.ts'
import { REVIEW_KINDS } from './review-kinds.ts'
import { ROW_STATUSES, type RowStatus, UPLOAD_STATUSES, type UploadStatus } from './upload.ts'

export const CUSTOMER_STATUSES = ['ready', 'calling', 'completed', 'retry', 'blocked', 'review', 'withdrawn'] as const
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number]

export const SORTS = ['urgency', 'due', 'name', 'uploaded', 'id'] as const
export type Sort = (typeof SORTS)[number]

/** What can be listed can be called: one filter for both. Times are UTC instants, amounts paise. */
export interface BorrowerFilter {
  customerIds?: number[]
  loanIds?: string[]
  uploadId?: number
  status?: CustomerStatus
  since?: Date
  until?: Date
  state?: string
  cluster?: string
  branch?: string
  employee?: string
  /** Days past due on `today`, a day number in Asia/Kolkata. */
  dpd?: { min: number, max: number, today: number }
  minDue?: number
  maxDue?: number
  blockedBy?: BlockCode
  notCalledSince?: Date
  search?: string
  sort?: Sort
}

export interface Page { limit: number, offset?: number }

export const STATUSES_OF = { customers: CUSTOMER_STATUSES, loans: CUSTOMER_STATUSES, calls: CALL_STATUSES, uploads: UPLOAD_STATUSES, rows: ROW_STATUSES, reviews: REVIEW_KINDS } as const
export type Listable = keyof typeof STATUSES_OF
export const LISTABLES = Object.keys(STATUSES_OF) as [Listable, ...Listable[]]

export interface CallFilter { customerIds?: number[], loanIds?: string[], runId?: number, uploadId?: number, status?: CallStatus, since?: Date, until?: Date, search?: string }
export interface UploadFilter { uploadId?: number, status?: UploadStatus, since?: Date, until?: Date, search?: string }
export interface RowFilter { uploadId?: number, customerIds?: number[], loanIds?: string[], status?: RowStatus, since?: Date, until?: Date, search?: string }
