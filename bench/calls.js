// What a run of calls costs beside a bare loop of the same POSTs, and how much of 200 requests a minute it uses: npm run build && npm run bench:calls
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { maxInAnyWindow } from '../dist/telephony/sandbox/ledger-figures.js'

// cost, pace, or both
const WHAT = process.argv[2]
const PAIRS = Number(process.env.PAIRS ?? 9)
const CALLS = 1000
const CONCURRENCY = 20
const PACED_CALLS = Number(process.env.PACED_CALLS ?? 600)
const BIN = new URL('../bin/vacli.js', import.meta.url).pathname
const BARE = new URL('calls/bare.js', import.meta.url).pathname
const DIAL = new URL('calls/dial.js', import.meta.url).pathname

const folder = mkdtempSync(join(tmpdir(), 'vacli-bench-'))
const children = []
const shift = String(Math.round((Date.parse('2026-11-23T10:30:00+05:30') - Date.now()) / 1000))
const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, VACLI_CLOCK_SHIFT: shift }

async function run(args, more = {}) {
  // bash measures what the process and nothing else used.
  const child = spawn('bash', ['-c', 'TIMEFORMAT="TIMES %R %U %S"; time "$@"', 'bash', process.execPath, ...args], { env: { ...env, ...more } })
  let output = ''
  child.stdout.on('data', text => output += text)
  child.stderr.on('data', text => output += text)
  const [code] = await once(child, 'close')
  const [, wall, user, system] = /TIMES ([\d.]+) ([\d.]+) ([\d.]+)/.exec(output) ?? []
  if (code !== 0)
    throw new Error(`${args.join(' ')} ended with ${code}: ${output.slice(0, 500)}`)
  const loop = /LOOP (.*)/.exec(output)
  return { wall: Number(wall), cpu: Number(user) + Number(system), loop: loop && JSON.parse(loop[1]) }
}

async function serve(args, more = {}) {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  let text = ''
  for await (const chunk of child.stdout) {
    text += chunk
    const found = /(http:\/\/\S+)/.exec(text)
    if (found) {
      child.stdout.resume()
      return { url: found[1], child }
    }
  }
  throw new Error(`${args.join(' ')} did not start: ${text}`)
}

async function stop({ child }) {
  child.kill('SIGTERM')
  await once(child, 'close')
}

/** A database of so many borrowers, to be copied. */
async function prepare(name, customers) {
  const rows = Array.from({ length: customers }, (_, at) => `Asha Rao,98${String(10_000_000 + at * 10 + 1)},LN${at},250000,2026-10-05,15000`)
  writeFileSync(join(folder, `${name}.csv`), `name,phone,loan_id,amount,due_date,due_amount\n${rows.join('\n')}\n`)
  const database = join(folder, `${name}.db`)
  await run([BIN, 'import', join(folder, `${name}.csv`), '--db', database])
  return database
}

function fresh(prepared, name) {
  const database = join(folder, `${name}.db`)
  for (const ending of ['', '-wal', '-shm', '.dispatch.json'])
    rmSync(`${database}${ending}`, { force: true })
  copyFileSync(prepared, database)
  return database
}

const connectsOf = ledger => readFileSync(ledger, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line)).filter(({ event }) => event === 'connect')
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Each call ends before its connect is answered, so that a line is taken for as long as the request runs, as in the bare loop. */
const SANDBOX = ['sandbox', 'serve', '--port', '0', '--latency-ms', '50', '--ring-ms', '0', '--talk-ms', '0', '--billing-ms', '0', '--rate-per-minute', '100000000']

async function dialAll(prepared, name, argsOf) {
  const ledger = join(folder, `${name}.ndjson`)
  const sandbox = await serve([...SANDBOX, '--ledger', ledger])
  const database = fresh(prepared, 'run')
  const listener = await serve(['webhook', 'serve', '--port', '0', '--db', database, '--quiet'])
  const measured = await run(argsOf(database), { VACLI_EXOTEL_BASE_URL: sandbox.url, VACLI_WEBHOOK_PUBLIC_URL: listener.url })
  await stop(listener)
  await stop(sandbox)
  const phones = connectsOf(ledger).map(({ from }) => from)
  if (phones.length !== CALLS || new Set(phones).size !== CALLS)
    throw new Error(`the ledger has ${phones.length} calls to ${new Set(phones).size} people`)
  return measured
}

