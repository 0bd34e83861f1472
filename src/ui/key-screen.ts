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
  /** Gives the terminal back for as long as something else asks. */
  aside<Answer>(ask: () => Promise<Answer>): Promise<Answer>
  /** Gives the terminal back as it was. Call it in a `finally`; should the process leave at once, it is done all the same. */
  close(): void
}

const OPEN = '\u001b[?1049h\u001b[?25l'
const CLOSE = '\u001b[?25h\u001b[?1049l'
const [HOME, TO_LINE_END, TO_END] = ['\u001b[H', '\u001b[K', '\u001b[J']

interface Pressed { name?: string, ctrl?: boolean, meta?: boolean }

/** Whether a page can be drawn and answered: no byte of it goes anywhere but to a terminal. */
export function canDrawScreen(io: Io): boolean {
  return io.stdinIsTerminal && io.stdoutIsTerminal && io.stderrIsTerminal
}

/** Opens the screen, drawn on stderr as prompts are. Keys are read from now on. */
export function openKeyScreen(io: Io, signal: AbortSignal): KeyScreen {
  const queue = keyQueue()
  const release = () => leave(io)
  const press = (text: string | undefined, pressed: Pressed) => queue.push(keyOf(text, pressed))
  const end = () => queue.push('end')
  const stop = () => queue.push('stop')
  const resize = () => queue.push('resize')

  emitKeypressEvents(io.stdin)
  const listen = () => {
    enter(io)
    io.stdin.on('keypress', press).resume()
  }
  const unlisten = () => {
    io.stdin.off('keypress', press).pause()
    leave(io)
  }
  // A terminal that hangs up may end its input, close it or fail it.
  io.stdin.on('end', end).on('close', end).on('error', end)
  io.stderr.on('resize', resize)
  signal.addEventListener('abort', stop)
  // Whoever leaves at once, on a second signal or a fault, runs no `finally`.
  process.once('exit', release)
  listen()
  if (signal.aborted)
    stop()

  return {
    draw: lines => io.err(isPlain(io) ? `${lines.join('\n')}\n\n` : `${HOME}${lines.map(line => `${line}${TO_LINE_END}`).join('\n')}${TO_END}`),
    key: queue.next,
    forget: queue.forget,
    async aside(ask) {
      unlisten()
      try {
        return await ask()
      }
      finally {
        listen()
      }
    },
    close() {
      unlisten()
      io.stdin.off('end', end).off('close', end).off('error', end)
      io.stderr.off('resize', resize)
      signal.removeEventListener('abort', stop)
      process.off('exit', release)
    },
  }
}

function enter(io: Io) {
  setRawMode(io, true)
  if (!isPlain(io))
    io.err(OPEN)
}

function leave(io: Io) {
  setRawMode(io, false)
  if (!isPlain(io))
    io.err(CLOSE)
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
