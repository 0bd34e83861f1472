import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { holdLock, importLockName } from '../../src/db/lock.ts'
import { BIN, createHome, type Home, query, type Row, start, until } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,amount,due_date,Branch,Due Amount'
const rowOf = (name: string, phone: string, loan: string, due = '2500') => `${name},${phone},${loan},250000,2026-10-05,Hosur Branch,${due}`
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const FIRST = fileOf(
  rowOf('Pooja Sharma', '9812345611', 'LN1'), rowOf('Late Ram Prasad', '9812345612', 'LN3'), rowOf('सुनीता देवी', '9812345613', 'LN5'),
  rowOf('Glued Person', '98123456159812345616', 'LN9'), rowOf('Twice Told', '9812345617', 'LN10'), rowOf('Twice Told', '9812345617', 'LN10', '3100'),
)
const SECOND = fileOf(rowOf('Puja Sharma', '9812345611', 'LN2'), rowOf('Ram Prasad', '9812345612', 'LN4'), rowOf('Sunita Devi', '9812345613', 'LN6'))

interface Listed { total: number, shown: number, data: (Row & { id: number | string, kind: string })[] }

let base: Home
let questions: Listed
const idOf = (kind: string, at = 0) => questions.data.filter(one => one.kind === kind)[at]!.id
const question = (kind: string, at = 0) => `question ${idOf(kind, at)}`

beforeAll(async () => {
  base = createHome()
  await base.run(['import', base.write('first.csv', FIRST), base.write('second.csv', SECOND)])
  questions = await base.json<Listed>('match review')
})

const fresh = (env = {}) => createHome(env, { like: base })
const left = async (home: Home) => (await home.json<Listed>('match review')).data.map(({ kind }) => kind)
const namesOf = async (home: Home) => (await home.json<{ data: Row[] }>('list --sort id')).data.map(({ full_name, loans, status }) => [full_name, loans, status])
const decisions = (home: Home) => query(home.database, 'select verdict, kind, decided_by, undone_by from pair_decisions order by id')

/** Runs vacli in a terminal whose modes are told after it, and hands out what is on the screen. */
function inTerminal(home: Home, line: string, env = {}) {
  const own = `echo pid=$$; exec ${process.execPath} ${BIN} ${line}`
  const { child, ended } = start('script', ['-qefc', `stty cols 80 rows 40; sh -c '${own}'; echo code=$?; stty -a`, '/dev/null'], { TERM: 'xterm-256color', ...home.env, ...env }, { stdin: null })
  let screen = ''
  child.stdout!.on('data', (text: string) => screen += text)
  return {
    shows: (text: string | RegExp) => until(`${text} on the screen`, () => typeof text === 'string' ? screen.includes(text) : text.test(screen)),
    type: (keys: string) => child.stdin!.write(keys),
    close: () => child.stdin!.end(),
    kill: (signal: NodeJS.Signals) => process.kill(Number(/pid=(\d+)/.exec(screen)![1]), signal),
    ended: ended.then(() => screen),
  }
}

describe.concurrent('match review', () => {
  it('lists the questions where no terminal is', async () => {
    const { code, stdout, stderr } = await fresh().run('match review')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trimEnd().split('\n').map(line => line.split('\t').slice(0, 2))).toEqual(questions.data.map(({ id, kind }) => [String(id), kind]))
  })

  it('lists them as JSON, with the fields of the interface', async () => {
    expect(questions).toMatchObject({ total: 6, shown: 6 })
    expect(questions.data.map(({ kind }) => kind).toSorted()).toEqual(['DECEASED_DIFFERS', 'LOAN_TWICE', 'LOAN_TWICE', 'PHONE_GLUED', 'POSSIBLE_SAME', 'POSSIBLE_SAME'])
    expect(questions.data[0]).toMatchObject({ id: 1, customer_ids: [expect.any(Number), expect.any(Number)], rows: expect.any(Array), score: expect.any(Number), rule: expect.any(String), reason: expect.any(String), sides: [expect.any(Object), expect.any(Object)] })
    expect(await fresh().json('match review --limit 1')).toMatchObject({ total: 6, shown: 1 })
    expect(await fresh().run('match review --ndjson')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(?:\{.*\}\n){6}$/) })
  })

  it('draws nothing and asks nothing with --json or --no-input on a terminal', async () => {
    const home = fresh()
    for (const flag of ['--json', '--no-input'])
      expect(await home.terminal(`match review ${flag}`)).toMatchObject({ code: 0, screen: expect.not.stringContaining('\u001b[?1049h') })
  })
})

