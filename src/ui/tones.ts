import { Chalk } from 'chalk'
import { isPlain, type Io } from './io.ts'

export const TONES = ['good', 'bad', 'waiting', 'muted', 'strong'] as const
export type Tone = (typeof TONES)[number]
export type Tones = Record<Tone, (text: string) => string>

/** Colours by meaning, in the 16 that every terminal has. The words must carry the meaning alone. */
export function tones({ colour }: { colour: boolean }): Tones {
  // The global chalk reads the environment by itself, and not NO_COLOR.
  const chalk = new Chalk({ level: colour ? 1 : 0 })
  return { good: chalk.green, bad: chalk.red, waiting: chalk.yellow, muted: chalk.gray, strong: chalk.bold }
}

/** For what goes to io.out. */
export function outTones(io: Io): Tones {
  return tones({ colour: io.colour && io.stdoutIsTerminal })
}

/** For what goes to io.err: `vacli list | less` may still colour its talk. */
export function errTones(io: Io): Tones {
  return tones({ colour: !isPlain(io) && io.stderrIsTerminal })
}
