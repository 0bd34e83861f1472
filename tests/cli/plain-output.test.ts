import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandPaths } from './command-tree.ts'
import { createHome, FIXTURES, HEADER, type Home, start, BIN } from './run-vacli.ts'

// What a file or a provider may send to a terminal: a title, a bell, colours, a cleared screen, 8-bit controls, reversed text, a hyperlink.
const TITLE = '\u001b]0;owned\u0007'
const CLEAR = '\u001b[2J\u001b[5;35m'
const EIGHT_BIT = '\u009b31m\u0090x\u009c'
const REVERSED = '\u202egnikool\u202c\u2066'
const LINK = '\u001b]8;;http://evil.example\u001b\\here\u001b]8;;\u001b\\'
const NAME = `Mala ${TITLE}${CLEAR}${EIGHT_BIT}${REVERSED}${LINK}\bBai`
const NEVER = ['\u001b]', '\u0007', '\u001b[2J', '\u001b[5;35m', '\u009b', '\u0090', '\u009c', '\u202e', '\u2066', '\b', 'owned\u0007']

// Bytes that no pipe may see. CSV ends its lines with \r\n, as RFC 4180 says.
const CONTROL = /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/u

const PIPED: Record<string, string[]> = {
  init: ['init --no-input'],
  demo: ['demo'],
  import: ['import evil.csv', 'import evil.csv --force', 'import evil.csv nosuch.csv'],
  'import undo': ['import undo 1 --dry-run', 'import undo 1 --yes'],
  match: ['match'],
  'match review': ['match review', 'match review --json'],
  'match decide': ['match decide 7000041206 accept', 'match decide 1 merge', 'match decide r1 accept'],
  list: ['list', 'list loans', 'list calls', 'list rows', 'list reviews', 'list loans --csv', 'list rows --csv', 'list rows --ndjson', 'list --json', 'list --fields full_name,state'],
  show: ['show 1', 'show 1 --json'],
  why: ['why 1', 'why 1 --json'],
  'match undo': ['match undo 1'],
  status: ['status', 'status 1', 'status 1 --json'],
  call: ['call --customer 1 --dry-run', 'call --customer 1 --yes', 'call --customer 2 --yes --json', 'call --customer 7000041206 --yes'],
  reconcile: ['reconcile', 'reconcile --json'],
  'runs list': ['runs', 'runs list --csv'],
  'runs show': ['runs show 1'],
  'runs stop': ['runs stop 1', 'runs stop --all'],
  'runs resume': ['runs resume', 'runs resume 1 --yes --max 3'],
  'config list': ['config list', 'config list --origin --json'],
  'config get': ['config get lender.name'],
  'config set': ['config set lender.name Example'],
  'config unset': ['config unset lender.name'],
  'config path': ['config path'],
  'db path': ['db path'],
  'db migrate': ['db migrate'],
  'db check': ['db check'],
  help: ['help', 'help list'],
}

let home: Home
/** What is copied, in which nothing runs meanwhile: whoever leaves a database takes its log away. */
let still: Home

beforeAll(async () => {
  home = createHome()
  // CSV quotes keep the marks together; the branch and the loan id carry them too.
  const row = (name: string, phone: string, loan: string) => `"${name}",${phone},"${loan}",50000,2026-10-05,"Karnataka${TITLE}",South Cluster,"Hosur ${CLEAR}Branch",04344-123456,"Kiran ${REVERSED}",EMP011,7000090121,2026-09-05,2500,2500`
  home.write('evil.csv', `${HEADER}\n${row(NAME, '7000041205', `L1${TITLE}`)}\n${row('Plain Person', '7000041206', 'L2')}\n${row(`Joint ${CLEAR}Person`, '7000041206', 'L3')}\n${row('Bad Phone', `70000${TITLE}`, 'L4')}\n`)
  await home.run('import evil.csv', { cwd: home.folder })
  await home.run('call --customer 1 --yes')
  await home.run(['config', 'set', 'operator', `asha${CLEAR}`])
  still = createHome({}, { like: home })
})

