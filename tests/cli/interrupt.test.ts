import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { connects, createHome, HEADER, type Home, loanFile, query, until, writeSettings } from './run-vacli.ts'

const BORROWERS = Array.from({ length: 12 }, (_, at) => ({ name: `Borrower ${'ABCDEFGHIJKL'[at]}`, phone: String(7000041201 + at), loan: `L${at}` }))
// Whoever is stopped is stopped in the middle of the larger file's steps; they are the same steps.
const SIZES = { big: 20_000, middling: 6_000 } as const
type Size = keyof typeof SIZES

let imported: Home
const files = {} as Record<Size, string>

beforeAll(async () => {
  imported = createHome()
  await imported.run(['import', imported.write('loans.csv', loanFile(BORROWERS))])
  for (const [size, length] of Object.entries(SIZES) as [Size, number][])
    files[size] = imported.write(`${size}.csv`, `${HEADER}\n${Array.from({ length }, (_, at) => rowOf(at)).join('\n')}\n`)
})

function rowOf(at: number): string {
  const name = `Borrower ${'ABCDEFGHIJ'[at % 10]} ${'KLMNOPQRST'[Math.floor(at / 10) % 10]}`
  return `${name},${7_123_400_000 + Math.floor(at / 2)},LN${at},50000,2026-10-05,Karnataka,South Cluster,Hosur Branch,04344-123456,Kiran Joseph,EMP011,7000090121,2026-09-05,2500,2500`
}

const count = (home: Home, what: string) => existsSync(home.database) ? Number(query(home.database, `select count(*) as n from ${what}`)[0]!.n) : 0
const staged = (home: Home) => {
  try {
    return count(home, 'upload_rows')
  }
  catch {
    return 0 // the tables are only being made
  }
}

/** Every row of the file is there once, decided, and linked. */
function verifyWhole(home: Home, total: number) {
  expect(query(home.database, 'select id, status, total_records, error from file_uploads')).toEqual([{ id: 1, status: 'completed', total_records: total, error: null }])
  expect(query(home.database, 'select status, count(*) as n, count(distinct line_number) as lines, min(line_number) as first, max(line_number) as last, count(match_loan_id) as linked from upload_rows group by status'))
    .toEqual([{ status: 'created', n: total, lines: total, first: 2, last: total + 1, linked: total }])
  expect([count(home, 'loans'), count(home, 'customers')]).toEqual([total, total])
}

describe('an import', () => {
  it.each([
    { how: 'is killed while it stages 20,000 rows', size: 'big', signal: 'SIGKILL', code: null, when: (home: Home) => staged(home) > 2000 },
    { how: 'is killed while it matches', size: 'middling', signal: 'SIGKILL', code: null, when: (home: Home) => staged(home) === SIZES.middling && count(home, 'loans') > 0 },
    { how: 'is stopped by Ctrl-C', size: 'middling', signal: 'SIGINT', code: 130, when: (home: Home) => staged(home) > 0 },
    { how: 'is stopped by Ctrl-C while it matches', size: 'big', signal: 'SIGINT', code: 130, when: (home: Home) => staged(home) === SIZES.big && count(home, 'loans') > 0 },
  ] as const)('that $how is completed by the same command, every row once', async ({ size, signal, code, when }) => {
    const home = createHome()
    const { child, ended } = home.spawn(['import', files[size]])
    await until('rows', () => when(home))
    child.kill(signal)

    const run = await ended
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' })
    if (code !== null)
      expect(run.stderr).toBe(`error: the import of ${size}.csv was interrupted; nothing read so far is lost\nvacli import ${files[size]}\n`)
    expect(query(home.database, 'select status from file_uploads')).toEqual([{ status: 'processing' }])
    // Either rows wait to be matched, or the file was not read to its end.
    expect(count(home, `upload_rows where status = 'pending'`) > 0 || staged(home) < SIZES[size]).toBe(true)

    const again = await home.run(['import', files[size]])
    const rows = SIZES[size].toLocaleString('en-IN')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`${size}.csv: upload 1, ${rows} rows: ${rows} created`) })
    verifyWhole(home, SIZES[size])
  })

  it('whose rows match decides can be stopped there, and match goes on with them', async () => {
    const home = createHome()
    await home.run(['import', '--no-match', files.big])
    const { child, ended } = home.spawn('match')
    await until('the first rows', () => count(home, 'loans') > 0)
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'error: the matching was interrupted; what was decided stays\nvacli match\n' })
    expect(count(home, `upload_rows where status = 'pending'`)).toBeGreaterThan(0)

    expect(await home.run('match')).toMatchObject({ code: 0 })
    verifyWhole(home, SIZES.big)
  })

  it('can be stopped while it is undone, and is undone by the same command', async () => {
    const home = createHome()
    await home.run(['import', files.middling])
    const { child, ended } = home.spawn('import undo 1 --yes')
    await until('its beginning', () => count(home, `file_uploads where status = 'undone'`) > 0)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('error: the undo of upload 1 was interrupted: ') })
    expect(count(home, 'customers where withdrawn = 0')).toBeGreaterThan(0)

    expect(await home.run('import undo 1 --yes')).toMatchObject({ code: 0 })
    expect(count(home, 'customers where withdrawn = 0')).toBe(0)
  })

  it('shows its progress on a terminal, and only there', async () => {
    const small = join(imported.folder, 'loans.csv')
    const [terminal, pipe] = await Promise.all([createHome().terminal(['import', small]), createHome().run(['import', small])])
    expect(terminal).toEqual({ code: 0, screen: expect.stringMatching(/importing loans\.csv · \d/) })
    expect(pipe).toMatchObject({ code: 0, stderr: 'next: vacli list --status ready\n' })
  })
})

