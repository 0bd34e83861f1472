import { beforeEach, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/db/backend.ts'
import { CALL_STATUSES, type CallStatus, isOpen } from '../../src/domain/call.ts'
import { NO_MATCHES } from '../../src/domain/match-counts.ts'
import { ASHA, ASHA_PHONE, BALA, customerId, importRows, minutesLater, moveOne, NOW, startCall } from './borrowers.ts'
import { BACKENDS, query, type Stage, useStage } from './open-stores.ts'

const LINKS = [
  'call_sessions.customer_id → customers: cascade',
  'call_sessions.loan_id → loans: cascade',
  'call_sessions.run_id → call_runs: set null',
  'call_sessions.triggered_by_batch → file_uploads: set null',
  'call_sessions.triggered_by_row → upload_rows: set null',
  'call_status_updates.call_session_id → call_sessions: cascade',
  'customer_aliases.customer_id → customers: cascade',
  'customer_phones.customer_id → customers: cascade',
  'loans.customer_id → customers: cascade',
  'reviews.customer_a → customers: cascade',
  'reviews.customer_b → customers: cascade',
  'reviews.row_a → upload_rows: cascade',
  'reviews.row_b → upload_rows: cascade',
  'row_decisions.row_id → upload_rows: cascade',
  'staff_phones.file_upload_id → file_uploads: cascade',
  'upload_rows.file_upload_id → file_uploads: cascade',
  'upload_rows.match_customer_id → customers: set null',
  'upload_rows.match_loan_id → loans: set null',
]

describe.each(BACKENDS)('the database itself on $name', (backend) => {
  const stage = useStage(backend)

  linkTests(stage)
  keyTests(stage)
})

describe('a SQLite database', () => {
  const stage = useStage(BACKENDS[0]!)
  const pragma = async (name: string) => Object.values((await query(stage.backend, `pragma ${name}`))[0]!)[0]

  it('survives a power cut and checks its links', async () => {
    expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys')]).toEqual(['wal', 2, 1])
  })

  it('does so again after a chunk of an import, also after one that failed', async () => {
    const standing = async () => [await pragma('synchronous'), await pragma('foreign_keys')]
    const uploadId = await importRows(stage.store, [ASHA])
    expect(await standing()).toEqual([2, 1])
    const nobodys = { loanId: 'LN9', outstandingAmount: null, dueAmount: null, lastPaidAmount: null, dueDate: null, lastPaidDate: null, cluster: null, branch: null, branchContactNumber: null, employeeName: null, employeeId: null, employeeContactNumber: null }
    const plan = { newCustomers: [], seenCustomers: [], unchangedCustomers: [], movedCustomers: [], otherwiseKnown: [], merged: [], reviews: [], compared: [], rows: [], touchedPhones: [], touchedWithoutPhone: [], counts: NO_MATCHES, loans: [{ ...nobodys, fingerprint: 'nobody', customerId: null, rowId: uploadId, branchKey: '' }] }
    await expect(stage.store.applyMatchPlan(plan, '', NOW)).rejects.toThrow('NOT NULL')
    expect(await standing()).toEqual([2, 1])
  })

  it('has strict tables', async () => {
    const tables = await query(stage.backend, 'select name, strict from pragma_table_list where schema = \'main\' and type = \'table\' and name not like \'sqlite%\' and name <> \'__drizzle_migrations\'')
    expect(tables.length).toBeGreaterThanOrEqual(10)
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([])
    await expect(query(stage.backend, 'insert into phones (number, seq) values (\'+919000000101\', \'many\')')).rejects.toThrow('cannot store TEXT value in INTEGER column')
  })

  it('is sound after imports, calls and deletes', async () => {
    await family(stage)
    await query(stage.backend, 'delete from customers where full_name = \'Asha Verma\'')
    expect(await query(stage.backend, 'pragma foreign_key_check')).toEqual([])
    expect(await pragma('integrity_check')).toBe('ok')
    expect(await stage.store.findDamage()).toEqual([])
  })
})

function linkTests(stage: Stage) {
  describe('links', () => {
    beforeEach(() => family(stage))

    it('are those of the guide, and say what goes with what', async () => {
      expect((await linksOf(stage.backend)).sort()).toEqual(LINKS)
    })

    it('take loans, calls and updates away with their customer, and leave the rows', async () => {
      await query(stage.backend, 'delete from customers where full_name = \'Asha Verma\'')
      expect(await census(stage)).toEqual({ uploads: 2, rows: 2, customers: 1, loans: 1, calls: 1, updates: 3, runs: 1 })
      expect(await query(stage.backend, 'select match_customer_id, match_loan_id from upload_rows where loan_key = \'LN1\'')).toEqual([{ match_customer_id: null, match_loan_id: null }])
    })

    it('take calls away with their loan', async () => {
      await query(stage.backend, 'delete from loans where loan_id = \'LN1\'')
      expect(await census(stage)).toEqual({ uploads: 2, rows: 2, customers: 2, loans: 1, calls: 1, updates: 3, runs: 1 })
      expect((await query(stage.backend, 'select match_loan_id from upload_rows where loan_key = \'LN1\''))).toEqual([{ match_loan_id: null }])
    })

    it('take rows away with their upload, and leave what they brought', async () => {
      await query(stage.backend, 'delete from file_uploads where filename = \'asha.csv\'')
      expect(await census(stage)).toEqual({ uploads: 1, rows: 1, customers: 2, loans: 2, calls: 2, updates: 6, runs: 1 })
      const calls = await query(stage.backend, 'select triggered_by_batch, triggered_by_row from call_sessions order by id')
      expect(calls.map(call => Object.values(call).map(link => link === null))).toEqual([[true, true], [false, false]])
    })

    it('take updates away with their call, and leave the run\'s calls without it', async () => {
      await query(stage.backend, 'delete from call_runs')
      expect(await query(stage.backend, 'select run_id from call_sessions')).toEqual([{ run_id: null }, { run_id: null }])
      await query(stage.backend, `delete from call_sessions where to_number = '${ASHA_PHONE}'`)
      expect(await census(stage)).toEqual({ uploads: 2, rows: 2, customers: 2, loans: 2, calls: 1, updates: 3, runs: 0 })
    })

    it.each(LINKS.map(link => link.split(' ')[0]!))('refuse a %s that leads nowhere', async (link) => {
      const [table, column] = link.split('.')
      await expect(query(stage.backend, `update ${table} set ${column} = 999999999 where id = (select min(id) from ${table})`)).rejects.toSatisfy(refusedFor(/FOREIGNKEY|23503/))
    })
  })
}

function keyTests(stage: Stage) {
  describe('keys', () => {
    beforeEach(() => family(stage))

    it.each([
      ['one customer a fingerprint', 'update customers set fingerprint = \'same\''],
      ['one loan a source and loan id', 'update loans set source = \'core\', loan_id = \'LN1\''],
      ['one row a line of an upload', 'update upload_rows set line_number = 2, file_upload_id = (select max(id) from file_uploads)'],
      ['one call a reference', 'update call_sessions set reference = \'same\''],
      ['one call a CallSid', 'update call_sessions set call_sid = \'same\''],
      ['one event a body of a call', 'update webhook_inbox set reference = \'same\', body_hash = \'same\''],
      ['one phone a number', 'update phones set number = \'+919000000199\''],
      ['one value a key', 'update meta set key = \'same\''],
      ['one open call a phone', 'update call_sessions set to_number = \'+919000000199\''],
    ])('allow %s', async (_, statement) => {
      await expect(query(stage.backend, statement)).rejects.toSatisfy(refusedFor(/UNIQUE|PRIMARYKEY|23505/))
    })

    it.each([
      ['a loan id in two sources', 'update loans set loan_id = \'LN1\', source = loan_id'],
      ['a line in two uploads', 'update upload_rows set line_number = 2'],
      ['calls without a CallSid', 'update call_sessions set call_sid = null'],
      ['one body of two calls', 'update webhook_inbox set body_hash = \'same\''],
      ['two bodies of one call', 'update webhook_inbox set reference = \'same\', body_hash = reference'],
      ['two customers on one phone', 'update customers set primary_phone = \'+919000000199\''],
    ])('allow %s', async (_, statement) => {
      await query(stage.backend, statement)
    })

    it.each(CALL_STATUSES)('count a call that is %s as open only while its end is not known', async (status) => {
      const sameStatus = query(stage.backend, `update call_sessions set to_number = '+919000000199', status = '${status}'`)
      await (isOpen(status) ? expect(sameStatus).rejects.toSatisfy(refusedFor(/UNIQUE|23505/)) : sameStatus)
    })

    it('count every open status as one', async () => {
      const open = CALL_STATUSES.filter(isOpen)
      const pairs = open.flatMap(first => open.map((second): [CallStatus, CallStatus] => [first, second]))
      for (const [first, second] of pairs) {
        const both = `update call_sessions set to_number = '+919000000199', status = case customer_id when (select min(customer_id) from call_sessions) then '${first}' else '${second}' end`
        await expect(query(stage.backend, both)).rejects.toSatisfy(refusedFor(/UNIQUE|23505/))
      }
      await query(stage.backend, 'update call_sessions set to_number = \'+919000000199\', status = case customer_id when (select min(customer_id) from call_sessions) then \'dialing\' else \'busy\' end')
    })
  })
}

/** Two borrowers from two uploads, each on a call of one run, and two of everything else that has a key. */
async function family({ store, backend }: Stage) {
  await importRows(store, [ASHA], { filename: 'asha.csv' })
  await importRows(store, [BALA], { filename: 'bala.csv' })
  const runId = await store.startRun({ name: null, operator: 'asha', reason: null, filter: {}, terms: {}, startedAt: NOW, aliveUntil: NOW })
  for (const name of ['Asha Verma', 'Bala Nair']) {
    const callId = await startCall(store, await customerId(store, name), { runId })
    await moveOne(store, { id: callId, status: null, told: 'queued', source: 'poll', at: minutesLater(1), fields: { callSid: `sid${callId}` } })
    await store.keepEvents([{ reference: `ref${callId}`, bodyHash: `hash${callId}`, contentType: 'text/plain', body: '', bodyEncoding: 'utf8', receivedAt: NOW }])
  }
  await store.bearMeta('mode', 'sandbox')
  await store.bearMeta('install_id', 'test')
  const [upload] = await store.listUploads({}, { limit: 1 })
  await store.keepStaffPhones(upload!.id, ['+919000000301'])
  await query(backend, `insert into customer_aliases (fingerprint, customer_id) select 'once', id from customers where full_name = 'Bala Nair'`)
  await query(backend, `insert into customer_phones (customer_id, number, kind) select id, '+919000000109', 'alternate' from customers where full_name = 'Bala Nair'`)
  await query(backend, `insert into reviews (pair, kind, rule, identity_a, identity_b, customer_a, customer_b, row_a, row_b) select 'a b', 'POSSIBLE_SAME', 'phone', 'a', 'b', min(c.id), max(c.id), min(r.id), max(r.id) from customers c, upload_rows r`)
  await query(backend, `insert into row_decisions (row_id, answer, code, decided_by, decided_at) select min(id), 'accept', 'LOAN_TWICE', 'asha', ${backend.dialect === 'sqlite' ? 0 : 'now()'} from upload_rows`)
}

async function census({ backend }: Stage) {
  const tables = { uploads: 'file_uploads', rows: 'upload_rows', customers: 'customers', loans: 'loans', calls: 'call_sessions', updates: 'call_status_updates', runs: 'call_runs' }
  const [counts] = await query(backend, `select ${Object.entries(tables).map(([name, table]) => `(select count(*) from ${table}) as ${name}`).join(', ')}`)
  return Object.fromEntries(Object.entries(counts!).map(([name, count]) => [name, Number(count)]))
}

async function linksOf(backend: Backend): Promise<string[]> {
  const links = backend.dialect === 'sqlite'
    ? await query(backend, 'select t.name as child, f."from" as "column", f."table" as parent, lower(f.on_delete) as gone from sqlite_master t, pragma_foreign_key_list(t.name) f where t.type = \'table\'')
    : await query(backend, `
      select child.relname as child, a.attname as "column", parent.relname as parent, case f.confdeltype when 'c' then 'cascade' when 'n' then 'set null' end as gone
      from pg_constraint f join pg_class child on child.oid = f.conrelid join pg_class parent on parent.oid = f.confrelid join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
      where f.contype = 'f'`)
  return links.map(({ child, column, parent, gone }) => `${String(child)}.${String(column)} → ${String(parent)}: ${String(gone)}`)
}

/** Whether the database itself refused, and for that reason. */
function refusedFor(code: RegExp) {
  const codesOf = (error: unknown): string => error instanceof Error ? `${String((error as { code?: unknown }).code)} ${codesOf(error.cause)}` : ''
  return (error: unknown) => code.test(codesOf(error))
}