describe.concurrent('in a pipe', () => {
  it('every command is looked at', () => {
    const known = [...Object.keys(PIPED), 'webhook serve', 'sandbox serve']
    expect(commandPaths({ leaves: true }).map(path => path.join(' ')).filter(path => !known.includes(path))).toEqual([])
  })

  it.each(Object.values(PIPED).flat())('"vacli %s" sends no control byte', async (line) => {
    const like = createHome({}, { like: still })
    const { stdout, stderr } = await like.run(line, { cwd: like.folder })
    expect(CONTROL.exec(stdout)).toBeNull()
    expect(CONTROL.exec(stderr)).toBeNull()
    expect(stderr).not.toContain('fault of vacli')
  })

  it.each([
    ['NO_COLOR', '1'], ['TERM', 'dumb'], ['FORCE_COLOR', '1'], ['CLICOLOR_FORCE', '1'],
  ])('a list stays plain with %s=%s', async (name, value) => {
    const { stdout } = await home.run('list', { env: { [name]: value } })
    expect(stdout).toBe((await home.run('list')).stdout)
    expect(CONTROL.exec(stdout)).toBeNull()
  })

  it.each([
    ['a file that is not there', `import no${TITLE}such.csv`], ['a status', `list --status ${CLEAR}`], ['a customer', `show ${REVERSED}9`], ['a command', `li${TITLE}st`],
    ['a flag', `list --x${TITLE}`], ['a setting', `config get ${EIGHT_BIT}`], ['a database', `list --db /no${CLEAR}/x.db`], ['a field', `list --fields ${LINK}`],
  ])('an error repeats %s without its control bytes', async (_, line) => {
    for (const json of [' --json', ' --verbose']) {
      const { code, stdout, stderr } = await home.run((line + json).split(' '))
      expect([2, 4]).toContain(code)
      expect(stdout).toBe('')
      expect(stderr).not.toBe('')
      expect(CONTROL.exec(stderr)).toBeNull()
    }
  })

  it('keeps to itself when its reader leaves', async () => {
    const { code, stderr } = await start('/bin/sh', ['-c', `'${process.execPath}' '${BIN}' list rows --ndjson | head -n 1; exit "$?"`], home.env).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe.concurrent('on a terminal', () => {
  it.each([
    ['list'], ['list loans'], ['list rows'], ['list calls'], ['show 1'], ['status 1'], ['import evil.csv nosuch.csv --force'],
    ['call --customer 7000041206 --yes'], ['call --customer 1 --dry-run'], ['config list'], ['list --csv'], ['list rows --ndjson'],
  ])('"vacli %s" shows no sequence that came with the data', async (line) => {
    const like = createHome({}, { like: still })
    const { screen } = await like.terminal(line, { cwd: like.folder, columns: 200 })
    expect(screen).not.toBe('')
    expect(NEVER.filter(mark => screen.includes(mark))).toEqual([])
  })

  it('an error shows none either', async () => {
    const { code, screen } = await home.terminal(['show', `${TITLE}${CLEAR}9`])
    expect(code).toBe(2)
    expect(screen).toContain('error: there is no customer 9')
    expect(NEVER.filter(mark => screen.includes(mark))).toEqual([])
  })

  it('shows the name as people write it', async () => {
    const { screen } = await home.terminal('list', { columns: 200 })
    expect(screen).toMatch(/Mala .*Bai/)
    expect((await home.run('show 1')).stdout).toMatch(/^Mala .*Bai \(1\), \+917000041205, Karnataka/)
  })

  it.each([['with NO_COLOR', { NO_COLOR: '1' }], ['with TERM=dumb', { TERM: 'dumb' }]])('sends no escape byte %s', async (_, env) => {
    for (const line of ['show 1', 'import evil.csv --force']) {
      const { screen } = await createHome(env as Record<string, string>, { like: still }).terminal(line, { cwd: home.folder })
      expect(screen).not.toContain('\u001b')
    }
    expect((await home.terminal('list --no-color', { columns: 200 })).screen).not.toContain('\u001b')
  })

  it('fits its width and says what it hid', async () => {
    const { screen } = await home.terminal('list', { columns: 60 })
    const lines = screen.split('\r\n').filter(line => !line.startsWith('hidden'))

    expect(lines.every(line => [...line.replaceAll(/\u001b\[[\d;]*m/g, '')].length <= 60)).toBe(true)
    expect(screen).toMatch(/hidden for width: .*; see all with --json/)
  })

  it('shows rupees with lakh grouping, and phones masked', async () => {
    const rich = createHome()
    await rich.run(['import', join(FIXTURES, 'branch-clean.csv')])
    const { screen } = await rich.terminal('list', { columns: 200 })
    expect(screen).toContain('₹2,50,000.00')
    expect(screen).toContain('98•••••210')
    expect(screen).not.toContain('9876543210')
  })
})
