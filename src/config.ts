import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import envPaths from 'env-paths'
import { type CallRules, DEFAULT_CALL_RULES } from './domain/call-rules.ts'
import { VacliError } from './errors.ts'
import { type SettingKey, SETTINGS } from './settings.ts'

export const MODES = ['sandbox', 'live'] as const
export type Mode = (typeof MODES)[number]
export type Origin = 'flag' | 'environment' | 'file' | 'default'

/** Everything that was set, from whichever place won. Frozen: a command changes the file, never this. */
export interface Config {
  mode: Mode
  database: string
  operator: string
  paths: { config: string, data: string, state: string, configFile: string }
  clockShiftMs: number
  exotel: { baseUrl: string | null, sid: string, key: string, token: string, callerId: string, flowId: string, timeOutS: number, timeLimitS: number, record: boolean, httpTimeoutMs: number }
  webhook: { publicUrl: string | null, secret: string | null }
  call: { perMinute: number, concurrency: number }
  lender: { name: string | null, autodialerNoticeRef: string | null, require1600: string | null }
  rules: CallRules
  /** No escape byte on any stream. */
  noColor: boolean
  /** Every setting with its value and where it came from. */
  settings: Record<SettingKey, { value: string | null, origin: Origin }>
  /** What is wrong with the settings. Commands that mend settings work all the same; every other refuses. */
  problems: VacliError[]
}

export interface GlobalFlags { db?: string, config?: string, color?: boolean }
export type Environment = Record<string, string | undefined>

const LIVE_BASE_URL = 'https://api.in.exotel.com'
const SANDBOX_ACCOUNT: Partial<Record<SettingKey, string>> = { 'exotel.sid': 'sandbox', 'exotel.key': 'sandbox', 'exotel.token': 'sandbox', 'exotel.caller_id': '08047100000', 'exotel.flow_id': '1' }

/** Reads every setting: flag, then environment, then file, then default. */
export function readConfig(flags: GlobalFlags = {}, env: Environment = process.env): Config {
  const folders = envPaths('vacli', { suffix: '' })
  const configFile = flags.config ?? join(folders.config, 'config.json')
  const file = readSettingsFile(configFile)
  const problems: VacliError[] = []
  const settings = resolveSettings({ flags, env, file, configFile, problems })
  const value = (key: SettingKey) => settings[key].value
  const mode = value('mode') as Mode
  return Object.freeze({
    mode,
    database: value('database') ?? join(folders.data, mode === 'live' ? 'vacli.db' : 'vacli.sandbox.db'),
    operator: value('operator') ?? osUser(),
    paths: { config: folders.config, data: folders.data, state: folders.log, configFile },
    clockShiftMs: readClockShift(env, mode, problems),
    exotel: readExotel(settings, env, mode, problems),
    webhook: { publicUrl: readPublicUrl(settings, mode, problems), secret: value('webhook.secret') },
    call: { perMinute: Number(value('call.rate_per_minute')), concurrency: Number(value('call.concurrency')) },
    lender: { name: value('lender.name'), autodialerNoticeRef: value('compliance.autodialer_notice_ref'), require1600: value('compliance.require_1600') },
    rules: readRules(value),
    noColor: flags.color === false || Boolean(env.NO_COLOR) || env.TERM === 'dumb',
    settings,
    problems,
  })
}

/** The settings file as it stands; empty when there is none. */
export function readSettingsFile(path: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return {}
    throw new VacliError('setup', `${path} cannot be read: ${(error as Error).message}`, { hint: `ls -l ${path}`, cause: error })
  }
  try {
    return verifySettings(JSON.parse(text))
  }
  catch (error) {
    throw new VacliError('setup', `${path} is not a settings file`, { hint: `Mend it, or move it away and run vacli init: mv ${path} ${path}.old`, cause: error })
  }
}

function verifySettings(found: unknown): Record<string, string> {
  if (typeof found !== 'object' || found === null || Array.isArray(found) || Object.values(found).some(value => typeof value !== 'string'))
    throw new Error('it takes one object of texts')
  return found as Record<string, string>
}

interface Sources { flags: GlobalFlags, env: Environment, file: Record<string, string>, configFile: string, problems: VacliError[] }

function resolveSettings({ flags, env, file, configFile, problems }: Sources): Config['settings'] {
  for (const key of Object.keys(file).filter(key => !Object.hasOwn(SETTINGS, key)))
    problems.push(new VacliError('setup', `${configFile} has an unknown setting, "${key}"`, { hint: `vacli config unset ${key}` }))
  const fromFlag: Partial<Record<SettingKey, string>> = { ...(flags.db === undefined ? {} : { database: flags.db }) }

  return Object.fromEntries((Object.keys(SETTINGS) as SettingKey[]).map((key) => {
    const { env: name, default: fallback } = SETTINGS[key]
    const sources: [string | undefined, Origin][] = [[fromFlag[key], 'flag'], [name ? env[name] || undefined : undefined, 'environment'], [file[key], 'file']]
    const [given, origin] = sources.find(([text]) => text !== undefined) ?? [fallback, 'default' as const]
    const problem = given === undefined ? undefined : findProblem(key, given, { flag: 'Name another.', environment: `unset ${name}`, file: `vacli config unset ${key}`, default: '' }[origin])
    if (problem)
      problems.push(problem)
    return [key, { value: (problem ? fallback : given) ?? null, origin: problem ? 'default' : origin }]
  })) as Config['settings']
}

