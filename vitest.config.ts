import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/faults/**'], // heavy: npm run test:faults
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of the time is spent in child processes: a worker a core keeps all of them busy.
    maxWorkers: '100%',
    env: { TZ: 'UTC' },
  },
})
