import { and, isNull, sql } from 'drizzle-orm'
import { type CallStatus, OPEN_STATUSES } from '../domain/call.ts'
import type { Backend } from './backend.ts'

/** A call of the account that no session claims. */
export interface AdoptedCall {
  reference: string
  callSid: string
  toNumber: string
  fromNumber: string | null
  status: CallStatus
  durationSeconds: number | null
  pricePaise: number | null
  recordingUrl: string | null
  exotelDetails: Record<string, unknown>
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
  /** When it must have ended, for one that goes on. */
  settleAt: Date
  detailsAt: Date | null
}

const TYPES = {
  reference: 'text', callSid: 'text', toNumber: 'text', fromNumber: 'text', status: 'text', durationSeconds: 'bigint', pricePaise: 'bigint', recordingUrl: 'text', exotelDetails: 'json',
  createdAt: 'timestamp', startedAt: 'timestamp', endedAt: 'timestamp', settleAt: 'timestamp', detailsAt: 'timestamp',
} as const

/** Calls that somebody else on the account made count for caps and gaps as our own do. */
export function adoptStore(backend: Backend) {
  const { db, batch, rowsOf, schema: { callSessions: s, callStatusUpdates: u, customers: c, phones } } = backend

  return {
    /** Open calls whose CallSid is not known: a call of the list may be one of them. */
    async findOpenCallsWithoutSid() {
      return db.select().from(s).where(and(sql`${s.status} in ${OPEN_STATUSES}`, isNull(s.callSid))).orderBy(s.id)
    },

    /**
     * Writes calls as attempts on their phones, each once, whoever sweeps at the same moment. One that goes on is left out while another call to its
     * phone is open: it is adopted when it has ended. Returns those that are new.
     */
    async adoptCalls(calls: AdoptedCall[], now: Date): Promise<{ id: number, callSid: string, customerId: number | null }[]> {
      if (calls.length === 0)
        return []
      const r = rowsOf(calls, TYPES)
      const at = sql.param(now, s.updatedAt)
      const isNew = sql`not exists (select 1 from ${s} o where o.call_sid = r."callSid")`
      const [, , adopted] = await batch(() => [
        // The phones first, as in every batch; one that no file has named is kept for the file that will.
        sql`insert into ${phones} (number, seq) select distinct r."toNumber", 1 from ${r} where ${isNew}
          on conflict (number) do update set seq = ${phones.seq} + 1`,
        sql`update ${c} set facts_seq = ${c.factsSeq} + 1, judged_by = null,
            last_contact_date = case when m.contact is not null and (${c.lastContactDate} is null or ${c.lastContactDate} < m.contact) then m.contact else ${c.lastContactDate} end
          from (select r."toNumber" as number, max(case when r.status = 'completed' then coalesce(r."endedAt", r."createdAt") end) as contact from ${r} where ${isNew} group by r."toNumber") m
          where ${c.primaryPhone} = m.number`,
        sql`insert into ${s} (reference, source, customer_id, to_number, from_number, call_sid, status, duration_seconds, price_paise, recording_url, metadata, exotel_details,
            settle_at, details_at, started_at, ended_at, created_at, updated_at)
          select r.reference, 'account', (select case when count(*) = 1 then min(k.id) end from ${c} k where k.primary_phone = r."toNumber"), r."toNumber", r."fromNumber", r."callSid", r.status,
            r."durationSeconds", r."pricePaise", r."recordingUrl", ${sql.param({}, s.metadata)}, r."exotelDetails", r."settleAt", r."detailsAt", r."startedAt", r."endedAt", r."createdAt", ${at}
          from ${r} where true order by r."createdAt" on conflict do nothing returning id, call_sid, customer_id`,
        sql`insert into ${u} (call_session_id, status, message, source, timestamp, extra_data)
          select a.id, a.status, 'placed by somebody else on the account', 'sweep', ${sql.param(now, u.timestamp)}, a.exotel_details
          from ${r} join ${s} a on a.call_sid = r."callSid" and a.source = 'account' where not exists (select 1 from ${u} w where w.call_session_id = a.id) order by a.id`,
      ] as const) as unknown as Record<string, unknown>[][]
      return adopted!.map(({ id, call_sid: callSid, customer_id: customerId }) => ({ id: Number(id), callSid: String(callSid), customerId: customerId === null ? null : Number(customerId) }))
    },
  }
}
