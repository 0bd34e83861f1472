import type { Command } from 'commander'
import { createCli, type RunCommand } from '../../src/cli.ts'

/** Every command as its words: the root as none, `webhook serve` as two. A leaf does something by itself, also where it has others under it, as `import` and `match` have. */
export function commandPaths({ leaves = false } = {}): string[][] {
  const walk = (command: Command, path: string[]): string[][] => {
    const inner = command.commands.flatMap(one => walk(one, [...path, one.name()]))
    return leaves && inner.length > 0 && !actsItself(command) ? inner : [path, ...inner]
  }
  return walk(freshCli(async () => {}), [])
}

const actsItself = (command: Command) => Boolean((command as unknown as { _actionHandler: unknown })._actionHandler)

/** The groups: commands that only hold others. */
export function groupPaths(): string[][] {
  const leaves = new Set(commandPaths({ leaves: true }).map(path => path.join(' ')))
  return commandPaths().filter(path => !leaves.has(path.join(' ')))
}

/** The same command line, with nothing behind it. */
export function freshCli(run: RunCommand): Command {
  return createCli(run, { out: () => {} }, '0.0.0')
}
