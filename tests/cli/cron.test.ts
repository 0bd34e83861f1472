import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { BIN, clockAt, connects, createHome, type Environment, type Home, loanFile, MORNING, query, type Run, start, writeSettings } from './run-vacli.ts'

// The line that users put into their crontab (cli.md, "Commands").
const LINE = 'vacli call --status ready --max 500 --yes --quiet'
const PHONES = [1, 2, 3, 4, 5, 6, 7, 8].map(n => `+91700004120${n}`)

let imported: Home

beforeAll(async () => {
  imported = createHome()
  writeSettings(imported, { 'call.rate_per_minute': '6000', 'call.concurrency': '4' })
  const file = imported.write('loans.csv', loanFile(PHONES.map((phone, at) => ({ name: `Borrower ${'ABCDEFGH'[at]}`, phone, loan: `L${at}` }))))
  expect(await imported.run(['import', file])).toMatchObject({ code: 0 })
})

/** Runs the line as cron does: a bare environment and a shell. */
function cron(home: Home, env: Environment = {}): Promise<Run> {
  const bin = join(home.folder, 'bin')
  mkdirSync(bin, { recursive: true })
  try {
    symlinkSync(BIN, join(bin, 'vacli'))
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw error
  }
  const { HOME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, VACLI_CLOCK_SHIFT } = home.env
  const crontab = { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`, HOME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, VACLI_CLOCK_SHIFT, ...env }
  return start('/usr/bin/env', ['-i', ...Object.entries(crontab).map(([name, value]) => `${name}=${value}`), '/bin/sh', '-c', LINE], {}).ended
}

const accepted = (home: Home) => connects(home.ledgerFile).filter(({ outcome }) => outcome === 'accepted').map(({ from }) => from)

describe.concurrent('the cron line', () => {
  it.each([1, 2, 3, 4])('calls everybody once when two of it run at the same time, round %i', async () => {
    const home = createHome({}, { like: imported })
    const runs = await Promise.all([cron(home), cron(home)])

    expect([...accepted(home)].sort()).toEqual(PHONES)
    expect(query(home.database, 'select to_number, status from call_sessions order by to_number')).toEqual(PHONES.map(to_number => ({ to_number, status: 'completed' })))
    // 6 only for the one that found them ready and was beaten to every one of them before it began.
    for (const { code, stdout, stderr } of runs) {
      expect([0, 6]).toContain(code)
      expect(stdout).toBe('')
      expect(stderr).toMatch(code === 0 ? /^$/ : /^error: nobody may be called/)
    }
    expect(runs.some(({ code }) => code === 0)).toBe(true)
  })

  it('is silent and ends with 0 when nobody is ready any more', async () => {
    const home = createHome({}, { like: imported })
    expect(await cron(home)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await cron(home)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(accepted(home)).toHaveLength(PHONES.length)
  })

  it('calls nobody in the evening, says when it may, and ends with 6', async () => {
    const home = createHome({}, { like: imported })
    const { code, stdout, stderr } = await cron(home, clockAt(MORNING.replace('10:30', '20:15')))
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(/^error: nobody may be called: OUTSIDE_HOURS 8\nCalls may start again 24 Nov 2026, 09:00\..*\n$/)
    expect(connects(home.ledgerFile)).toEqual([])
  })

  it('says where to begin on a machine without a database, and ends with 4', async () => {
    const home = createHome()
    expect(await cron(home)).toEqual({ code: 4, stdout: '', stderr: `error: there is no database at ${home.database}\nvacli init\n` })
  })
})