describe.concurrent('the page', () => {
  it('takes one key each: merge, keep apart, skip, undo, quit; and says what was done', async () => {
    const home = fresh()
    const { code, screen } = await home.terminal('match review', { type: [
      { cue: question('POSSIBLE_SAME'), keys: 'm' },
      { cue: question('DECEASED_DIFFERS'), keys: 'a' },
      { cue: question('POSSIBLE_SAME', 1), keys: 's' },
      { cue: question('PHONE_GLUED'), keys: 'u' },
      { cue: 'decision 2 is taken back', keys: 'q' },
    ] })
    expect(code).toBe(0)
    expect(screen).toContain('1 answered: 1 merged; 5 left\r\n')
    expect(decisions(home)).toEqual([
      { verdict: 'merge', kind: 'POSSIBLE_SAME', decided_by: 'asha', undone_by: null },
      { verdict: 'apart', kind: 'DECEASED_DIFFERS', decided_by: 'asha', undone_by: 'asha' },
    ])
    expect(query(home.database, 'select count(*) as unjudged from customers where judged_by is null')).toEqual([{ unjudged: 0 }])
    expect(await left(home)).toEqual(['POSSIBLE_SAME', 'DECEASED_DIFFERS', 'PHONE_GLUED', 'LOAN_TWICE', 'LOAN_TWICE'])
    expect((await namesOf(home)).filter(([name]) => /sharma/i.test(String(name)))).toEqual([['Puja Sharma', 2, 'ready']])
    expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
  })

  it('asks what was taken back next, and lets the last answer be taken back too', async () => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    for (const [kind, at, key] of [['POSSIBLE_SAME', 0, 'm'], ['DECEASED_DIFFERS', 0, 's'], ['POSSIBLE_SAME', 1, 's'], ['PHONE_GLUED', 0, 's'], ['LOAN_TWICE', 0, 's'], ['LOAN_TWICE', 1, 's']] as const) {
      await terminal.shows(question(kind, at))
      terminal.type(key)
    }
    await terminal.shows('Everything was asked; 5 questions that were skipped are left.')
    terminal.type('u')
    await terminal.shows('decision 1 is taken back')
    await terminal.shows(/taken back[^]*Puja|Puja[^]*taken back/)
    terminal.type('a')
    await terminal.shows('kept apart: decision 2')
    terminal.type('q')
    expect(await terminal.ended).toContain('1 answered: 1 kept apart; 5 left')
    expect(decisions(home).map(({ verdict, undone_by }) => [verdict, undone_by])).toEqual([['merge', 'asha'], ['apart', null]])
  })

  it('is not answered by keys that came before it was shown', async () => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    await terminal.shows(question('POSSIBLE_SAME'))
    terminal.type('mmmmm')
    await terminal.shows('4 keys came before this was shown')
    terminal.type('q')
    expect(await terminal.ended).toContain('1 answered: 1 merged; 5 left')
    expect(decisions(home)).toHaveLength(1)
  })

  it('answers doubts about a row, and verifies a phone that is typed', async () => {
    const home = fresh()
    const { code, screen } = await home.terminal('match review', { type: [
      ...[question('POSSIBLE_SAME'), question('DECEASED_DIFFERS'), question('POSSIBLE_SAME', 1)].map(cue => ({ cue, keys: 's' })),
      { cue: question('PHONE_GLUED'), keys: 'p' },
      { cue: 'Phone of Glued Person', keys: '0522-2612345\r' },
      { cue: 'is a landline and is not dialled', keys: '\u001598123 45619\r' },
      { cue: question('LOAN_TWICE'), keys: 'n' },
      { cue: 'Everything was asked', keys: 'q' },
    ] })
    // Where one of two rows is not true, the other one is.
    expect(screen).toContain('2 answered: 2 rows decided; 3 left')
    expect(code).toBe(0)
    expect(await home.json('list --customer 9812345619')).toMatchObject({ data: [{ full_name: 'Glued Person', status: 'ready' }] })
    expect(await home.json('list loans --loan LN10')).toMatchObject({ data: [{ due_amount: 3100, status: 'ready' }] })
    expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
  })

  it('says so where somebody else answered first, and goes on', async () => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    await terminal.shows(question('POSSIBLE_SAME'))
    await home.run(`match decide ${idOf('POSSIBLE_SAME')} apart`)
    terminal.type('m')
    await terminal.shows(`review ${idOf('POSSIBLE_SAME')} was answered: kept apart by asha on 2026-11-23, 10:3`)
    await terminal.shows(question('DECEASED_DIFFERS'))
    terminal.type('q')
    expect(await terminal.ended).toContain('0 answered; 5 left')
    expect(decisions(home).map(({ verdict }) => verdict)).toEqual(['apart'])
  })

  it('takes no answer about a row that somebody else has answered', async () => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    for (const [kind, at] of [['POSSIBLE_SAME', 0], ['DECEASED_DIFFERS', 0], ['POSSIBLE_SAME', 1]] as const) {
      await terminal.shows(question(kind, at))
      terminal.type('s')
    }
    await terminal.shows(question('PHONE_GLUED'))
    await home.run(`match decide ${idOf('PHONE_GLUED')} set phone=9812345619`)
    terminal.type('y')
    await terminal.shows(`review ${idOf('PHONE_GLUED')} was answered: given a value by asha on 2026-11-23, 10:3`)
    terminal.type('q')
    await terminal.ended
    expect(query(home.database, 'select answer from row_decisions')).toEqual([{ answer: 'set' }])
  })

  it('keeps no answer while an import decides', async () => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    await terminal.shows(question('POSSIBLE_SAME'))
    const lock = holdLock(`${home.env.XDG_STATE_HOME}/vacli`, importLockName(home.database))
    terminal.type('m')
    await terminal.shows('an import into this database is running: not kept, try again')
    expect(decisions(home)).toEqual([])
    lock.release()
    terminal.type('m')
    await terminal.shows('merged: decision 1')
    terminal.type('q')
    await terminal.ended
  })
})

