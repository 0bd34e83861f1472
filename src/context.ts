import type { Config, GlobalFlags } from './config.ts'
import type { Store } from './db/store.ts'
import type { Io } from './ui/io.ts'

/** Flags that every command takes. */
export interface CommonFlags extends GlobalFlags {
  json?: boolean
  fields?: string
  csv?: boolean
  ndjson?: boolean
  output?: string
  quiet?: boolean
  verbose?: boolean
  input?: boolean
}

/** Everything a command may touch: built when it is first asked for, closed once, and swapped by a test one piece at a time. */
export interface Context {
  io: Io
  flags: CommonFlags
  config: Config
  /** The time by which everything goes, shifted in training. */
  now(): Date
  wait(ms: number): Promise<void>
  openStore(): Promise<Store>
  openOrCreateStore(): Promise<Store>
  /** A store on which everything can be tried, and of which nothing stays. */
  openRehearsal(): Promise<Store>
  /** Ends when the person presses Ctrl-C or the system asks the process to stop. */
  signal: AbortSignal
  /** Releases what the command opened, in the opposite order. */
  onClose(close: () => Promise<void> | void): void
}

export interface World { io: Io, config: Config, flags: CommonFlags, signal: AbortSignal }

export function createContext({ io, config, flags, signal }: World): Context & { close(): Promise<void> } {
  const closers: (() => Promise<void> | void)[] = []
  const now = () => new Date(Date.now() + config.clockShiftMs)
  const settings = () => ({ database: config.database, mode: config.mode, now: now() })
  const opened = (store: Store) => {
    closers.push(store.close)
    return store
  }

  return {
    io, config, flags, now, signal,
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
    async openStore() {
      const { openStore } = await import('./db/open-store.ts')
      return opened(await openStore(settings()))
    },
    async openOrCreateStore() {
      const { openOrCreateStore } = await import('./db/open-store.ts')
      return opened(await openOrCreateStore(settings()))
    },
    async openRehearsal() {
      const { openRehearsal } = await import('./db/rehearsal.ts')
      return opened(await openRehearsal(settings()))
    },
    onClose: close => void closers.push(close),
    async close() {
      for (const close of closers.reverse())
        await close()
    },
  }
}
