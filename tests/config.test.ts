import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Environment, readConfig as resolveConfig, readSettingsFile, verifySetting } from '../src/config.ts'
import { DEFAULT_CALL_RULES } from '../src/domain/call-rules.ts'
import { VacliError } from '../src/errors.ts'
import { type SettingKey, SETTING_KEYS, SETTINGS } from '../src/settings.ts'
import { changeSettings } from '../src/settings-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'vacli-config-'))
const NO_FILE = join(folder, 'none.json')
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(content: object | string): string {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** As every command but those that mend settings: the first problem ends it. */
function readConfig(...sources: Parameters<typeof resolveConfig>) {
  const config = resolveConfig(...sources)
  if (config.problems[0])
    throw config.problems[0]
  return config
}

const read = (settings: Record<string, string> = {}, env: Environment = {}) => readConfig({ config: fileOf(settings) }, env)

function failure(action: () => unknown): { code: string, message: string, hint: string | undefined } {
  try {
    action()
  }
  catch (error) {
    if (error instanceof VacliError)
      return { code: error.code, message: error.message, hint: error.options.hint }
    throw error
  }
  throw new Error('nothing was thrown')
}

// A value other than the default for every setting that the environment can give (cli.md, "Settings").
const VARIABLES: Partial<Record<SettingKey, { name: string, value: string }>> = {
  database: { name: 'VACLI_DATABASE', value: '/srv/vacli.db' },
  mode: { name: 'VACLI_MODE', value: 'live' },
  operator: { name: 'VACLI_OPERATOR', value: 'asha' },
  'exotel.base_url': { name: 'VACLI_EXOTEL_BASE_URL', value: 'http://127.0.0.1:8786' },
  'exotel.sid': { name: 'VACLI_EXOTEL_SID', value: 'examplelender1' },
  'exotel.key': { name: 'VACLI_EXOTEL_KEY', value: 'key' },
  'exotel.token': { name: 'VACLI_EXOTEL_TOKEN', value: 'token' },
  'exotel.caller_id': { name: 'VACLI_EXOTEL_CALLER_ID', value: '1600123456' },
  'exotel.flow_id': { name: 'VACLI_EXOTEL_FLOW_ID', value: '77' },
  'webhook.public_url': { name: 'VACLI_WEBHOOK_PUBLIC_URL', value: 'http://127.0.0.1:8787' },
  'webhook.secret': { name: 'VACLI_WEBHOOK_SECRET', value: '0123456789abcdef' },
}

describe('where a setting comes from', () => {
  it('is the default where nobody says anything', () => {
    const config = readConfig({ config: NO_FILE }, {})
    expect(config).toMatchObject({
      mode: 'sandbox', operator: userInfo().username, clockShiftMs: 0, noColor: false, webhook: { publicUrl: null, secret: null }, call: { perMinute: 60, concurrency: 8 },
      lender: { name: null, autodialerNoticeRef: null, require1600: 'true' },
      exotel: { baseUrl: null, sid: 'sandbox', key: 'sandbox', token: 'sandbox', callerId: '08047100000', flowId: '1', timeOutS: 30, timeLimitS: 300, record: true, httpTimeoutMs: 65_000 },
    })
    expect(config.rules).toEqual(DEFAULT_CALL_RULES)
    expect(config.database).toBe(join(config.paths.data, 'vacli.sandbox.db'))
    expect(new Set(SETTING_KEYS.map(key => config.settings[key].origin))).toEqual(new Set(['default']))
  })

  it.each(Object.entries(VARIABLES) as [SettingKey, { name: string, value: string }][])('%s takes $name before the file', (key, { name, value }) => {
    const inFile = { [key]: key === 'mode' ? 'sandbox' : key === 'webhook.secret' ? 'fedcba9876543210' : key === 'exotel.base_url' || key === 'webhook.public_url' ? 'https://file.example' : '1' }
    expect(read(inFile, { [name]: value }).settings[key]).toEqual({ value, origin: 'environment' })
    expect(read(inFile, { [name]: '' }).settings[key], 'a blank variable says nothing').toEqual({ value: inFile[key], origin: 'file' })
  })

  it('knows the environment of cli.md and no other', () => {
    const named = SETTING_KEYS.flatMap(key => SETTINGS[key].env ? [[key, SETTINGS[key].env]] : [])
    expect(named).toEqual(Object.entries(VARIABLES).map(([key, { name }]) => [key, name]))
  })

  it('takes the flag before the environment and the file', () => {
    const config = readConfig({ config: fileOf({ database: '/file.db' }), db: '/flag.db' }, { VACLI_DATABASE: '/environment.db' })
    expect(config.database).toBe('/flag.db')
    expect(config.settings.database).toEqual({ value: '/flag.db', origin: 'flag' })
  })

  it('cannot be changed by a command', () => {
    expect(Object.isFrozen(read())).toBe(true)
  })

  it('names the database after the mode', () => {
    expect(read({ mode: 'live' }).database).toMatch(/vacli\.db$/)
    expect(read({ mode: 'sandbox' }).database).toMatch(/vacli\.sandbox\.db$/)
  })
})

describe('the address of Exotel', () => {
  it.each(['http://127.0.0.1:8786', 'http://127.8.9.1:1', 'http://localhost:8786', 'http://[::1]:8786'])('in sandbox mode may be %s', (address) => {
    expect(read({}, { VACLI_EXOTEL_BASE_URL: address }).exotel.baseUrl).toBe(address)
    expect(failure(() => read({ mode: 'live' }, { VACLI_EXOTEL_BASE_URL: address }))).toMatchObject({ code: 'setup', message: expect.stringContaining(address) })
  })

  it.each(['https://api.in.exotel.com', 'https://127.0.0.1.example.com', 'http://localhost.example.com', 'http://0.0.0.0:1', 'http://10.0.0.1', 'http://127.0.0.1@example.com', 'http://[::ffff:7f00:1]:1', 'http://128.0.0.1'])('in sandbox mode may not be %s', (address) => {
    expect(failure(() => read({}, { VACLI_EXOTEL_BASE_URL: address }))).toMatchObject({ code: 'setup', message: `sandbox mode never leaves this machine, and ${address} is elsewhere` })
  })

  it('in live mode is Exotel\'s unless it is set', () => {
    expect(read({ mode: 'live' }).exotel.baseUrl).toBe('https://api.in.exotel.com')
    expect(read({ mode: 'live', 'exotel.base_url': 'https://api.exotel.com' }).exotel.baseUrl).toBe('https://api.exotel.com')
  })

  it('of the file is for live mode alone', () => {
    expect(read({ 'exotel.base_url': 'https://api.exotel.com' }).exotel.baseUrl).toBeNull()
  })
})

describe('the account', () => {
  const account = { 'exotel.sid': 'examplelender1', 'exotel.key': 'livekey', 'exotel.token': 'livetoken', 'exotel.caller_id': '1600123456', 'exotel.flow_id': '77' }

  it('of the file never reaches the sandbox', () => {
    expect(read(account).exotel).toMatchObject({ sid: 'sandbox', key: 'sandbox', token: 'sandbox', callerId: '08047100000', flowId: '1' })
  })

  it('is used in live mode', () => {
    expect(read({ mode: 'live', ...account }).exotel).toMatchObject({ sid: 'examplelender1', key: 'livekey', token: 'livetoken', callerId: '1600123456', flowId: '77' })
    expect(read({ mode: 'live' }).exotel).toMatchObject({ sid: '', key: '', token: '', callerId: '', flowId: '' })
  })

  it('of a sandbox elsewhere may be named in the environment', () => {
    expect(read({}, { VACLI_EXOTEL_SID: 'training', VACLI_EXOTEL_KEY: 'k' }).exotel).toMatchObject({ sid: 'training', key: 'k', token: 'sandbox' })
  })
})

describe('the clock', () => {
  it.each([['3600', 3_600_000], ['+3600', 3_600_000], ['-86400', -86_400_000], ['0', 0], ['', 0]])('is shifted by VACLI_CLOCK_SHIFT=%s', (text, ms) => {
    expect(read({}, { VACLI_CLOCK_SHIFT: text }).clockShiftMs).toBe(ms)
  })

  it.each(['1h', '1.5', 'x', '- 5', '99999999999'])('is not shifted by "%s"', (text) => {
    expect(failure(() => read({}, { VACLI_CLOCK_SHIFT: text }))).toMatchObject({ code: 'invalid', message: `VACLI_CLOCK_SHIFT cannot be "${text}": it takes seconds` })
  })

  it('stands still in live mode', () => {
    expect(failure(() => read({ mode: 'live' }, { VACLI_CLOCK_SHIFT: '60' }))).toMatchObject({ code: 'setup', hint: 'unset VACLI_CLOCK_SHIFT' })
    expect(failure(() => read({ mode: 'live' }, { VACLI_CLOCK_SHIFT: '0' }))).toMatchObject({ code: 'setup' })
    expect(read({ mode: 'live' }).clockShiftMs).toBe(0)
  })
})

describe('rules', () => {
  it('are read from the settings', () => {
    expect(read({ 'call.window': '08:00-19:00', 'caps.phone_day': '1', 'retry.gap_busy_min': '45', 'cooloff.after_conversation_days': '5', 'data.max_age_h': '48' }).rules)
      .toEqual({ ...DEFAULT_CALL_RULES, windowOpenMin: 480, windowCloseMin: 1140, caps: { ...DEFAULT_CALL_RULES.caps, phoneDay: 1 }, gapMin: { ...DEFAULT_CALL_RULES.gapMin, busy: 45 }, cooloffDays: 5, maxDataAgeH: 48 })
  })

  it.each([
    ['call.window', ['08:00-19:00', '09:00-09:30', '10:15-18:45'], ['07:59-19:00', '08:00-19:01', '09:00-09:29', '18:00-09:00', '9:00-18:00', '09:00-18:60', '09:00–18:00', '']],
    ['caps.phone_day', ['1', '3'], ['0', '4', '-1', '1.5', 'two', ' 2']],
    ['caps.phone_7d', ['1', '10'], ['0', '11']],
    ['retry.max', ['0', '2'], ['3']],
    ['retry.gap_no_answer_min', ['30', '1440'], ['29', '1441']],
    ['cooloff.after_conversation_days', ['1', '30'], ['0', '31']],
    ['call.time_out_s', ['10', '120'], ['9', '121']],
    ['call.http_timeout_s', ['60', '300'], ['59', '301']],
    ['call.record', ['true', 'false'], ['yes', 'TRUE', '1']],
    ['mode', ['sandbox', 'live'], ['Live', 'test']],
    ['webhook.public_url', ['https://calls.example.in', 'http://127.0.0.1:8787/x'], ['calls.example.in', 'ftp://x', 'javascript:alert(1)']],
    ['webhook.secret', ['0123456789abcdef'], ['0123456789abcde']],
    ['exotel.flow_id', ['77', 'a_1'], ['1/../2', '1?x=2', '']],
    ['compliance.require_1600', ['true', 'waived until 2026-12-31: number applied for'], ['false', 'waived', 'waived until 31/12/2026: x']],
  ] as [SettingKey, string[], string[]][])('%s takes what is lawful and nothing else', (key, good, bad) => {
    for (const value of good)
      expect(verifySetting(key, value)).toBe(value)
    for (const value of bad)
      expect(failure(() => verifySetting(key, value)), value).toMatchObject({ code: 'invalid', message: expect.stringContaining(`${key} cannot be "${SETTINGS[key].secret ? '…' : value}": `) })
  })

  it('do not show a secret that was refused', () => {
    expect(failure(() => verifySetting('webhook.secret', 'short')).message).not.toContain('short')
  })
})

describe('escape bytes', () => {
  it.each([[{ NO_COLOR: '1' }, true], [{ NO_COLOR: '' }, false], [{ TERM: 'dumb' }, true], [{ TERM: 'xterm' }, false]])('%j', (env, plain) => {
    expect(read({}, env as Environment).noColor).toBe(plain)
  })

  it('are switched off by --no-color', () => {
    expect(readConfig({ config: NO_FILE, color: false }, {}).noColor).toBe(true)
  })
})

describe('a settings file that cannot be used', () => {
  it.each([['text', 'mode = live'], ['half a document', '{"mode":'], ['a list', '["mode"]'], ['a number for a value', '{"call.concurrency": 8}'], ['nothing', '']])('%s', (_, content) => {
    const path = fileOf(content)
    expect(failure(() => readConfig({ config: path }, {}))).toEqual({ code: 'setup', message: `${path} is not a settings file`, hint: expect.stringContaining(`mv ${path} ${path}.old`) })
  })

  it('is named together with what to mend in it', () => {
    const path = fileOf({ 'caps.phone_day': '99' })
    expect(failure(() => readConfig({ config: path }, {}))).toEqual({ code: 'invalid', message: 'caps.phone_day cannot be "99": it takes a whole number from 1 to 3', hint: 'vacli config unset caps.phone_day' })
    const odd = fileOf({ 'lender.nmae': 'Example' })
    expect(failure(() => readConfig({ config: odd }, {}))).toEqual({ code: 'setup', message: `${odd} has an unknown setting, "lender.nmae"`, hint: 'vacli config unset lender.nmae' })
    expect(failure(() => read({}, { VACLI_MODE: 'prod' }))).toMatchObject({ hint: 'unset VACLI_MODE' })
  })

  it('a folder in its place', () => {
    expect(failure(() => readSettingsFile(folder))).toMatchObject({ code: 'setup', message: expect.stringContaining(`${folder} cannot be read`) })
  })

  it('names of objects are only names', () => {
    expect(failure(() => readConfig({ config: fileOf('{"constructor": "x"}') }, {}))).toMatchObject({ code: 'setup', message: expect.stringContaining('constructor') })
  })
})

describe('changing settings', () => {
  it('keeps the others, takes out what is null, and leaves the file as it was when a value is refused', () => {
    const path = fileOf({ 'lender.name': 'Example', 'call.concurrency': '4' })
    changeSettings(path, { 'call.concurrency': null, operator: 'asha' })
    expect(readSettingsFile(path)).toEqual({ 'lender.name': 'Example', operator: 'asha' })
    expect(failure(() => changeSettings(path, { 'lender.name': 'Other', 'caps.phone_day': '99' }))).toMatchObject({ code: 'invalid' })
    expect(readSettingsFile(path)).toEqual({ 'lender.name': 'Example', operator: 'asha' })
  })
})

describe('the address of the listener', () => {
  it('in sandbox mode is never the one that the file names for live calls', () => {
    expect(read({ 'webhook.public_url': 'https://calls.example.in' }).webhook.publicUrl).toBeNull()
    expect(read({ 'webhook.public_url': 'https://calls.example.in', mode: 'live' }).webhook.publicUrl).toBe('https://calls.example.in')
  })

  it('in sandbox mode must be this machine', () => {
    expect(read({}, { VACLI_WEBHOOK_PUBLIC_URL: 'http://127.0.0.1:8787' }).webhook.publicUrl).toBe('http://127.0.0.1:8787')
    expect(failure(() => read({}, { VACLI_WEBHOOK_PUBLIC_URL: 'https://calls.example.in' }))).toMatchObject({ code: 'setup' })
  })
})
