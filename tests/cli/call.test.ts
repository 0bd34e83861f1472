import { beforeAll, describe, expect, it } from 'vitest'
import { hostClock } from './host-clock.ts'
import { clockAt, connects, createHome, type Home, loanFile, MORNING, query, type Row, until, writeSettings } from './run-vacli.ts'

const BORROWERS = [
  { name: 'Asha Answers', phone: '7000041201', loan: 'A1', dueDate: '2026-05-01' },
  { name: 'Bina Busy', phone: '7000040002', loan: 'A2', dueDate: '2026-05-02' },
  { name: 'Nina Noanswer', phone: '7000040003', loan: 'A3', dueDate: '2026-05-03' },
  { name: 'Faiz Failed', phone: '7000040004', loan: 'A4', dueDate: '2026-05-04' },
  { name: 'Sita Silent', phone: '7000040005', loan: 'A5', dueDate: '2026-05-05' },
  { name: 'Tara Throttled', phone: '7000040006', loan: 'A6', dueDate: '2026-05-06' },
  { name: 'Uma Unpaid', phone: '7000040007', loan: 'A7', dueDate: '2026-05-07' },
  { name: 'Lata Lost', phone: '7000040008', loan: 'A8', dueDate: '2026-05-08' },
  { name: 'Dev Dnd', phone: '7000040009', loan: 'A9', dueDate: '2026-05-09' },
  { name: 'Shared One', phone: '7000041202', loan: 'A10', dueDate: '2026-05-10' },
  { name: 'Shared Two', phone: '7000041202', loan: 'A11', dueDate: '2026-05-11' },
  { name: 'Zero Due', phone: '7000041203', loan: 'A12', due: '0', dueDate: '2026-05-12' },
  { name: 'Not Due', phone: '7000041204', loan: 'A13', dueDate: '2026-12-31' },
]

let imported: Home

beforeAll(async () => {
  imported = createHome()
  writeSettings(imported, { 'call.rate_per_minute': '6000' })
  expect(await imported.run(['import', imported.write('loans.csv', loanFile(BORROWERS))])).toMatchObject({ code: 0 })
})

const home = (env: Record<string, string> = {}) => createHome(env, { like: imported })
const accepted = (one: Home) => connects(one.ledgerFile).filter(({ outcome }) => outcome === 'accepted').map(({ from }) => from)
const statuses = (one: Home) => query(one.database, 'select status from call_status_updates order by id').map(({ status }) => status)

describe.concurrent('a dry run', () => {
  it('says who would be called and writes nothing', async () => {
    const like = home()
    const before = like.tables()
    const { code, stdout, stderr } = await like.run('call --upload 1 --dry-run')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^13 customers selected: \d+ would be called, \d+ blocked, 0 over --max; nobody was called\n/)
    expect(stdout).toContain('  ZERO_DUE: 1\n')
    expect(stdout).toContain('  PRE_DUE: 1\n')
    expect(stdout).toContain('\n  1 Asha Answers\n')
    expect(stdout).not.toMatch(/Zero Due|Not Due/)
    expect(like.tables()).toEqual(before)
    expect(connects(like.ledgerFile)).toEqual([])
  })

  it('needs no --yes and no --max, and keeps to --max', async () => {
    const document = await home().json('call --status ready --max 2 --dry-run')
    expect(document).toMatchObject({ run_id: null, dry_run: true, selected: 11, placed: 0, would_call: [1, 2], calls: [] })
  })
})

describe.concurrent('a phone that several share', () => {
  it.each(['7000041202', '+91 70000-41202', '917000041202'])('is no name of one of them: %s', async (phone) => {
    const like = home()
    const { code, stdout, stderr } = await like.run(['call', '--customer', phone, '--yes'])
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `error: phone ${phone} belongs to 2 customers\nName one by its id: 10 Shared One, 11 Shared Two\n` })
    expect(connects(like.ledgerFile)).toEqual([])
  })

  it('rings for one of them a day', async () => {
    const like = home()
    expect(await like.run('call --customer 10 --yes')).toMatchObject({ code: 0 })
    expect(await like.run('call --customer 11 --yes')).toMatchObject({ code: 6, stderr: expect.stringContaining('may not be called: CAP_PHONE_DAY') })
    expect(await like.run(['call', '--customer', '11', '--yes'], { env: clockAt(MORNING.replace('23T', '24T')) }), 'and for the other on the next').toMatchObject({ code: 0 })
    expect(accepted(like)).toEqual(['+917000041202', '+917000041202'])
  })
})