/** Returns the value as it is stored, or says what the setting takes. */
export function verifySetting(key: SettingKey, value: string): string {
  const problem = findProblem(key, value, `vacli config set ${key} ${SETTINGS[key].default ?? '<value>'}`)
  if (problem)
    throw problem
  return value
}

function findProblem(key: SettingKey, value: string, hint: string): VacliError | undefined {
  const problem = SETTINGS[key].findProblem(value)
  return problem === undefined ? undefined : new VacliError('invalid', `${key} cannot be "${SETTINGS[key].secret ? '…' : value}": ${problem}`, { hint })
}

// A container may run under a number that no user has.
function osUser(): string {
  try {
    return userInfo().username
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR')
      return `uid-${process.getuid?.() ?? 'unknown'}`
    throw error
  }
}

/** Where Exotel reports; in the sandbox only the environment's word counts, and only for this machine. */
function readPublicUrl(settings: Config['settings'], mode: Mode, problems: VacliError[]): string | null {
  const { value, origin } = settings['webhook.public_url']
  if (mode === 'live' || value === null)
    return value
  if (origin !== 'environment')
    return null
  if (!isLoopback(value))
    problems.push(new VacliError('setup', `sandbox mode never leaves this machine, and ${value} is elsewhere`, { hint: 'unset VACLI_WEBHOOK_PUBLIC_URL' }))
  return value
}

function readExotel(settings: Config['settings'], env: Environment, mode: Mode, problems: VacliError[]): Config['exotel'] {
  // Real keys never leave for the sandbox: only what the environment says replaces what it hands out itself.
  const sandboxText = (key: SettingKey) => settings[key].origin === 'environment' ? settings[key].value : SANDBOX_ACCOUNT[key]
  const text = (key: SettingKey) => (mode === 'sandbox' ? sandboxText(key) : undefined) ?? settings[key].value ?? ''
  const baseUrl = mode === 'live' ? settings['exotel.base_url'].value ?? LIVE_BASE_URL : env.VACLI_EXOTEL_BASE_URL || null
  if (baseUrl !== null && isLoopback(baseUrl) !== (mode === 'sandbox')) {
    problems.push(mode === 'sandbox'
      ? new VacliError('setup', `sandbox mode never leaves this machine, and ${baseUrl} is elsewhere`, { hint: 'Unset VACLI_EXOTEL_BASE_URL, or set VACLI_MODE=live.' })
      : new VacliError('setup', `live mode calls Exotel, and ${baseUrl} is this machine`, { hint: 'Unset exotel.base_url, or set VACLI_MODE=sandbox.' }))
  }
  else if (mode === 'live' && !baseUrl!.startsWith('https:')) {
    problems.push(new VacliError('setup', `live mode sends keys, and ${baseUrl} would carry them in the open`, { hint: 'vacli config set exotel.base_url https://api.in.exotel.com' }))
  }
  return {
    baseUrl,
    sid: text('exotel.sid'),
    key: text('exotel.key'),
    token: text('exotel.token'),
    callerId: text('exotel.caller_id'),
    flowId: text('exotel.flow_id'),
    timeOutS: Number(text('call.time_out_s')),
    timeLimitS: Number(text('call.time_limit_s')),
    record: text('call.record') === 'true',
    httpTimeoutMs: Number(text('call.http_timeout_s')) * 1000,
  }
}

function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function readClockShift(env: Environment, mode: Mode, problems: VacliError[]): number {
  const text = env.VACLI_CLOCK_SHIFT
  if (!text)
    return 0
  if (mode === 'live')
    problems.push(new VacliError('setup', 'VACLI_CLOCK_SHIFT moves the clock, and live calls go by the real one', { hint: 'unset VACLI_CLOCK_SHIFT' }))
  else if (!/^[+-]?\d{1,10}$/.test(text))
    problems.push(new VacliError('invalid', `VACLI_CLOCK_SHIFT cannot be "${text}": it takes seconds`, { hint: 'export VACLI_CLOCK_SHIFT=-3600' }))
  else
    return Number(text) * 1000
  return 0
}

function readRules(value: (key: SettingKey) => string | null): CallRules {
  const number = (key: SettingKey) => Number(value(key))
  const [open, close] = value('call.window')!.split('-').map(minutesOf)
  return {
    ...DEFAULT_CALL_RULES,
    windowOpenMin: open!,
    windowCloseMin: close!,
    caps: { phoneDay: number('caps.phone_day'), loanDay: number('caps.loan_day'), customerDay: number('caps.customer_day'), phone7d: number('caps.phone_7d'), loan7d: number('caps.loan_7d') },
    retryMax: number('retry.max'),
    gapMin: { noAnswer: number('retry.gap_no_answer_min'), busy: number('retry.gap_busy_min'), failed: number('retry.gap_failed_min') },
    cooloffDays: number('cooloff.after_conversation_days'),
    maxDataAgeH: number('data.max_age_h'),
    phoneMaxCustomers: number('phone.max_customers'),
  }
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return hours! * 60 + minutes!
}
