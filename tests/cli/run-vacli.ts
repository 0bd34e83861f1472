import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
export const BIN = join(ROOT, 'bin/vacli.js')
/** A copy of the sample files: what an import rejects is written beside its file. */
export const FIXTURES = mkdtempSync(join(tmpdir(), 'vacli-fixtures-'))
cpSync(join(ROOT, 'fixtures'), FIXTURES, { recursive: true })
export const HEADER = 'name,phone,loan_id,amount,due_date,state,Cluster,Branch,Branch Contact Number,Employee,Employee ID,Employee Contact Number,Last Paid Date,Last Paid Amount,Due Amount'

/** A Monday within the calling hours: no holiday, and later than every due date of the sample files. */
export const MORNING = '2026-11-23T10:30:00+05:30'

const PATIENCE_MS = 30_000

export type Environment = Record<string, string>
export interface Run { code: number | null, stdout: string, stderr: string }
export interface RunOptions {
  env?: Environment
  /** null leaves it open. */
  stdin?: string | Buffer | null
  cwd?: string
  /** Runs it as another user; only root may. */
  uid?: number
}
export interface Served {
  child: ChildProcess
  /** The address it printed. */
  url: string
  stderr(): string
  stop(signal?: NodeJS.Signals): Promise<number | null>
}
export interface Screen { code: number | null, screen: string }
export type Row = Record<string, unknown>
export type Tables = Record<string, Row[]>

export interface Home {
  folder: string
  env: Environment
  database: string
  /** What the built-in simulator wrote. */
  ledgerFile: string
  configFile: string
  /** Writes a file into the home and returns its path. */
  write(name: string, content: string | Buffer): string
  run(args: string | string[], options?: RunOptions): Promise<Run>
  /** Runs with --json and returns the one document on stdout. */
  json<Document = Row>(args: string | string[], options?: RunOptions): Promise<Document>
  /** Runs in a real terminal, typing each answer once its cue is on the screen. */
  terminal(args: string | string[], options?: RunOptions & { type?: { cue: string, keys: string }[], columns?: number }): Promise<Screen>
  /** Starts a server and waits for the address that it prints. */
  serve(args: string | string[], options?: RunOptions): Promise<Served>
  spawn(args: string | string[], options?: RunOptions): { child: ChildProcess, ended: Promise<Run> }
  /** Starts vacli with its input left open. */
  hold(args: string | string[], options?: RunOptions): { child: ChildProcess, ended: Promise<Run> }
  tables(): Tables
}

const children = new Set<ChildProcess>()
const folders: string[] = [FIXTURES]

afterAll(async () => {
  await Promise.all([...children].map(async (child) => {
    child.kill('SIGKILL')
    await once(child, 'close')
  }))
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-cli-'))
  folders.push(folder)
  return folder
}

/** The variable that makes it that time for vacli. */
export function clockAt(time: string): Environment {
  return { VACLI_CLOCK_SHIFT: String(Math.round((Date.parse(time) - Date.now()) / 1000)) }
}

/** A user of an own: no file, setting or variable of anybody else. It is Monday morning. */
export function createHome(env: Environment = {}, { like }: { like?: Home } = {}): Home {
  const folder = temporaryFolder()
  if (like)
    cpSync(like.folder, folder, { recursive: true })
  const own: Environment = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    VACLI_OPERATOR: 'asha',
    ...(like ? { VACLI_CLOCK_SHIFT: like.env.VACLI_CLOCK_SHIFT! } : clockAt(MORNING)),
    ...env,
  }
  const database = join(folder, 'data/vacli/vacli.sandbox.db')
  const home: Home = {
    folder, database,
    env: own,
    ledgerFile: `${database}.ledger.ndjson`,
    configFile: join(folder, 'config/vacli/config.json'),
    write(name, content) {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    },
    run: (args, options) => home.spawn(args, options).ended,
    async json<Document>(args: string | string[], options?: RunOptions) {
      const { code, stdout, stderr } = await home.run([...words(args), '--json'], options)
      try {
        return JSON.parse(stdout) as Document
      }
      catch (error) {
        throw new Error(`${words(args).join(' ')} ended with ${code} and no document: ${stdout}${stderr}`, { cause: error })
      }
    },
    spawn: (args, options) => start(process.execPath, [BIN, ...words(args)], own, options),
    hold: (args, options) => start(process.execPath, [BIN, ...words(args)], own, { ...options, stdin: null }),
    serve: (args, options) => serve(home.spawn(args, options)),
    terminal: (args, options) => runInTerminal([process.execPath, BIN, ...words(args)], own, options),
    tables: () => readTables(database),
  }
  return home
}