async function comparePairs() {
  const prepared = await prepare('borrowers', CALLS)
  const sandbox = await serve(SANDBOX)
  const pairs = []
  for (let pair = 0; pair <= PAIRS; pair++) {
    const bare = await run([BARE, sandbox.url, String(CALLS), String(CONCURRENCY)])
    const calls = await dialAll(prepared, `${pair}-loop`, database => [DIAL, database, String(CALLS), String(CONCURRENCY)])
    const command = await dialAll(prepared, `${pair}-command`, database => [BIN, 'call', '--status', 'ready', '--max', String(CALLS), '--yes', '--quiet', '--concurrency', String(CONCURRENCY), '--rate', '100000', '--db', database])
    if (pair === 0)
      continue // warms the disk
    pairs.push({ loop: calls.loop.cpu / bare.loop.cpu, wall: calls.loop.wall / bare.loop.wall, command: command.cpu / bare.cpu })
    process.stdout.write(`pair ${pair}: loops ${bare.loop.cpu.toFixed(2)} and ${calls.loop.cpu.toFixed(2)} s CPU, ${bare.loop.wall.toFixed(2)} and ${calls.loop.wall.toFixed(2)} s wall; processes ${bare.cpu.toFixed(2)} and ${command.cpu.toFixed(2)} s CPU; loop x${pairs.at(-1).loop.toFixed(2)}` + '\n')
  }
  await stop(sandbox)
  process.stdout.write(`median of ${PAIRS}: the calls take x${median(pairs.map(({ loop }) => loop)).toFixed(2)} the CPU of the bare loop (goal 1.5) and x${median(pairs.map(({ wall }) => wall)).toFixed(2)} its time; vacli call as a whole process, start and selection included, x${median(pairs.map(({ command }) => command)).toFixed(2)} the CPU of the bare process` + '\n')
}

async function measurePace() {
  const prepared = await prepare('paced', PACED_CALLS)
  const ledger = join(folder, 'paced.ndjson')
  const sandbox = await serve(['sandbox', 'serve', '--port', '0', '--latency-ms', '50', '--ring-ms', '0', '--talk-ms', '0', '--billing-ms', '0', '--rate-per-minute', '200', '--ledger', ledger])
  const database = fresh(prepared, 'paced-run')
  const listener = await serve(['webhook', 'serve', '--port', '0', '--db', database, '--quiet'])
  await run([BIN, 'call', '--status', 'ready', '--max', String(PACED_CALLS), '--yes', '--quiet', '--concurrency', '20', '--rate', '200', '--db', database], { VACLI_EXOTEL_BASE_URL: sandbox.url, VACLI_WEBHOOK_PUBLIC_URL: listener.url })
  await stop(listener)
  await stop(sandbox)
  const connects = connectsOf(ledger)
  const times = connects.map(({ at }) => Date.parse(at))
  const perMinute = (times.length - 1) / ((times.at(-1) - times[0]) / 60_000)
  process.stdout.write(`at 200 a minute: ${times.length} requests, at most ${maxInAnyWindow(times)} in any 60 s (goal at most 200), ${perMinute.toFixed(1)} a minute, ${(perMinute / 2).toFixed(1)}% used (goal 97), ${connects.filter(({ http_status }) => http_status === 429).length} turned away` + '\n')
}

try {
  process.stdout.write(`node ${process.version}, ${cpus().length} cores (${cpus()[0].model}), ${CALLS} calls at concurrency ${CONCURRENCY}, answered in 50 ms` + '\n')
  if (WHAT !== 'pace')
    await comparePairs()
  if (WHAT !== 'cost')
    await measurePace()
}
finally {
  children.forEach(child => child.kill('SIGKILL'))
  rmSync(folder, { recursive: true, force: true })
}
