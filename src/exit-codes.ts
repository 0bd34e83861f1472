import type { ErrorCode } from './errors.ts'

/** What a shell or cron sees (cli.md, "Exit codes"). */
export const EXIT_CODES: Record<ErrorCode, number> = {
  invalid: 2,
  not_found: 2,
  conflict: 2,
  incomplete: 3,
  setup: 4,
  unavailable: 5,
  refused: 6,
  busy: 7,
  declined: 8,
  interrupted: 130,
}

export const FAULT = 1
export const USAGE = 2
