import { defineConfig } from 'vitest/config'

// Pure functions and what draws text: no file of them leaves anything behind, and to load everything anew for each took half of their time.
const PURE = ['tests/domain/**/*.test.ts', 'tests/ui/**/*.test.ts']

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of the time is spent in child processes: a worker a core keeps all of them busy.
    maxWorkers: '100%',
    env: {
      TZ: 'UTC',
      // A part of the random histories and files every day; npm run test:faults tries the rest.
      HISTORIES: process.env.HISTORIES ?? '40',
      HISTORIES_PG: process.env.HISTORIES_PG ?? '8',
      SOUPS: process.env.SOUPS ?? '80',
    },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'whole', include: ['tests/**/*.test.ts'], exclude: [...PURE, 'tests/faults/**'] } }, // heavy: npm run test:faults
    ],
  },
})
