import type { RowListed, UploadListed } from '../../db/record-list.ts'
import { maskPhones, rfc3339 } from '../../ui/format.ts'
import { rfcOrNull, time } from './customers-view.ts'
import { listView, orDash } from './list-view.ts'

export const uploadsView = listView<UploadListed>({
  id: upload => upload.id,
  filename: upload => upload.filename,
  sha256: upload => upload.sha256,
  source: upload => upload.source,
  uploaded_by: upload => upload.uploadedBy,
  data_date: upload => rfc3339(upload.dataDate),
  total_records: upload => upload.totalRecords,
  status: upload => upload.status,
  error: upload => upload.error,
  created_at: upload => rfc3339(upload.createdAt),
  completed_at: upload => rfcOrNull(upload.completedAt),
}, exact => [
  { key: 'id', title: 'upload', align: 'right', priority: 1, text: upload => String(upload.id) },
  { key: 'created_at', title: 'imported', priority: 1, text: upload => time(upload.createdAt, exact) },
  { key: 'filename', title: 'file', priority: 1, min: 12, text: upload => upload.filename },
  { key: 'total_records', title: 'rows', align: 'right', priority: 1, text: upload => orDash(upload.totalRecords) },
  { key: 'status', title: 'status', priority: 1, text: upload => upload.status },
  { key: 'uploaded_by', title: 'by', priority: 2, min: 6, text: upload => upload.uploadedBy },
  { key: 'data_date', title: 'data of', priority: 3, text: upload => time(upload.dataDate, exact) },
  { key: 'error', title: 'error', priority: 2, min: 10, text: upload => orDash(upload.error) },
])

export const rowsView = listView<RowListed>({
  upload_id: ({ row }) => row.fileUploadId,
  line: ({ row }) => row.lineNumber,
  status: ({ row }) => row.status,
  code: ({ row }) => row.code,
  message: ({ row }) => row.message,
  customer_id: ({ row }) => row.matchCustomerId,
  loan_id: ({ loanId }) => loanId,
  raw: ({ row }) => JSON.parse(row.rawData) as Record<string, string>,
}, () => [
  { key: 'upload_id', title: 'upload', align: 'right', priority: 2, text: ({ row }) => String(row.fileUploadId) },
  { key: 'line', title: 'line', align: 'right', priority: 1, text: ({ row }) => String(row.lineNumber) },
  { key: 'status', title: 'status', priority: 1, text: ({ row }) => row.status },
  { key: 'code', title: 'code', priority: 1, text: ({ row }) => orDash(row.code) },
  { key: 'customer_id', title: 'customer', align: 'right', priority: 2, text: ({ row }) => orDash(row.matchCustomerId) },
  { key: 'loan_id', title: 'loan', priority: 2, text: ({ loanId }) => orDash(loanId) },
  { key: 'message', title: 'what it says', priority: 1, min: 16, text: ({ row }) => maskPhones(orDash(row.message ?? Object.values(JSON.parse(row.rawData) as Record<string, string>).filter(Boolean).slice(0, 3).join(', '))) },
])
