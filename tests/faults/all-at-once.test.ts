import { existsSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { connects, createHome, loanFile, query, type Run, writeSettings } from '../cli/run-vacli.ts'
import { sizeOf, tell } from './tell.ts'

const SECONDS = sizeOf('TOGETHER_SECONDS', 30, 600)
const ROWS = sizeOf('TOGETHER_ROWS', 4000, 50_000)
const WAL_MB = 256

const people = (day: number) => Array.from({ length: ROWS }, (_, at) => ({ name: `Borrower ${'ABCDEFGHIJ'[at % 10]}a`, phone: String(7_000_041_000 + at), loan: `M${at}`, due: String(1000 + (at + day) % 700) }))

it('two imports, a dialler, the listener and exports at once: nobody is told of a busy database, and the log stays small', async () => {
  const home = createHome()
  writeSettings(home, { 'call.rate_per_minute': '600' })
  await home.run(['import', home.write('day0.csv', loanFile(people(0)))])
  const ledger = `${home.folder}/exotel.ndjson`
  const listener = await home.serve('webhook serve --port 0')
  const env = { VACLI_WEBHOOK_PUBLIC_URL: listener.url }
  const sandbox = await home.serve(`sandbox serve --port 0 --fast --ledger ${ledger}`, { env })
  Object.assign(env, { VACLI_EXOTEL_BASE_URL: sandbox.url })
  const until = performance.now() + SECONDS * 1000
  const runs: Record<string, Run[]> = {}
  let walMb = 0
  const again = async (name: string, line: (turn: number) => string) => {
    runs[name] = []
    for (let turn = 1; performance.now() < until; turn++)
      runs[name].push(await home.run(line(turn), { env }))
  }
  const watchLog = async () => {
    for (; performance.now() < until; await wait(100))
      walMb = Math.max(walMb, existsSync(`${home.database}-wal`) ? statSync(`${home.database}-wal`).size / 1_048_576 : 0)
  }
  const importDay = (which: string) => (turn: number) => `import ${home.write(`${which}${turn}.csv`, loanFile(people(turn)))} --force`
  await Promise.all([again('import', importDay('a')), again('second import', importDay('b')), again('dry run', () => `import ${home.folder}/day0.csv --force --dry-run`), again('call', () => 'call --status ready --max 20 --yes'), again('export', () => 'list loans --csv'), again('list', () => 'list calls --json'), watchLog()])
  expect(await listener.stop()).toBe(0)
  await sandbox.stop()

  const ends = Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, [...new Set(all.map(({ code }) => code))].sort()]))
  const placed = connects(ledger).filter(({ outcome }) => outcome === 'accepted').map(({ sid }) => sid!)
  tell(`${SECONDS} s: ${Object.entries(runs).map(([name, all]) => `${all.length} x ${name} (${ends[name]!.join(', ')})`).join('; ')}; ${placed.length} calls; log at most ${walMb.toFixed(1)} MB`)
  for (const [name, all] of Object.entries(runs)) {
    // The other import is the one thing that an import waits for nobody to end.
    const other = all.filter(({ code, stderr }) => !(code === 0 || (name.endsWith('import') && code === 7 && stderr.startsWith('error: another import into this database is running'))))
    expect(other.slice(0, 2), name).toEqual([])
  }
  expect(Math.min(...Object.values(runs).map(all => all.filter(({ code }) => code === 0).length))).toBeGreaterThan(0)
  expect(walMb).toBeLessThan(WAL_MB)
  expect(new Set(query(home.database, 'select call_sid from call_sessions').map(({ call_sid }) => call_sid))).toEqual(new Set(placed))
  expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
})
