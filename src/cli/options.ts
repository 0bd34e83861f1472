import type { Command } from 'commander'
import { FATES } from '../telephony/sandbox/fates.ts'
import { ANSWER_FAULTS, SWITCHES } from '../telephony/sandbox/faults.ts'

/** The filters that list and call share: what can be listed can be called. */
export function addFilters(command: Command): Command {
  return command
    .option('--customer <id|phone...>', 'customer id, or any spelling of the phone')
    .option('--loan <loan_id...>', 'the lender\'s loan ids')
    .option('--upload <id>', 'of one upload')
    .option('--status <status>', 'ready, calling, completed, retry, blocked, review, withdrawn; calls, uploads and rows have their own')
    .option('--since <when>', 'today, yesterday, week, 7d, 36h, 2026-11-21, 21/11/2026')
    .option('--until <when>', 'before that time')
    .option('--state <name>', 'state, in any usual spelling')
    .option('--cluster <name>', 'cluster')
    .option('--branch <name>', 'branch')
    .option('--employee <name|id>', 'employee')
    .option('--dpd <days>', 'days past due: 1-30, 61+')
    .option('--min-due <rupees>', 'due amount of at least')
    .option('--max-due <rupees>', 'due amount of at most')
    .option('--blocked-by <code>', 'kept from being called by this rule')
    .option('--not-called-for <length>', 'not called in the last 36h, 7d')
    .option('--search <text>', 'part of a name, phone or loan id')
    .option('--limit <n>', 'at most so many; 0 = all (default: 50 in lists on a terminal and in JSON)')
    .option('--sort <by>', 'urgency, due, name, uploaded, id (default: urgency)')
}

/** How a file is read, and what it may change. */
export function addImportOptions(command: Command): Command {
  return command
    .option('--dry-run', 'the same report; leaves nothing')
    .option('--no-match', 'stage the rows only; vacli match decides them later')
    .option('--source <name>', 'the lender or list the file belongs to: its loan ids are a scope of their own, and how its files are read is remembered')
    .option('--map <header=field>', 'read a column as a field: --map "Cell No=phone"; may be given more than once', (text: string, before: string[] = []) => [...before, text])
    .option('--sheet <name>', 'sheet of a workbook (default: the first)')
    .option('--as-of <date>', 'the date of the data (default: what the file says, else now)')
    .option('--accept-as-of', 'take --as-of although the file says another date')
    .option('--encoding <name>', 'utf-8, utf-16le, utf-16be or windows-1252 (default: found)')
    .option('--delimiter <char>', 'comma, semicolon, tab or pipe (default: found)')
    .option('--date-order <order>', 'dmy, mdy or ymd (default: dmy)')
    .option('--snapshot', 'the file names everybody who is overdue: who is missing has paid and is not called')
    .option('--scope <scope>', 'what a snapshot covers: branch=A,B or all (default: the branches in the file)')
    .option('--accept-shrink', 'take a snapshot that would stop more than 40% of the loans it covers; needs --reason')
    .option('--reason <text>', 'kept with the upload')
    .option('--rejects <file>', 'where rejected rows go (default: beside the file; those of loans.csv in loans.rejects.csv)')
    .option('--strict', 'refuse the file when any row is rejected')
    .option('--force', 'import bytes that were imported before as a new upload')
}

export function addGlobals(program: Command): Command {
  return program
    .option('--db <path>', 'database: a SQLite file, or postgres://…')
    .option('--json', 'one JSON document on stdout; asks nothing')
    .option('--fields <a,b>', 'only these fields')
    .option('--csv', 'lists as CSV')
    .option('--ndjson', 'lists as one JSON document a line')
    .option('-o, --output <file>', 'write the answer to a new file')
    .option('-q, --quiet', 'say nothing when all is well')
    .option('-v, --verbose', 'say more, stack traces too')
    .option('--no-color', 'no colour, as NO_COLOR')
    .option('--no-input', 'ask nothing; fail instead')
    .option('--config <path>', 'settings file')
}

/** Examples close every help text: what to type is learned from them. */
export function addExamples(command: Command, ...examples: string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map(example => `  $ ${example}`).join('\n')}\n`)
}

/** What a number's last four digits stage in the sandbox, for the help text. */
export function fatesHelp(): string {
  const lines = Object.values(FATES).map(({ digits, description }) => `  ${(digits ?? 'other').padEnd(5)}  ${description}`)
  return `\nThe last four digits of the number dialled decide:\n${lines.join('\n')}\n`
}

/** What --fault takes, for the help text. */
export function faultsHelp(): string {
  const answers = Object.entries(ANSWER_FAULTS).map(([name, { isPlaced, description }]) => `  ${`${name}=0.1`.padEnd(28)}${description}; ${isPlaced ? 'placed' : 'not placed'}`)
  const switches = Object.entries(SWITCHES).map(([name, each]) => `  ${(each.takes === 'yes' ? name : `${name}=${'example' in each ? each.example : '0.1'}`).padEnd(28)}${each.description}`)
  return `\nAnswers of connect by --fault, each with its probability; -placed or -unplaced behind the name says whether there is a call all the same:\n${answers.join('\n')}\n`
    + `\nOther faults:\n${switches.join('\n')}\n`
    + '\nPOST /sandbox/foreign-call {"from": "…", "direction": "outbound-api"} puts a call of another program on the account.\n'
}
