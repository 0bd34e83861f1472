import ora from 'ora'
import { count, duration } from './format.ts'
import { isPlain, type Io } from './io.ts'
import { plainMessage, plainText } from './plain-text.ts'
import { fitText } from './text-width.ts'

export interface ProgressOptions {
  /** What is going on: `Importing loans`. */
  label: string
  total?: number
  quiet: boolean
  /** Milliseconds; the clock of the command. */
  now: () => number
}

export interface Progress {
  /** As often as you like: a terminal is redrawn ten times a second at most. */
  update(done: number, note?: string): void
  /** Clears the spinner and leaves the line, when there is one. Call it in a `finally`: a spinner keeps the process alive. */
  stop(finalLine?: string): void
}

const REDRAW_MS = 100
const PLAIN_LINE_MS = 10_000
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Count, rate and time left on stderr: a spinner on a terminal, a line every ten seconds on a plain one, and only the last line elsewhere. */
export function startProgress(io: Io, options: ProgressOptions): Progress {
  if (options.quiet)
    return { update: () => {}, stop: () => {} }
  if (!io.stderrIsTerminal || columnsOf(io) === 0)
    return { update: () => {}, stop: finalLine => leave(io, finalLine) }
  return isPlain(io) ? startLines(io, options) : startSpinner(io, options)
}

/** `Importing loans · 12,000 of 1,00,000 · 2,400/s · 37 s left` */
export function progressText({ label, total, done, elapsedMs, note }: { label: string, total?: number, done: number, elapsedMs: number, note?: string }): string {
  const perSecond = elapsedMs >= 1000 && done > 0 ? done / (elapsedMs / 1000) : 0
  const secondsLeft = total !== undefined && perSecond > 0 && done < total ? (total - done) / perSecond : undefined

  return [
    plainText(label),
    total === undefined ? count(done) : `${count(done)} of ${count(total)}`,
    perSecond > 0 && rate(perSecond),
    secondsLeft !== undefined && `${duration(secondsLeft)} left`,
    note && plainText(note),
  ].filter(Boolean).join(' · ')
}

function startSpinner(io: Io, { label, total, now }: ProgressOptions): Progress {
  const startedAt = now()
  // Room for the frame before the text and for the cursor after it: a line that wraps cannot be cleared cleanly.
  const line = (done: number, note?: string) =>
    fitText(progressText({ label, total, done, elapsedMs: now() - startedAt, note }), Math.max(1, (columnsOf(io) ?? io.columns) - 3))

  const spinner = ora({
    text: line(0),
    stream: io.stderr,
    spinner: { frames: FRAMES, interval: REDRAW_MS },
    color: false, // it would ask the global chalk, which does not know NO_COLOR
    discardStdin: false, // true swallows Ctrl-C
    isEnabled: true, // else CI and TERM decide; io has decided already
  }).start()

  return {
    update(done, note) {
      spinner.text = line(done, note)
    },
    stop(finalLine) {
      spinner.stop()
      leave(io, finalLine)
    },
  }
}

function startLines(io: Io, { label, total, now }: ProgressOptions): Progress {
  const startedAt = now()
  let lastLineAt = startedAt

  return {
    update(done, note) {
      if (now() - lastLineAt < PLAIN_LINE_MS)
        return
      lastLineAt = now()
      io.err(`${progressText({ label, total, done, elapsedMs: lastLineAt - startedAt, note })}\n`)
    },
    stop: finalLine => leave(io, finalLine),
  }
}

function leave(io: Io, finalLine?: string) {
  if (finalLine !== undefined)
    io.err(`${plainMessage(finalLine)}\n`)
}

/** Calls go by the minute, rows by the second. */
function rate(perSecond: number) {
  return perSecond >= 10 ? `${count(Math.round(perSecond))}/s` : `${count(Math.round(perSecond * 60))}/min`
}

// ora divides by the columns of its stream, and spins for ever where they are 0 (a pty nobody has sized).
function columnsOf({ stderr }: Io): number | undefined {
  return 'columns' in stderr && typeof stderr.columns === 'number' ? stderr.columns : undefined
}
