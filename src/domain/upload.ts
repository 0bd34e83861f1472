export const UPLOAD_STATUSES = ['processing', 'completed', 'failed', 'undone'] as const
export type UploadStatus = (typeof UPLOAD_STATUSES)[number]

export const ROW_STATUSES = ['pending', 'matched', 'created', 'review', 'rejected', 'skipped'] as const
export type RowStatus = (typeof ROW_STATUSES)[number]

export type RowCounts = Record<RowStatus, number>

export const NO_ROWS: RowCounts = { pending: 0, matched: 0, created: 0, review: 0, rejected: 0, skipped: 0 }
