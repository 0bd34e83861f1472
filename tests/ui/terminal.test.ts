import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runInTerminal, transpileUi } from './run-in-terminal.ts'

const size = { columns: 80, rows: 24 }
let folder: string

beforeAll(() => {
  folder = transpileUi()
})
afterAll(() => rmSync(folder, { recursive: true }))

const script = (body: string, noColor = false) => `
  import { processIo } from './ui/io.js'
  import { ask, askSecret, confirm } from './ui/prompt.js'
  import { startProgress } from './ui/progress.js'
  const io = processIo({ noColor: ${noColor} })
  try { io.out(JSON.stringify(await ${body}) + '\\n') }
  catch (error) { io.err(error.name + ': ' + error.code + '\\n'); process.exitCode = 9 }`

// util-linux `script` makes the terminal.
describe.skipIf(process.platform !== 'linux')('on a real terminal', () => {
  it.each([false, true])('draws prompts on stderr only (NO_COLOR: %s)', async (noColor) => {
    const run = await runInTerminal(folder, script('confirm(io, "Call 3?", { flag: "--yes" })', noColor), { size, type: [{ cue: 'Call 3?', keys: 'y\r' }], stdoutToFile: true })
    expect(run).toEqual({ code: 0, stdout: 'true\n', screen: noColor ? 'Call 3? [y/N] y\r\n' : expect.stringContaining('Call 3? Yes') })
  })

  it.each([
    ['Ctrl-C', 'confirm(io, "Sure?", { flag: "--yes" })', '\u0003', false],
    ['Ctrl-C, NO_COLOR', 'confirm(io, "Sure?", { flag: "--yes" })', '\u0003', true],
    ['Ctrl-C in a secret, NO_COLOR', 'askSecret(io, "Sure?", { flag: "--yes" })', 'abc\u0003', true],
    ['Ctrl-D', 'ask(io, "Sure?", { flag: "--yes" })', '\u0004', false],
    ['Ctrl-D, NO_COLOR', 'ask(io, "Sure?", { flag: "--yes" })', '\u0004', true],
  ])('ends a prompt in one word: %s', async (_, question, keys, noColor) => {
    const { code, screen } = await runInTerminal(folder, script(question, noColor), { size, type: [{ cue: 'Sure?', keys }] })
    expect(code).toBe(9)
    expect(screen).toMatch(/\nVacliError: interrupted\r\n$|\u001b\[\?25hVacliError: interrupted\r\n$/)
    expect(screen).not.toContain('abc')
  })

  it('hears Ctrl-C while it spins', async () => {
    const { code } = await runInTerminal(folder, script(`new Promise(async () => {
      const progress = await startProgress(io, { label: 'Importing', quiet: false, now: Date.now })
      process.once('SIGINT', () => { progress.stop('stopped'); process.exit(130) })
    })`), { size, type: [{ cue: 'Importing', keys: '\u0003' }] })
    expect(code).toBe(130)
  })

  it('does not spin on a terminal of 0 columns', async () => {
    const run = await runInTerminal(folder, script(`new Promise(async resolve => {
      const progress = await startProgress(io, { label: 'Importing', quiet: false, now: Date.now })
      setTimeout(() => { progress.stop('3 rows read'); resolve(io.columns) }, 150)
    })`))
    expect(run).toEqual({ code: 0, stdout: '', screen: '3 rows read\r\n80\r\n' })
  })
})

describe('with a reader that leaves', () => {
  it.each([
    ['goes on in silence', '', 'done\n'],
    ['stops where the caller says so', 'onOutputClosed: () => { io.err("closed\\n"); process.exit(0) }', 'closed\n'],
  ])('%s', async (_, settings, talk) => {
    writeFileSync(join(folder, 'leaves.js'), `
      import { processIo } from './ui/io.js'
      const io = processIo({ noColor: false, ${settings} })
      for (let line = 0; line < 500; line++) {
        io.out('LOAN001\\n')
        await new Promise(resolve => setTimeout(resolve, 1))
      }
      io.err('done\\n')`)

    const child = spawn(process.execPath, [join(folder, 'leaves.js')], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr += text)
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise(resolve => child.once('close', resolve))

    expect({ code, stderr }).toEqual({ code: 0, stderr: talk })
  })
})
