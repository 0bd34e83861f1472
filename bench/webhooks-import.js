// A hundred callbacks a second beside an import of 200,000 rows into the same database: how long each waits, by a server that only reads bodies and by the listener.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { writeLoans } from './import/loans.js'
import { makeCalls, makeRequests, seeded } from './webhooks/callbacks.js'
import { countWaiting, findDifferences, makeDatabase } from './webhooks/database.js'
import { sendEvenly } from './webhooks/send.js'
import { startServer } from './webhooks/server-process.js'

const PAIRS = Number(process.env.PAIRS ?? 9)
const ROWS = Number(process.env.ROWS ?? 200_000)
const SECONDS = Number(process.env.SECONDS ?? 8)
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const PER_SECOND = 100
const SECRET = 'a secret for benchmarks'

const bin = fileURLToPath(new URL('../bin/vacli.js', import.meta.url))
const say = line => process.stdout.write(`${line}\n`)
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
const p99 = values => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1]

const random = seeded(SEED)
const calls = makeCalls(SECONDS * PER_SECOND / 2, random)
const requests = makeRequests(calls, { secret: SECRET, copies: 1, random })
const folder = mkdtempSync(join(tmpdir(), 'vacli-bench-'))
const file = join(folder, 'loans.csv')
writeLoans(file, ROWS, { seed: SEED })
say(`${requests.length} callbacks at ${PER_SECOND} a second beside an import of ${ROWS} rows, seed ${SEED}`)

/** Sends to whatever is started while the import runs on the database. */
async function runBesideImport(template, start) {
  const home = mkdtempSync(join(folder, 'run-'))
  const database = join(home, 'vacli.db')
  copyFileSync(template, database)
  const env = { HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'), VACLI_MODE: 'sandbox', VACLI_WEBHOOK_SECRET: SECRET, VACLI_DATABASE: database }
  const server = await start(env)
  const importing = spawn(process.execPath, [bin, 'import', file, '--quiet'], { env: { ...process.env, ...env }, stdio: 'ignore' })
  const ended = once(importing, 'exit')
  await wait(1500)
  const rss = [server.rssMb()]
  const sampling = setInterval(() => rss.push(server.rssMb()), 1000)
  const { took, refused } = await sendEvenly(server.url, requests, { perSecond: PER_SECOND })
  const isBeside = importing.exitCode === null
  clearInterval(sampling)
  importing.kill('SIGKILL')
  await ended
  return { home, database, server, p99: p99(took), most: Math.max(...took), refused, rss, isBeside }
}

async function runBare(template) {
  const run = await runBesideImport(template, () => startServer([fileURLToPath(new URL('./webhooks/bare-server.js', import.meta.url))]))
  await run.server.stop()
  rmSync(run.home, { recursive: true })
  return run
}

async function runListener(template) {
  const run = await runBesideImport(template, env => startServer([bin, 'webhook', 'serve', '--port', '0', '--quiet'], env))
  for (let quiet = 0; quiet < 5; quiet = countWaiting(run.database, join(run.home, 'state')) === 0 ? quiet + 1 : 0)
    await wait(200) // the spool empties itself meanwhile
  await run.server.stop()
  const differences = findDifferences(run.database, calls)
  if (differences.length > 0)
    throw new Error(`seed ${SEED}: ${differences.length} calls are not as they were told: ${differences.slice(0, 5).join('; ')}\n${run.server.stderr()}`)
  rmSync(run.home, { recursive: true })
  return run
}

try {
  const template = join(folder, 'template.db')
  await makeDatabase(template, calls)
  const pairs = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const [bare, listener] = [await runBare(template), await runListener(template)]
    pairs.push({ bare, listener })
    const told = ({ p99, most, isBeside }) => `p99 ${p99.toFixed(1)} ms, most ${most.toFixed(1)} ms${isBeside ? '' : ' (the import ended before)'}`
    say(`bare ${told(bare)}   listener ${told(listener)}, refused ${listener.refused}, RSS ${listener.rss.map(Math.round).join(' ')} MB`)
  }
  say(`p99 of a bare server times ${median(pairs.map(({ bare, listener }) => listener.p99 / bare.p99)).toFixed(2)} (median of ${PAIRS} pairs; goal: at most 3)`)
}
finally {
  rmSync(folder, { recursive: true, force: true })
}
