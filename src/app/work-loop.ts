const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000

export interface WorkLoop {
  /** There is something to do: soon, and one piece of work at a time. */
  wake(): void
  /** Resolves once nobody is at work: nothing is left to do, or the next try waits for its time. */
  idle(): Promise<void>
  /** Begins nothing any more. */
  stop(): void
}

/** Works whenever it is woken, and then rests for as long as the work says. What fails is reported, and tried again after a pause that grows. */
export function startWorkLoop(work: () => Promise<{ restMs: number }>, onProblem: (error: unknown) => void): WorkLoop {
  let running: Promise<void> | undefined
  let [isWoken, isStopped] = [false, false]
  let [restUntil, pauseMs] = [Number.NEGATIVE_INFINITY, FIRST_PAUSE_MS]
  let timer: NodeJS.Timeout | undefined

  const run = async () => {
    do {
      isWoken = false
      try {
        restUntil = performance.now() + (await work()).restMs
        pauseMs = FIRST_PAUSE_MS
      }
      catch (error) {
        onProblem(error)
        restUntil = performance.now() + pauseMs
        startAfter(pauseMs)
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      }
    } while (isWoken && restUntil <= performance.now())
    running = undefined
    if (isWoken)
      startAfter(restUntil - performance.now())
  }
  const start = () => {
    timer = void clearTimeout(timer)
    if (!isStopped)
      running ??= run()
  }
  const startAfter = (ms: number) => void (timer ??= setTimeout(start, Math.max(ms, 0)).unref())

  return {
    wake() {
      isWoken = !isStopped
      if (!running && restUntil <= performance.now())
        start()
      else if (!running)
        startAfter(restUntil - performance.now())
    },
    async idle() {
      while (running || isWoken) {
        start()
        await running
      }
    },
    stop() {
      [isStopped, isWoken] = [true, false]
      clearTimeout(timer)
    },
  }
}
