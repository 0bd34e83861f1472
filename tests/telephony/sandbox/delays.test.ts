import { expect, it } from 'vitest'
import { createDelays } from '../../../src/telephony/sandbox/delays.ts'

const countTimers = () => process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length

it('a delay never ends early, even when it was set late in a busy turn', async () => {
  const delays = createDelays()
  const busyUntil = performance.now() + 30
  while (performance.now() < busyUntil);
  const startedAt = performance.now()

  expect(await delays.wait(20)).toBe(true)

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(20)
})

it('stopping ends every delay as not over and leaves no timer that would keep the process alive', async () => {
  const delays = createDelays()
  const before = countTimers()
  const waits = [delays.wait(3_600_000), delays.wait(3_600_000)]
  expect(countTimers()).toBe(before + 2)

  delays.stop()

  expect(countTimers()).toBe(before)
  expect(await Promise.all([...waits, delays.wait(3_600_000), delays.wait(0)])).toEqual([false, false, false, false])
})
