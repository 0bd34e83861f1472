import { readSettingsFile } from '../config.ts'
import type { Context } from '../context.ts'
import { VacliError } from '../errors.ts'
import { type SettingKey, SETTING_KEYS, SETTINGS } from '../settings.ts'
import { changeSettings } from '../settings-file.ts'
import { emitJson } from '../ui/emit.ts'
import { errorText } from '../ui/error-text.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerIo } from './answer.ts'
import { choice } from './filters.ts'

const shown = (key: SettingKey, value: string | null) => value !== null && SETTINGS[key].secret ? '(set)' : value

/** Every setting with its value; secrets only say that they are set. */
export function listConfig(context: Context, { origin }: { origin?: boolean }): void {
  const io = answerIo(context)
  const { settings, problems } = context.config
  for (const { message, code, options } of problems)
    context.io.err(errorText({ code, message, hint: options.hint }, context.flags))
  if (context.flags.json)
    return emitJson(io, Object.fromEntries(SETTING_KEYS.map(key => [key, origin ? { value: shown(key, settings[key].value), origin: settings[key].origin } : shown(key, settings[key].value)])))
  for (const key of SETTING_KEYS)
    io.out(`${key.padEnd(38)} ${plainText(shown(key, settings[key].value) ?? '–')}${origin ? `  (${settings[key].origin})` : ''}\n`)
}

export function getConfig(context: Context, name: string): void {
  const key = settingKey(name)
  const { value, origin } = context.config.settings[key]
  if (context.flags.json)
    return emitJson(answerIo(context), { key, value: shown(key, value), origin })
  answerIo(context).out(`${plainText(shown(key, value) ?? '')}\n`)
}

/** Sets one setting; a secret is never an argument, it is asked for or read from standard input. */
export async function setConfig(context: Context, name: string, given: string | undefined): Promise<void> {
  const key = settingKey(name)
  if (SETTINGS[key].secret && given !== undefined)
    throw new VacliError('invalid', `${key} is a secret and would stand in your shell's history`, { hint: `vacli config set ${key}   (it asks; or pipe it in: vacli config set ${key} < file)` })
  const value = given ?? await readValue(context, key)
  changeSettings(context.config.paths.configFile, { [key]: value })
  await tellRuns(context, key)
  answerChange(context, key, shown(key, value))
  if (SETTINGS[key].env && context.config.settings[key].origin === 'environment')
    context.io.err(`but ${SETTINGS[key].env} is set too, and wins\n`)
}

export async function unsetConfig(context: Context, name: string): Promise<void> {
  const { configFile } = context.config.paths
  // Also one that no vacli knows any more: it is what stands in the way.
  const key = Object.hasOwn(readSettingsFile(configFile), name) ? name as SettingKey : settingKey(name)
  changeSettings(configFile, { [key]: null })
  await tellRuns(context, key)
  answerChange(context, key, null)
}

export function printConfigPath(context: Context): void {
  const { configFile } = context.config.paths
  if (context.flags.json)
    return emitJson(answerIo(context), { config: configFile })
  answerIo(context).out(`${configFile}\n`)
}

/** A run that goes on reads its rules again before its next dial. A setting stands also where there is no database that could be told. */
async function tellRuns(context: Context, key: SettingKey) {
  if (!/^(?:call|caps|retry|cooloff|data)\./.test(key))
    return
  try {
    await (await context.openStore()).bumpEpoch()
  }
  catch (error) {
    if (!(error instanceof VacliError && error.code === 'setup'))
      throw error
  }
}

function answerChange(context: Context, key: SettingKey, value: string | null) {
  const { configFile } = context.config.paths
  if (context.flags.json)
    return emitJson(answerIo(context), { key, value, config: configFile })
  if (!context.flags.quiet)
    context.io.err(`${key} is ${value === null ? 'no longer set' : 'set'} in ${configFile}\n`)
}

async function readValue({ io, flags }: Context, key: SettingKey): Promise<string> {
  if (io.stdinIsTerminal) {
    const { askSecret } = await import('../ui/prompt.ts')
    return askSecret(io, key, { flag: `a value: vacli config set ${key} < file`, input: flags.input !== false })
  }
  const chunks: Buffer[] = []
  for await (const chunk of io.stdin)
    chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks).toString().trim()
}

function settingKey(name: string): SettingKey {
  return choice(name, 'the setting', SETTING_KEYS)!
}
