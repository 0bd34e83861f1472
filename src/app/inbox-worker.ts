import type { Replayed, Spool } from '../db/spool.ts'
import type { Store } from '../db/store.ts'
import { EVENT_KIND, spooledEvents } from './keep-events.ts'
import { drainInbox, type InboxPorts } from './record-webhook.ts'
import { startWorkLoop, type WorkLoop } from './work-loop.ts'

const LOOK_AGAIN_MS = 60_000

// Between two drains more comes together, and many events cost little more than one: in a crowd the next drain may wait longer.
const REST_MS = 50
const CROWD = 50
const CROWD_REST_MS = 500
// Where the spool fills again and again, somebody else writes much, and each commit here waits for the database.
const SPOOL_REST_MS = 100
// Each event that waits there may hold a line, so it is not for long.
const SPOOL_REST_AT_MOST_MS = 1000

export interface WorkerPorts extends InboxPorts {
  store: InboxPorts['store'] & Pick<Store, 'keepEvents'>
  spool?: Spool
}

export interface InboxWorker extends WorkLoop {
  /** Something was spooled: bring it into the inbox as soon as the database takes it. */
  wakeForSpool(): void
}

/** Empties spool and inbox whenever it is woken, and once a minute for what another process left; until they are empty. */
export function startInboxWorker(ports: WorkerPorts, onProblem: (error: unknown) => void): InboxWorker {
  let isSpooled = true
  let spoolRestMs = SPOOL_REST_MS
  const { wake, idle, stop } = startWorkLoop(async () => {
    let saved = 0
    if (isSpooled && ports.spool) {
      isSpooled = false
      const replayed = await emptySpool(ports, ports.spool, onProblem).catch((error: unknown) => {
        isSpooled = true
        throw error
      })
      saved = replayed.saved
      // Once it holds nothing new, it is closed and removed.
      if (replayed.isOpen)
        wakeForSpool()
    }
    const drained = await drainInbox(ports)
    spoolRestMs = saved > 0 ? Math.min(spoolRestMs * 2, SPOOL_REST_AT_MOST_MS) : Math.max(spoolRestMs / 2, SPOOL_REST_MS)
    return { restMs: saved > 0 ? spoolRestMs : drained < CROWD ? REST_MS : CROWD_REST_MS }
  }, onProblem)
  const wakeForSpool = () => {
    isSpooled = true
    wake()
  }
  const looking = setInterval(wakeForSpool, LOOK_AGAIN_MS).unref()

  return {
    wake, wakeForSpool, idle,
    stop() {
      clearInterval(looking)
      stop()
    },
  }
}

async function emptySpool({ store }: WorkerPorts, spool: Spool, onProblem: (error: unknown) => void): Promise<Replayed & { isOpen: boolean }> {
  const replayed = await spool.replayAhead(EVENT_KIND, spooledEvents(store))
  for (const file of replayed.aside)
    onProblem(new Error(`the spool held lines that cannot be kept; they are in ${file}`))
  return replayed
}