describe.concurrent('a run of calls', () => {
  it.each([{ signal: 'SIGINT', code: 130 }, { signal: 'SIGTERM', code: 143 }] as const)('that gets $signal ends what is on the wire, calls nobody else, and can be run again', async ({ signal, code }) => {
    const home = createHome({}, { like: imported })
    writeSettings(home, { 'call.rate_per_minute': '300', 'call.concurrency': '20' })
    const ledger = `${home.folder}/exotel.ndjson`
    const sandbox = await home.serve(`sandbox serve --port 0 --fast --latency-ms 700 --ledger ${ledger}`)
    const env = { VACLI_EXOTEL_BASE_URL: sandbox.url }

    const { child, ended } = home.spawn('call --status ready --max 500 --yes', { env })
    await until('a call on the wire', () => connects(ledger).length >= 3)
    child.kill(signal)
    const run = await ended

    const placed = connects(ledger)
    expect(run.code).toBe(code)
    expect(run.stdout.split('\n')[0]).toBe(`12 customers selected: ${placed.length} called, 0 failed, 0 unknown, 0 blocked, ${12 - placed.length} not called`)
    expect(run.stderr).toContain('vacli runs resume 1')
    expect(placed.length).toBeLessThan(12)
    // Whoever the simulator called has a session with its sid: nothing is lost.
    expect(query(home.database, 'select to_number, call_sid, status from call_sessions order by to_number'))
      .toEqual(placed.map(({ from, sid }) => ({ to_number: from, call_sid: sid, status: 'initiated' })).sort((a, b) => a.to_number.localeCompare(b.to_number)))
    expect(query(home.database, 'select ended_at from call_runs where ended_at is null')).toEqual([])

    expect(await home.run('runs resume 1 --yes', { env })).toMatchObject({ code: 0, stdout: expect.stringContaining(`${12 - placed.length} customers selected: ${12 - placed.length} called`) })
    expect(connects(ledger).map(({ from }) => from).sort()).toEqual(BORROWERS.map(({ phone }) => `+91${phone}`))
  })

  it('that is followed leaves its calls to the listener when it gets SIGINT', async () => {
    const home = createHome({}, { like: imported })
    const ledger = `${home.folder}/exotel.ndjson`
    const sandbox = await home.serve(`sandbox serve --port 0 --fast --talk-ms 600000 --ledger ${ledger}`)
    const { child, ended } = home.spawn('call --customer 1 --yes --wait', { env: { VACLI_EXOTEL_BASE_URL: sandbox.url } })
    await until('the call', () => count(home, `call_sessions where status = 'initiated'`) === 1)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stdout: expect.stringContaining('1 called') })
  })

  it('that is interrupted in its own process ends what it placed', async () => {
    const home = createHome({}, { like: imported })
    const { child, ended } = home.spawn('call --status ready --max 500 --yes')
    await until('the second call', () => connects(home.ledgerFile).length >= 2)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('go on with: vacli runs resume 1') })
    const numbers = connects(home.ledgerFile).map(({ from }) => from)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(query(home.database, 'select to_number from call_sessions order by id').map(({ to_number }) => to_number)).toEqual(numbers)
  })

  it('at its question ends with 130 and calls nobody', async () => {
    const home = createHome({}, { like: imported })
    const { code, screen } = await home.terminal('call --customer 1', { type: [{ cue: 'Call 1 customer', keys: '\u0003' }] })
    expect(code).toBe(130)
    expect(screen).not.toContain('fault of vacli')
    expect(connects(home.ledgerFile)).toEqual([])
  })

  it('leaves at once on a second Ctrl-C', async () => {
    const home = createHome({}, { like: imported })
    const ledger = `${home.folder}/exotel.ndjson`
    const sandbox = await home.serve(`sandbox serve --port 0 --latency-ms 600000 --ledger ${ledger}`)
    const { child, ended } = home.spawn('call --customer 1 --yes', { env: { VACLI_EXOTEL_BASE_URL: sandbox.url } })
    await until('a call on the wire', () => connects(ledger).length === 1)
    child.kill('SIGINT')
    await until('the end', () => {
      child.kill('SIGINT')
      return child.exitCode !== null
    })
    expect((await ended).code).toBe(130)
    // The intent is on disk: the call may ring, and nobody is called twice for it.
    expect(query(home.database, 'select status from call_sessions')).toEqual([{ status: 'dialing' }])
  })
})

describe.concurrent('a server', () => {
  it.each(['webhook serve', 'sandbox serve'])('%s ends well when it is told to stop', async (line) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const served = await createHome({}, { like: imported }).serve(`${line} --port 0`)
      expect(await served.stop(signal)).toBe(0)
    }
  })
})
