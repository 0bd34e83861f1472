import { verifyMayDial } from '../app/live-terms.ts'
import type { Mode } from '../config.ts'
import { readConfig, verifySetting } from '../config.ts'
import type { Context } from '../context.ts'
import { istDate } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import type { SettingKey } from '../settings.ts'
import { changeSettings } from '../settings-file.ts'
import { emitJson } from '../ui/emit.ts'
import { ask, askSecret, choose } from '../ui/prompt.ts'
import { answerIo } from './answer.ts'

export interface InitFlags { mode?: string, lender?: string, sid?: string, callerId?: string, flowId?: string, window?: string, publicUrl?: string, noticeRef?: string }

type Answers = Partial<Record<SettingKey, string>>

const FLAGS = { mode: 'mode', lender: 'lender.name', sid: 'exotel.sid', callerId: 'exotel.caller_id', flowId: 'exotel.flow_id', window: 'call.window', publicUrl: 'webhook.public_url', noticeRef: 'compliance.autodialer_notice_ref' } as const satisfies Record<keyof InitFlags, SettingKey>

/** Sets vacli up: settings, secret and database. It asks on a terminal; without one the flags answer and the rest keeps its default. */
export async function runInit(context: Context, flags: InitFlags): Promise<void> {
  const { io, config } = context
  const given = Object.fromEntries((Object.entries(FLAGS) as [keyof InitFlags, SettingKey][]).flatMap(([flag, key]) => flags[flag] === undefined ? [] : [[key, verifySetting(key, flags[flag])]])) as Answers
  const asks = io.stdinIsTerminal && context.flags.input !== false && !context.flags.json
  const answers = asks ? await askAll(context, given) : given
  if (answers.mode === 'live' && config.clockShiftMs !== 0)
    throw new VacliError('setup', 'VACLI_CLOCK_SHIFT moves the clock, and live calls go by the real one', { hint: 'unset VACLI_CLOCK_SHIFT' })
  changeSettings(config.paths.configFile, answers)

  // What was just written decides which database is made.
  const { createContext } = await import('../context.ts')
  const made = createContext({ ...context, config: readConfig(context.flags) })
  context.onClose(made.close)
  const { getWebhookSecret } = await import('../webhook-secret.ts')
  getWebhookSecret(made.config)
  await made.openOrCreateStore()
  if (context.flags.json)
    return emitJson(answerIo(context), { mode: made.config.mode, database: made.config.database, config: made.config.paths.configFile })
  answerIo(context).out(`ready in ${made.config.mode} mode\n  database  ${made.config.database}\n  settings  ${made.config.paths.configFile}\n`)
  tellWhatIsMissing(made)
  io.err('next: vacli import file.csv\n')
}

/** Live settings may come one after the other; until all are there, no call is placed, and this says which is next. */
function tellWhatIsMissing({ config, io, now }: Context) {
  try {
    verifyMayDial({ mode: config.mode, lender: config.lender, account: config.exotel }, istDate(now()))
  }
  catch (error) {
    if (!(error instanceof VacliError))
      throw error
    io.err(`no call is placed yet: ${error.message}\n${error.options.hint}\n`)
  }
}

async function askAll({ io, config }: Context, given: Answers): Promise<Answers> {
  const value = (key: SettingKey) => config.settings[key].origin === 'default' && key !== 'call.window' ? undefined : config.settings[key].value ?? undefined
  const text = async (key: SettingKey, question: string, flag: string) => given[key] ?? await ask(io, question, { flag, default: value(key), validate: answer => answer === '' || isUsable(key, answer) })
  const mode = given.mode ?? await choose<Mode>(io, 'Mode', { flag: '--mode', default: config.mode, choices: [{ value: 'sandbox', name: 'sandbox: practise; nothing leaves this machine' }, { value: 'live', name: 'live: real calls through Exotel' }] })
  const answers: Answers = { ...given, mode, 'call.window': await text('call.window', 'Hours of calls', '--window') }
  if (mode === 'live') {
    answers['lender.name'] = await text('lender.name', 'Lender in whose name calls are made', '--lender')
    answers['exotel.sid'] = await text('exotel.sid', 'Exotel account SID', '--sid')
    answers['exotel.key'] = await askSecret(io, 'Exotel API key', { flag: 'VACLI_EXOTEL_KEY' })
    answers['exotel.token'] = await askSecret(io, 'Exotel API token', { flag: 'VACLI_EXOTEL_TOKEN' })
    answers['exotel.caller_id'] = await text('exotel.caller_id', 'Caller id (1600 series)', '--caller-id')
    answers['exotel.flow_id'] = await text('exotel.flow_id', 'Flow id of the voice assistant', '--flow-id')
    answers['webhook.public_url'] = await text('webhook.public_url', 'Public address of webhook serve (blank: ask Exotel instead)', '--public-url')
    answers['compliance.autodialer_notice_ref'] = await text('compliance.autodialer_notice_ref', 'Reference of the auto-dialer notice', '--notice-ref')
  }
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== '')) as Answers
}

function isUsable(key: SettingKey, answer: string): true | string {
  try {
    verifySetting(key, answer)
    return true
  }
  catch (error) {
    return (error as Error).message
  }
}
