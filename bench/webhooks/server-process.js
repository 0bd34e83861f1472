// A server in a process of its own, and what it costs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

export async function startServer(args, env = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text) => { stderr += text })
  const url = await new Promise((resolve, reject) => {
    let shown = ''
    child.stdout.on('data', (text) => {
      shown += text
      const found = /(http:\/\/\S+)/.exec(shown)
      if (found)
        resolve(found[1])
    })
    child.once('exit', code => reject(new Error(`the server ended with ${code}: ${stderr}`)))
  })
  return {
    url,
    stderr: () => stderr,
    /** Processor seconds so far, in the process and the kernel. */
    cpu() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
      return (Number(fields[11]) + Number(fields[12])) / TICKS
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
