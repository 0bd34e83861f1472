import type { ChildProcess } from 'node:child_process'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { createChance } from '../../src/telephony/sandbox/chance.ts'
import type { Run } from '../cli/run-vacli.ts'

export interface KillOptions {
  dispatchers: number
  kills: number
  seed: number
  database: string
  /** Starts one dispatcher. */
  spawn: () => { child: ChildProcess, ended: Promise<Run> }
  /** How many intents this process has written: after the first one a kill may leave a call on the wire. */
  intentsOf?: (client: Database.Database, pid: number) => number
}

export interface Kills {
  kills: number
  /** Of them, those of a process that had written its first intent. */
  atWork: number
}

const intentsBySession = (client: Database.Database, pid: number) =>
  client.prepare('select count(*) from call_sessions where owner = ?').pluck().get(`${hostname()}:${pid}`) as number

/** So many dispatchers side by side, each killed at a moment that the seed chooses and started again, until enough have died. */
export async function killDispatchers({ dispatchers, kills, seed, database, spawn, intentsOf = intentsBySession }: KillOptions): Promise<Kills> {
  const client = new Database(database, { readonly: true, fileMustExist: true })
  const chance = createChance(seed)
  const total: Kills = { kills: 0, atWork: 0 }
  let starts = 0
  const lane = async () => {
    while (total.kills < kills) {
      const nth = starts++
      const { child, ended } = spawn()
      const isAlive = () => child.exitCode === null && child.signalCode === null
      // One in six dies wherever it is by then: while it opens the database, catches up, judges.
      if (chance.draw('early', nth) < 1 / 6)
        await Promise.race([ended, wait(chance.within([0, 1500], 'early-ms', nth))])
      else
        await untilAtWork(isAlive, () => intentsOf(client, child.pid!)).then(() => Promise.race([ended, wait(chance.within([0, 500], 'ms', nth))]))
      const isAtWork = intentsOf(client, child.pid!) > 0
      if (!isAlive() || !child.kill('SIGKILL')) {
        await ended
        continue
      }
      total.kills++
      total.atWork += isAtWork ? 1 : 0
      await ended
    }
  }
  await Promise.all(Array.from({ length: dispatchers }, lane))
  client.close()
  return total
}

async function untilAtWork(isAlive: () => boolean, intents: () => number) {
  while (isAlive() && intents() === 0)
    await wait(10)
}
