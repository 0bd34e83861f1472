import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { query } from '../cli/run-vacli.ts'
import { findLost, openSender, openStage, toldOf } from './listener-process.ts'
import { IS_LONG, tell } from './tell.ts'

const HELD_S = IS_LONG ? 30 : 5
const PER_SECOND = 100

it(`answers everything while another process holds the database for ${HELD_S} s, and brings it in by itself afterwards`, async () => {
  const calls = HELD_S * PER_SECOND / 2 - HELD_S * PER_SECOND / 2 % 4 // as many of each end
  const stage = await openStage(calls)
  const send = openSender()
  const { url } = await stage.start()
  const other = new Database(stage.file)
  other.exec('begin immediate')

  const told = Array.from({ length: calls }, (_, at) => toldOf(stage, at + 1)).flat()
  const answers: Promise<number>[] = []
  for (const each of told) {
    answers.push(send(url, each))
    await wait(1000 / PER_SECOND)
  }
  // All of them come while the database is still held.
  const statuses = await Promise.all(answers)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(query(stage.file, 'select count(*) as n from webhook_inbox')).toEqual([{ n: 0 }])
  expect(stage.spooled()).toBeGreaterThan(0)
  tell(`${told.length} events in ${stage.spooled()} files of the spool`)
  other.exec('commit')
  other.close()

  // Nothing more arrives: nobody but the listener itself can bring them in.
  await stage.drained()
  expect(findLost(stage.file, told)).toEqual([])
  expect(query(stage.file, 'select status, count(*) as n from call_sessions group by status order by status').map(({ n }) => n)).toEqual([calls / 4, calls / 4, calls / 4, calls / 4])
})
