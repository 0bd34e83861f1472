import { sqliteColumns } from './columns.ts'
import { defineSchema } from './schema.ts'

export const { fileUploads, uploadRows, customers, phones, customerAliases, staffPhones, loans, callRuns, callSessions, callStatusUpdates, webhookInbox, meta, pace } = defineSchema(sqliteColumns)
