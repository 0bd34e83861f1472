import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandPaths } from './command-tree.ts'
import { createHome, FIXTURES, type Home, loanFile, type Row, writeSettings } from './run-vacli.ts'

const SHAPES: Record<string, string[]> = {
  upload: ['id', 'filename', 'sha256', 'status', 'dry_run', 'rows', 'customers', 'loans', 'data_date', 'rejects', 'rejected_by_code', 'reject_fixes', 'warnings', 'warnings_by_code', 'blocked_phones', 'reviews', 'rejects_file'],
  review: ['id', 'kind', 'customer_ids', 'rows', 'score', 'rule', 'loan_id', 'reason', 'sides'],
  'upload rows': ['total', 'created', 'matched', 'review', 'rejected', 'skipped', 'pending'],
  customer: ['customer_id', 'full_name', 'primary_phone', 'state', 'language', 'email', 'status', 'blocked_by', 'next_callable_at', 'loans', 'outstanding_amount', 'due_amount', 'first_uploaded_at', 'last_uploaded_at', 'last_contact_at', 'last_call'],
  loan: ['loan_id', 'customer_id', 'full_name', 'primary_phone', 'outstanding_amount', 'due_amount', 'due_date', 'dpd', 'state', 'cluster', 'branch', 'branch_contact_number', 'employee_name', 'employee_id', 'employee_contact_number', 'last_paid_date', 'last_paid_amount', 'status', 'absent'],
  call: ['id', 'reference', 'customer_id', 'loan_id', 'call_sid', 'to_number', 'from_number', 'status', 'attention', 'source', 'duration_seconds', 'price', 'run_id', 'created_at', 'ended_at'],
  'listed upload': ['id', 'filename', 'sha256', 'source', 'uploaded_by', 'data_date', 'total_records', 'status', 'error', 'created_at', 'completed_at'],
  row: ['upload_id', 'line', 'status', 'code', 'message', 'customer_id', 'loan_id', 'raw'],
  run: ['run_id', 'mode', 'dry_run', 'selected', 'blocked', 'placed', 'failed', 'unknown', 'not_called', 'calls'],
  status: ['id', 'reference', 'call_sid', 'status', 'attention', 'source', 'customer_id', 'loan_id', 'run_id', 'to_number', 'from_number', 'duration_seconds', 'price', 'operator', 'outcome', 'verdict', 'recording_url', 'metadata', 'created_at', 'ended_at', 'timeline'],
}

// Every command that answers. One that is missing here fails the test below.
const ANSWERS: Record<string, string[]> = {
  init: ['init --no-input'],
  demo: ['demo'],
  import: [`import ${join(FIXTURES, 'branch-clean-day2.csv')}`],
  'import undo': ['import undo 1 --dry-run', 'import undo 2 --yes'],
  match: ['match'],
  'match review': ['match review'],
  'match decide': ['match decide 9876543210 reject', 'match decide 2 merge', 'match decide r41 accept', 'match decide r42 set phone=7000061903'],
  'match undo': ['match undo 1'],
  list: ['list', 'list customers', 'list loans', 'list calls', 'list uploads', 'list rows', 'list reviews', 'list --status withdrawn', 'list calls --status canceled', 'list --limit 0'],
  show: ['show 1', 'show LOAN204'],
  why: ['why 1', 'why LOAN204'],
  status: ['status', 'status 1'],
  call: ['call --customer 4 --dry-run', 'call --search nobody --max 1 --yes', 'call --customer 8 --yes'],
  'runs list': ['runs', 'runs list', 'runs list --limit 0'],
  'runs show': ['runs show 1'],
  'runs stop': ['runs stop 1', 'runs stop --all'],
  'runs resume': ['runs resume'],
  reconcile: ['reconcile'],
  'config list': ['config list', 'config list --origin'],
  'config get': ['config get mode', 'config get exotel.token'],
  'config set': ['config set lender.name Example'],
  'config unset': ['config unset lender.name'],
  'config path': ['config path'],
  'db path': ['db path'],
  'db migrate': ['db migrate'],
  'db check': ['db check'],
}
const SERVERS = ['webhook serve', 'sandbox serve']

let home: Home
/** What is copied, in which nothing runs meanwhile: whoever leaves a database takes its log away. */
let still: Home
let empty: Home

beforeAll(async () => {
  home = createHome()
  writeSettings(home, { 'call.rate_per_minute': '6000' })
  empty = createHome({}, { like: home })
  const imported = home.run(['import', join(FIXTURES, 'branch-clean.csv'), join(FIXTURES, 'branch-messy.csv')])
  await Promise.all([imported, empty.run('init --no-input')])
  const pair = (names: string[], phone: string) => names.map((name, at) => `${name},${phone},PAIR-${phone}-${at},1000,05/11/2026`).join('\n')
  await home.run(['import', home.write('pairs.csv', `name,phone,loan_id,amount,due_date\n${pair(['Pooja Sharma', 'Puja Sharma'], '7000061901')}\n${pair(['Geeta Devi', 'Gita Devi'], '7000061902')}\n`)])
  await home.run('match decide 1 apart')
  // Answered, busy and refused: one of each kind of ending.
  expect(await home.run('call --customer 1 --customer 2 --max 2 --yes')).toMatchObject({ code: 0 })
  still = createHome({}, { like: home })
})