describe.concurrent('whom to call', () => {
  it.each([
    ['an id', ['--customer', '1']], ['a phone as people write it', ['--customer', '+91 70000 41201']], ['a loan in small letters', ['--loan', 'a1']],
  ])('may be named by %s', async (_, flags) => {
    const like = home()
    expect(await like.run(['call', ...flags, '--yes'])).toMatchObject({ code: 0 })
    expect(accepted(like)).toEqual(['+917000041201'])
  })

  it('is the most overdue first, as many as --max', async () => {
    const like = home()
    expect(await like.json('call --search a --status ready --max 2 --yes --concurrency 1')).toMatchObject({ selected: expect.any(Number), placed: 2, calls: [{ customer_id: 1, status: 'completed' }, { customer_id: 2, status: 'busy' }] })
    const more = await like.json<Record<string, number>>('call --status ready --max 1 --yes')
    expect(more).toMatchObject({ selected: 9, placed: 1, not_called: 8, calls: [{ customer_id: 3, status: 'no_answer' }] })
  })

  it('keeps the name, the reason and the filter of a run', async () => {
    const like = home()
    await like.run(['call', '--customer', '1', '--yes', '--name', 'morning', '--reason', 'first reminder'])
    const [run] = query(like.database, 'select name, operator, reason, filter, ended_at from call_runs')
    expect(run).toMatchObject({ name: 'morning', operator: 'asha', reason: 'first reminder', ended_at: expect.any(Number) })
    expect(JSON.parse(String(run!.filter))).toMatchObject({ customer: ['1'] })
  })
})

// The last four digits stage what becomes of a call (README, "A first day"); nothing but the binary takes part.
describe.concurrent('in one process, a call to a number ending in', () => {
  it.each([
    { digits: '0002', id: 2, code: 0, status: 'busy', told: ['initiated', 'busy'], customer: 'retry', billed: true },
    { digits: '0003', id: 3, code: 0, status: 'no_answer', told: ['initiated', 'no_answer'], customer: 'retry', billed: true },
    { digits: '0004', id: 4, code: 0, status: 'failed', told: ['initiated', 'failed'], customer: 'retry', billed: true },
    { digits: '0005', id: 5, code: 0, status: 'completed', told: ['initiated', 'completed'], customer: 'completed', billed: true },
    { digits: '0007', id: 7, code: 4, status: 'rejected', told: ['rejected'], customer: 'ready', billed: false },
    { digits: '0009', id: 9, code: 3, status: 'rejected', told: ['rejected'], customer: 'blocked', billed: false },
  ])('$digits ends as $status', async ({ id, code, status, told, customer, billed }) => {
    const like = home()
    const run = await like.run(`call --customer ${id} --yes --json`)
    expect(run.code).toBe(code)
    expect(JSON.parse(run.stdout)).toMatchObject({ selected: 1, placed: billed ? 1 : 0, failed: billed ? 0 : 1, unknown: 0, calls: [{ customer_id: id, status, call_sid: billed ? expect.any(String) : null }] })
    expect(statuses(like)).toEqual(['scheduled', 'dialing', ...told])
    expect(await like.json(`list --customer ${id}`)).toMatchObject({ data: [{ status: customer }] })
    expect(accepted(like)).toHaveLength(billed ? 1 : 0)
  })

  it('0006 is refused once, waited for, and then answered, as a session of its own', async () => {
    const like = home()
    expect(await like.json('call --customer 6 --yes')).toMatchObject({ selected: 1, placed: 1, failed: 0, calls: [{ customer_id: 6, status: 'completed' }] })
    expect(query(like.database, 'select status, call_sid is not null as has_sid from call_sessions order by id')).toEqual([{ status: 'not_placed', has_sid: 0 }, { status: 'completed', has_sid: 1 }])
    expect(connects(like.ledgerFile).map(({ http_status }) => http_status)).toEqual([429, 200])
  })

  it('0008 is placed once though its answer is lost, and its callbacks tell of it', async () => {
    const like = home()
    expect(await like.run('call --customer 8 --yes --json')).toMatchObject({ code: 0 })
    expect(connects(like.ledgerFile)).toHaveLength(1)
    expect(query(like.database, 'select status, call_sid from call_sessions')).toEqual([{ status: 'completed', call_sid: connects(like.ledgerFile)[0]!.sid }])
    expect(statuses(like)).toContain('unknown')
    expect(await like.run('call --customer 8 --yes'), 'and is not called again').toMatchObject({ code: 6 })
  })

  it('0005 is looked up, for no callback ever comes', async () => {
    const like = home()
    await like.run('call --customer 5 --yes')
    expect(query(like.database, 'select status, source from call_status_updates order by id').slice(2)).toEqual([{ status: 'initiated', source: 'vacli' }, { status: 'completed', source: 'poll' }])
    expect(query(like.database, 'select count(*) as n from webhook_inbox')).toEqual([{ n: 0 }])
  })

  it('0009 is not called again, for the register forbids it', async () => {
    const like = home()
    await like.run('call --customer 9 --yes')
    expect(await like.run(['call', '--customer', '9', '--yes'], { env: clockAt(MORNING.replace('23T', '24T')) })).toMatchObject({ code: 6, stderr: expect.stringContaining('may not be called: SUPPRESSED') })
    expect(connects(like.ledgerFile)).toHaveLength(1)
  })
})

