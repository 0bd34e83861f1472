import type { RowListed, UploadListed } from '../../db/record-list.ts'
import { rfc3339 } from '../../ui/format.ts'
import { rfcOrNull, time } from './customers-view.ts'
import { type ListView, orDash } from './list-view.ts'

export const uploadsView: ListView<UploadListed> = {
  json: upload => ({
    id: upload.id,
    filename: upload.filename,
    sha256: upload.sha256,
    source: upload.source,
    uploaded_by: upload.uploadedBy,
    data_date: rfc3339(upload.dataDate),
    total_records: upload.totalRecords,
    status: upload.status,
    error: upload.error,
    created_at: rfc3339(upload.createdAt),
    completed_at: rfcOrNull(upload.completedAt),
  }),
  columns: exact => [
    { key: 'id', title: 'upload', align: 'right', priority: 1, text: upload => String(upload.id) },
    { key: 'created_at', title: 'imported', priority: 1, text: upload => time(upload.createdAt, exact) },
    { key: 'filename', title: 'file', priority: 1, min: 12, text: upload => upload.filename },
    { key: 'total_records', title: 'rows', align: 'right', priority: 1, text: upload => String(upload.totalRecords) },
    { key: 'status', title: 'status', priority: 1, text: upload => upload.status },
    { key: 'uploaded_by', title: 'by', priority: 2, min: 6, text: upload => upload.uploadedBy },
    { key: 'data_date', title: 'data of', priority: 3, text: upload => time(upload.dataDate, exact) },
    { key: 'error', title: 'error', priority: 2, min: 10, text: upload => orDash(upload.error) },
  ],
}

export const rowsView: ListView<RowListed> = {
  json: ({ row, loanId }) => ({
    upload_id: row.fileUploadId,
    line: row.lineNumber,
    status: row.status,
    code: row.code,
    message: row.message,
    customer_id: row.matchCustomerId,
    loan_id: loanId,
    raw: JSON.parse(row.rawData) as Record<string, string>,
  }),
  columns: () => [
    { key: 'upload_id', title: 'upload', align: 'right', priority: 2, text: ({ row }) => String(row.fileUploadId) },
    { key: 'line', title: 'line', align: 'right', priority: 1, text: ({ row }) => String(row.lineNumber) },
    { key: 'status', title: 'status', priority: 1, text: ({ row }) => row.status },
    { key: 'code', title: 'code', priority: 1, text: ({ row }) => orDash(row.code) },
    { key: 'customer_id', title: 'customer', align: 'right', priority: 2, text: ({ row }) => orDash(row.matchCustomerId) },
    { key: 'loan_id', title: 'loan', priority: 2, text: ({ loanId }) => orDash(loanId) },
    { key: 'message', title: 'what it says', priority: 1, min: 16, text: ({ row }) => orDash(row.message ?? Object.values(JSON.parse(row.rawData) as Record<string, string>).filter(Boolean).slice(0, 3).join(', ')) },
  ],
}
