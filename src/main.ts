import { readFileSync } from 'node:fs'
import type { CommandTraits, RunCommand } from './cli.ts'
import type { CommonFlags } from './context.ts'
import { VacliError } from './errors.ts'
import { EXIT_CODES, FAULT, USAGE } from './exit-codes.ts'

interface Stop { signal: AbortSignal, exitCode(): number | undefined }

const STOPS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

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
  // What fails outside of the command, such as standard output on a full disk, is told in the same words. A second time there is nobody to tell.
  process.once('uncaughtException', error => void report(error, argv, stop).then(code => process.exit(code)))
  try {
    const code = await runCli(argv, version, stop)
    // A command that came to its end all the same says how; a server that was asked to stop has done its work.
    return code ?? stop.exitCode() ?? 0
  }
  catch (error) {
    return await report(error, argv, stop)
  }
}

async function runCli(argv: string[], version: string, stop: Stop): Promise<number | undefined> {
  const { createCli } = await import('./cli.ts')
  const { processIo } = await import('./ui/io.ts')
  let code: number | undefined
  const run: RunCommand = async (flags, body, traits) => {
    code = await withContext(flags, stop, body, traits) ?? undefined
  }
  await createCli(run, processIo({ noColor: true }), version).parseAsync(argv, { from: 'user' })
  return code
}

async function withContext(flags: CommonFlags, { signal }: Stop, body: Parameters<RunCommand>[1], traits: CommandTraits = {}) {
  const { readConfig } = await import('./config.ts')
  const { createContext } = await import('./context.ts')
  const { processIo } = await import('./ui/io.ts')
  verifyForms(flags, traits)
  const config = readConfig(flags)
  if (config.problems[0] && !traits.mendsSettings)
    throw config.problems[0]
  const context = createContext({ io: processIo({ noColor: config.noColor }), config, flags, signal })
  try {
    return await body(context)
  }
  finally {
    await context.close()
  }
}

/** An answer has one form, and only lists have rows to give line by line. */
function verifyForms({ json, csv, ndjson }: CommonFlags, { lists }: CommandTraits) {
  const forms = [json && '--json', csv && '--csv', ndjson && '--ndjson'].filter(form => typeof form === 'string')
  if (forms.length > 1)
    throw new VacliError('invalid', `${forms.join(' and ')} are two forms of one answer`, { hint: 'Give one of them.' })
  if ((csv || ndjson) && !lists)
    throw new VacliError('invalid', `this command has no ${forms[0]}`, { hint: 'It has --json; vacli list has the rows.' })
}

/** The first Ctrl-C, SIGTERM, or end of the terminal asks the command to come to its end, the second leaves at once. */
function listenForStop(): Stop {
  const controller = new AbortController()
  let exitCode: number | undefined
  const onSignal = (signal: keyof typeof STOPS) => {
    // A terminal that closes may say so more than once; that is nobody's impatience.
    if (controller.signal.aborted && signal !== 'SIGHUP')
      process.exit(STOPS[signal])
    exitCode ??= STOPS[signal]
    controller.abort()
  }
  Object.keys(STOPS).forEach(signal => process.on(signal, onSignal))
  return { signal: controller.signal, exitCode: () => exitCode }
}

/** The one place where a failure becomes words and an exit code. */
async function report(error: unknown, argv: string[], stop: Stop): Promise<number> {
  const json = argv.includes('--json')
  const say = async (code: string, message: string, hint?: string) => {
    const { errorText } = await import('./ui/error-text.ts')
    process.stderr.write(errorText({ code, message, hint }, { json }))
  }
  const sayWhere = async ({ stack = '' }: Error) => {
    const { plainMessage } = await import('./ui/plain-text.ts')
    if (argv.includes('--verbose') || argv.includes('-v'))
      process.stderr.write(`${plainMessage(stack)}\n`)
  }
  if (isUsage(error)) {
    const { code, exitCode, message } = error
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
    await sayWhere(foreseen)
    return stop.exitCode() ?? EXIT_CODES[foreseen.code]
  }
  if (stop.signal.aborted)
    return stop.exitCode() ?? EXIT_CODES.interrupted
  await say('fault', `this is a fault of vacli: ${error instanceof Error ? error.message : String(error)}`, 'Run it again with --verbose and report what it prints.')
  if (error instanceof Error)
    await sayWhere(error)
  return FAULT
}

// By its code: the parser is not loaded where nothing was parsed, and the bundler may give its class another name.
function isUsage(error: unknown): error is { code: string, exitCode: number, message: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('commander.')
}
