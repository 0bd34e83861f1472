import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connects, createHome, HEADER, type Home, MORNING, type Row, type Tables } from './run-vacli.ts'

// The guide's own line (data-flow.md, "Example: Single Customer Journey").
const LINE = 'Rajesh Kumar,9876543210,LOAN001,250000,2024-01-15,Karnataka,South Cluster,Bangalore Main Branch,080-12345678,Priya Sharma,EMP001,9876543211,2023-12-10,5000,15000'
const FILE = `${HEADER}\n${LINE}\n`
const START = Date.parse(MORNING)

/** A time of this run; rows carry milliseconds. */
const thisMorning = expect.toSatisfy((at: number) => at >= START - 1000 && at < START + 600_000)
const hex64 = expect.stringMatching(/^[0-9a-f]{64}$/)

async function importGuide(home: Home) {
  return home.run(['import', home.write('customer_data.csv', FILE)])
}

describe.concurrent('the guide\'s customer', () => {
  it('becomes a row in every table of the guide', async () => {
    const home = createHome()
    expect(await importGuide(home)).toMatchObject({ code: 0, stderr: 'next: vacli list --status ready\n' })

    const { file_uploads, upload_rows, customers, loans, call_sessions, call_status_updates } = home.tables()
    expect(file_uploads).toEqual([{
      id: 1, filename: 'customer_data.csv', sha256: createHash('sha256').update(FILE).digest('hex'), source: '', uploaded_by: 'asha', data_date: thisMorning,
      total_records: 1, status: 'completed', error: null, created_at: thisMorning, completed_at: thisMorning,
      settings: '{"review_rows":[],"mapping":{},"date_order":null}', snapshot_scope: null, reason: null, applied_order: 1, undone_at: null, undone_by: null,
    }])
    expect(upload_rows).toEqual([{
      id: 1, file_upload_id: 1, line_number: 2, raw_data: expect.any(String), row_fingerprint: hex64, phone_normalized: '+919876543210', loan_key: 'LOAN001', loan_values: expect.any(String),
      status: 'created', code: 'PHONE_PLACEHOLDER', message: '9876543210 is often used as a sample number', match_customer_id: 1, match_loan_id: 1, match_rule: 'new', match_score: null,
    }])
    const cells = LINE.split(',')
    expect(Object.entries(JSON.parse(upload_rows![0]!.raw_data as string) as Row)).toEqual(HEADER.split(',').map((header, at) => [header, cells[at]]))
    expect(customers).toEqual([expect.objectContaining({
      id: 1, fingerprint: hex64, full_name: 'Rajesh Kumar', primary_phone: '+919876543210', phone_kind: 'mobile', state: 'Karnataka', email: null,
      first_uploaded_at: thisMorning, last_uploaded_at: thisMorning, last_contact_date: null,
    })])
    expect(loans).toEqual([{
      id: 1, customer_id: 1, source: '', loan_id: 'LOAN001', outstanding_amount: 25_000_000, due_amount: 1_500_000, last_paid_amount: 500_000,
      due_date: '2024-01-15', last_paid_date: '2023-12-10', cluster: 'South Cluster', branch: 'Bangalore Main Branch', branch_contact_number: '080-12345678',
      employee_name: 'Priya Sharma', employee_id: 'EMP001', employee_contact_number: '9876543211', latest_row_id: 1, branch_key: 'bangalore main branch', absent_by: null, withdrawn: 0, created_at: thisMorning, updated_at: thisMorning,
    }])
    expect(call_sessions).toEqual([])
    expect(call_status_updates).toEqual([])
  })

  it.each([
    { serving: 'three events', flags: '', told: ['initiated', 'in_progress', 'completed'] },
    { serving: 'all four events with --ringing', flags: ' --ringing', told: ['initiated', 'ringing', 'in_progress', 'completed'] },
  ])('is called through a sandbox and a listener of their own: $serving', async ({ flags, told }) => {
    const home = createHome()
    await importGuide(home)
    const sandbox = await home.serve(`sandbox serve --port 0 --fast --ledger ${home.folder}/exotel.ndjson${flags}`)
    const listener = await home.serve('webhook serve --port 0')

    const called = await home.run('call --customer 9876543210 --yes --wait', { env: { VACLI_EXOTEL_BASE_URL: sandbox.url, VACLI_WEBHOOK_PUBLIC_URL: listener.url } })

    expect(called).toMatchObject({ code: 0, stdout: '1 customer selected: 1 called, 0 failed, 0 unknown, 0 blocked, 0 not called\ncalls: 1 completed\n' })
    const [connect] = connects(`${home.folder}/exotel.ndjson`)
    expect(connect).toMatchObject({ from: '+919876543210', outcome: 'accepted', status_callback: expect.stringContaining(`${listener.url}/exotel/status/`) })
    verifyCalled(home.tables(), told, connect!.sid!)
    expect(await listener.stop()).toBe(0)
    expect(await sandbox.stop()).toBe(0)
  })

  it('is called in one process, and the same file again changes nothing', async () => {
    const home = createHome()
    await importGuide(home)

    expect(await home.json('call --customer 9876543210 --yes')).toMatchObject({ selected: 1, placed: 1, calls: [{ id: 1, customer_id: 1, status: 'completed' }] })
    verifyCalled(home.tables(), ['initiated', 'in_progress', 'completed'], connects(home.ledgerFile)[0]!.sid!)
    expect(connects(home.ledgerFile)).toHaveLength(1)

    const before = { tables: home.tables(), bytes: readFileSync(home.database) }
    const again = await importGuide(home)
    expect(again).toEqual({ code: 0, stdout: 'customer_data.csv: already imported as upload 1; nothing changed\n', stderr: '' })
    expect(await home.json(['import', `${home.folder}/customer_data.csv`])).toMatchObject({ uploads: [{ id: 1, status: 'unchanged', rows: { total: 0, created: 0, matched: 0, rejected: 0, skipped: 0, pending: 0 } }] })
    expect(home.tables()).toEqual(before.tables)
    expect(readFileSync(home.database).equals(before.bytes)).toBe(true)
  })
})

