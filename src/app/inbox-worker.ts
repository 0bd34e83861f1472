import type { Spool } from '../db/spool.ts'
import type { Store } from '../db/store.ts'
import { EVENT_KIND, spooledEvents } from './keep-events.ts'
import { drainInbox, type InboxPorts } from './record-webhook.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000
const LOOK_AGAIN_MS = 60_000

export interface WorkerPorts extends InboxPorts {
  store: InboxPorts['store'] & Pick<Store, 'keepEvents'>
  spool?: Spool
}

export interface InboxWorker {
  /** Something was kept: understand it soon, one drain at a time. */
  wake(): void
  /** Something was spooled: bring it into the inbox as soon as the database takes it. */
  wakeForSpool(): void
  /** Resolves once nobody is at work: nothing is left to do, or the next try waits for its time. */
  idle(): Promise<void>
  /** Tries no more; what was kept stays kept. */
  stop(): void
}

/** Empties spool and inbox whenever it is woken, and once a minute for what another process left. A drain that fails is reported, and tried again after a pause that grows. */
export function startInboxWorker(ports: WorkerPorts, onProblem: (error: unknown) => void): InboxWorker {
  let running: Promise<void> | undefined
  let [again, isSpooled, isStopped] = [false, true, false]

  const drain = async () => {
    if (isSpooled && ports.spool) {
      isSpooled = false
      await emptySpool(ports, ports.spool, onProblem).catch((error: unknown) => {
        isSpooled = true
        throw error
      })
    }
    await drainInbox(ports)
  }
  const run = async () => {
    do {
      again = false
      try {
        await drain()
        later.reset()
      }
      catch (error) {
        onProblem(error)
        later.wake()
      }
    } while (again && !isStopped)
    running = undefined
  }
  const wake = () => {
    again = true
    if (!isStopped)
      running ??= run()
  }
  const wakeForSpool = () => void ((isSpooled = true), wake())
  const later = wakeLater(wake)
  const looking = setInterval(wakeForSpool, LOOK_AGAIN_MS).unref()

  return {
    wake,
    wakeForSpool,
    async idle() {
      while (running)
        await running
    },
    stop() {
      isStopped = true
      later.reset()
      clearInterval(looking)
    },
  }
}

/** Wakes after a pause, a longer one each time until it is reset. */
function wakeLater(wake: () => void) {
  let [timer, pauseMs]: [NodeJS.Timeout | undefined, number] = [undefined, FIRST_PAUSE_MS]
  return {
    wake() {
      clearTimeout(timer)
      timer = setTimeout(wake, pauseMs).unref()
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    },
    reset() {
      clearTimeout(timer)
      pauseMs = FIRST_PAUSE_MS
    },
  }
}

async function emptySpool({ store }: WorkerPorts, spool: Spool, onProblem: (error: unknown) => void) {
  const { aside } = await spool.replay(EVENT_KIND, spooledEvents(store))
  for (const file of aside)
    onProblem(new Error(`the spool held lines that cannot be kept; they are in ${file}`))
}
