import type { Context } from '../context.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { wholeNumber } from './filters.ts'

export interface ServeFlags { port?: string, host?: string }

export function readAddress({ port, host }: ServeFlags, defaults: { port: number, host: string }): { port: number, host: string } {
  const chosen = wholeNumber(port, '--port') ?? defaults.port
  if (chosen > 65_535)
    throw new VacliError('invalid', `--port cannot be ${chosen}`, { hint: 'It takes a port from 0 to 65535; 0 is any free one.' })
  return { port: chosen, host: host ?? defaults.host }
}

/** Tells where a server listens, so that a program can wait for it. */
export function answerAddress({ io, flags }: Context, words: string, url: string): void {
  if (flags.json)
    return emitJson(io, { url })
  io.out(`${words} ${url}\n`)
}

/** Resolves when the person or the system asks the process to stop. */
export function untilStopped({ signal }: Context): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
