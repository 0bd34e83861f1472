import { performance } from 'node:perf_hooks'

export interface Delays {
  /** Resolves to false when everything was stopped before the time was over. */
  wait(ms: number): Promise<boolean>
  stop(): void
}

export function createDelays(): Delays {
  const waiting = new Map<NodeJS.Timeout, (isOver: boolean) => void>()
  let isStopped = false

  function sleep(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(timer)
        resolve(true)
      }, ms)
      waiting.set(timer, resolve)
    })
  }

  return {
    // A timer may ring early, as it counts from the start of the turn that set it; whoever hears of an end must find it in the details.
    async wait(ms) {
      const due = performance.now() + ms
      while (!isStopped && performance.now() < due) {
        if (!await sleep(due - performance.now()))
          return false
      }
      return !isStopped
    },

    stop() {
      isStopped = true
      for (const [timer, resolve] of waiting) {
        clearTimeout(timer)
        resolve(false)
      }
      waiting.clear()
    },
  }
}
