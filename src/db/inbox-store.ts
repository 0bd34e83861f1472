import { and, asc, eq, gt, isNull } from 'drizzle-orm'
import type { Backend } from './backend.ts'

export interface InboxEvent { reference: string, bodyHash: string, contentType: string, body: string, bodyEncoding: 'utf8' | 'base64', receivedAt: Date }

/** Webhook bodies as they came: kept first, understood afterwards. */
export function inboxStore({ db, schema: { webhookInbox } }: Backend) {
  return {
    /** Keeps a body; the same body for the same call is kept once. */
    async keepEvent(event: InboxEvent) {
      await db.insert(webhookInbox).values(event).onConflictDoNothing()
    },

    async findWaitingEvents(afterId: number, limit: number) {
      return db.select().from(webhookInbox).where(and(isNull(webhookInbox.handledAt), gt(webhookInbox.id, afterId))).orderBy(asc(webhookInbox.id)).limit(limit)
    },

    /** Marks an event as dealt with; a problem says why nothing came of it. */
    async settleEvent(id: number, handledAt: Date, problem: string | null) {
      await db.update(webhookInbox).set({ handledAt, problem }).where(eq(webhookInbox.id, id))
    },
  }
}

export type KeptEvent = Awaited<ReturnType<ReturnType<typeof inboxStore>['findWaitingEvents']>>[number]
