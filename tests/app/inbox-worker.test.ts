import { expect, it } from 'vitest'
import { startInboxWorker } from '../../src/app/inbox-worker.ts'
import type { Store } from '../../src/db/store.ts'
import { NOW } from '../db/borrowers.ts'

type Kept = Awaited<ReturnType<Store['findWaitingEvents']>>

/** An inbox without calls: every event in it is settled as nobody's. */
function openInbox(onRead: (read: number) => void = () => {}) {
  const problems: unknown[] = []
  const settled: number[] = []
  const waiting: Kept = []
  let [reads, reading, mostReading] = [0, 0, 0]
  const store = {
    async findWaitingEvents({ afterId }: { afterId: number }) {
      mostReading = Math.max(mostReading, ++reading)
      onRead(++reads)
      await new Promise(setImmediate)
      reading--
      return waiting.filter(({ id }) => id > afterId && !settled.includes(id))
    },
    async settleEvents(events: { id: number }[]) {
      settled.push(...events.map(({ id }) => id))
    },
  } as unknown as Store
  const worker = startInboxWorker({ store, now: () => NOW, parse: async () => undefined }, error => void problems.push(error))
  return { worker, problems, settled, reads: () => reads, mostReading: () => mostReading, keep: (id: number) => void waiting.push({ id, contentType: '', body: '', bodyEncoding: 'utf8' } as Kept[number]) }
}

it('understands what is kept when it is woken, and is idle when nothing is left', async () => {
  const { worker, settled, keep } = openInbox()
  keep(1)
  keep(2)

  worker.wake()
  await worker.idle()

  expect(settled).toEqual([1, 2])
})

it('is idle when nobody ever woke it', async () => {
  const { worker, reads } = openInbox()

  await worker.idle()

  expect(reads()).toBe(0)
})

it('looks again when it is woken at work, one look at a time', async () => {
  const { worker, settled, keep, reads, mostReading } = openInbox()
  keep(1)
  worker.wake()
  keep(2)
  for (let times = 0; times < 5; times++)
    worker.wake()
  await worker.idle()

  expect([settled, reads(), mostReading()]).toEqual([[1, 2], 2, 1])
})

it('never misses what is kept while it looks', async () => {
  const inbox = openInbox((read) => {
    if (read < 4) {
      inbox.keep(read)
      inbox.worker.wake()
    }
  })
  inbox.worker.wake()
  await inbox.worker.idle()

  expect(inbox.settled).toEqual([1, 2, 3])
})

it('reports a look that fails, and looks again when it is woken again', async () => {
  const { worker, settled, problems, keep } = openInbox((read) => {
    if (read === 1)
      throw new Error('the database stayed busy')
  })
  keep(1)
  worker.wake()
  await worker.idle()
  expect([settled, problems]).toEqual([[], [new Error('the database stayed busy')]])

  worker.wake()
  await worker.idle()
  expect([settled, problems.length]).toEqual([[1], 1])
})
