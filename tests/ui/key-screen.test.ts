import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyScreen } from '../../src/ui/key-screen.ts'
import { recordingIo } from './recording-io.ts'
import { runInTerminal, transpileUi } from './run-in-terminal.ts'

const never = new AbortController().signal

describe('a screen of keys', () => {
  it.each([
    ['m', 'm'], ['M', 'm'], ['?', '?'], ['\u0003', 'interrupt'], ['\u0004', 'end'], ['\r', 'return'], ['\u001b[A', 'up'], ['\u001a', 'ctrl-z'],
  ])('reads %j as %s', async (bytes, key) => {
    const io = recordingIo()
    const screen = openKeyScreen(io, never)
    io.stdin.write(bytes)
    expect(await screen.key()).toBe(key)
    screen.close()
  })

  it('takes an input that ends for an end, and a signal for a stop', async () => {
    const io = recordingIo()
    const stop = new AbortController()
    const screen = openKeyScreen(io, stop.signal)
    stop.abort()
    expect(await screen.key()).toBe('stop')
    io.stdin.end()
    expect(await screen.key()).toBe('end')
    screen.close()
  })

  it('listens to nothing any more once it is closed', () => {
    const io = recordingIo()
    const listeners = () => [...io.stdin.eventNames(), 'exit'].reduce((sum, name) => sum + io.stdin.listenerCount(name), process.listenerCount('exit'))
    const first = openKeyScreen(io, never)
    first.close()
    const before = listeners()
    openKeyScreen(io, never).close()
    expect(listeners()).toBe(before)
  })
})

describe.skipIf(process.platform !== 'linux')('on a real terminal', () => {
  let folder: string
  beforeAll(() => {
    folder = transpileUi()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['that leaves at once', 'process.exit(3)', 3],
    ['that fails', 'setTimeout(() => { throw new TypeError("a fault") })', 7],
  ])('is left by a process %s', async (_, leave, code) => {
    const run = await runInTerminal(folder, `
      import { processIo } from './ui/io.js'
      import { openKeyScreen } from './ui/key-screen.js'
      process.on('uncaughtException', () => process.exit(7))
      const screen = openKeyScreen(processIo({ noColor: false }), new AbortController().signal)
      screen.draw(['a page'])
      await screen.key()
      ${leave}
      await screen.key()`, { size: { columns: 80, rows: 24 }, type: [{ cue: 'a page', keys: 'x' }] })
    expect(run.code).toBe(code)
    expect(run.screen.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
  })
})
