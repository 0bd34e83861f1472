import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { query, until } from '../cli/run-vacli.ts'
import { findDamage, findLost, killed, openSender, openStage, type Told, toldOf } from './listener-process.ts'
import { seeded } from './seeded.ts'
import { IS_LONG, SEED, tell } from './tell.ts'

const KILLS = IS_LONG ? 200 : 15
const SENDERS = 16
const RETRIES = 2

it(`loses nothing that it acknowledged, killed ${KILLS} times under load`, async () => {
  const random = seeded(SEED)
  const stage = await openStage(KILLS * 400)
  const send = openSender()
  await stage.start()
  const acknowledged: Told[] = []
  let isOver = false
  let next = 1
  const queue: Told[] = []

  // Exotel comes again twice, and then never.
  const deliver = async (told: Told) => {
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      if (await send(stage.server().url, told) === 200)
        return void acknowledged.push(told)
      await wait(20 + 100 * random())
    }
  }
  const senders = Array.from({ length: SENDERS }, async () => {
    while (!isOver) {
      if (queue.length === 0)
        queue.push(...toldOf(stage, next++))
      await deliver(queue.splice(Math.floor(random() * queue.length), 1)[0]!)
    }
  })
  // Somebody else writes too, so that some events go through the spool.
  const other = new Database(stage.file, { timeout: 10_000 })
  const writing = (async () => {
    while (!isOver) {
      other.exec('begin immediate')
      await wait(60 * random())
      other.exec('commit')
      await wait(100 * random())
    }
  })()

  for (let kill = 0; kill < KILLS; kill++) {
    const before = acknowledged.length
    await until('events of this life', () => acknowledged.length > before + 20 + 100 * random())
    await killed(stage.server())
    await stage.start()
  }
  isOver = true
  await Promise.all([...senders, writing])
  other.close()
  await stage.drained()

  tell(`seed ${SEED}: ${KILLS} kills of the listener, ${acknowledged.length} events acknowledged, ${query(stage.file, 'select count(*) as n from webhook_inbox')[0]!.n} kept`)
  expect(acknowledged.length).toBeGreaterThan(KILLS * 20)
  expect(findLost(stage.file, acknowledged)).toEqual([])
  expect(findDamage(stage.file)).toEqual([{ integrity_check: 'ok' }])
  // A replay of genuine old events, after the restart has forgotten them, changes nothing.
  const counts = () => query(stage.file, 'select (select count(*) from webhook_inbox) as events, (select count(*) from call_status_updates) as updates')
  const then = counts()
  for (const told of acknowledged.slice(0, 50))
    expect(await send(stage.server().url, told)).toBe(200)
  await stage.drained()
  expect(counts()).toEqual(then)
})