describe.concurrent('with a base address', () => {
  it('and no listener, call returns once it placed; a listener that comes later brings the rest', async () => {
    const like = home()
    const ledger = `${like.folder}/exotel.ndjson`
    const sandbox = await like.serve(`sandbox serve --port 0 --fast --talk-ms 600000 --ledger ${ledger}`)
    // The tunnel is set up, and nothing answers behind it yet.
    const env = { VACLI_EXOTEL_BASE_URL: sandbox.url, VACLI_WEBHOOK_PUBLIC_URL: 'http://127.0.0.1:9' }
    const called = await like.run('call --customer 1 --yes', { env })
    expect(called).toMatchObject({ code: 0, stdout: '1 customer selected: 1 called, 0 failed, 0 unknown, 0 blocked, 0 not called\ncalls: 1 initiated\n' })
    expect(called.stderr).toContain('the listener brings the rest: vacli webhook serve\n')
    expect(await like.json('list calls')).toMatchObject({ total: 1, data: [{ status: 'initiated', call_sid: expect.any(String), duration_seconds: null, ended_at: null }] })
    expect(await like.json('list --customer 1')).toMatchObject({ data: [{ status: 'calling' }] })

    const listener = await like.serve('webhook serve --port 0', { env })
    const [connect] = connects(ledger)
    const address = connect!.status_callback!.replace('http://127.0.0.1:9', listener.url)
    const told = { CallSid: connect!.sid, EventType: 'terminal', Status: 'completed', ConversationDuration: 62, DateUpdated: '2026-11-23 10:32:00', RecordingUrl: 'https://recordings.example/1.mp3' }
    const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(told) })
    expect(answer.status).toBe(200)

    await until('the call to end', () => query(like.database, 'select status from call_sessions')[0]!.status === 'completed')
    expect(await like.json('status 1')).toMatchObject({ status: 'completed', duration_seconds: 62, recording_url: 'https://recordings.example/1.mp3', timeline: [{}, {}, { status: 'initiated' }, { status: 'completed', source: 'webhook' }] })
    expect(await like.json('list --customer 1')).toMatchObject({ data: [{ status: 'completed', last_contact_at: expect.any(String), last_call: { status: 'completed', duration_seconds: 62 } }] })
    await until('the line that says so', () => listener.stderr().includes('call 1  completed'))
    expect(await listener.stop()).toBe(0)
  })

  it('and no public one, a later run asks Exotel what became of the calls', async () => {
    const like = home()
    const ledger = `${like.folder}/exotel.ndjson`
    const sandbox = await like.serve(`sandbox serve --port 0 --fast --talk-ms 1 --ledger ${ledger}`)
    const env = { VACLI_EXOTEL_BASE_URL: sandbox.url }
    expect(await like.run('call --customer 1 --yes', { env })).toMatchObject({ code: 0 })
    expect(connects(ledger)).toMatchObject([{ status_callback: null }])

    // Three minutes on, by which time a call that was heard nothing of has ended.
    const later = { ...env, ...clockAt(MORNING.replace('10:30', '10:33')) }
    await until('the simulator to bill the call', async () => ((await (await fetch(`${sandbox.url}/ledger`)).json()) as { billed: number }).billed === 1)
    await like.run('call --customer 2 --yes', { env: later })
    expect(query(like.database, 'select status, source from call_status_updates where call_session_id = 1 order by id').slice(2)).toEqual([{ status: 'initiated', source: 'vacli' }, { status: 'completed', source: 'poll' }])
    expect(query(like.database, 'select status, duration_seconds from call_sessions where id = 1')).toEqual([{ status: 'completed', duration_seconds: 1 }])
  })

  it('and no public one, --wait asks Exotel itself', async () => {
    const like = home()
    const sandbox = await like.serve('sandbox serve --port 0 --fast')
    // A call that nothing is heard of is looked up after TimeOut + 30 s; this host's minute lasts a second.
    const env = { VACLI_EXOTEL_BASE_URL: sandbox.url, ...hostClock(like, { speed: 60 }) }
    expect(await like.run('call --customer 1 --yes --wait', { env })).toMatchObject({ code: 0, stdout: expect.stringContaining('calls: 1 completed\n') })
    expect(query(like.database, 'select status, source from call_status_updates order by id').slice(2)).toEqual([{ status: 'initiated', source: 'vacli' }, { status: 'completed', source: 'poll' }])
  })

  it('two runs at once never call one phone twice', async () => {
    const like = home()
    const ledger = `${like.folder}/exotel.ndjson`
    const sandbox = await like.serve(`sandbox serve --port 0 --fast --ledger ${ledger}`)
    const env = { VACLI_EXOTEL_BASE_URL: sandbox.url }
    await Promise.all([1, 2, 3].map(() => like.run('call --status ready --max 50 --yes --concurrency 50', { env })))
    const numbers = connects(ledger).filter(({ outcome }) => outcome === 'accepted').map(({ from }) => from)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers.length).toBeGreaterThan(0)
  })

  it('a callback of another account moves nothing', async () => {
    const like = home()
    const listener = await like.serve('webhook serve --port 0')
    for (const path of ['/exotel/status/nobody.0000', '/exotel/status/nobody', '/', '/healthz/x'])
      expect((await fetch(listener.url + path, { method: 'POST', body: '{}' })).status).toBe(404)
    expect((await fetch(`${listener.url}/healthz`)).status).toBe(200)
    expect(query(like.database, 'select count(*) as n from webhook_inbox')).toEqual([{ n: 0 }])
  })
})

