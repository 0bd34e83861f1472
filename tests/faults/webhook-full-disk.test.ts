import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findDamage, findLost, openSender, openStage, type Stage, type Told, toldOf } from './listener-process.ts'
import { mountSmallDisk } from './small-disk.ts'

const CALLS = 400

/** Sends until the disk is full, makes room, and sends the rest. */
async function fillAndMakeRoom(stage: Stage, ballast: string) {
  const send = openSender()
  const { url } = await stage.start()
  const told = Array.from({ length: CALLS }, (_, at) => toldOf(stage, at + 1, { padding: 20_000 })).flat()
  const acknowledged: Told[] = []
  const statuses = new Map<number, number>()
  const sendAll = async (some: Told[]) => {
    for (const each of some) {
      const status = await send(url, each)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 200)
        acknowledged.push(each)
    }
  }
  await sendAll(told.slice(0, CALLS))
  const whenFull = new Map(statuses)
  rmSync(ballast)
  await sendAll(told.slice(CALLS, CALLS + 20))
  return { acknowledged, whenFull, afterwards: [...statuses].map(([status, times]) => [status, times - (whenFull.get(status) ?? 0)]).filter(([, times]) => times! > 0) }
}

it('says 503 for what neither the database nor the spool has room for, and goes on when there is room', async () => {
  const disk = mountSmallDisk(12)
  const ballast = join(disk, 'ballast')
  const stage = await openStage(CALLS, { database: join(disk, 'vacli.db'), env: { XDG_STATE_HOME: join(disk, 'state') } })
  writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024))

  const { acknowledged, whenFull, afterwards } = await fillAndMakeRoom(stage, ballast)
  await stage.drained()

  process.stderr.write(`on the full disk: ${JSON.stringify([...whenFull])}\n`)
  expect([...whenFull.keys()].sort()).toEqual([200, 503])
  expect(afterwards).toEqual([[200, 20]])
  expect(findLost(stage.file, acknowledged)).toEqual([])
  expect(findDamage(stage.file)).toEqual([{ integrity_check: 'ok' }])
})

it('takes everything to a spool that has room while the database has none, and brings it in when there is some', async () => {
  const disk = mountSmallDisk(60)
  const ballast = join(disk, 'ballast')
  const stage = await openStage(CALLS, { database: join(disk, 'vacli.db') })
  writeFileSync(ballast, Buffer.alloc(57 * 1024 * 1024))

  const { acknowledged, whenFull } = await fillAndMakeRoom(stage, ballast)
  await stage.drained()

  expect([...whenFull]).toEqual([[200, CALLS]])
  expect(acknowledged).toHaveLength(CALLS + 20)
  expect(findLost(stage.file, acknowledged)).toEqual([])
  expect(findDamage(stage.file)).toEqual([{ integrity_check: 'ok' }])
})