function breakDecisions(home: Home) {
  const client = new Database(home.database)
  client.exec('alter table pair_decisions rename to gone')
  client.close()
}

describe.concurrent('match decide', () => {
  it('takes no phone that the rows could not be read with again', async () => {
    const home = fresh()
    for (const phone of ['0522-2612345', '9999999999', '123'])
      expect(await home.run(['match', 'decide', String(idOf('PHONE_GLUED')), 'set', `phone=${phone}`])).toMatchObject({ code: 2, stderr: expect.stringContaining(phone) })
    expect(await home.run(`match decide ${idOf('PHONE_GLUED')} set phone=9812345619`)).toMatchObject({ code: 0 })
    expect(await home.run('match decide 1 apart')).toMatchObject({ code: 0 })
  })
})

const isRestored = (screen: string) => ({ modes: /(?<!-)icanon/.test(screen) && /(?<!-)\becho\b/.test(screen), screen: screen.lastIndexOf('\u001b[?1049l') > screen.lastIndexOf('\u001b[?1049h') && screen.lastIndexOf('\u001b[?25h') > screen.lastIndexOf('\u001b[?25l') })

describe.concurrent('the terminal', () => {
  it.each([
    { how: 'q', end: (t: Terminal) => t.type('q'), code: 0, says: '1 answered: 1 merged; 5 left\r\n' },
    { how: 'Ctrl-C', end: (t: Terminal) => t.type('\u0003'), code: 130, says: 'error: interrupted: 1 answered: 1 merged; 5 left\r\nvacli match review\r\n' },
    { how: 'Ctrl-C at the question for a phone', end: async (t: Terminal) => {
      for (const [kind, at] of [['DECEASED_DIFFERS', 0], ['POSSIBLE_SAME', 1]] as const) {
        await t.shows(question(kind, at))
        t.type('s')
      }
      await t.shows(question('PHONE_GLUED'))
      t.type('p')
      await t.shows('Phone of')
      t.type('\u0003')
    }, code: 130, says: 'error: interrupted: 1 answered: 1 merged; 5 left\r\n' },
    { how: 'SIGTERM', end: (t: Terminal) => t.kill('SIGTERM'), code: 143, says: 'error: interrupted: 1 answered: 1 merged; 5 left\r\n' },
    { how: 'SIGINT', end: (t: Terminal) => t.kill('SIGINT'), code: 130, says: 'error: interrupted: 1 answered: 1 merged; 5 left\r\n' },
    { how: 'an input that closes', end: (t: Terminal) => t.close(), code: 0, says: '1 answered: 1 merged; 5 left\r\n' },
  ])('is as it was after $how, and the answer is kept', async ({ end, code, says }) => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    await terminal.shows(question('POSSIBLE_SAME'))
    terminal.type('m')
    await terminal.shows('merged: decision 1')
    await end(terminal)
    const screen = await terminal.ended
    expect(screen).toContain(`code=${code}`)
    expect(screen).toContain(says)
    expect(isRestored(screen)).toEqual({ modes: true, screen: true })
    expect(decisions(home)).toHaveLength(1)
    expect(await left(home)).toHaveLength(5)
  })

  it('is as it was after a fault', async () => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review')
    await terminal.shows(question('POSSIBLE_SAME'))
    breakDecisions(home)
    terminal.type('m')
    const screen = await terminal.ended
    expect(screen).toContain('code=1')
    expect(isRestored(screen)).toEqual({ modes: true, screen: true })
  })

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('gets no escape byte with %o, and is asked all the same', async (env) => {
    const home = fresh()
    const terminal = inTerminal(home, 'match review', env)
    await terminal.shows(question('POSSIBLE_SAME'))
    terminal.type('m')
    await terminal.shows('merged: decision 1')
    terminal.type('q')
    const screen = await terminal.ended
    expect(screen).not.toContain('\u001b')
    expect(isRestored(screen).modes).toBe(true)
    expect(decisions(home)).toHaveLength(1)
  })
})

