import { VacliError } from '../errors.ts'

/** Says after a Ctrl-C what stands and how to go on; any other failure stays what it is. */
export function ifInterrupted(signal: AbortSignal, message: string, hint: string): (error: unknown) => never {
  return (error) => {
    throw signal.aborted ? new VacliError('interrupted', message, { hint, cause: error }) : error
  }
}