function verifyCalled({ call_sessions, call_status_updates, customers, call_runs, webhook_inbox }: Tables, told: string[], sid: string) {
  expect(call_sessions).toEqual([expect.objectContaining({
    id: 1, customer_id: 1, loan_id: 1, run_id: 1, triggered_by_batch: 1, triggered_by_row: 1, to_number: '+919876543210', from_number: '08047100000', call_sid: sid,
    status: 'completed', duration_seconds: 1, created_at: thisMorning, started_at: thisMorning, ended_at: thisMorning, reference: expect.stringMatching(/^[0-9a-f]{32}$/),
  })])
  expect(JSON.parse(call_sessions![0]!.metadata as string)).toMatchObject({
    operator: 'asha', loans: [{ loan_id: 'LOAN001', due_paise: 1_500_000, outstanding_paise: 25_000_000, due_date: '2024-01-15' }], verdict: { rule_set: 'IN-2022' },
  })
  expect(JSON.parse(call_sessions![0]!.exotel_details as string)).toMatchObject({ CallSid: sid, Status: 'completed' })
  expect(call_status_updates!.map(({ call_session_id, status, source }) => ({ call_session_id, status, source }))).toEqual([
    ...['scheduled', 'dialing', 'initiated'].map(status => ({ call_session_id: 1, status, source: 'vacli' })),
    ...told.slice(1).map(status => ({ call_session_id: 1, status, source: 'webhook' })),
  ])
  expect(call_status_updates!.every(({ timestamp }, at) => at === 0 || Number(timestamp) >= Number(call_status_updates![at - 1]!.timestamp))).toBe(true)
  expect(customers![0]!.last_contact_date).toEqual(thisMorning)
  expect(call_runs).toEqual([expect.objectContaining({ operator: 'asha', ended_at: thisMorning })])
  // Every body is kept as it came, and settled.
  expect(webhook_inbox!.map(({ content_type, handled_at, problem }) => ({ content_type, handled_at, problem })))
    .toEqual(told.slice(1).map(() => ({ content_type: 'application/json', handled_at: thisMorning, problem: null })))
}
