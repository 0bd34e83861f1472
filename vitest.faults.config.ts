import { defineConfig } from 'vitest/config'

// At most fifteen minutes on two cores; an environment variable in each test asks for more.
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { TZ: 'UTC' },
  },
})
