import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostClock } from './host-clock.ts'
import { createHome, type Home, query, writeSettings } from './run-vacli.ts'

// Everything a live user has set. None of it may take part.
const LIVE = {
  mode: 'live', 'exotel.sid': 'examplelender1', 'exotel.key': 'livekeylivekey', 'exotel.token': 'livetokenlivetoken', 'exotel.caller_id': '1600123456', 'exotel.flow_id': '77',
  'lender.name': 'Example Finance Ltd', 'webhook.public_url': 'https://calls.example.in', 'call.window': '17:00-18:00', 'call.rate_per_minute': '1',
}

/** A home whose temporary files are its own. */
function demoHome(env: Record<string, string> = {}): Home & { temporary: string } {
  const home = createHome(env)
  const temporary = join(home.folder, 'tmp')
  mkdirSync(temporary)
  home.env.TMPDIR = temporary
  return { ...home, temporary }
}

describe.concurrent('demo', () => {
  it('shows every act of the main job on a holiday at night, and cleans up behind itself', async () => {
    const home = demoHome()
    const { code, stdout, stderr } = await home.run('demo', { cwd: '/', env: hostClock(home, { at: '2027-01-26T00:30:00+05:30' }) })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // The host's day is a holiday: the demo plays on the working day before.
    expect(stdout).toContain('25 Jan 2027, 10:30')
    const acts = [
      '$ vacli import branch-clean.csv\n', '24 rows: 24 created', '$ vacli import branch-messy.csv\n', '8 rejected', '$ vacli import branch-clean-day2.csv\n', '25 rows: 3 created, 22 matched',
      '$ vacli call --status ready --max 10 --yes\n', 'webhook: call', '$ vacli status ', 'scheduled', 'dialing', 'initiated', 'in_progress', 'completed', '$ vacli list ', 'Showing 14 of ', 'vacli init',
    ]
    let at = 0
    for (const act of acts) {
      const found = stdout.indexOf(act, at)
      expect(found, `"${act}" after ${JSON.stringify(stdout.slice(Math.max(0, at - 60), at))}`).toBeGreaterThanOrEqual(at)
      at = found
    }
    for (const fate of ['busy', 'no_answer', 'unknown', 'not_placed'])
      expect(stdout).toContain(fate)
    expect(readdirSync(home.temporary)).toEqual([])
    expect(['config', 'data', 'state'].filter(folder => existsSync(join(home.folder, folder)))).toEqual([])
  })

  it('stays in the sandbox whatever the user has set, runs past midnight, and keeps a sound database where asked', async () => {
    const home = demoHome({ VACLI_MODE: 'live', VACLI_CLOCK_SHIFT: '', VACLI_DATABASE: '/nowhere/live.db', VACLI_EXOTEL_TOKEN: 'livetokenlivetoken' })
    writeSettings(home, LIVE)
    const { code, stdout } = await home.run('demo --keep', { cwd: home.folder, env: hostClock(home, { at: '2026-11-22T23:59:58+05:30' }) })
    expect(code).toBe(0)
    expect(readdirSync(home.temporary)).toEqual([expect.stringMatching(/^vacli-demo-/)])
    const database = join(home.temporary, readdirSync(home.temporary)[0]!, 'vacli.sandbox.db')
    expect(stdout).toContain(`--db ${database}`)

    expect(query(database, `select value from meta where key = 'mode'`)).toEqual([{ value: 'sandbox' }])
    expect(query(database, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(query(database, 'pragma foreign_key_check')).toEqual([])
    expect(query(database, `select count(*) as open from call_sessions where ended_at is null`)).toEqual([{ open: 0 }])
    const sandbox = { VACLI_MODE: 'sandbox', VACLI_DATABASE: database }
    expect(await home.run('db check', { env: sandbox })).toEqual({ code: 0, stdout: 'the database is sound\n', stderr: '' })
    expect(await home.json('list uploads', { env: sandbox })).toMatchObject({ total: 3 })
    expect(await home.json('list calls', { env: sandbox })).toMatchObject({ total: 11 })
  })

  it('cleans up when it is interrupted', async () => {
    const home = demoHome()
    const { child, ended } = home.spawn('demo')
    child.stdout!.once('data', () => child.kill('SIGINT'))
    expect((await ended).code).toBe(130)
    expect(readdirSync(home.temporary)).toEqual([])
  })
})
