import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { progressText, startProgress } from '../../src/ui/progress.ts'
import { recordingIo } from './recording-io.ts'

describe('progressText', () => {
  it.each([
    [{ done: 0, elapsedMs: 0 }, 'Importing · 0'],
    [{ done: 0, total: 100_000, elapsedMs: 5000 }, 'Importing · 0 of 1,00,000'],
    [{ done: 900, total: 100_000, elapsedMs: 999 }, 'Importing · 900 of 1,00,000'],
    [{ done: 12_000, total: 100_000, elapsedMs: 5000 }, 'Importing · 12,000 of 1,00,000 · 2,400/s · 37 s left'],
    [{ done: 60, total: 200, elapsedMs: 60_000 }, 'Importing · 60 of 200 · 60/min · 2 m 20 s left'],
    [{ done: 200, total: 200, elapsedMs: 10_000 }, 'Importing · 200 of 200 · 20/s'],
    [{ done: 201, total: 200, elapsedMs: 10_000 }, 'Importing · 201 of 200 · 20/s'],
    [{ done: 5, elapsedMs: 60_000, note: 'loans\u001b[2J.csv' }, 'Importing · 5 · 5/min · loans.csv'],
  ])('reads %o as %s', (state, text) => {
    expect(progressText({ label: 'Importing', ...state })).toBe(text)
  })
})

describe('startProgress', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const run = async (overrides: Parameters<typeof recordingIo>[0], { quiet = false, finalLine }: { quiet?: boolean, finalLine?: string } = {}) => {
    const io = recordingIo(overrides)
    const progress = await startProgress(io, { label: 'Importing', total: 250, quiet, now: Date.now })
    for (let done = 0; done < 250; done++) {
      progress.update(done)
      vi.advanceTimersByTime(100)
    }
    progress.stop(finalLine)
    return { talk: io.talk(), drawn: io.drawn(), timers: vi.getTimerCount() }
  }

  it.each([
    ['no terminal', {}, {}, ''],
    ['no terminal, a last line', {}, { finalLine: '250 rows\u001b[2J read' }, '250 rows read\n'],
    ['quiet', {}, { quiet: true, finalLine: '250 rows read' }, ''],
    ['quiet on a terminal', { stderrIsTerminal: true, colour: true }, { quiet: true, finalLine: '250 rows read' }, ''],
    ['a plain terminal', { stderrIsTerminal: true, plain: true }, { finalLine: '250 rows read' },
      'Importing · 100 of 250 · 10/s · 15 s left\nImporting · 200 of 250 · 10/s · 5 s left\n250 rows read\n'],
  ])('draws nothing: %s', async (_, terminal, options, talk) => {
    expect(await run(terminal, options)).toEqual({ talk, drawn: '', timers: 0 })
  })

  it('draws nothing on a terminal of 0 columns', async () => {
    const stderr = Object.assign(screen(0), { isTTY: true })
    expect(await run({ stderrIsTerminal: true, colour: true, stderr }, { finalLine: '250 rows read' })).toEqual({ talk: '250 rows read\n', drawn: '', timers: 0 })
    expect(stderr.writes).toEqual([])
  })

  it('spins on a terminal, at most ten times a second, in one line', async () => {
    const stderr = screen(30)
    const io = recordingIo({ stderrIsTerminal: true, colour: true, stderr })
    const progress = await startProgress(io, { label: 'Importing', total: 100_000, quiet: false, now: Date.now })
    for (let tick = 1; tick <= 2000; tick++) {
      progress.update(tick * 10)
      vi.advanceTimersByTime(1)
    }
    const frames = stderr.writes.filter(text => text.includes('Importing'))
    progress.stop('done')

    expect(frames).toHaveLength(21)
    expect(frames.at(-1)).toMatch(/^. Importing · 20,000 of 1,00…$/u)
    expect({ talk: io.talk(), timers: vi.getTimerCount() }).toEqual({ talk: 'done\n', timers: 0 })
  })
})

function screen(columns: number) {
  const writes: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      writes.push(text)
      done()
    },
  })
  return Object.assign(stream, { isTTY: true, columns, rows: 24, writes, cursorTo: () => true, moveCursor: () => true, clearLine: () => true })
}
