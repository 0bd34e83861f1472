import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateDrizzleJson, generateSQLiteDrizzleJson } from 'drizzle-kit/api'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/db/backend.ts'
import { POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS } from '../../src/db/migrations.ts'
import * as postgresSchema from '../../src/db/schema.postgres.ts'
import * as sqliteSchema from '../../src/db/schema.sqlite.ts'
import { CALL_STATUSES, UPDATE_SOURCES } from '../../src/domain/call.ts'
import { BLOCK_CODES } from '../../src/domain/call-rules.ts'
import { REFUSALS } from '../../src/domain/facts.ts'
import { ROW_STATUSES, UPLOAD_STATUSES } from '../../src/domain/upload.ts'
import { BACKENDS, query } from './open-stores.ts'

// design.md, "The guide's columns, as they are spelled here".
const GUIDE: Record<string, string> = {
  file_uploads: 'id filename sha256 source uploaded_by data_date total_records status error created_at completed_at',
  upload_rows: 'id file_upload_id line_number raw_data row_fingerprint phone_normalized status code message match_customer_id match_loan_id',
  customers: 'id fingerprint full_name primary_phone state email language first_uploaded_at last_uploaded_at last_contact_date callable_from callable_until callable_code',
  loans: 'id customer_id source loan_id outstanding_amount due_amount last_paid_amount due_date last_paid_date cluster branch branch_contact_number employee_name employee_id employee_contact_number',
  call_sessions: 'id reference customer_id loan_id run_id triggered_by_batch triggered_by_row to_number from_number call_sid status duration_seconds price_paise recording_url metadata owner lease_until post_started_at settle_at started_at ended_at created_at updated_at',
  call_status_updates: 'id call_session_id status message source timestamp extra_data',
}

interface Index { columns: string[], unique: boolean, partial: boolean }
interface Catalog { columns: Record<string, Record<string, { required: boolean }>>, indexes: Record<string, Index> }

const opened: Partial<Record<string, Backend>> = {}
const catalogs: Record<string, Catalog> = {}

beforeAll(async () => {
  for (const { name, open } of BACKENDS) {
    const backend = opened[name] = await open()
    catalogs[name] = await (backend.dialect === 'sqlite' ? readSqlite : readPostgres)(backend)
  }
})
afterAll(async () => {
  for (const backend of Object.values(opened))
    await backend?.close()
})

describe('the migrations', () => {
  it('lead to the schema as it is written, on SQLite', async () => {
    expect(lastSnapshot(SQLITE_MIGRATIONS).tables).toEqual((await generateSQLiteDrizzleJson(sqliteSchema)).tables)
  })

  it('lead to the schema as it is written, on PostgreSQL', () => {
    expect(lastSnapshot(POSTGRES_MIGRATIONS).tables).toEqual(generateDrizzleJson(postgresSchema).tables)
  })

  it.each(BACKENDS)('make the tables and columns of the schema on $name', ({ name }) => {
    const expected = Object.values(sqliteSchema).map(table => [getTableName(table), Object.fromEntries(Object.values(getTableColumns(table)).map(column => [column.name, { required: column.notNull }]))])
    expect(catalogs[name]!.columns).toEqual(Object.fromEntries(expected))
  })

  it.each(BACKENDS.slice(1))('make the same tables, columns and indexes on $name as on SQLite', ({ name }) => {
    expect(catalogs[name]).toEqual(catalogs.SQLite)
  })

  it.each(BACKENDS)('index phones, dates, statuses and every link on $name', ({ name }) => {
    const first = Object.entries(catalogs[name]!.indexes).map(([index, { columns: [column] }]) => `${index.split('.')[0]}.${column}`)
    expect(first).toEqual(expect.arrayContaining([
      'customers.primary_phone', 'customers.last_uploaded_at', 'customers.callable_from', 'customers.fingerprint', 'upload_rows.phone_normalized', 'upload_rows.status', 'upload_rows.file_upload_id',
      'upload_rows.match_customer_id', 'upload_rows.match_loan_id', 'loans.customer_id', 'loans.source', 'file_uploads.sha256', 'file_uploads.status', 'file_uploads.created_at', 'call_sessions.customer_id', 'call_sessions.loan_id',
      'call_sessions.to_number', 'call_sessions.status', 'call_sessions.created_at', 'call_sessions.call_sid', 'call_sessions.reference', 'call_sessions.run_id', 'call_status_updates.call_session_id', 'call_status_updates.timestamp',
    ]))
  })
})

