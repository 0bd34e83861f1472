import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Processor seconds, wall seconds and peak memory of one process. */
export async function measure(args, home, program = process.execPath) {
  const times = join(home, 'times')
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_DATA_HOME: home }
  const script = `const { spawnSync } = require('child_process'); const at = performance.now(); const { status } = spawnSync(${JSON.stringify(program)}, ${JSON.stringify(args)}, { stdio: 'ignore' });
    require('fs').writeFileSync(${JSON.stringify(times)}, JSON.stringify({ status, wall: (performance.now() - at) / 1000 }))`
  const child = spawn('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', process.execPath, '-e', script], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.on('data', text => told += text)
  let peak = 0
  const watching = setInterval(() => peak = Math.max(peak, peakOfChildren(child.pid)), 50)
  await once(child, 'close')
  clearInterval(watching)
  const [user, system] = told.trim().split('\n').at(-1).split(' ').map(Number)
  const { status, wall } = JSON.parse(readFileSync(times, 'utf8'))
  return { status, wall, cpu: user + system, peak }
}

/** The largest peak among a process's descendants, in MB. */
function peakOfChildren(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    const own = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    return Math.max(own, ...children.map(peakOfChildren))
  }
  catch {
    return 0
  }
}
