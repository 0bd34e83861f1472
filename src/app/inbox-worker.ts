import { drainInbox, type InboxPorts } from './record-webhook.ts'

export interface InboxWorker {
  /** Something was kept: understand it soon, one drain at a time. */
  wake(): void
  /** Resolves once nothing is left to do. */
  idle(): Promise<void>
}

/** Drains the inbox whenever it is woken. A drain that fails is reported and tried again at the next wake: what was kept stays kept. */
export function startInboxWorker(ports: InboxPorts, onProblem: (error: unknown) => void): InboxWorker {
  let running: Promise<void> | undefined
  let again = false

  const run = async () => {
    do {
      again = false
      try {
        await drainInbox(ports)
      }
      catch (error) {
        onProblem(error)
      }
    } while (again)
    running = undefined
  }

  return {
    wake() {
      again = true
      running ??= run()
    },
    async idle() {
      while (running)
        await running
    },
  }
}
