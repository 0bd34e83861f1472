import { PassThrough } from 'node:stream'
import type { Io } from '../../src/ui/io.ts'

export interface RecordingIo extends Io {
  /** What went out so far. */
  answer: () => string
  talk: () => string
  /** What was drawn on the stderr stream itself. */
  drawn: () => string
  stdin: PassThrough
}

/** No terminal anywhere, unless the test says so. */
export function recordingIo(overrides: Partial<Io> = {}): RecordingIo {
  const [out, err]: [string[], string[]] = [[], []]
  const [stdin, stderr] = [new PassThrough(), new PassThrough()]
  const drawn: string[] = []
  stderr.setEncoding('utf8').on('data', (text: string) => drawn.push(text))

  return {
    out: text => out.push(text),
    err: text => err.push(text),
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    stdinIsTerminal: false,
    columns: 80,
    rows: 24,
    colour: false,
    stderr,
    ...overrides,
    stdin,
    answer: () => out.join(''),
    talk: () => err.join(''),
    drawn: () => drawn.join(''),
  }
}