describe('the schema', () => {
  it.each(Object.keys(GUIDE))('has the guide\'s columns of %s', (table) => {
    expect(Object.keys(catalogs.SQLite!.columns[table]!)).toEqual(expect.arrayContaining(GUIDE[table]!.split(' ')))
  })

  it('closes the lists that the domain closes', () => {
    const { fileUploads, uploadRows, customers, callSessions, callStatusUpdates } = sqliteSchema
    expect([fileUploads.status, uploadRows.status, customers.callableCode, callSessions.status, callSessions.refusal, callStatusUpdates.source, callStatusUpdates.status].map(({ enumValues }) => enumValues ?? []))
      .toEqual([UPLOAD_STATUSES, ROW_STATUSES, BLOCK_CODES, CALL_STATUSES, REFUSALS, UPDATE_SOURCES, []])
  })

  it.each(BACKENDS.slice(1))('holds ids, links and money in 64 bits, times to the millisecond with their zone, and JSON as JSON on $name', async ({ name }) => {
    const columns = await query(opened[name]!, `
      select a.attname as name, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a join pg_class t on t.oid = a.attrelid
      where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped`)
    const namesOf = (type: string) => [...new Set(columns.filter(column => column.type === type).map(column => column.name))].sort()
    expect(namesOf('bigint')).toEqual(['absent_by', 'call_session_id', 'customer_a', 'customer_b', 'customer_id', 'due_amount', 'file_upload_id', 'id', 'last_paid_amount', 'latest_row_id', 'loan_id', 'match_customer_id', 'match_loan_id', 'outstanding_amount', 'price_paise', 'review_id', 'row_a', 'row_b', 'row_id', 'run_id', 'triggered_by_batch', 'triggered_by_row'])
    expect(namesOf('timestamp(3) with time zone')).toEqual(['absent_at', 'alive_until', 'allowed_at', 'callable_from', 'callable_until', 'completed_at', 'created_at', 'data_date', 'decided_at', 'details_at', 'ended_at', 'first_uploaded_at', 'handled_at', 'last_contact_date', 'last_uploaded_at', 'lease_until', 'next_at', 'post_started_at', 'received_at', 'settle_at', 'started_at', 'stop_requested_at', 'timestamp', 'undone_at', 'updated_at'])
    expect(namesOf('jsonb')).toEqual(['exotel_details', 'extra_data', 'filter', 'metadata', 'result', 'settings', 'snapshot_scope', 'terms'])
    expect(new Set(columns.map(column => column.type))).toEqual(new Set(['bigint', 'integer', 'double precision', 'text', 'jsonb', 'timestamp(3) with time zone']))
  })
})

/** The schema as drizzle-kit saw it when it wrote the newest migration. */
function lastSnapshot(folder: string): { tables: unknown } {
  const { entries } = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as { entries: { idx: number }[] }
  return JSON.parse(readFileSync(join(folder, 'meta', `${String(entries.at(-1)!.idx).padStart(4, '0')}_snapshot.json`), 'utf8')) as { tables: unknown }
}

async function readSqlite(backend: Backend): Promise<Catalog> {
  const ours = '(select name from sqlite_master where type = \'table\' and name not like \'sqlite%\' and name <> \'__drizzle_migrations\')'
  const columns = await query(backend, `select t.name as "table", c.name, c."notnull" as required from ${ours} t, pragma_table_info(t.name) c`)
  const indexes = await query(backend, `
    select t.name as "table", i.name, i."unique" as is_unique, i.partial, c.name as "column"
    from ${ours} t, pragma_index_list(t.name) i, pragma_index_info(i.name) c where i.origin = 'c' order by i.name, c.seqno`)
  return toCatalog(columns, indexes)
}

async function readPostgres(backend: Backend): Promise<Catalog> {
  const columns = await query(backend, 'select table_name as "table", column_name as name, is_nullable = \'NO\' as required from information_schema.columns where table_schema = \'public\'')
  const indexes = await query(backend, `
    select t.relname as "table", i.relname as name, x.indisunique as is_unique, x.indpred is not null as partial, a.attname as "column"
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    cross join lateral unnest(x.indkey) with ordinality as k(attnum, place) join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
    where t.relnamespace = 'public'::regnamespace and not x.indisprimary order by i.relname, k.place`)
  return toCatalog(columns, indexes)
}

function toCatalog(columns: Record<string, unknown>[], indexes: Record<string, unknown>[]): Catalog {
  const catalog: Catalog = { columns: {}, indexes: {} }
  for (const { table, name, required } of columns)
    (catalog.columns[String(table)] ??= {})[String(name)] = { required: Boolean(required) }
  for (const { table, name, is_unique: unique, partial, column } of indexes)
    (catalog.indexes[`${String(table)}.${String(name)}`] ??= { columns: [], unique: Boolean(unique), partial: Boolean(partial) }).columns.push(String(column))
  return catalog
}
