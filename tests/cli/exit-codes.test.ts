import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clockAt, connects, createHome, FIXTURES, type Home, loanFile, MORNING, query, until, writeSettings } from './run-vacli.ts'

const BORROWERS = [
  { name: 'Asha Answers', phone: '7000041201', loan: 'A1' },
  { name: 'Ravi Refused', phone: '7000040009', loan: 'A2' },
  { name: 'Uma Unpaid', phone: '7000040007', loan: 'A3' },
  { name: 'Shared One', phone: '7000041202', loan: 'A4' },
  { name: 'Shared Two', phone: '7000041202', loan: 'A5' },
  { name: 'Zero Due', phone: '7000041203', loan: 'A6', due: '0' },
  { name: 'Farida Fine', phone: '7000041204', loan: 'A7' },
]

let imported: Home
const closers: (() => void)[] = []
afterAll(() => closers.forEach(close => close()))

beforeAll(async () => {
  imported = createHome()
  writeSettings(imported, { 'call.rate_per_minute': '6000' })
  expect(await imported.run(['import', imported.write('loans.csv', loanFile(BORROWERS))])).toMatchObject({ code: 0 })
})

const home = (env: Record<string, string> = {}) => createHome(env, { like: imported })

/** An Exotel that answers as the test wants. */
async function exchange(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  closers.push(() => server.closeAllConnections(), () => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const isList = ({ url = '' }: { url?: string }) => url.includes('/Calls.json')
const NO_CALLS = '{"Metadata":{"Total":0,"PageSize":100,"NextPageUri":null},"Calls":[]}'

/** Exotel that goes away once its list was read. */
async function exchangeOfOneList(): Promise<string> {
  const server = createServer((_, response) => response.writeHead(200, { connection: 'close' }).end(NO_CALLS, () => {
    server.close()
    server.closeAllConnections()
  })).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address of this machine at which nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

/** True while another process holds the lock. */
function isHeld(lock: string): boolean {
  if (!existsSync(lock))
    return false
  const client = new Database(lock, { timeout: 0 })
  try {
    client.exec('begin exclusive')
    return false
  }
  catch (error) {
    return (error as { code: string }).code === 'SQLITE_BUSY'
  }
  finally {
    client.close()
  }
}

describe.concurrent('exit code 0', () => {
  it.each(['list --status withdrawn', 'status', 'match', 'call --status withdrawn --max 5 --yes', 'call --customer 1 --yes'])('done: vacli %s', async (line) => {
    expect(await home().run(line)).toMatchObject({ code: 0 })
  })
})

describe.concurrent('exit code 2, before anything is done', () => {
  it.each([
    ['list --nosuch', '--nosuch'], ['nosuch', 'nosuch'], ['import', 'file'], ['import nosuch.csv', 'nosuch.csv'], ['import .', 'folder'],
    ['list --status redy', 'redy'], ['list --since lately', 'lately'], ['list --dpd 30-1', '30-1'], ['list --limit -1', '-1'], ['list --sort luck', 'luck'], ['list --min-due lots', 'lots'],
    ['list --blocked-by LUCK', 'LUCK'], ['list --not-called-for ever', 'ever'], ['list --upload x', 'x'], ['list calls --branch Hosur', '--branch'],
    ['show 7000049999', '7000049999'], ['show NOSUCH', 'NOSUCH'], ['status nosuch', 'nosuch'],
    ['call', 'whom'], ['call --customer 999 --yes', '999'], ['call --customer 1 --max 0 --yes', '0'], ['call --customer 1 --rate fast --yes', 'fast'],
    ['webhook serve --port 70000', '70000'], ['sandbox serve --talk-ms soon', 'soon'], ['config set call.window 07:00-23:00', '07:00-23:00'], ['init --mode prod', 'prod'], ['import loans.csv --as-of someday', 'someday'],
  ])('vacli %s names "%s"', async (line, named) => {
    const like = home()
    const before = like.tables()
    const { code, stdout, stderr } = await like.run(line, { cwd: like.folder })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: [^A-Z]/)
    expect(stderr.split('\n')[0]).toContain(named)
    expect(stderr.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2)
    expect(like.tables()).toEqual(before)
  })

  it.each([
    ['call --customer 1', '--yes'], ['call --status ready', '--yes'], ['call --customer 1 --json', '--yes'],
    ['call --status ready --yes', '--max'], ['call --customer 1 --customer 4 --yes', '--max'], ['call --customer 1 --loan A1 --yes', '--max'], ['call --search Asha --yes', '--max'],
  ])('a question that nobody can answer: vacli %s names %s', async (line, flag) => {
    const like = home()
    const { code, stdout, stderr } = await like.run(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(flag)
    expect(connects(like.ledgerFile)).toEqual([])
  })

  it('--yes and --max are not read from the environment', async () => {
    expect(await home({ VACLI_YES: '1', VACLI_MAX: '5', YES: '1' }).run('call --status ready')).toMatchObject({ code: 2 })
  })

  it('none of several files can be read', async () => {
    const { code, stdout, stderr } = await home().run('import nosuch.csv neither.csv')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.match(/^error: .*$/gm)).toEqual(['error: there is no file nosuch.csv', 'error: there is no file neither.csv'])
  })
})

describe.concurrent('exit code 3, finished with losses', () => {
  it('rows were rejected', async () => {
    const like = createHome()
    expect(await like.run(['import', join(FIXTURES, 'branch-messy.csv')])).toMatchObject({ code: 3, stdout: expect.stringContaining('8 rejected') })
  })

  it('every row was rejected', async () => {
    const like = createHome()
    const file = like.write('bad.csv', loanFile([{ name: 'Short Phone', phone: '70000', loan: 'B1' }]))
    expect(await like.run(['import', file])).toMatchObject({ code: 3 })
  })

  it('Exotel refused a number', async () => {
    const like = home()
    expect(await like.run('call --customer 2 --yes')).toMatchObject({ code: 3, stdout: expect.stringContaining('1 failed') })
    expect(query(like.database, 'select status, refusal from call_sessions')).toEqual([{ status: 'rejected', refusal: 'ndnc' }])
  })

  it('nobody knows what became of a call', async () => {
    const base = await exchange((request, response) => isList(request) ? response.end(NO_CALLS) : request.on('end', () => request.socket.destroy()).resume())
    const like = home({ VACLI_EXOTEL_BASE_URL: base })
    expect(await like.run('call --customer 1 --yes')).toMatchObject({ code: 3, stdout: expect.stringContaining('1 unknown') })
    expect(query(like.database, 'select status from call_sessions')).toEqual([{ status: 'unknown' }])
    expect(await like.run('call --customer 1 --yes'), 'and is not called again').toMatchObject({ code: 6, stderr: expect.stringContaining('UNKNOWN_CALL') })
  })

  it('Exotel answered with a fault of its own, which proves nothing', async () => {
    const base = await exchange((request, response) => isList(request) ? response.end(NO_CALLS) : response.writeHead(500).end('{"RestException":{"Status":500,"Message":"Internal error"}}'))
    expect(await home({ VACLI_EXOTEL_BASE_URL: base }).run('call --customer 1 --yes')).toMatchObject({ code: 3, stdout: expect.stringContaining('1 unknown') })
  })
})

describe.concurrent('exit code 4, set-up', () => {
  it.each(['list', 'match', 'call --customer 1 --yes', 'webhook serve'])('no database: vacli %s names vacli init and makes no file', async (line) => {
    const like = createHome()
    expect(await like.run(line)).toEqual({ code: 4, stdout: '', stderr: `error: there is no database at ${like.database}\nvacli init\n` })
    expect(readdirSync(like.folder)).toEqual([])
  })

  it('no balance: the run stops at once and the rest is not called', async () => {
    const like = home()
    const { code, stdout, stderr } = await like.run('call --customer 3 --customer 1 --customer 7 --max 3 --yes --concurrency 1 --sort id')
    expect({ code, stdout: stdout.split('\n')[0] }).toEqual({ code: 4, stdout: '3 customers selected: 1 called, 1 failed, 0 unknown, 0 blocked, 1 not called' })
    expect(stderr).toMatch(/^error: the run stopped: .*\nMend the Exotel account/m)
    expect(connects(like.ledgerFile).map(({ http_status }) => http_status)).toEqual([200, 402])
  })

  it('a refused key', async () => {
    const base = await exchange((_, response) => response.writeHead(401).end('{"RestException":{"Status":401,"Message":"Authentication failed"}}'))
    expect(await home({ VACLI_EXOTEL_BASE_URL: base }).run('call --customer 1 --yes')).toMatchObject({ code: 4, stderr: expect.stringContaining('Authentication failed') })
  })

  it('a live database in sandbox mode, and the reverse', async () => {
    const like = home()
    const live = { VACLI_MODE: 'live', VACLI_CLOCK_SHIFT: '' }
    expect(await like.run('init --no-input', { env: live })).toMatchObject({ code: 0, stdout: expect.stringContaining('ready in live mode') })
    const liveDatabase = join(like.folder, 'data/vacli/vacli.db')

    for (const line of ['list', 'import loans.csv', 'call --customer 1 --yes'])
      expect(await like.run(`${line} --db ${liveDatabase}`, { cwd: like.folder })).toEqual({ code: 4, stdout: '', stderr: expect.stringContaining('is a live database, and this is sandbox mode\nVACLI_MODE=live') })
    for (const line of ['call --customer 1 --yes', 'db migrate'])
      expect(await like.run(`${line} --db ${like.database}`, { cwd: like.folder, env: live })).toEqual({ code: 4, stdout: '', stderr: expect.stringContaining('is a sandbox database, and this is live mode') })
    expect(query(liveDatabase, 'select count(*) as uploads from file_uploads')).toEqual([{ uploads: 0 }])
  })

  it.each([
    ['the clock moved in live mode', { VACLI_MODE: 'live' }, 'VACLI_CLOCK_SHIFT'],
    ['an Exotel elsewhere in sandbox mode', { VACLI_EXOTEL_BASE_URL: 'https://api.in.exotel.com' }, 'https://api.in.exotel.com'],
    ['an Exotel on this machine in live mode', { VACLI_MODE: 'live', VACLI_CLOCK_SHIFT: '', VACLI_EXOTEL_BASE_URL: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1'],
  ])('%s', async (_, env, named) => {
    expect(await home(env as Record<string, string>).run('call --customer 1 --yes')).toEqual({ code: 4, stdout: '', stderr: expect.stringContaining(named) })
  })

  it('a settings file that is none', async () => {
    const like = home()
    const file = like.write('config.json', '{ "mode": ')
    expect(await like.run(`list --config ${file}`)).toEqual({ code: 4, stdout: '', stderr: expect.stringContaining(`${file} is not a settings file`) })
  })

  it('a file that is no database', async () => {
    const like = home()
    const file = like.write('notes.txt', 'these are notes, and many of them, '.repeat(200))
    expect(await like.run(`list --db ${file}`)).toEqual({ code: 4, stdout: '', stderr: 'error: the file is not a vacli database\nName the right one with --db.\n' })
  })

  it('a port that is taken', async () => {
    const port = new URL(await exchange(() => {})).port
    for (const line of ['webhook serve', 'sandbox serve'])
      expect(await home().run(`${line} --port ${port}`)).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(port) })
  })
})

describe.concurrent('exit code 5, nobody answered', () => {
  it('no connection: nothing was sent, and the same command may be run again', async () => {
    const like = home()
    const { code, stdout, stderr } = await like.run('call --status ready --max 50 --yes --concurrency 1', { env: { VACLI_EXOTEL_BASE_URL: await deadAddress() } })
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toMatch(/^error: Exotel did not answer: .*ECONNREFUSED.*\n/m)
    expect(query(like.database, 'select status from call_sessions')).toEqual([])

    expect(await like.run('call --customer 1 --yes')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 called') })
  })
})

describe.concurrent('exit code 5, in the middle of a run', () => {
  it('connections that are refused are tried three times, and nothing was sent', async () => {
    const like = home()
    const server = await exchangeOfOneList()
    const { code, stdout, stderr } = await like.run('call --status ready --max 50 --yes --concurrency 1', { env: { VACLI_EXOTEL_BASE_URL: server } })
    expect({ code, stdout: stdout.split('\n')[0] }).toEqual({ code: 5, stdout: '6 customers selected: 0 called, 1 failed, 0 unknown, 0 blocked, 5 not called' })
    expect(stderr).toMatch(/^error: the run stopped: no connection to Exotel: .*ECONNREFUSED.*\nCheck the connection, then: vacli runs resume 1\. Nobody is called twice\.\n/m)
    expect(query(like.database, 'select status from call_sessions')).toEqual([{ status: 'not_placed' }, { status: 'not_placed' }, { status: 'not_placed' }])
  })
})

describe.concurrent('exit code 6, refused by a rule', () => {
  it.each(['08:59', '17:50'])('the hour: nobody is called at %s', async (time) => {
    const like = home(clockAt(MORNING.replace('10:30', time)))
    expect(await like.run('call --customer 1 --yes')).toEqual({ code: 6, stdout: expect.stringContaining('OUTSIDE_HOURS: 1'), stderr: expect.stringMatching(/^error: nobody may be called: OUTSIDE_HOURS 1\nCalls may start again 2[34] Nov 2026, 09:00\. .*VACLI_CLOCK_SHIFT/) })
    expect(connects(like.ledgerFile)).toEqual([])
  })

  it('the day: nobody is called on Republic Day', async () => {
    const like = createHome(clockAt('2027-01-26T10:30:00+05:30'))
    await like.run(['import', like.write('loans.csv', loanFile(BORROWERS))])
    expect(await like.run('call --customer 1 --yes')).toMatchObject({ code: 6, stderr: expect.stringContaining('27 Jan 2027, 09:00') })
  })

  it.each([['a customer who owes nothing', 'call --customer 6 --yes', 'ZERO_DUE'], ['a run in which all are blocked', 'call --blocked-by ZERO_DUE --max 5 --yes', 'ZERO_DUE'], ['and a dry run says the same', 'call --customer 6 --dry-run', 'ZERO_DUE']])('%s', async (_, line, code) => {
    const like = home()
    expect(await like.run(line)).toMatchObject({ code: 6, stderr: expect.stringMatching(new RegExp(`(?:may not be called: ${code}|nobody may be called: .*${code} )`)) })
    expect(connects(like.ledgerFile)).toEqual([])
  })

  it('old data: a file of last week', async () => {
    const like = createHome()
    await like.run(['import', like.write('loans.csv', loanFile(BORROWERS)), '--as-of', '2026-11-16'])
    expect(await like.run('call --customer 1 --yes')).toMatchObject({ code: 6, stderr: expect.stringContaining('STALE_DATA') })
  })
})

describe.concurrent('exit code 7, somebody else is at it', () => {
  it('a run of that name', async () => {
    const like = home()
    const sandbox = await like.serve(`sandbox serve --port 0 --fast --talk-ms 600000 --ledger ${like.folder}/exotel.ndjson`)
    const env = { VACLI_EXOTEL_BASE_URL: sandbox.url }
    const first = like.spawn('call --customer 1 --yes --wait --name morning', { env })
    await until('the first call', () => connects(`${like.folder}/exotel.ndjson`).length > 0)

    const second = await like.run('call --customer 7 --yes --name morning', { env })
    expect(second).toEqual({ code: 7, stdout: '', stderr: expect.stringMatching(/^error: a run named "morning" is active\n/) })
    expect(await like.run('call --customer 7 --yes --name evening', { env })).toMatchObject({ code: 0 })

    first.child.kill('SIGKILL')
    await first.ended
    expect(await like.run('call --customer 4 --yes --name morning', { env }), 'a killed run lets go').toMatchObject({ code: 0 })
    expect(connects(`${like.folder}/exotel.ndjson`).map(({ from }) => from)).toEqual(['+917000041201', '+917000041204', '+917000041202'])
  })

  it('an import into the same database', async () => {
    const like = home()
    const state = join(like.folder, 'state/vacli')
    const [lock] = readdirSync(state).filter(name => /^import-.*\.lock$/.test(name))
    const first = like.hold('import -')
    await until('the lock', () => isHeld(join(state, lock!)) || readdirSync(state).some(name => name !== lock && isHeld(join(state, name))))

    for (const line of ['import loans.csv', 'match'])
      expect(await like.run(line, { cwd: like.folder })).toEqual({ code: 7, stdout: '', stderr: expect.stringMatching(/^error: an(?:other)? import into this database is running\n/) })
    expect(await like.run('list'), 'reading goes on').toMatchObject({ code: 0 })
    expect(await like.run('import loans.csv --force --dry-run', { cwd: like.folder }), 'and so does a rehearsal').toMatchObject({ code: 0 })

    first.child.stdin!.end(loanFile([{ name: 'Late Comer', phone: '7000041205', loan: 'A8' }]))
    expect(await first.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^stdin: upload 2, 1 row: 1 created/) })
  })

  it('a database that stays locked', async () => {
    const like = home()
    const client = new Database(like.database)
    client.exec('begin immediate')
    try {
      expect(await like.run(['import', like.write('more.csv', loanFile([{ name: 'Late Comer', phone: '7000041205', loan: 'A8' }]))])).toEqual({ code: 7, stdout: '', stderr: 'error: the database stayed busy\nAnother vacli is writing; run the command again.\n' })
    }
    finally {
      client.close()
    }
  })
})

describe.concurrent('exit code 8, the person said No', () => {
  it.each([['n', 'n\r'], ['return alone', '\r']])('with %s', async (_, keys) => {
    const like = home()
    const { code, screen } = await like.terminal('call --customer 1', { type: [{ cue: 'Call 1 customer in sandbox mode?', keys }] })
    expect(code).toBe(8)
    expect(screen).toContain('nobody was called')
    expect(connects(like.ledgerFile)).toEqual([])
    expect(like.tables().call_sessions).toEqual([])
  })

  it('and a Yes calls', async () => {
    const like = home()
    const { code } = await like.terminal('call --customer 1', { type: [{ cue: 'Call 1 customer in sandbox mode?', keys: 'y\r' }] })
    expect(code).toBe(0)
    expect(connects(like.ledgerFile)).toHaveLength(1)
  })
})
