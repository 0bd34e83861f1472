import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Backend } from './backend.ts'

export interface InboxEvent { reference: string, bodyHash: string, contentType: string, body: string, bodyEncoding: 'utf8' | 'base64', receivedAt: Date }

const EVENT_TYPES = { reference: 'text', bodyHash: 'text', contentType: 'text', body: 'text', bodyEncoding: 'text', receivedAt: 'timestamp' } as const

/** Webhook bodies as they came: kept first, understood afterwards. */
export function inboxStore({ db, batch, rowsOf, schema: { webhookInbox } }: Backend) {
  return {
    /** Keeps bodies, all in one commit; the same body for the same call is kept once. */
    async keepEvents(events: InboxEvent[], options?: { patienceMs?: number }) {
      await batch(() => [sql`
        insert into ${webhookInbox} (reference, body_hash, content_type, body, body_encoding, received_at)
        select r.reference, r."bodyHash", r."contentType", r.body, r."bodyEncoding", r."receivedAt"
        from ${rowsOf(events, EVENT_TYPES)} where true on conflict do nothing`], options)
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
