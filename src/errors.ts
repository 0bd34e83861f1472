export const ERROR_CODES = ['invalid', 'not_found', 'conflict', 'setup', 'unavailable', 'refused', 'busy', 'declined', 'incomplete', 'interrupted'] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** A failure we foresaw. The message is a lower-case sentence for the person at the terminal; the hint is the next command to type. */
export class VacliError extends Error {
  override name = 'VacliError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: { hint?: string, cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
  }
}
