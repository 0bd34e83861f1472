import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { clockAt, createHome, type Environment, type Home, loanFile, MORNING, query, type Row, until, writeSettings } from './run-vacli.ts'

const PHONES = ['7000041301', '7000041302']
const SETTLED = '2026-11-23T11:00:00+05:30'

let imported: Home

beforeAll(async () => {
  imported = createHome()
  expect(await imported.run(['import', imported.write('loans.csv', loanFile(PHONES.map((phone, at) => ({ name: `Asha ${'AB'[at]}`, phone, loan: `A${at}` }))))])).toMatchObject({ code: 0 })
})

/** Exotel's simulator as a process of its own, whose answers go wrong in this way; its clock stands where the home's stands. */
async function withSandbox(faults = '', shift: Environment = clockAt(MORNING)) {
  const home = createHome({}, { like: imported })
  writeSettings(home, { 'call.rate_per_minute': '6000' })
  const ledger = `${home.folder}/exotel.ndjson`
  const sandbox = await home.serve(`sandbox serve --port 0 --fast --ledger ${ledger} ${faults}`, { env: shift })
  const env = { ...shift, VACLI_EXOTEL_BASE_URL: sandbox.url }
  return {
    home, ledger, env, sandbox,
    /** The same account at another time. */
    async moveTo(time: string) {
      await sandbox.stop()
      const later = await home.serve(`sandbox serve --port 0 --fast --ledger ${ledger}`, { env: clockAt(time) })
      return { ...clockAt(time), VACLI_EXOTEL_BASE_URL: later.url }
    },
    placeForeign: async (from: string, values: Row = {}) => (await (await fetch(`${sandbox.url}/sandbox/foreign-call`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ from, ...values }) })).json() as { sid: string }).sid,
    sids: () => readFileSync(ledger, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line) as Row).filter(({ event }) => event === 'connect').map(({ sid }) => sid),
  }
}

const statuses = (home: Home) => query(home.database, 'select status, source, attention from call_sessions order by id')