type Terminal = ReturnType<typeof inTerminal>

describe.concurrent('match review --accept', () => {
  it('lists with --dry-run what would be merged, and merges nothing', async () => {
    const home = fresh()
    const { code, stdout, stderr } = await home.run('match review --accept possible_same --dry-run')
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n').map(line => line.split('\t')[1])).toEqual(['POSSIBLE_SAME', 'POSSIBLE_SAME'])
    expect(stderr).toBe('2 pairs would be merged, nothing was changed; next: vacli match review --accept POSSIBLE_SAME --yes\n')
    expect(await home.json('match review --accept POSSIBLE_SAME --dry-run')).toMatchObject({ total: 2, shown: 2, data: [{ kind: 'POSSIBLE_SAME' }, { kind: 'POSSIBLE_SAME' }] })
    expect(decisions(home)).toEqual([])
  })

  it('merges with --yes all of the kind, and nobody else', async () => {
    const home = fresh()
    const { code, stdout } = await home.run('match review --accept POSSIBLE_SAME --yes')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 pairs of POSSIBLE_SAME: 2 merged, 0 settled by them, 0 left\n' })
    expect(decisions(home).map(({ verdict, kind }) => [verdict, kind])).toEqual([['merge', 'POSSIBLE_SAME'], ['merge', 'POSSIBLE_SAME']])
    expect(await left(home)).toEqual(['DECEASED_DIFFERS', 'PHONE_GLUED', 'LOAN_TWICE', 'LOAN_TWICE'])
    expect(await home.json('match review --accept POSSIBLE_SAME --yes')).toEqual({ kind: 'POSSIBLE_SAME', dry_run: false, total: 0, merged: 0, settled: 0, left: 0, data: [] })
    expect(await home.json('match undo 1')).toMatchObject({})
    expect(await home.json('db check --deep')).toEqual({ sound: true, damage: [] })
  })

  it('takes what a merge made another question for settled', async () => {
    const home = createHome()
    const three = ['Pooja Sharma', 'Puja Sharma', 'Poojaa Sharma'].map((name, at) => rowOf(name, '9812345611', `LN${at}`))
    await home.run(['import', home.write('three.csv', fileOf(...three))])
    const report = await home.json<{ total: number, merged: number, settled: number, left: number, data: { decision: number | null }[] }>('match review --accept POSSIBLE_SAME --yes')
    expect(report).toMatchObject({ total: 3, merged: 2, settled: 1, left: 0 })
    expect(report.data.map(({ decision }) => decision)).toEqual([1, 2, null])
    expect(await namesOf(home)).toHaveLength(1)
  })

  it('asks on a terminal, and without one names --yes', async () => {
    const home = fresh()
    expect(await home.run('match review --accept POSSIBLE_SAME')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') })
    expect(await home.terminal('match review --accept POSSIBLE_SAME', { type: [{ cue: 'Merge 2 pairs of POSSIBLE_SAME?', keys: 'n\r' }] })).toMatchObject({ code: 8 })
    expect(decisions(home)).toEqual([])
    expect(await home.terminal('match review --accept POSSIBLE_SAME', { type: [{ cue: 'Merge 2 pairs of POSSIBLE_SAME?', keys: 'y\r' }] })).toMatchObject({ code: 0 })
    expect(decisions(home)).toHaveLength(2)
  })

  it('that is interrupted keeps what it merged, says what is left, and goes on', async () => {
    const home = createHome()
    const many = (name: string, loan: string) => fileOf(...Array.from({ length: 300 }, (_, at) => rowOf(name, String(9812300000 + at), `${loan}${at}`)))
    await home.run(['import', home.write('a.csv', many('Pooja Sharma', 'A')), home.write('b.csv', many('Puja Sharma', 'B'))])
    const { child, ended } = home.spawn('match review --accept POSSIBLE_SAME --yes')
    await until('some merges', () => decisions(home).length > 5)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    const merged = decisions(home).length
    expect({ code, stdout }).toEqual({ code: 130, stdout: `300 pairs of POSSIBLE_SAME: ${merged} merged, 0 settled by them, ${300 - merged} left\n` })
    expect(stderr).toBe(`error: interrupted: ${merged} pairs merged, ${300 - merged} left\nvacli match review --accept POSSIBLE_SAME --yes\n`)
    expect(await home.json('match review --accept POSSIBLE_SAME --yes')).toMatchObject({ total: 300 - merged, merged: 300 - merged, left: 0 })
    expect(query(home.database, 'select count(*) as customers from customers where withdrawn = 0')).toEqual([{ customers: 300 }])
  })

  it.each([
    ['--accept PHONE_GLUED --yes', '--accept cannot be "PHONE_GLUED"'], ['--accept SAME --dry-run', '--accept cannot be "SAME"'], ['--yes', '--yes goes with --accept'], ['--dry-run', '--dry-run goes with --accept'],
  ])('refuses "%s" and names the kinds', async (flags, message) => {
    const { code, stderr } = await fresh().run(`match review ${flags}`)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('POSSIBLE_SAME, LOAN_NAME_CONFLICT')
  })
})
