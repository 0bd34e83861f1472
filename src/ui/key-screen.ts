import { emitKeypressEvents } from 'node:readline'
import { isPlain, type Io } from './io.ts'

/** A key: what it prints, in lower case, or its name (`return`, `up`). `interrupt` is Ctrl-C, `end` Ctrl-D or an input that closed, `stop` a signal, `resize` another size of the window. */
export type Key = string

/** A page that is drawn again and again, and answered by single keys. */
export interface KeyScreen {
  /** Puts the lines in place of those that stood there; without escape bytes where none are allowed, one page below the other. */
  draw(lines: readonly string[]): void
  /** The next key; waits for it. */
  key(): Promise<Key>
  /** Forgets keys that were pressed already. Returns how many. */
  forget(isForgotten: (key: Key) => boolean): number
  /** Lets something else ask, below what is drawn. */
  aside<Answer>(ask: () => Promise<Answer>): Promise<Answer>
  /** Gives the terminal back as it was. Call it in a `finally`; should the process leave at once, it is done all the same. */
  close(): void
}

const [OTHER_SCREEN, FIRST_SCREEN] = ['\u001b[?1049h', '\u001b[?1049l']
const [HIDE_CURSOR, SHOW_CURSOR] = ['\u001b[?25l', '\u001b[?25h']
const [HOME, TO_LINE_END, TO_END] = ['\u001b[H', '\u001b[K', '\u001b[J']

interface Pressed { name?: string, ctrl?: boolean, meta?: boolean }

/** Whether a page can be drawn and answered: no byte of it goes anywhere but to a terminal. */
export function canDrawScreen(io: Io): boolean {
  return io.stdinIsTerminal && io.stdoutIsTerminal && io.stderrIsTerminal
}

/** Opens the screen, drawn on stderr as prompts are. Keys are read from now on. */
export function openKeyScreen(io: Io, signal: AbortSignal): KeyScreen {
  const queue = keyQueue()
  const terminal = terminalOf(io)
  const press = (text: string | undefined, pressed: Pressed) => queue.push(keyOf(text, pressed))
  const stopListening = listenForEnds(io, signal, queue.push)
  const listen = () => {
    terminal.takeKeys(true)
    io.stdin.on('keypress', press).resume()
  }
  const unlisten = () => {
    io.stdin.off('keypress', press).pause()
    terminal.takeKeys(false)
  }
  emitKeypressEvents(io.stdin)
  terminal.open()
  listen()

  return {
    draw: lines => io.err(isPlain(io) ? `${lines.join('\n')}\n\n` : `${HOME}${lines.map(line => `${line}${TO_LINE_END}`).join('\n')}${TO_END}`),
    key: queue.next,
    forget: queue.forget,
    async aside(ask) {
      unlisten()
      terminal.control('\n')
      try {
        return await ask()
      }
      finally {
        listen()
      }
    },
    close() {
      unlisten()
      terminal.close()
      stopListening()
    },
  }
}

/** The modes of the terminal. Whoever leaves at once, on a second signal or a fault, runs no `finally`: then they are set back at the exit. */
function terminalOf(io: Io) {
  const control = (sequence: string) => isPlain(io) || io.err(sequence)
  const restore = () => {
    setRawMode(io, false)
    control(SHOW_CURSOR + FIRST_SCREEN)
  }
  return {
    control,
    open() {
      process.once('exit', restore)
      control(OTHER_SCREEN)
    },
    takeKeys(isTaken: boolean) {
      setRawMode(io, isTaken)
      control(isTaken ? HIDE_CURSOR : SHOW_CURSOR)
    },
    close() {
      process.off('exit', restore)
      restore()
    },
  }
}

/** What is no key and ends or changes the page all the same. A terminal that hangs up may end its input, close it or fail it. */
function listenForEnds({ stdin, stderr }: Io, signal: AbortSignal, push: (key: Key) => void): () => void {
  const [end, stop, resize] = [() => push('end'), () => push('stop'), () => push('resize')]
  stdin.on('end', end).on('close', end).on('error', end)
  stderr.on('resize', resize)
  signal.addEventListener('abort', stop)
  if (signal.aborted)
    stop()
  return () => {
    stdin.off('end', end).off('close', end).off('error', end)
    stderr.off('resize', resize)
    signal.removeEventListener('abort', stop)
  }
}

function keyOf(text: string | undefined, { name, ctrl, meta }: Pressed): Key {
  if (ctrl)
    return name === 'c' ? 'interrupt' : name === 'd' ? 'end' : `ctrl-${name}`
  if (text !== undefined && !meta && /^[!-~]$/.test(text))
    return text.toLowerCase()
  return name ?? ''
}

function keyQueue() {
  let keys: Key[] = []
  let waiting: ((key: Key) => void) | undefined
  return {
    push(key: Key) {
      if (!waiting)
        return void keys.push(key)
      waiting(key)
      waiting = undefined
    },
    next: () => new Promise<Key>((resolve) => {
      if (keys.length > 0)
        return resolve(keys.shift()!)
      waiting = resolve
    }),
    forget(isForgotten: (key: Key) => boolean) {
      const before = keys.length
      keys = keys.filter(key => !isForgotten(key))
      return before - keys.length
    },
  }
}

function setRawMode({ stdin }: Io, isRaw: boolean) {
  if ('setRawMode' in stdin && typeof stdin.setRawMode === 'function' && !(stdin as NodeJS.ReadStream).destroyed)
    stdin.setRawMode(isRaw)
}