describe.concurrent('reconcile', () => {
  it('says so when nothing is open', async () => {
    const { home, env } = await withSandbox()
    expect(await home.run('reconcile', { env })).toEqual({ code: 0, stdout: 'no call is open\n0 calls of the account since 21 Nov 2026, 10:30 read\n', stderr: '' })
    expect(await home.run('reconcile --quiet', { env })).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('finds the call whose answer was lost, and its end', async () => {
    const { home, env, sids } = await withSandbox('--fault lost=1')
    expect(await home.run('call --customer 1 --yes', { env })).toMatchObject({ code: 3 })
    const found = await until('the end of the call', async () => {
      const answer = await home.json('reconcile', { env })
      return answer.ended === 1 && answer
    })
    expect(found).toMatchObject({ open: 1, ended: 1, not_placed: 0, waiting: 0, for_person: 0, sweep: { orphans: [] }, decide: [] })
    expect(query(home.database, 'select status, call_sid from call_sessions')).toEqual([{ status: 'completed', call_sid: sids()[0] }])
  })

  it('knows after the settle time that a call was not placed, when two lists lack it', async () => {
    const { home, env, moveTo } = await withSandbox('--fault http-500-unplaced=1')
    expect(await home.run('call --customer 1 --yes', { env })).toMatchObject({ code: 3 })
    expect(await home.run('reconcile', { env })).toMatchObject({ code: 0, stdout: expect.stringContaining('1 open call: 0 ended, 0 not placed, 1 waiting, 0 for a person\n') })
    expect(await home.run('reconcile --decide 1 not-placed', { env })).toMatchObject({ code: 6, stderr: expect.stringMatching(/^error: call 1 may still ring or go on for 1\d minutes\n/) })
    expect(await home.json('reconcile', { env: await moveTo(SETTLED) })).toMatchObject({ waiting: 1 })
    expect(await home.json('reconcile', { env: await moveTo('2026-11-23T11:01:30+05:30') })).toMatchObject({ not_placed: 1 })
    expect(statuses(home)).toEqual([{ status: 'not_placed', source: 'vacli', attention: null }])
  })

  it('tells loudly of calls that nobody here placed, masked, and counts them', async () => {
    const { home, env, placeForeign } = await withSandbox()
    const sid = await placeForeign(`+91${PHONES[0]}`, { at: '2026-11-23T03:30:00Z' })
    const { code, stdout } = await home.run('reconcile', { env })
    expect(code).toBe(0)
    expect(stdout).toContain(`WARNING: 1 call that nobody here placed, ₹0.50; counted for caps and gaps\n  23 Nov 2026, 09:00  70•••••301  completed  ₹0.50  ${sid}  call 1, customer 1\n`)
    expect(await home.run('call --customer 1 --yes', { env })).toMatchObject({ code: 6 })
    expect(await home.json('reconcile', { env })).toMatchObject({ sweep: { orphans: [], adopted: 0 } })
  })

  it('waits for a person between two calls, and takes their word', async () => {
    const { home, env, placeForeign, sids } = await withSandbox('--fault lost=1')
    await home.run('call --customer 1 --yes', { env })
    const foreign = await placeForeign(`+91${PHONES[0]}`)
    const other = await placeForeign(`+91${PHONES[1]}`)

    const { code, stdout } = await home.run('reconcile', { env })
    expect(code).toBe(3)
    expect(stdout).toContain('call 1 waits for a person: several calls of the account could be this one\n')
    for (const sid of [sids()[0], foreign])
      expect(stdout).toContain(`  vacli reconcile --decide 1 placed:${sid}\n`)

    expect(await home.run(`reconcile --decide 1 placed:${other}`, { env })).toMatchObject({ code: 2, stderr: expect.stringContaining(other) })
    expect(await home.run('reconcile --decide 1 placed:00000000000000000000000000000000', { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('Exotel knows no call') })
    expect(await home.run(`reconcile --decide 1 placed:${sids()[0]}`, { env })).toMatchObject({ code: 0 })
    expect(query(home.database, 'select call_sid, attention from call_sessions where id = 1')).toEqual([{ call_sid: sids()[0], attention: null }])
    expect(query(home.database, 'select source, message from call_status_updates where source = \'person\'')).toEqual([{ source: 'person', message: 'asha decided: placed' }])
  })

  it('stops all dialling when one reference was dialled twice', async () => {
    const { home, env, placeForeign } = await withSandbox('--fault custom-field')
    await home.run('call --customer 1 --yes', { env })
    await until('the end of the call', async () => (await home.json('reconcile', { env })).ended === 1)
    const [{ reference, call_sid: sid }] = query(home.database, 'select reference, call_sid from call_sessions') as [Row]
    const second = await placeForeign(`+91${PHONES[0]}`, { custom_field: reference })

    expect(await home.run('reconcile', { env })).toMatchObject({ code: 3, stdout: expect.stringContaining(`ALARM: call 1 was dialled twice, ${String(sid)} and ${second}; nobody is called until a person lifts the pause\n`) })
    expect(await home.run('call --customer 2 --yes', { env })).toMatchObject({ code: 6, stderr: expect.stringContaining('two CallSids') })
    expect(await home.run(`reconcile --decide 1 placed:${String(sid)}`, { env })).toMatchObject({ code: 0 })
    expect(statuses(home)[0]).toMatchObject({ attention: null })
  })

  it('ends with 5 when Exotel does not answer', async () => {
    const { home, env, sandbox } = await withSandbox()
    await sandbox.stop()
    expect(await home.run('reconcile', { env })).toMatchObject({ code: 5, stderr: expect.stringContaining('error: Exotel did not answer') })
  })

  it.each(['--decide 1', '--decide 1 placed', '--decide x not-placed', '--decide 1 not-placed 2', '--decide 1 placed:a/b'])('refuses %s', async (flags) => {
    const { code, stderr } = await imported.run(`reconcile ${flags}`)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--decide cannot be') })
  })

  it('knows no call that is not there', async () => {
    expect(await imported.run('reconcile --decide 99 not-placed')).toEqual({ code: 2, stdout: '', stderr: 'error: there is no call 99\nvacli list calls\n' })
  })
})

describe.concurrent('webhook serve', () => {
  it('asks Exotel by itself, and tells of strangers\' calls', async () => {
    const { home, env, placeForeign } = await withSandbox()
    const sid = await placeForeign(`+91${PHONES[1]}`, { at: '2026-11-23T03:30:00Z' })
    const listener = await home.serve('webhook serve --port 0', { env })
    await until('the sweep', () => statuses(home).length === 1)
    await until('the warning', () => listener.stderr().includes(sid))
    expect(listener.stderr()).toContain('WARNING: 1 call that nobody here placed')
    expect(await listener.stop()).toBe(0)
    expect(statuses(home)).toEqual([{ status: 'completed', source: 'account', attention: null }])
  })

  it('tells that Exotel does not answer, and listens all the same', async () => {
    const { home, env, sandbox } = await withSandbox()
    await sandbox.stop()
    const listener = await home.serve('webhook serve --port 0', { env })
    await until('the failure', () => listener.stderr().includes('asking Exotel failed: Exotel did not answer'))
    expect((await fetch(`${listener.url}/healthz`)).status).toBe(200)
    expect(await listener.stop()).toBe(0)
  })
})
