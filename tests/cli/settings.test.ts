import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BIN, createHome, type Home, loanFile, query, type Row, start, writeSettings } from './run-vacli.ts'

const SECRET = 'a1b2c3d4e5f6a7b8c9d0'
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const settingsOf = (home: Home) => JSON.parse(readFileSync(home.configFile, 'utf8')) as Record<string, string>

describe.concurrent('config', () => {
  it('sets, gives and unsets a setting', async () => {
    const home = createHome()
    expect(await home.run('config set call.window 10:00-17:00')).toEqual({ code: 0, stdout: '', stderr: `call.window is set in ${home.configFile}\n` })
    expect(await home.run('config get call.window')).toEqual({ code: 0, stdout: '10:00-17:00\n', stderr: '' })
    expect(settingsOf(home)).toEqual({ 'call.window': '10:00-17:00' })
    expect(await home.run('config unset call.window')).toMatchObject({ code: 0, stderr: `call.window is no longer set in ${home.configFile}\n` })
    expect(await home.run('config get call.window')).toMatchObject({ stdout: '09:00-18:00\n' })
    expect(settingsOf(home)).toEqual({})
  })

  it('shows where each value comes from: flag, environment, file, default', async () => {
    const home = createHome({ VACLI_OPERATOR: 'ravi' })
    writeSettings(home, { operator: 'uma', 'lender.name': 'Example Finance', 'call.concurrency': '4' })
    const origin = await home.json<Record<string, Row>>('config list --origin --db /tmp/other.db')
    expect(origin).toMatchObject({
      database: { value: '/tmp/other.db', origin: 'flag' }, operator: { value: 'ravi', origin: 'environment' }, 'lender.name': { value: 'Example Finance', origin: 'file' },
      'call.concurrency': { value: '4', origin: 'file' }, mode: { value: 'sandbox', origin: 'default' },
    })
    const { stdout } = await home.run('config list --origin')
    expect(stdout).toMatch(/^operator +ravi {2}\(environment\)$/m)
    expect(stdout.trimEnd().split('\n').map(line => line.split(/\s+/)[0])).toEqual(Object.keys(origin))
    expect(Object.keys(await home.json('config list'))).toEqual(Object.keys(origin))
  })

  it('says when the environment wins over what was set', async () => {
    const home = createHome({ VACLI_OPERATOR: 'ravi' })
    expect(await home.run('config set operator uma')).toMatchObject({ code: 0, stderr: expect.stringContaining('but VACLI_OPERATOR is set too, and wins\n') })
  })

  it('reads another file with --config', async () => {
    const home = createHome()
    const other = join(home.folder, 'other/place/config.json')
    await home.run(['config', 'set', 'lender.name', 'Other Finance', '--config', other])
    expect(await home.run(['config', 'get', 'lender.name', '--config', other])).toMatchObject({ stdout: 'Other Finance\n' })
    expect(await home.run('config get lender.name')).toMatchObject({ stdout: '\n' })
    expect((await home.run(['config', 'path', '--config', other])).stdout).toBe(`${other}\n`)
    expect((await home.run('config path')).stdout).toBe(`${home.configFile}\n`)
  })

  it.each([
    ['call.window', '07:00-18:00'], ['caps.phone_day', '9'], ['exotel.base_url', 'api.exotel.com'], ['lender.name', ''],
  ])('does not take %s = "%s", and says what it takes', async (key, value) => {
    const home = createHome()
    const { code, stdout, stderr } = await home.run(['config', 'set', key, value])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .* cannot be ".*": .+\n/)
    expect(existsSync(home.configFile)).toBe(false)
  })

  it('finds the nearest name for a slip', async () => {
    expect(await createHome().run('config get exotel.tokn')).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean exotel.token?') })
  })

  it('keeps what it holds when a value is refused', async () => {
    const home = createHome()
    await home.run('config set lender.name Example')
    const before = readFileSync(home.configFile)
    await home.run('config set caps.phone_day 99')
    expect(readFileSync(home.configFile).equals(before)).toBe(true)
    expect(readdirSync(join(home.folder, 'config/vacli'))).toEqual(['config.json'])
  })
})

