// What an import costs beside a bare loop of the same file and sqlite3's own .import, the first time and with one column changed, and its memory: npm run build && npm run bench:import
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeLoans } from './import/loans.js'
import { measure } from './measure.js'

const SIZES = (process.env.ROWS ?? '100000,200000,1000000').split(',').map(Number)
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const pairsOf = rows => Number(process.env.PAIRS ?? (rows > 200_000 ? 3 : 9))
const path = name => fileURLToPath(new URL(name, import.meta.url))
const say = line => process.stdout.write(`${line}\n`)
const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
const folder = mkdtempSync(join(tmpdir(), 'vacli-bench-'))

/** Whether the sqlite3 program is here; its .import is the fastest way into one table of text. */
const sqlite = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' }).stdout?.split(' ')[0]

async function runPair(files, pair) {
  const home = mkdtempSync(join(folder, 'home-'))
  const bare = await measure([path('./import/bare.js'), files.first, join(home, 'bare.db')], home)
  const sqlite3 = sqlite && await measure([join(home, 'sqlite3.db'), '.mode csv', `.import ${files.first} loans`], home, 'sqlite3')
  const database = join(home, 'vacli.db')
  const importing = file => measure([path('../bin/vacli.js'), 'import', file, '--db', database, '--quiet'], home)
  const [first, again] = [await importing(files.first), await importing(files.again)]
  rmSync(home, { recursive: true })
  // 3: some of the invented phones are fillers, and rejected.
  if (bare.status !== 0 || (sqlite3 && sqlite3.status !== 0) || ![first, again].every(({ status }) => status === 0 || status === 3))
    throw new Error(`pair ${pair}: ended with ${bare.status}, ${first.status} and ${again.status}`)
  return { bare, sqlite3, first, again }
}

/** How long somebody else waits for the write lock during one import, in milliseconds. */
async function measureLock(file) {
  const home = mkdtempSync(join(folder, 'lock-'))
  const [database, running] = [join(home, 'vacli.db'), join(home, 'running')]
  writeFileSync(running, '')
  const watcher = spawn(process.execPath, [path('./import/lock.js'), database, running], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  watcher.stdout.on('data', text => told += text)
  await measure([path('../bin/vacli.js'), 'import', file, '--db', database, '--quiet'], home)
  rmSync(running)
  await once(watcher, 'close')
  return JSON.parse(told)
}

try {
  say(`node ${process.version}, sqlite3 ${sqlite ?? 'is not here: nothing is compared with its .import'}, ${cpus().length} cores (${cpus()[0].model}), seed ${SEED}`)
  const sizes = []
  for (const rows of SIZES) {
    const files = { first: join(folder, 'first.csv'), again: join(folder, 'again.csv') }
    writeLoans(files.first, rows, { seed: SEED })
    writeLoans(files.again, rows, { seed: SEED, lastPaid: 2000 })
    const pairs = []
    for (let pair = 0; pair < pairsOf(rows); pair++)
      pairs.push(await runPair(files, pair))
    const of = pick => median(pairs.map(pick))
    sizes.push({ rows, perRow: of(({ first }) => first.cpu / rows), peak: of(({ first }) => first.peak) })
    const lock = await measureLock(files.first)
    say(`${rows} rows: the write lock was waited for ${lock.waits} times, ${lock.median.toFixed(0)} ms as a rule and ${lock.longest.toFixed(0)} ms at most (goal 200)`)
    say(`${rows} rows, ${pairs.length} pairs: bare ${of(({ bare }) => bare.cpu).toFixed(2)} s CPU; import ${of(({ first }) => first.cpu).toFixed(2)} s CPU, x${of(({ bare, first }) => first.cpu / bare.cpu).toFixed(1)} (goal 3), wall ${of(({ first }) => first.wall).toFixed(1)} s; `
      + `again with one column changed ${of(({ again }) => again.cpu).toFixed(2)} s CPU, x${of(({ first, again }) => again.cpu / first.cpu).toFixed(2)} the first time (goal 1); peak ${Math.round(of(({ first }) => first.peak))} MB (goal under 300)`)
    if (sqlite)
      say(`${rows} rows: sqlite3's .import ${of(({ sqlite3 }) => sqlite3.wall).toFixed(2)} s wall; import x${of(({ sqlite3, first }) => first.wall / sqlite3.wall).toFixed(1)} (goal 6, aim 4)`)
  }
  for (const { rows, perRow, peak } of sizes.slice(1))
    say(`${rows} rows beside ${sizes[0].rows}: x${(perRow / sizes[0].perRow).toFixed(2)} the time a row (goal 1.5), x${(peak / sizes[0].peak).toFixed(2)} the memory (goal 1.2)`)
}
finally {
  rmSync(folder, { recursive: true, force: true })
}
