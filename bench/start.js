// How long `vacli --version`, and `vacli list` of an empty database, take beside `node -e 0`, measured in turns so that all meet the same machine.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TURNS = 25
const GOAL = 1.5

const node = process.execPath
const vacli = fileURLToPath(new URL('../bin/vacli.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'vacli-start-'))
const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'), XDG_STATE_HOME: join(home, 'state') }
const commands = {
  'node -e 0': [node, '-e', '0'],
  'vacli --version': [node, vacli, '--version'],
  'vacli list': [node, vacli, 'list'],
}

/** Wall and processor seconds of one run, by the shell's own clock. */
function measure(command) {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&1; } 2>&1'
  const [wall, user, system] = execFileSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8', env }).trim().split(' ').map(Number)
  return { wall, cpu: user + system }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

const runs = Object.fromEntries(Object.keys(commands).map(name => [name, []]))
execFileSync(node, [vacli, 'init', '--no-input'], { env, stdio: 'ignore' })
for (let turn = 0; turn <= TURNS; turn++) {
  for (const [name, command] of Object.entries(commands)) {
    const run = measure(command)
    // The first turn only warms the caches.
    if (turn > 0)
      runs[name].push(run)
  }
}
rmSync(home, { recursive: true })

const medians = Object.entries(runs).map(([name, all]) => ({ name, wall: median(all.map(run => run.wall)), cpu: median(all.map(run => run.cpu)) }))
for (const { name, wall, cpu } of medians)
  process.stdout.write(`${name.padEnd(16)} wall ${Math.round(wall * 1000)} ms   cpu ${Math.round(cpu * 1000)} ms\n`)
const [bare, version, list] = medians
const ratio = ({ wall, cpu }) => `wall ${(wall / bare.wall).toFixed(2)}      cpu ${(cpu / bare.cpu).toFixed(2)}`
process.stdout.write(`--version        ${ratio(version)}   (medians of ${TURNS} turns; goal: at most ${GOAL})\nlist             ${ratio(list)}\n`)
