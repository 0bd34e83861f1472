// What the listener costs beside a server that only reads the body: all callbacks of 10,000 calls, five copies each, and a steady hundred a second beside an import.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeCalls, makeRequests, seeded } from './webhooks/callbacks.js'
import { countWaiting, findDifferences, makeDatabase } from './webhooks/database.js'
import { sendAll } from './webhooks/send.js'
import { startServer } from './webhooks/server-process.js'

const PAIRS = Number(process.env.PAIRS ?? 9)
const CALLS = Number(process.env.CALLS ?? 10_000)
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const CONNECTIONS = 64
const SECRET = 'a secret for benchmarks'

const path = name => fileURLToPath(new URL(name, import.meta.url))
const say = line => process.stdout.write(`${line}\n`)
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

const random = seeded(SEED)
const calls = makeCalls(CALLS, random)
const requests = makeRequests(calls, { secret: SECRET, copies: 5, random })
const folder = mkdtempSync(join(tmpdir(), 'vacli-bench-'))
say(`${requests.length} callbacks of ${calls.length} calls over ${CONNECTIONS} connections, seed ${SEED}`)

async function runBare() {
  const server = await startServer([path('./webhooks/bare-server.js')])
  const [cpu, at] = [server.cpu(), performance.now()]
  await sendAll(server.url, requests, { connections: CONNECTIONS })
  const run = { seconds: (performance.now() - at) / 1000, cpu: server.cpu() - cpu }
  await server.stop()
  return run
}

async function runListener(template) {
  const home = mkdtempSync(join(folder, 'run-'))
  const database = join(home, 'vacli.db')
  copyFileSync(template, database)
  const env = { HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'), VACLI_MODE: 'sandbox', VACLI_WEBHOOK_SECRET: SECRET }
  const server = await startServer([path('../bin/vacli.js'), 'webhook', 'serve', '--port', '0', '--quiet', '--db', database], env)
  const [cpu, at] = [server.cpu(), performance.now()]
  const rss = []
  await sendAll(server.url, requests, { connections: CONNECTIONS, onFifth: () => rss.push(server.rssMb()) })
  const [answered, answeredCpu] = [(performance.now() - at) / 1000, server.cpu() - cpu]
  while (countWaiting(database, env.XDG_STATE_HOME) > 0)
    await wait(20)
  const run = { seconds: (performance.now() - at) / 1000, cpu: server.cpu() - cpu, answered, answeredCpu, rss }
  await server.stop()
  const differences = findDifferences(database, calls)
  if (differences.length > 0)
    throw new Error(`seed ${SEED}: ${differences.length} calls are not as they were told: ${differences.slice(0, 5).join('; ')}\n${server.stderr()}`)
  rmSync(home, { recursive: true })
  return run
}

try {
  mkdirSync(folder, { recursive: true })
  const template = join(folder, 'template.db')
  await makeDatabase(template, calls)
  const pairs = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const [bare, listener] = [await runBare(), await runListener(template)]
    pairs.push({ bare, listener })
    say(`bare ${bare.seconds.toFixed(2)} s, ${bare.cpu.toFixed(2)} s CPU   listener ${listener.seconds.toFixed(2)} s, ${listener.cpu.toFixed(2)} s CPU (answered after ${listener.answered.toFixed(2)} s, ${listener.answeredCpu.toFixed(2)} s CPU)   RSS after each fifth ${listener.rss.map(Math.round).join(' ')} MB`)
  }
  const ratio = name => median(pairs.map(({ bare, listener }) => bare[name] / listener[name])).toFixed(2)
  say(`throughput of a bare server: ${ratio('cpu')} by CPU, ${ratio('seconds')} by the clock, with everything understood and written (medians of ${PAIRS} pairs; goal: at least 0.50)`)
  say(`memory after all callbacks: ${median(pairs.map(({ listener: { rss } }) => rss.at(-1) / rss[0])).toFixed(2)} of what it was after the first fifth`)
}
finally {
  rmSync(folder, { recursive: true, force: true })
}
