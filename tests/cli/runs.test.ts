import { beforeAll, describe, expect, it } from 'vitest'
import { connects, createHome, type Home, loanFile, until, writeSettings } from './run-vacli.ts'

const BORROWERS = Array.from({ length: 12 }, (_, at) => ({ name: `Asha ${'ABCDEFGHIJKL'[at]}`, phone: `70000412${String(at).padStart(2, '0')}`, loan: `A${at}` }))

let imported: Home

beforeAll(async () => {
  imported = createHome()
  expect(await imported.run(['import', imported.write('loans.csv', loanFile(BORROWERS))])).toMatchObject({ code: 0 })
})

/** Exotel's simulator as a process of its own, whose calls nobody tells of. */
async function withSandbox(settings: Record<string, string>) {
  const home = createHome({}, { like: imported })
  writeSettings(home, { 'call.concurrency': '50', ...settings })
  const ledger = `${home.folder}/exotel.ndjson`
  const sandbox = await home.serve(`sandbox serve --port 0 --fast --ledger ${ledger}`)
  return { home, ledger, env: { VACLI_EXOTEL_BASE_URL: sandbox.url } }
}

describe.concurrent('runs', () => {
  it('stop from another terminal ends a run before its next call, and resume goes on within what --max left', async () => {
    const { home, ledger, env } = await withSandbox({ 'call.rate_per_minute': '40' })
    const running = home.spawn('call --status ready --max 9 --yes --name morning --reason due', { env })
    await until('the second call', () => connects(ledger).length >= 2)

    expect(await home.json('runs list')).toMatchObject({ total: 1, data: [{ id: 1, name: 'morning', operator: 'asha', reason: 'due', status: 'running', terms: { max: 9, per_minute: 40 } }] })
    expect(await home.run('runs resume 1 --yes', { env })).toMatchObject({ code: 7, stderr: expect.stringContaining('run 1 is still running') })
    expect(await home.run('runs stop 1')).toEqual({ code: 0, stdout: 'run 1 ends before its next call\n', stderr: '' })
    const dialled = connects(ledger).length
    const stopped = await running.ended
    const placed = connects(ledger).length
    expect(placed - dialled).toBeLessThanOrEqual(1)
    expect(stopped).toMatchObject({ code: 0, stderr: expect.stringContaining(`the run was stopped by asha: ${12 - placed} customers not called; go on with: vacli runs resume 1`) })
    expect(await home.json('runs show 1')).toMatchObject({ status: 'stopped', selected: 12, placed, not_called: 12 - placed, why: 'the run was stopped by asha', calls: { initiated: placed } })
    expect(await home.run('runs stop 1')).toMatchObject({ code: 0, stdout: 'run 1 has already ended\n' })

    expect(await home.run('runs resume 1 --yes', { env })).toMatchObject({ code: 0, stdout: expect.stringContaining(`${12 - placed} customers selected: ${9 - placed} called`) })
    const numbers = connects(ledger).map(({ from }) => from)
    expect([numbers.length, new Set(numbers).size]).toEqual([9, 9])
    expect(await home.run('runs resume 2 --yes', { env })).toMatchObject({ code: 0, stdout: 'run 2 has made all the calls it was allowed\n' })
  })

  it('stop --all pauses everything until resume, tomorrow\'s cron too', async () => {
    const { home, ledger, env } = await withSandbox({ 'call.rate_per_minute': '40' })
    const running = home.spawn('call --status ready --max 12 --yes', { env })
    await until('the second call', () => connects(ledger).length >= 2)
    expect(await home.run(['runs', 'stop', '--all', '--reason', 'floods'])).toMatchObject({ code: 0, stdout: expect.stringContaining('dialling is paused') })
    const dialled = connects(ledger).length
    expect(await running.ended).toMatchObject({ code: 6, stderr: expect.stringContaining('dialling is paused by asha: floods\nvacli runs resume lifts the pause.') })
    expect(connects(ledger).length - dialled).toBeLessThanOrEqual(1)

    const cron = await home.run('call --status ready --max 12 --yes --quiet', { env })
    expect(cron).toMatchObject({ code: 6, stderr: expect.stringContaining('dialling is paused') })
    expect(await home.run('call --status ready --max 12 --dry-run', { env })).toMatchObject({ code: 6, stdout: expect.stringContaining('PAUSED') })
    expect((await home.run('runs')).stderr).toContain('dialling is paused by asha')
    expect((await home.run('status')).stdout).toContain('PAUSED       by asha')
    expect(await home.json('status')).toMatchObject({ paused: { by: 'asha', reason: 'floods' }, calls_to_look_at: [] })

    expect(await home.run('runs resume')).toMatchObject({ code: 0, stdout: expect.stringContaining('is lifted: floods') })
    expect(await home.run('runs resume')).toMatchObject({ code: 0, stdout: 'dialling was not paused\n' })
    expect(await home.run('call --status ready --max 12 --yes --quiet', { env })).toEqual({ code: 0, stdout: '', stderr: '' })
    const numbers = connects(ledger).map(({ from }) => from)
    expect([numbers.length, new Set(numbers).size]).toEqual([12, 12])
  })

  it('take up another setting before their next call', async () => {
    const { home, ledger, env } = await withSandbox({ 'call.rate_per_minute': '40' })
    const running = home.spawn('call --status ready --max 12 --yes', { env })
    await until('the second call', () => connects(ledger).length >= 2)
    expect(await home.run('config set call.window 11:00-18:00')).toMatchObject({ code: 0 })
    const dialled = connects(ledger).length
    expect(await running.ended).toMatchObject({ code: 0 })
    expect(connects(ledger).length - dialled).toBeLessThanOrEqual(1)
  })

  it('that were killed show as interrupted, and go on with nobody called twice', async () => {
    const { home, ledger, env } = await withSandbox({ 'call.rate_per_minute': '40' })
    const running = home.spawn('call --status ready --max 12 --yes', { env })
    await until('the second call', () => connects(ledger).length >= 2)
    running.child.kill('SIGKILL')
    await running.ended
    const late = { VACLI_CLOCK_SHIFT: String(Number(home.env.VACLI_CLOCK_SHIFT) + 60) }
    expect(await home.json('runs list', { env: late })).toMatchObject({ data: [{ status: 'interrupted' }] })
    writeSettings(home, { 'call.concurrency': '50', 'call.rate_per_minute': '6000' })
    expect(await home.run('runs resume 1 --yes --max 12', { env: { ...env, ...late } })).toMatchObject({ stdout: expect.stringContaining('customers selected') })
    const numbers = connects(ledger).map(({ from }) => from)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it('stop at the time that was given', async () => {
    const home = createHome({}, { like: imported })
    expect(await home.run('call --status ready --max 12 --yes --stop-at 10:00')).toMatchObject({ code: 0, stdout: expect.stringContaining('12 not called') })
    expect(connects(home.ledgerFile)).toEqual([])
    expect(await home.run('call --status ready --max 12 --yes --stop-at noon')).toMatchObject({ code: 2, stderr: expect.stringContaining('--stop-at cannot be "noon"') })
  })

  it.each([['runs show 9', 2, 'there is no run 9'], ['runs stop', 2, 'stop which run?'], ['runs stop 1 --all', 2, 'stop which run?'], ['runs resume nine', 2, 'there is no run nine']])('%s is refused', async (line, code, message) => {
    const home = createHome({}, { like: imported })
    expect(await home.run(line)).toMatchObject({ code, stderr: expect.stringContaining(message) })
  })
})
