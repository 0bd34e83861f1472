import { Command } from 'commander'
import { addExamples, addFilters, addGlobals, addImportOptions, fatesHelp, faultsHelp } from './cli/options.ts'
import type { CommonFlags, Context } from './context.ts'

/** Runs the body of a command with a context made from its flags; the number is the exit code. */
export type RunCommand = (flags: CommonFlags, body: (context: Context) => Promise<number | void> | number | void, traits?: CommandTraits) => Promise<void>

export interface CommandTraits {
  /** It must work while the settings are broken, because it mends them or does without. */
  mendsSettings?: boolean
  /** It answers with rows, which also go as CSV and line by line. */
  lists?: boolean
}

export interface CliOutput { out(text: string): void }

/** Every command, argument, option and help text. Each action loads its command when it runs, so that help needs nothing. */
export function createCli(run: RunCommand, { out }: CliOutput, version: string): Command {
  const cli = addGlobals(new Command('vacli'))
    .description('Import loans, call their borrowers through Exotel, and follow every call to its end')
    .version(version, '-V, --version')
    .exitOverride()
    // What commander itself writes is help, also where a command is missing; its errors are told by main.
    .configureOutput({ writeOut: out, writeErr: out, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions(false)
  addExamples(cli, 'vacli demo', 'vacli import file.csv', 'vacli list --status ready --since yesterday', 'vacli call --customer 42')

  addStart(cli, run)
  addDailyWork(cli, run)
  addCalls(cli, run)
  addSettings(cli, run)
  addHelp(cli)
  return cli
}

/** `help webhook serve` is `webhook serve --help`. */
function addHelp(cli: Command) {
  cli.commandsGroup('Help')
  addExamples(cli.command('help')
    .description('help for a command')
    .argument('[command...]', 'words of the command, such as webhook serve'), 'vacli help call', 'vacli help webhook serve')
    .action((words: string[]) => {
      const command = words.reduce<Command>((group, word) => {
        const found = group.commands.find(one => one.name() === word)
        return found ?? group.error(`unknown command '${words.join(' ')}'`, { code: 'commander.unknownCommand', exitCode: 1 })
      }, cli)
      command.outputHelp()
    })
}

function addStart(cli: Command, run: RunCommand) {
  cli.commandsGroup('Start')
  addExamples(cli.command('init')
    .description('set up: settings, database, calling hours; asks, and every answer has a flag')
    .option('--mode <mode>', 'sandbox or live (default: sandbox)')
    .option('--lender <name>', 'lender in whose name calls are made')
    .option('--sid <sid>', 'Exotel account SID; key and token are asked for, or come from the environment')
    .option('--caller-id <number>', 'the ExoPhone that borrowers see')
    .option('--flow-id <id>', 'flow of the voice assistant')
    .option('--window <hours>', 'hours of calls (default: 09:00-18:00)')
    .option('--public-url <url>', 'address under which Exotel reaches webhook serve')
    .option('--notice-ref <text>', 'reference of the auto-dialer notice to the telephone company'), 'vacli init', 'vacli init --mode sandbox --no-input')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/init.ts')).runInit(context, command.opts())))

  addExamples(cli.command('demo')
    .description('the whole main job on sample data against the built-in sandbox; spends nothing')
    .option('--keep', 'keep the demo\'s database and say where it is'), 'vacli demo', 'vacli demo --keep')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/demo.ts')).runDemo(context, command.opts()), { mendsSettings: true }))
}

function addDailyWork(cli: Command, run: RunCommand) {
  cli.commandsGroup('Daily work')
  addImport(cli, run)
  addMatch(cli, run)

  addExamples(addFilters(cli.command('list')
    .description('list customers (default), loans, calls, uploads, rows or reviews')
    .argument('[what]', 'customers, loans, calls, uploads, rows, reviews')), 'vacli list --status ready --since yesterday', 'vacli list loans --branch "Bangalore Main Branch" --csv -o loans.csv', 'vacli list rows --upload 3 --status rejected', 'vacli list reviews --status POSSIBLE_SAME')
    .action(async (what: string | undefined, _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/list.ts')).runList(context, what, command.opts()), { lists: true }))

  addExamples(cli.command('show')
    .description('one customer: loans, the rows they came from, calls and timelines')
    .argument('<customer|loan>', 'customer id, phone or loan id'), 'vacli show 42', 'vacli show LOAN001', 'vacli show 98765 43210')
    .action(async (who: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/show.ts')).runShow(context, [who, ...command.args.slice(1)].join(' '))))
    .allowExcessArguments()

  addExamples(cli.command('why')
    .description('why a customer is who it is: the rows it came from, what joined each, and what people decided')
    .argument('<customer|loan>', 'customer id, phone or loan id'), 'vacli why 42', 'vacli why LOAN001 --json')
    .action(async (who: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/why.ts')).runWhy(context, [who, ...command.args.slice(1)].join(' '))))
    .allowExcessArguments()

  addExamples(cli.command('status')
    .description('today at a glance, or the timeline of one call')
    .argument('[call]', 'call id or CallSid'), 'vacli status', 'vacli status 7 --json')
    .action(async (call: string | undefined, _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/status.ts')).runStatus(context, call)))
}

function addImport(cli: Command, run: RunCommand) {
  const load = cli.command('import')
  addExamples(addImportOptions(load
    .description('load loan files; "-" is standard input')
    .argument('<file...>', 'CSV or .xlsx files with the columns name, phone, loan_id, amount, due_date, …')), 'vacli import file.csv', 'vacli import --as-of yesterday north.csv south.csv', 'vacli import --snapshot --source axis "DPD report.xlsx" --map "Cell No=phone"', 'ssh branch cat loans.csv | vacli import -')
    .action(async (files: string[], _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/import.ts')).runImport(context, files, command.opts())))

  addExamples(load.command('undo')
    .description('take an upload back: its rows no longer count, and customers and loans go back to what other files say')
    .argument('<upload>', 'id of the upload')
    .option('--dry-run', 'say what it would touch')
    .option('--yes', 'do not ask'), 'vacli import undo 3', 'vacli import undo 3 --dry-run --json')
    .action(async (upload: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/import-undo.ts')).runImportUndo(context, upload, command.optsWithGlobals())))
}

function addMatch(cli: Command, run: RunCommand) {
  const match = cli.command('match')
  addExamples(match.description('decide the staged rows that an import left pending'), 'vacli match', 'vacli match --json')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/match.ts')).runMatch(context)))
  addExamples(match.command('review')
    .description('ask a person about doubtful pairs and rows, one key each; without a terminal, list them')
    .option('--accept <kind>', 'merge all pairs of a kind, such as POSSIBLE_SAME')
    .option('--dry-run', 'with --accept: list the pairs; merge none')
    .option('--yes', 'with --accept: do not ask')
    .option('--limit <n>', 'list at most so many; 0 = all (default: 50 on a terminal and in JSON)'), 'vacli match review', 'vacli match review --accept POSSIBLE_SAME --dry-run', 'vacli match review --json --limit 0')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/match-review.ts')).runMatchReview(context, command.opts()), { lists: true }))
  addExamples(match.command('decide').description('answer a question: merge two borrowers or keep them apart; accept or reject a row or a shared phone; give a value')
    .argument('<review|phone>', 'number of a review as `list reviews` shows it, or a phone').argument('<answer...>', 'merge or apart; accept, reject, or set phone=98XXXXXXXX'), 'vacli match decide 7 merge', 'vacli match decide r12 set phone=9812345678', 'vacli match decide 9812345678 accept')
    .action(async (what: string, answer: string[], _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/match-decide.ts')).runMatchDecide(context, what, answer)))
  addExamples(match.command('undo').description('take an answer back: of two who were merged both customers again, with their loans, phones and rows; of a row what it was before')
    .argument('<merge|row>', 'number of the decision, or r12 for what was answered about a row'), 'vacli match undo 3', 'vacli match undo r12', 'vacli match undo 3 --json')
    .action(async (merge: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/match-undo.ts')).runMatchUndo(context, merge)))
}

function addCalls(cli: Command, run: RunCommand) {
  cli.commandsGroup('Daily work')
  addExamples(addFilters(cli.command('call')
    .description('call one customer, or everyone a filter selects'))
    .option('--dry-run', 'say who would be called; call nobody')
    .option('--max <n>', 'at most so many calls')
    .option('--rate <n/min>', 'calls started a minute')
    .option('--concurrency <n>', 'calls open at once')
    .option('--stop-at <HH:MM>', 'start no call at or after this time of today, Indian time')
    .option('--name <run>', 'name of the run; two of one name do not overlap')
    .option('--reason <text>', 'kept with the run')
    .option('--wait', 'follow the calls to their end')
    .option('--yes', 'do not ask; for more than one customer with --max'), 'vacli call --customer 42', 'vacli call --status ready --max 500 --yes --quiet', 'vacli call --branch "Mysore Road" --dpd 1-30 --dry-run')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/call.ts')).runCall(context, command.opts())))

  cli.commandsGroup('Runs and results')
  addRuns(cli, run)

  const webhook = cli.command('webhook').description('the listener for Exotel\'s callbacks')
  addExamples(webhook, 'vacli webhook serve', 'vacli webhook serve --port 9000')
  addExamples(webhook.command('serve')
    .description('listen until stopped')
    .option('--port <n>', 'port, 0 = any free one (default: 8787)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)'), 'vacli webhook serve', 'vacli webhook serve --host 0.0.0.0 --port 8787')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/webhook-serve.ts')).runWebhookServe(context, command.opts())))
  addExamples(cli.command('reconcile')
    .description('ask Exotel about every open or unknown call, and sweep its list for calls we do not know')
    .option('--decide <call...>', 'what a person knows of one call: 7 placed:<sid>, or 7 not-placed'), 'vacli reconcile', 'vacli reconcile --json', 'vacli reconcile --decide 7 not-placed')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/reconcile.ts')).runReconcile(context, command.opts())))
}

function addRuns(cli: Command, run: RunCommand) {
  const runs = cli.command('runs').description('runs of calls: what they did, how to stop them and go on')
  const load = () => import('./commands/runs.ts')
  addExamples(runs, 'vacli runs list', 'vacli runs stop --all', 'vacli runs resume')
  addExamples(runs.command('list', { isDefault: true }).description('the runs, newest first')
    .option('--limit <n>', 'at most so many; 0 = all (default: 50)'), 'vacli runs list', 'vacli runs list --json')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await load()).listRuns(context, command.opts()), { lists: true }))
  addExamples(runs.command('show').description('one run, and how its calls stand').argument('<run>'), 'vacli runs show 3', 'vacli runs show 3 --json')
    .action(async (id: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await load()).showRun(context, id)))
  addExamples(runs.command('stop').description('end a run before its next call; with --all nobody is called until runs resume').argument('[run]')
    .option('--all', 'pause every run, those of cron too')
    .option('--reason <text>', 'shown to whoever finds dialling paused'), 'vacli runs stop 3', 'vacli runs stop --all --reason "floods in Chennai"')
    .action(async (id: string | undefined, _, command: Command) => run(command.optsWithGlobals(), async context => (await load()).stopRuns(context, id, command.opts())))
  addExamples(runs.command('resume').description('lift the pause; with a run, call whom its filter selects now, within what its --max left').argument('[run]')
    .option('--max <n>', 'at most so many calls')
    .option('--wait', 'follow the calls to their end')
    .option('--yes', 'do not ask'), 'vacli runs resume', 'vacli runs resume 3 --yes')
    .action(async (id: string | undefined, _, command: Command) => run(command.optsWithGlobals(), async context => (await load()).resumeRuns(context, id, command.opts())))
}

function addSettings(cli: Command, run: RunCommand) {
  cli.commandsGroup('Settings')
  addConfig(cli, run)
  addDatabase(cli, run)

  const sandbox = cli.command('sandbox').description('the built-in stand-in for Exotel, as a server of its own')
  addExamples(sandbox, 'vacli sandbox serve', 'vacli sandbox serve --fast --ringing')
  addExamples(sandbox.command('serve')
    .description('serve Exotel\'s voice API on this machine; what happens to a call follows from the number dialled')
    .option('--port <n>', 'port, 0 = any free one (default: 8786)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--fast', 'calls of about a second')
    .option('--ring-ms <ms>', 'how long a phone rings')
    .option('--talk-ms <ms>', 'how long an answered call lasts')
    .option('--latency-ms <ms>', 'how long a connect takes to be answered')
    .option('--billing-ms <ms>', 'how late Duration and Price appear')
    .option('--retry-after <s>', 'Retry-After of a 429')
    .option('--rate-per-minute <n>', 'requests a minute before a 429 (default: 200)')
    .option('--ringing', 'also send a ringing event')
    .option('--four-fields', 'callbacks of four fields only')
    .option('--fault <name=value...>', 'misbehave so; may be given more than once')
    .option('--misbehave <file>', 'misbehave as a JSON file says; --fault adds to it')
    .option('--seed <n>', 'misbehave as in the run of this seed')
    .option('--ledger <file>', 'keep the ledger in a file, too'), 'vacli sandbox serve', 'vacli sandbox serve --port 0 --fast --ledger ledger.ndjson', 'vacli sandbox serve --fault http-503-placed=0.05 lost=0.02 callback-copies=5 --seed 42')
    .addHelpText('after', fatesHelp() + faultsHelp())
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await import('./commands/sandbox-serve.ts')).runSandboxServe(context, command.opts())))
}

function addConfig(cli: Command, run: RunCommand) {
  const config = cli.command('config').description('settings: flag, then environment, then file, then default')
  const load = () => import('./commands/config.ts')
  addExamples(config, 'vacli config list --origin', 'vacli config set call.window 10:00-17:00')
  addExamples(config.command('list').description('every setting').option('--origin', 'say where each value comes from'), 'vacli config list', 'vacli config list --origin --json')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await load()).listConfig(context, command.opts()), { mendsSettings: true }))
  addExamples(config.command('get').description('one setting').argument('<key>'), 'vacli config get mode', 'vacli config get call.window --json')
    .action(async (key: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await load()).getConfig(context, key), { mendsSettings: true }))
  addExamples(config.command('set').description('change one setting; secrets are asked for or read from standard input').argument('<key>').argument('[value]'), 'vacli config set lender.name "Example Finance Ltd"', 'vacli config set exotel.token < token.txt')
    .action(async (key: string, value: string | undefined, _, command: Command) => run(command.optsWithGlobals(), async context => (await load()).setConfig(context, key, value), { mendsSettings: true }))
  addExamples(config.command('unset').description('back to the default').argument('<key>'), 'vacli config unset call.window', 'vacli config unset webhook.public_url')
    .action(async (key: string, _, command: Command) => run(command.optsWithGlobals(), async context => (await load()).unsetConfig(context, key), { mendsSettings: true }))
  addExamples(config.command('path').description('where the settings file is'), 'vacli config path', 'ls -l "$(vacli config path)"')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await load()).printConfigPath(context), { mendsSettings: true }))
}

function addDatabase(cli: Command, run: RunCommand) {
  const db = cli.command('db').description('the database')
  const load = () => import('./commands/db.ts')
  addExamples(db, 'vacli db path', 'vacli db check')
  addExamples(db.command('path').description('where the database is'), 'vacli db path', 'sqlite3 "$(vacli db path)" .tables')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await load()).printDatabasePath(context), { mendsSettings: true }))
  addExamples(db.command('migrate').description('bring the schema up to date; makes the database where there is none'), 'vacli db migrate', 'vacli db migrate --db postgres://localhost/vacli')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await load()).migrateDatabase(context)))
  addExamples(db.command('check').description('ask the database whether its file and links are sound').option('--deep', 'also make every customer and loan anew from the rows, and compare'), 'vacli db check', 'vacli db check --deep')
    .action(async (_, command: Command) => run(command.optsWithGlobals(), async context => (await load()).checkDatabase(context, command.opts())))
}
