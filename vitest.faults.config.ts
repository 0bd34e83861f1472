import { defineConfig } from 'vitest/config'

// At most fifteen minutes on two cores; an environment variable in each test asks for more.
export default defineConfig({
  test: {
    // The last two are everyday tests, with more histories and files here.
    include: ['tests/faults/**/*.test.ts', 'tests/app/undo-import.test.ts', 'tests/app/import-soup.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { TZ: 'UTC' },
  },
})
