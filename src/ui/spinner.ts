import ora from 'ora'
import type { Io } from './io.ts'
import { columnsOf, leave, type Progress, type ProgressOptions, progressText } from './progress.ts'
import { fitText } from './text-width.ts'

const REDRAW_MS = 100
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Progress as one line that turns; apart from the rest because only a terminal needs ora. */
export function startSpinner(io: Io, { label, total, now }: ProgressOptions): Progress {
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
