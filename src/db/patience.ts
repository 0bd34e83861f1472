import { setTimeout as sleep } from 'node:timers/promises'

const LONGEST_PAUSE_MS = 25

/** Runs the attempt again as long as another process holds the database, without holding up this one; then throws what the driver said. */
export async function patiently<Result>(attempt: () => Result, patienceMs: number): Promise<Result> {
  const giveUpAt = performance.now() + patienceMs
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt()
    }
    catch (error) {
      if (!isBusy(error) || performance.now() >= giveUpAt)
        throw error
    }
    // Uneven, so that two who wait for the same do not meet again and again.
    await sleep(pauseMs * (0.5 + Math.random() / 2))
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && (/^SQLITE_BUSY/.test((error as { code?: string }).code ?? '') || isBusy(error.cause))
}
