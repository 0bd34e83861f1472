import { parentPort, workerData } from 'node:worker_threads'
import { startInboxWorker } from './app/inbox-worker.ts'
import type { FromThread, InboxThreadSettings, Order, ToThread } from './inbox-worker-thread.ts'
import { openStore } from './db/open-store.ts'
import { openSpool } from './db/spool.ts'
import { parseCallback } from './telephony/callback.ts'

// The inbox in a thread of its own: a commit waits for the disk, and whoever answers senders must not wait with it.
const { database, mode, spoolFolder, clockShiftMs } = workerData as InboxThreadSettings
const now = () => new Date(Date.now() + clockShiftMs)
const say = (message: FromThread) => parentPort!.postMessage(message)
const wordsOf = (error: unknown) => error instanceof Error ? error.message : String(error)
const store = await openStore({ database, mode, now: now() })
const worker = startInboxWorker({
  store, now,
  spool: openSpool(spoolFolder),
  parse: parseCallback,
  onEvent: event => say({ event }),
  onSecondSid: alarm => say({ alarm }),
}, error => say({ problem: wordsOf(error) }))

const obey: Record<Order, () => unknown> = {
  wake: worker.wake,
  wakeForSpool: worker.wakeForSpool,
  idle: () => worker.idle().then(() => say('idle')),
  async stop() {
    worker.stop()
    await worker.idle()
    await store.close()
    parentPort!.close()
  },
}

parentPort!.on('message', (message: ToThread) => {
  if (typeof message === 'string')
    return void obey[message]()
  // Whoever asked has turned to the spool by now.
  const patienceMs = message.until - Date.now()
  if (patienceMs > 0)
    store.keepEvents(message.keep, { patienceMs }).then(() => say({ kept: message.id }), (error: unknown) => say({ kept: message.id, problem: wordsOf(error) }))
})
