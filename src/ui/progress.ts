import { count, duration } from './format.ts'
import { isPlain, type Io } from './io.ts'
import { plainMessage, plainText } from './plain-text.ts'

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

const PLAIN_LINE_MS = 10_000

/** Count, rate and time left on stderr: a spinner on a terminal, a line every ten seconds on a plain one, and only the last line elsewhere. */
export async function startProgress(io: Io, options: ProgressOptions): Promise<Progress> {
  if (options.quiet)
    return { update: () => {}, stop: () => {} }
  if (!io.stderrIsTerminal || columnsOf(io) === 0)
    return { update: () => {}, stop: finalLine => leave(io, finalLine) }
  if (isPlain(io))
    return startLines(io, options)
  const { startSpinner } = await import('./spinner.ts')
  return startSpinner(io, options)
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

/** The line that stays. */
export function leave(io: Io, finalLine?: string) {
  if (finalLine !== undefined)
    io.err(`${plainMessage(finalLine)}\n`)
}

/** Calls go by the minute, rows by the second. */
function rate(perSecond: number) {
  return perSecond >= 10 ? `${count(Math.round(perSecond))}/s` : `${count(Math.round(perSecond * 60))}/min`
}

// ora divides by the columns of its stream, and spins for ever where they are 0 (a pty nobody has sized).
export function columnsOf({ stderr }: Io): number | undefined {
  return 'columns' in stderr && typeof stderr.columns === 'number' ? stderr.columns : undefined
}
