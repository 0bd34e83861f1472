import { postgresColumns } from './columns.postgres.ts'
import { defineSchema } from './schema.ts'

export const { fileUploads, uploadRows, customers, phones, customerAliases, customerPhones, pairDecisions, staffPhones, loans, reviews, rowDecisions, callRuns, callSessions, callStatusUpdates, webhookInbox, meta, pace } = defineSchema(postgresColumns)