describe.concurrent('secrets', () => {
  it.each(['exotel.token', 'webhook.secret'])('%s comes from standard input, is never an argument and is never printed', async (key) => {
    const home = createHome({ VACLI_MODE: 'live', VACLI_CLOCK_SHIFT: '' })
    const argument = await home.run(`config set ${key} ${SECRET}`)
    expect(argument).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`config set ${key} < file`) })
    expect(argument.stderr).not.toContain(SECRET)
    expect(existsSync(home.configFile)).toBe(false)

    const set = await home.run(`config set ${key}`, { stdin: `${SECRET}\n` })
    expect(set).toEqual({ code: 0, stdout: '', stderr: `${key} is set in ${home.configFile}\n` })
    expect(settingsOf(home)).toEqual({ [key]: SECRET })
    for (const line of ['config list', 'config list --origin --json', `config get ${key}`, `config set ${key} --json`]) {
      const { stdout, stderr } = await home.run(line, { stdin: SECRET })
      expect(stdout + stderr).not.toContain(SECRET)
      expect(stdout).toContain('(set)')
    }
  })

  it('is asked for on a terminal and not echoed', async () => {
    const home = createHome()
    const { code, screen } = await home.terminal('config set exotel.token', { type: [{ cue: 'exotel.token', keys: `${SECRET}\r` }] })
    expect(code).toBe(0)
    expect(screen).not.toContain(SECRET)
    expect(settingsOf(home)).toEqual({ 'exotel.token': SECRET })
  })

  it('does not leave for the sandbox, nor stand in an error', async () => {
    const home = createHome()
    writeSettings(home, { 'exotel.key': SECRET, 'exotel.token': SECRET, 'exotel.sid': 'examplelender1' })
    await home.run('import -', { stdin: loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }]) })
    expect(await home.run('call --customer 1 --yes --verbose')).toMatchObject({ code: 0 })
    const everything = [readFileSync(home.database).toString('latin1'), readFileSync(home.ledgerFile, 'utf8')].join()
    expect(everything).not.toContain(SECRET)
    expect(everything).not.toContain('examplelender1')
  })

  it('of the webhook is made once, on first need', async () => {
    const home = createHome()
    await home.run('init --no-input')
    const file = join(home.folder, 'config/vacli/webhook.secret')
    const made = readFileSync(file, 'utf8')
    expect(made).toMatch(/^[0-9a-f]{64}$/)
    await home.run('init --no-input')
    const listener = await home.serve('webhook serve --port 0')
    expect(readFileSync(file, 'utf8')).toBe(made)
    expect(listener.stderr()).not.toContain(made)
  })
})

describe.concurrent('files', () => {
  it('belong to the owner alone, whatever the umask', async () => {
    const home = createHome()
    const file = home.write('loans.csv', loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }]))
    const shell = `umask 000; vacli() { '${process.execPath}' '${BIN}' "$@"; }; vacli init --no-input && vacli config set lender.name Example && vacli import '${file}' && vacli call --customer 1 --yes --name one`
    expect(await start('/bin/sh', ['-c', shell], home.env).ended).toMatchObject({ code: 0 })

    const modes = ['config', 'data', 'state'].flatMap((folder) => {
      const root = join(home.folder, folder)
      return [root, ...readdirSync(root, { recursive: true, encoding: 'utf8' }).map(name => join(root, name))]
    }).map(path => [path.slice(home.folder.length + 1), mode(path)])
    expect(modes.filter(([path, bits]) => bits !== (statSync(join(home.folder, path!)).isDirectory() ? '700' : '600'))).toEqual([])
    expect(modes.map(([path]) => path)).toEqual(expect.arrayContaining(['config/vacli/config.json', 'config/vacli/webhook.secret', 'data/vacli/vacli.sandbox.db', 'data/vacli/vacli.sandbox.db.ledger.ndjson', expect.stringMatching(/^state\/vacli\/run-[0-9a-f]{12}-one\.lock$/)]))
  })
})