const keys = (value: unknown) => Object.keys(value as Row)

describe.concurrent('--json', () => {
  it('is tested for every command', () => {
    const known = [...Object.keys(ANSWERS), ...SERVERS, 'help']
    expect(commandPaths({ leaves: true }).map(path => path.join(' ')).filter(path => !known.includes(path))).toEqual([])
  })

  it.each(Object.values(ANSWERS).flat())('"vacli %s" prints one document and asks nothing', async (line) => {
    const like = createHome({}, { like: still })
    const { code, stdout, stderr } = await like.run(`${line} --json`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(() => { JSON.parse(stdout) }).not.toThrow()
    expect(stdout.endsWith('\n')).toBe(true)
  })

  it.each(SERVERS)('"vacli %s" prints its address as one document', async (line) => {
    const server = await home.serve(`${line} --port 0 --json`)
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await server.stop()).toBe(0)
  })

  it.each(['list', 'list loans', 'list calls', 'list uploads', 'list rows'])('"vacli %s" is a list of nothing where nothing is', async (line) => {
    expect(await empty.json(line)).toEqual({ total: 0, shown: 0, data: [] })
  })

  it.each([
    ['match', { uploads: [] }],
    ['status', expect.objectContaining({ customers: { total: 0, by_status: {}, blocked_by: {} }, calls_today: { total: 0, by_status: {} }, last_upload: null })],
    ['call --status ready --max 5 --yes', { run_id: 1, mode: 'sandbox', dry_run: false, selected: 0, blocked: {}, placed: 0, failed: 0, unknown: 0, not_called: 0, calls: [] }],
  ])('"vacli %s" answers where nothing is', async (line, document) => {
    expect(await createHome({}, { like: empty }).json(line)).toEqual(document)
  })

  it('of an import has the fields of the interface, and its counts add up', async () => {
    const like = createHome()
    const { uploads } = await like.json<{ uploads: { rows: Record<string, number>, rejects: Row[], rejected_by_code: Record<string, number>, warnings: Row[] }[] }>(['import', join(FIXTURES, 'branch-messy.csv')])
    const [upload] = uploads
    expect(keys(upload)).toEqual(SHAPES.upload)
    expect(keys(upload!.rows)).toEqual(SHAPES['upload rows'])
    const { total, ...states } = upload!.rows
    expect(total).toBe(28)
    expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(total)
    expect(Object.values(upload!.rejected_by_code).reduce((sum, n) => sum + n, 0)).toBe(states.rejected)
    expect(upload!.rejects[0]).toEqual({ line: 21, code: 'PHONE_SCI_LOST', column: 'phone', value: '9.81235E+09', message: expect.stringContaining('9.81235E+09') })
    expect(upload!.warnings.every(warning => keys(warning).join() === 'line,code,message')).toBe(true)
  })

  it.each([
    ['list', 'customer', 38], ['list loans', 'loan', 43], ['list calls', 'call', 2], ['list uploads', 'listed upload', 3], ['list rows', 'row', 56], ['list reviews', 'review', 3],
  ])('of "vacli %s" has the fields of the interface', async (line, shape, total) => {
    const list = await home.json<{ total: number, shown: number, data: Row[] }>(line)
    expect(keys(list)).toEqual(['total', 'shown', 'data'])
    expect({ total: list.total, shown: list.shown, data: list.data.length }).toEqual({ total, shown: Math.min(total, 50), data: Math.min(total, 50) })
    expect(list.data.every(one => keys(one).join() === SHAPES[shape]!.join())).toBe(true)
  })

  it('of a customer carries rupees, E.164, times with an offset and the last call', async () => {
    const { data } = await home.json<{ data: Row[] }>('list --customer 1')
    expect(data).toEqual([expect.objectContaining({
      customer_id: 1, primary_phone: '+919876543210', outstanding_amount: 250000, due_amount: 15000, status: 'completed', blocked_by: 'COOLOFF',
      next_callable_at: '2026-11-24T09:00:00+05:30', first_uploaded_at: expect.stringMatching(/^2026-11-23T10:3\d:\d\d(\.\d+)?\+05:30$/),
      last_call: { id: 1, status: 'completed', at: expect.stringMatching(/\+05:30$/), duration_seconds: 1 },
    })])
    const paise = await home.json<{ data: Row[] }>('list loans --loan LOAN022')
    expect(paise.data).toEqual([expect.objectContaining({ outstanding_amount: 35000.5, due_amount: 1750.5, dpd: 13, last_paid_date: '2026-10-10', last_paid_amount: 1750 })])
  })

  it('of a call has the fields of the interface, and its counts add up', async () => {
    const like = createHome()
    writeSettings(like, { 'call.rate_per_minute': '6000' })
    // One answers, two share a phone, one is refused, one has nothing due, one is left over by --max.
    const file = like.write('mixed.csv', loanFile([
      { name: 'Asha Answers', phone: '7000041201', loan: 'A1', dueDate: '2026-06-01' },
      { name: 'Ravi Refused', phone: '7000040009', loan: 'A2', dueDate: '2026-06-02' },
      { name: 'Shared One', phone: '7000041202', loan: 'A3', dueDate: '2026-06-03' },
      { name: 'Shared Two', phone: '7000041202', loan: 'A4', dueDate: '2026-06-04' },
      { name: 'Zero Due', phone: '7000041203', loan: 'A5', due: '0', dueDate: '2026-06-05' },
      { name: 'Left Over', phone: '7000041204', loan: 'A6', dueDate: '2026-06-06' },
    ]))
    await like.run(['import', file])

    const { code, stdout } = await like.run('call --upload 1 --max 3 --yes --json --concurrency 1')
    const run = JSON.parse(stdout) as Record<string, number> & { blocked: Record<string, number>, calls: Row[] }
    expect(code).toBe(3)
    expect(keys(run)).toEqual(SHAPES.run)
    expect(run).toMatchObject({ run_id: 1, mode: 'sandbox', dry_run: false, selected: 6, placed: 2, failed: 1, unknown: 0 })
    expect(Object.values(run.blocked).reduce((sum, n) => sum + n, 0) + run.placed! + run.failed! + run.unknown! + run.not_called!).toBe(6)
    expect(run.calls).toEqual([
      { id: 1, customer_id: 1, call_sid: expect.any(String), status: 'completed' },
      { id: 2, customer_id: 2, call_sid: null, status: 'rejected' },
      { id: 3, customer_id: 3, call_sid: expect.any(String), status: 'completed' },
    ])
  })

  it('of the status of a call has the fields of the interface', async () => {
    const status = await home.json<Row & { verdict: { checks: Row[] }, timeline: Row[] }>('status 1')
    expect(keys(status)).toEqual(SHAPES.status)
    expect(status).toMatchObject({ id: 1, status: 'completed', customer_id: 1, loan_id: 'LOAN001', to_number: '+919876543210', duration_seconds: 1, operator: 'asha', outcome: null, verdict: { rule_set: 'IN-2022' } })
    expect(status.verdict.checks.every(check => keys(check).join() === 'code,pass,value,limit' && check.pass === true)).toBe(true)
    expect(status.timeline.map(one => [keys(one).join(), one.status])).toEqual(['scheduled', 'dialing', 'initiated', 'in_progress', 'completed'].map(word => ['status,at,source,message', word]))
    expect(await home.json(`status ${String(status.call_sid)}`)).toEqual(status)
  })

  it('of a customer shown has loans, rows and calls in the shapes of the lists', async () => {
    const shown = await home.json<Row & { loans: Row[], rows: Row[], calls: Row[] }>('show LOAN001')
    expect(keys(shown)).toEqual([...SHAPES.customer!, 'found_by', 'rows', 'calls'])
    expect([shown.loans, shown.rows, shown.calls].map(list => keys(list[0]))).toEqual([SHAPES.loan, SHAPES.row, SHAPES.status])
  })

  it('of a customer with nothing known keeps every field, as null', async () => {
    const { data } = await home.json<{ data: Row[] }>('list --blocked-by NO_PHONE')
    expect(data).toEqual([expect.objectContaining({ full_name: 'Geeta Devi', primary_phone: null, email: null, next_callable_at: null, last_contact_at: null, last_call: null })])
  })

  it.each([
    ['list --nosuch', 2, 'invalid'], ['nosuch', 2, 'invalid'], ['import nosuch.csv neither.csv', 2, 'not_found'], ['show 999', 2, 'not_found'], ['status 999', 2, 'not_found'], ['list --status nosuch', 2, 'invalid'],
    ['call --customer 3', 2, 'invalid'], ['call --customer 7000041106 --yes', 2, 'invalid'], ['config set mode nosuch', 2, 'invalid'], ['list --db /nowhere/at/all.db', 4, 'setup'], ['sandbox serve --port 99999', 2, 'invalid'],
  ])('"vacli %s" that fails says so in JSON on stderr alone', async (line, code, word) => {
    const run = await home.run(`${line} --json`)
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' })
    const lines = run.stderr.trimEnd().split('\n').map(text => JSON.parse(text) as Row)
    expect(lines.length).toBe(line.includes('neither') ? 2 : 1)
    for (const { error } of lines)
      expect(error).toEqual({ code: word, message: expect.stringMatching(/^[^A-Z\n][^\n]*[^.\n]$/), hint: expect.any(String) })
  })

  it('of several files of which one is bad tells the good ones on stdout and the bad one on stderr', async () => {
    const like = createHome()
    const { code, stdout, stderr } = await like.run(['import', 'nosuch.csv', join(FIXTURES, 'branch-clean.csv'), '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ uploads: [{ filename: 'branch-clean.csv', status: 'completed' }] })
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'not_found', message: 'there is no file nosuch.csv', hint: expect.any(String) } })
  })
})
