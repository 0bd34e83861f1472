import { expect, it } from 'vitest'
import { startWorkLoop } from '../../src/app/work-loop.ts'

/** A loop that counts its work, and fails as often as it is told to. */
function openLoop({ restMs = 0, failures = 0 } = {}) {
  const seen = { works: 0, problems: 0 }
  let tell = () => {}
  const loop = startWorkLoop(async () => {
    seen.works++
    tell()
    if (seen.works <= failures)
      throw new Error('not now')
    return { restMs }
  }, () => seen.problems++)
  return { ...loop, seen, nextWork: () => new Promise<void>((resolve) => { tell = resolve }) }
}

it('tries again by itself what failed, without another word', async () => {
  const { seen, wake, nextWork, idle } = openLoop({ failures: 2 })
  wake()
  await idle()
  expect(seen).toEqual({ works: 1, problems: 1 })
  await nextWork()
  await nextWork()
  await idle()

  expect(seen).toEqual({ works: 3, problems: 2 })
})

it('rests after work, and does at once what somebody waits for', async () => {
  const { seen, wake, idle } = openLoop({ restMs: 60_000 })
  wake()
  await idle()
  wake()
  wake()
  expect(seen.works).toBe(1)
  await idle()

  expect(seen.works).toBe(2)
})

it('begins nothing once it is stopped, and keeps nobody waiting', async () => {
  const { seen, wake, idle, stop } = openLoop({ failures: 1 })
  wake()
  await idle()
  stop()
  wake()
  await idle()

  expect(seen.works).toBe(1)
})