describe.concurrent('init', () => {
  it('asks nothing without a terminal: flags answer, the rest keeps its default', async () => {
    const home = createHome()
    const run = await home.run(['init', '--lender', 'Example Finance Ltd', '--window', '10:00-17:00', '--public-url', 'https://calls.example.in', '--sid', 'examplelender1', '--caller-id', '1600123456', '--flow-id', '77', '--notice-ref', 'TEL/2026/1 of 2026-01-05'])
    expect(run).toEqual({ code: 0, stdout: `ready in sandbox mode\n  database  ${home.database}\n  settings  ${home.configFile}\n`, stderr: 'next: vacli import file.csv\n' })
    expect(settingsOf(home)).toEqual({
      'lender.name': 'Example Finance Ltd', 'call.window': '10:00-17:00', 'webhook.public_url': 'https://calls.example.in', 'exotel.sid': 'examplelender1',
      'exotel.caller_id': '1600123456', 'exotel.flow_id': '77', 'compliance.autodialer_notice_ref': 'TEL/2026/1 of 2026-01-05',
    })
    expect(query(home.database, `select value from meta where key = 'mode'`)).toEqual([{ value: 'sandbox' }])
  })

  it('may be run again and loses nothing', async () => {
    const home = createHome()
    await home.run('init --lender Example')
    await home.run('import -', { stdin: loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }]) })
    const before = home.tables()
    expect(await home.run('init --window 10:00-17:00')).toMatchObject({ code: 0 })
    expect(home.tables()).toEqual(before)
    expect(settingsOf(home)).toEqual({ 'lender.name': 'Example', 'call.window': '10:00-17:00' })
  })

  it.each([['--mode', 'prod'], ['--window', '06:00-22:00'], ['--public-url', 'calls.example.in']])('refuses %s %s and makes nothing', async (flag, value) => {
    const home = createHome()
    expect(await home.run(['init', flag, value])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`"${value}"`) })
    expect(readdirSync(home.folder)).toEqual([])
  })

  it('asks on a terminal, and the answers are kept', async () => {
    const home = createHome()
    const { code, screen } = await home.terminal('init', { type: [{ cue: 'Mode', keys: '\r' }, { cue: 'Hours of calls', keys: '\r' }] })
    expect(code).toBe(0)
    expect(screen).toContain('ready in sandbox mode')
    expect(settingsOf(home)).toEqual({ mode: 'sandbox', 'call.window': '09:00-18:00' })
  })

  it('asks nothing on a terminal with --no-input', async () => {
    expect(await createHome().terminal('init --no-input')).toEqual({ code: 0, screen: expect.not.stringContaining('?') })
  })
})

describe.concurrent('db', () => {
  it('path says where the database is, and hides a password', async () => {
    const home = createHome()
    expect(await home.run('db path')).toEqual({ code: 0, stdout: `${home.database}\n`, stderr: '' })
    expect(await home.run('db path', { env: { VACLI_DATABASE: '/tmp/elsewhere.db' } })).toMatchObject({ stdout: '/tmp/elsewhere.db\n' })
    expect(await home.run('db path', { env: { VACLI_MODE: 'live', VACLI_CLOCK_SHIFT: '' } })).toMatchObject({ stdout: `${join(home.folder, 'data/vacli/vacli.db')}\n` })
    expect((await home.run('db path --db postgres://asha:hush@db.example/vacli')).stdout).toBe('postgres://asha:…@db.example/vacli\n')
    expect(await home.json('db path --db postgres://asha:hush@db.example/vacli')).toEqual({ database: 'postgres://asha:…@db.example/vacli' })
    expect(existsSync(home.database)).toBe(false)
  })

  it('migrate makes the database where there is none, and is nothing to a new one', async () => {
    const home = createHome()
    expect(await home.run('db migrate')).toEqual({ code: 0, stdout: 'the database is up to date\n', stderr: '' })
    const before = home.tables()
    expect(await home.run('db migrate')).toMatchObject({ code: 0 })
    expect(home.tables()).toEqual(before)
    expect(await home.run('db check')).toEqual({ code: 0, stdout: 'the database is sound\n', stderr: '' })
  })

  it('check finds a link that leads nowhere', async () => {
    const home = createHome()
    await home.run('import -', { stdin: loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }]) })
    const { default: Database } = await import('better-sqlite3')
    const client = new Database(home.database)
    client.pragma('foreign_keys = off')
    client.exec('delete from customers')
    client.close()
    expect(await home.run('db check')).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(/^error: the database is damaged: .*loans 1 points to a customers that is not there\n/) })
    const { code, stdout } = await home.run('db check --json')
    expect({ code, document: JSON.parse(stdout) as unknown }).toEqual({ code: 4, document: { sound: false, damage: expect.arrayContaining([expect.stringContaining('loans 1')]) } })
  })
})