function words(args: string | string[]): string[] {
  return typeof args === 'string' ? args.split(' ').filter(Boolean) : args
}

/** Runs any program with the environment of a home and nothing else. */
export function start(program: string, args: string[], env: Environment, { env: more = {}, stdin = '', cwd = env.HOME, uid }: RunOptions = {}): { child: ChildProcess, ended: Promise<Run> } {
  const child = spawn(program, args, { env: { ...env, ...more }, stdio: 'pipe', ...(cwd ? { cwd } : {}), ...(uid === undefined ? {} : { uid, gid: uid }) })
  children.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => stdout += text)
  child.stderr.setEncoding('utf8').on('data', text => stderr += text)
  // A program that ends without reading its input is not at fault.
  child.stdin.on('error', () => {})
  if (stdin !== null)
    child.stdin.end(stdin)
  const ended = new Promise<Run>(resolve => child.once('close', (code, signal) => {
    children.delete(child)
    resolve({ code: signal ? null : code, stdout, stderr })
  }))
  return { child, ended }
}

async function serve({ child, ended }: { child: ChildProcess, ended: Promise<Run> }): Promise<Served> {
  let stderr = ''
  child.stderr!.on('data', text => stderr += text)
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      let shown = ''
      child.stdout!.on('data', (text) => {
        shown += text
        const found = /(http:\/\/\S+?)["\s]/.exec(shown)
        if (found)
          resolve(found[1]!)
      })
    }),
    ended.then(({ code, stderr }) => { throw new Error(`the server ended with ${code}: ${stderr}`) }),
  ])
  return {
    child, url,
    stderr: () => stderr,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return (await ended).code
    },
  }
}

function runInTerminal(command: string[], env: Environment, { env: more = {}, cwd, type = [], columns = 120 }: RunOptions & { type?: { cue: string, keys: string }[], columns?: number } = {}): Promise<Screen> {
  const quoted = command.map(word => `'${word.replaceAll('\'', '\'\\\'\'')}'`).join(' ')
  const child = spawn('script', ['-qefc', `stty cols ${columns} rows 50; exec ${quoted}`, '/dev/null'], { stdio: 'pipe', env: { TERM: 'xterm-256color', ...env, ...more }, ...(cwd ? { cwd } : {}) })
  children.add(child)
  const cues = [...type]
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (shown: string) => {
    screen += shown
    if (cues[0] && screen.includes(cues[0].cue))
      child.stdin.write(cues.shift()!.keys)
  })
  return new Promise(resolve => child.once('close', (code) => {
    children.delete(child)
    resolve({ code, screen })
  }))
}

/** Asks until the answer is there: for what another process writes. */
export async function until<Answer>(what: string, ask: () => Answer | undefined | false | Promise<Answer | undefined | false>): Promise<Answer> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await wait(20)) {
    const answer = await ask()
    if (answer !== undefined && answer !== false)
      return answer
  }
  throw new Error(`waited in vain for ${what}`)
}

export function query(database: string, sql: string): Row[] {
  const client = new Database(database, { readonly: true, fileMustExist: true })
  try {
    return client.prepare(sql).all() as Row[]
  }
  finally {
    client.close()
  }
}

/** Every row of every table, as the file has it. */
export function readTables(database: string): Tables {
  const names = query(database, `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`).map(({ name }) => String(name))
  return Object.fromEntries(names.map(name => [name, query(database, `select * from "${name}" order by rowid`)]))
}

export interface Connect { from: string, sid: string | null, outcome: 'accepted' | 'rejected', http_status: number, fate: string, status_callback: string | null }

/** Every request for a call that a simulator received, by its own account. */
export function connects(ledgerFile: string): Connect[] {
  if (!existsSync(ledgerFile))
    return []
  return readFileSync(ledgerFile, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line) as Connect & { event: string }).filter(({ event }) => event === 'connect')
}

export interface Borrower { name: string, phone: string, loan: string, amount?: string, due?: string, dueDate?: string }

/** A loan file in the format of the guide. */
export function loanFile(borrowers: Borrower[]): string {
  const rows = borrowers.map(({ name, phone, loan, amount = '50000', due = '2500', dueDate = '2026-10-05' }) =>
    `${name},${phone},${loan},${amount},${dueDate},Karnataka,South Cluster,Hosur Branch,04344-123456,Kiran Joseph,EMP011,7000090121,2026-09-05,2500,${due}`)
  return `${[HEADER, ...rows].join('\n')}\n`
}

/** Writes settings as the file keeps them. */
export function writeSettings(home: Home, settings: Record<string, string>) {
  mkdirSync(dirname(home.configFile), { recursive: true })
  writeFileSync(home.configFile, JSON.stringify(settings))
}
