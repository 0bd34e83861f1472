import { setTimeout as sleep } from 'node:timers/promises'

export const GATHER_MS = 20
const LONGEST_TURNS = 10
const QUIET_TURNS = 2

/** How many lines are free. Those that come free one shortly after the other are waited for, up to `enough`: what is claimed together shares a commit. */
export async function gatherLines(countFree: () => Promise<number>, enough: number, isOver: () => boolean): Promise<number> {
  let free = await countFree()
  let quiet = 0
  for (let turns = 0; free > 0 && free < enough && turns < LONGEST_TURNS && quiet < QUIET_TURNS && !isOver(); turns++) {
    await sleep(GATHER_MS)
    const before = free
    free = await countFree()
    quiet = free > before ? 0 : quiet + 1
  }
  return free
}
