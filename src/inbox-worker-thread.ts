import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { InboxWorker } from './app/inbox-worker.ts'
import type { InboxPorts } from './app/record-webhook.ts'
import type { SecondSid } from './app/second-sid.ts'
import type { InboxEvent } from './db/inbox-store.ts'
import type { Store } from './db/store.ts'

const PATIENCE_MS = 5000

export interface InboxThreadSettings { database: string, mode: 'sandbox' | 'live', spoolFolder: string, clockShiftMs: number }

export type Order = 'wake' | 'wakeForSpool' | 'idle' | 'stop'
export type ToThread = Order | { keep: InboxEvent[], id: number, until: number }
export type FromThread = 'idle' | { kept: number, problem?: string } | { event: Parameters<NonNullable<InboxPorts['onEvent']>>[0] } | { alarm: SecondSid } | { problem: string }

export interface InboxThread extends Omit<InboxWorker, 'stop'> { stop(): Promise<void>, store: Pick<Store, 'keepEvents'> }

/** The inbox worker in a thread of its own, with its own handle of the database. A thread that fails takes the process with it: nobody would understand what comes. */
export function startInboxThread({ database, mode, spoolFolder, clockShiftMs }: InboxThreadSettings, { onEvent, onSecondSid }: Pick<InboxPorts, 'onEvent' | 'onSecondSid'>, onProblem: (error: unknown) => void): InboxThread {
  const thread = new Worker(new URL('./inbox-thread.js', import.meta.url), { workerData: { database, mode, spoolFolder, clockShiftMs } satisfies InboxThreadSettings })
  const ended = once(thread, 'exit')
  const waiting: (() => void)[] = []
  const say = (message: ToThread) => thread.postMessage(message)
  const keeping = keepThrough(say)
  let isWakeSaid = false

  thread.on('message', (message: FromThread) => {
    if (message === 'idle')
      waiting.shift()?.()
    else if ('kept' in message)
      keeping.end(message.kept, message.problem)
    else if ('event' in message)
      onEvent?.(message.event)
    else if ('alarm' in message)
      onSecondSid?.(message.alarm)
    else
      onProblem(new Error(message.problem))
  })
  return {
    store: keeping,
    // Once a turn says as much as a thousand times.
    wake() {
      if (isWakeSaid)
        return
      isWakeSaid = true
      setImmediate(() => {
        isWakeSaid = false
        say('wake')
      })
    },
    wakeForSpool: () => say('wakeForSpool'),
    idle: () => new Promise((resolve) => {
      waiting.push(resolve)
      say('idle')
    }),
    async stop() {
      say('stop')
      await ended
    },
  }
}

/** Has the thread keep events: by a handle of its own the process would wait for the disk with every commit. */
function keepThrough(say: (message: ToThread) => void): Pick<Store, 'keepEvents'> & { end(id: number, problem?: string): void } {
  const asked = new Map<number, (problem?: string) => void>()
  let nextId = 0
  return {
    end: (id, problem) => asked.get(id)?.(problem),
    keepEvents: (events, { patienceMs = PATIENCE_MS } = {}) => new Promise((resolve, reject) => {
      const id = nextId++
      const end = (problem?: string) => {
        clearTimeout(timer)
        asked.delete(id)
        if (problem === undefined)
          resolve()
        else
          reject(new Error(problem))
      }
      const timer = setTimeout(end, patienceMs, 'the database took too long')
      asked.set(id, end)
      say({ keep: events, id, until: Date.now() + patienceMs })
    }),
  }
}
