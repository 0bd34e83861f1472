import { readFileSync } from 'node:fs'
import type { CommonFlags, Context } from './context.ts'
import { VacliError } from './errors.ts'
import { EXIT_CODES, FAULT, USAGE } from './exit-codes.ts'

interface Stop { signal: AbortSignal, exitCode(): number | undefined }

process.umask(0o077) // whatever vacli writes holds borrowers' data: for the owner alone
process.exitCode = await main(process.argv.slice(2))

async function main(argv: string[]): Promise<number> {
  const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
  // Scripts ask for the version often; it needs no parser.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version}\n`)
    return 0
  }
  const stop = listenForStop()
  try {
    const code = await runCli(argv, version, stop)
    return stop.exitCode() ?? code
  }
  catch (error) {
    return await report(error, argv, stop)
  }
}

async function runCli(argv: string[], version: string, stop: Stop): Promise<number> {
  const { createCli } = await import('./cli.ts')
  const { processIo } = await import('./ui/io.ts')
  let code = 0
  const run = async (flags: CommonFlags, body: (context: Context) => Promise<number | void> | number | void) => {
    code = await withContext(flags, stop, body) ?? 0
  }
  await createCli(run, processIo({ noColor: true }), version).parseAsync(argv, { from: 'user' })
  return code
}

async function withContext(flags: CommonFlags, { signal }: Stop, body: (context: Context) => Promise<number | void> | number | void) {
  const { readConfig } = await import('./config.ts')
  const { createContext } = await import('./context.ts')
  const { processIo } = await import('./ui/io.ts')
  const config = readConfig(flags)
  const context = createContext({ io: processIo({ noColor: config.noColor }), config, flags, signal })
  try {
    return await body(context)
  }
  finally {
    await context.close()
  }
}

/** The first Ctrl-C or SIGTERM asks the command to come to its end, the second leaves at once. */
function listenForStop(): Stop {
  const controller = new AbortController()
  let exitCode: number | undefined
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    if (controller.signal.aborted)
      process.exit(signal === 'SIGINT' ? 130 : 143)
    exitCode = signal === 'SIGINT' ? 130 : 143
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { signal: controller.signal, exitCode: () => exitCode }
}

/** The one place where a failure becomes words and an exit code. */
async function report(error: unknown, argv: string[], stop: Stop): Promise<number> {
  const json = argv.includes('--json')
  const say = async (code: string, message: string, hint?: string) => {
    const { plainMessage } = await import('./ui/plain-text.ts')
    process.stderr.write(json ? `${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n` : `error: ${plainMessage(message)}\n${hint ? `${plainMessage(hint)}\n` : ''}`)
  }
  const isUsage = (error as { constructor?: { name?: string } }).constructor?.name === 'CommanderError'
  if (isUsage) {
    const { code, exitCode, message } = error as { code: string, exitCode: number, message: string }
    // Bare `vacli webhook` asks what there is, and commander has just said it.
    if (exitCode === 0 || code === 'commander.help')
      return 0
    await say('invalid', message.replace(/^error: /, ''), 'vacli --help')
    return USAGE
  }

  const { explainDriverError } = await import('./driver-errors.ts')
  const foreseen = error instanceof VacliError ? error : explainDriverError(error)
  if (foreseen) {
    await say(foreseen.code, foreseen.message, foreseen.options.hint)
    if (argv.includes('--verbose') || argv.includes('-v'))
      process.stderr.write(`${foreseen.stack}\n`)
    return stop.exitCode() ?? EXIT_CODES[foreseen.code]
  }
  if (stop.signal.aborted)
    return stop.exitCode() ?? EXIT_CODES.interrupted
  await say('fault', `this is a fault of vacli: ${error instanceof Error ? error.message : String(error)}`, 'Run it again with --verbose and report what it prints.')
  if ((argv.includes('--verbose') || argv.includes('-v')) && error instanceof Error)
    process.stderr.write(`${error.stack}\n`)
  return FAULT
}
