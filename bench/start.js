// How long `vacli --version` takes beside `node -e 0`, measured in turns so that both meet the same machine.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PAIRS = 25
const GOAL = 1.5

const node = process.execPath
const commands = {
  'node -e 0': [node, '-e', '0'],
  'vacli --version': [node, fileURLToPath(new URL('../bin/vacli.js', import.meta.url)), '--version'],
}

/** Wall and processor seconds of one run, by the shell's own clock. */
function measure(command) {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&1; } 2>&1'
  const [wall, user, system] = execFileSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' }).trim().split(' ').map(Number)
  return { wall, cpu: user + system }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

const runs = Object.fromEntries(Object.keys(commands).map(name => [name, []]))
for (let pair = 0; pair <= PAIRS; pair++) {
  for (const [name, command] of Object.entries(commands)) {
    const run = measure(command)
    // The first pair only warms the caches.
    if (pair > 0)
      runs[name].push(run)
  }
}

const medians = Object.entries(runs).map(([name, all]) => ({ name, wall: median(all.map(run => run.wall)), cpu: median(all.map(run => run.cpu)) }))
for (const { name, wall, cpu } of medians)
  process.stdout.write(`${name.padEnd(16)} wall ${Math.round(wall * 1000)} ms   cpu ${Math.round(cpu * 1000)} ms\n`)
const [bare, vacli] = medians
process.stdout.write(`ratio            wall ${(vacli.wall / bare.wall).toFixed(2)}      cpu ${(vacli.cpu / bare.cpu).toFixed(2)}   (medians of ${PAIRS} pairs; goal: at most ${GOAL})\n`)
