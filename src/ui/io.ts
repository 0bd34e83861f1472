/** What a command may know of the terminal; a test hands in a recording one. */
export interface Io {
  /** The answer: stdout. */
  out(text: string): void
  /** Everything else: stderr. */
  err(text: string): void
  stdoutIsTerminal: boolean
  stderrIsTerminal: boolean
  stdinIsTerminal: boolean
  /** Width of stdout's terminal; 80 when unknown or 0. */
  columns: number
  rows: number
  /** Colour is allowed in what goes to stdout. */
  colour: boolean
  /** No escape byte on any stream (NO_COLOR, TERM=dumb); when left out, the opposite of `colour`. */
  plain?: boolean
  stdin: NodeJS.ReadableStream
  /** Where spinners and prompts are drawn. */
  stderr: NodeJS.WritableStream
}

export interface IoSettings {
  noColor: boolean
  /** The reader of stdout went away (`vacli list | head`). What follows is dropped in silence; endless work should stop here. */
  onOutputClosed?: () => void
}

export function processIo({ noColor, onOutputClosed }: IoSettings): Io {
  const { stdin, stdout, stderr } = process
  let outputIsClosed = false

  stdout.on('error', (error: NodeJS.ErrnoException) => {
    verifyReaderLeft(error)
    if (outputIsClosed)
      return
    outputIsClosed = true
    onOutputClosed?.()
  })
  stderr.on('error', verifyReaderLeft)

  return {
    out(text) {
      if (!outputIsClosed)
        stdout.write(text)
    },
    err(text) {
      stderr.write(text)
    },
    stdoutIsTerminal: Boolean(stdout.isTTY),
    stderrIsTerminal: Boolean(stderr.isTTY),
    stdinIsTerminal: Boolean(stdin.isTTY),
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    colour: !noColor && Boolean(stdout.isTTY),
    plain: noColor,
    stdin,
    stderr,
  }
}

export function isPlain(io: Io): boolean {
  return io.plain ?? !io.colour
}

// EIO is what a closed terminal window gives. A full disk is a fault and must not pass in silence.
function verifyReaderLeft(error: NodeJS.ErrnoException) {
  if (error.code !== 'EPIPE' && error.code !== 'EIO')
    throw error
}