describe.concurrent('the answer', () => {
  it('is silent with --quiet when all is well', async () => {
    expect(await home().run('call --customer 1 --yes --quiet')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('goes on stderr and stdout apart: what happened, and what to type next', async () => {
    expect(await home().run('call --customer 1 --yes')).toEqual({ code: 0, stdout: '1 customer selected: 1 called, 0 failed, 0 unknown, 0 blocked, 0 not called\ncalls: 1 completed\n', stderr: 'next: vacli status 1\n' })
  })

  it('to the question names the mode', async () => {
    const { screen } = await home().terminal('call --status ready --max 3', { type: [{ cue: 'Call 3 customers in sandbox mode?', keys: 'n\r' }] })
    expect(screen).toContain('nobody was called')
  })

  it('of status counts today\'s calls', async () => {
    const like = home()
    await like.run('call --customer 1 --customer 2 --max 2 --yes')
    const today = await like.json<{ customers: Row, calls_today: Row }>('status')
    expect(today.calls_today).toEqual({ total: 2, by_status: { busy: 1, completed: 1 } })
    expect(today.customers).toMatchObject({ total: 13, by_status: { ready: 9, completed: 1, retry: 1, blocked: 2 } })
    expect((await like.run('status')).stdout).toContain('calls today  2: ')
    expect(await like.json(['status'], { env: clockAt('2026-11-24T00:00:05+05:30') })).toMatchObject({ calls_today: { total: 0 } })
  })
})
