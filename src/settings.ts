import { OUTER_WINDOW_MIN } from './domain/call-rules.ts'

/** Says what a setting takes where the value does not fit. Every setting is text, so that no schema library need be loaded for one. */
type Check = (value: string) => string | undefined

export interface Setting {
  help: string
  findProblem: Check
  env?: string
  default?: string
  secret?: boolean
}

const check = (fits: (value: string) => boolean, problem: string): Check => value => fits(value) ? undefined : problem
const matching = (pattern: RegExp, problem: string) => check(value => pattern.test(value), problem)

const text = check(value => value !== '', 'it cannot be blank')
const whole = (min: number, max: number) => check(value => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max, `it takes a whole number from ${min} to ${max}`)
const oneOf = (...values: string[]) => check(value => values.includes(value), `it takes ${values.join(' or ')}`)
const webUrl = check(value => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'it takes an address such as https://calls.example.in')

const hours = matching(/^\d{2}:[0-5]\d-\d{2}:[0-5]\d$/, 'it takes hours such as 09:00-18:00')
const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const lawful = check((value) => {
  const [open, close] = value.split('-').map(minutes)
  return open! >= OUTER_WINDOW_MIN.open && close! <= OUTER_WINDOW_MIN.close && close! - open! >= 30
}, 'calls are lawful between 08:00 and 19:00 only, and the window must be half an hour at least')
const window: Check = value => hours(value) ?? lawful(value)

/** Every setting: what it takes, its environment name and its default (cli.md, domain.md section 4). Caps and gaps go up to the hard limits only. */
const TABLE = {
  database: { help: 'path of the SQLite file, or postgres://…', findProblem: text, env: 'VACLI_DATABASE' },
  mode: { help: 'sandbox spends nothing; live reaches Exotel', findProblem: oneOf('sandbox', 'live'), env: 'VACLI_MODE', default: 'sandbox' },
  operator: { help: 'who is at work; default: the OS user', findProblem: text, env: 'VACLI_OPERATOR' },
  'lender.name': { help: 'the lender in whose name calls are made; live calls need it', findProblem: text },
  'compliance.autodialer_notice_ref': { help: 'reference and date of the notice to the telephone company, or "waived: <why>"; live calls need it', findProblem: text },
  'compliance.require_1600': { help: 'true: the caller id must be of the 1600 series; or "waived until YYYY-MM-DD: <why>"', findProblem: matching(/^(?:true|waived until \d{4}-\d{2}-\d{2}: .+)$/, 'it takes true, or "waived until YYYY-MM-DD: <why>"'), default: 'true' },
  'exotel.base_url': { help: 'Exotel\'s address; https://api.exotel.com for Singapore', findProblem: webUrl, env: 'VACLI_EXOTEL_BASE_URL' },
  'exotel.sid': { help: 'account SID', findProblem: text, env: 'VACLI_EXOTEL_SID' },
  'exotel.key': { help: 'API key', findProblem: text, env: 'VACLI_EXOTEL_KEY', secret: true },
  'exotel.token': { help: 'API token', findProblem: text, env: 'VACLI_EXOTEL_TOKEN', secret: true },
  'exotel.caller_id': { help: 'the ExoPhone that borrowers see', findProblem: text, env: 'VACLI_EXOTEL_CALLER_ID' },
  'exotel.flow_id': { help: 'app id of the flow with the voice assistant', findProblem: matching(/^\w+$/, 'it takes the number of the flow'), env: 'VACLI_EXOTEL_FLOW_ID' },
  'webhook.public_url': { help: 'address under which Exotel reaches webhook serve', findProblem: webUrl, env: 'VACLI_WEBHOOK_PUBLIC_URL' },
  'webhook.secret': { help: 'signs the callback addresses; made on first need', findProblem: check(value => value.length >= 16, 'it takes 16 characters or more'), env: 'VACLI_WEBHOOK_SECRET', secret: true },
  'call.window': { help: 'hours of calls, Indian time', findProblem: window, default: '09:00-18:00' },
  'call.rate_per_minute': { help: 'calls started a minute', findProblem: whole(1, 100_000), default: '60' },
  'call.concurrency': { help: 'calls open at once', findProblem: whole(1, 1000), default: '8' },
  'call.time_out_s': { help: 'how long a phone rings', findProblem: whole(10, 120), default: '30' },
  'call.time_limit_s': { help: 'longest call', findProblem: whole(30, 14_400), default: '300' },
  'call.record': { help: 'record calls', findProblem: oneOf('true', 'false'), default: 'true' },
  'call.http_timeout_s': { help: 'how long to wait for Exotel; it dials before it answers', findProblem: whole(60, 300), default: '65' },
  'caps.phone_day': { help: 'calls to one phone a day', findProblem: whole(1, 3), default: '2' },
  'caps.loan_day': { help: 'calls on one loan a day', findProblem: whole(1, 3), default: '2' },
  'caps.customer_day': { help: 'calls to one customer a day', findProblem: whole(1, 3), default: '2' },
  'caps.phone_7d': { help: 'calls to one phone in 7 days', findProblem: whole(1, 10), default: '7' },
  'caps.loan_7d': { help: 'calls on one loan in 7 days', findProblem: whole(1, 10), default: '7' },
  'retry.max': { help: 'further tries on the same day', findProblem: whole(0, 2), default: '1' },
  'retry.gap_no_answer_min': { help: 'minutes after no answer', findProblem: whole(30, 1440), default: '120' },
  'retry.gap_busy_min': { help: 'minutes after busy', findProblem: whole(30, 1440), default: '30' },
  'retry.gap_failed_min': { help: 'minutes after a failed call', findProblem: whole(30, 1440), default: '30' },
  'cooloff.after_conversation_days': { help: 'days of rest after a conversation, its own day counted', findProblem: whole(1, 30), default: '3' },
  'phone.max_customers': { help: 'borrowers who may share a phone before a person must look', findProblem: whole(1, 50), default: '5' },
  'data.max_age_h': { help: 'how old a file may be, Sundays and holidays not counted', findProblem: whole(1, 720), default: '36' },
} satisfies Record<string, Setting>

export type SettingKey = keyof typeof TABLE

export const SETTINGS: Record<SettingKey, Setting> = TABLE
export const SETTING_KEYS = Object.keys(TABLE) as SettingKey[]
