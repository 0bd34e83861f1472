import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHome, BIN, HEADER, type Home, loanFile, query, start, type Tables } from './run-vacli.ts'

const NOBODY = 65_534
const IS_ROOT = process.getuid?.() === 0
const FILE = loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }, { name: 'Ravi Rao', phone: '7000041202', loan: 'A2' }])
const NEXT = loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1', due: '100' }, { name: 'Uma Rao', phone: '7000041203', loan: 'A3' }, { name: 'Bad Phone', phone: '700', loan: 'A4' }])

let imported: Home
beforeAll(async () => {
  imported = createHome()
  expect(await imported.run(['import', imported.write('loans.csv', FILE)])).toMatchObject({ code: 0 })
})
const home = () => createHome({}, { like: imported })

/** The tables without what an import that failed may leave: itself and its rows, for inspection. */
function book({ file_uploads: uploads, upload_rows: rows, ...tables }: Tables): Tables {
  return { ...tables, file_uploads: uploads!.filter(({ id }) => id === 1), upload_rows: rows!.filter(({ file_upload_id }) => file_upload_id === 1) }
}

/** A clear error with that exit code, and a database as before. */
async function verifyRefused(like: Home, run: () => Promise<{ code: number | null, stdout: string, stderr: string }>, code: number, message: string | RegExp, before = book(like.tables())) {
  const outcome = await run()
  expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' })
  expect(outcome.stderr).toMatch(/^error: [^\n]+\n[^\n]+\n$/)
  expect(outcome.stderr).toMatch(message)
  expect(book(like.tables())).toEqual(before)
}

describe.concurrent('import of what is no file to import', () => {
  it.each<[string, (folder: string) => string | void, RegExp]>([
    ['a FIFO', folder => void execFileSync('mkfifo', [join(folder, 'next.csv')]), /^error: next\.csv is not a regular file\n/],
    ['a folder', folder => void mkdirSync(join(folder, 'next.csv')), /^error: next\.csv is a folder\n/],
    ['a device without end', () => '/dev/zero', /^error: zero is not a regular file\n/],
    ['a link to itself', folder => void symlinkSync('next.csv', join(folder, 'next.csv')), /^error: next\.csv cannot be opened: ELOOP/],
    ['a link to nothing', folder => void symlinkSync('nosuch', join(folder, 'next.csv')), /^error: there is no file .*next\.csv\n/],
    ['a file in a file', () => '/dev/null/next.csv', /^error: next\.csv cannot be opened: ENOTDIR/],
    ['a name that is too long', () => 'x'.repeat(300), /^error: x+ cannot be opened: ENAMETOOLONG/],
    ['a name with control characters', () => 'no\n\u001b[31msuch.csv', /^error: there is no file no such\.csv\n/],
    ['an empty file', folder => void writeFileSync(join(folder, 'next.csv'), ''), /^error: next\.csv is empty\n/],
    ['a file of NULs', folder => void writeFileSync(join(folder, 'next.csv'), Buffer.alloc(5000)), /^error: next\.csv is empty\n/],
    ['a picture', folder => void writeFileSync(join(folder, 'next.csv'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')), /^error: next\.csv /],
  ])('refuses %s', async (_, make, message) => {
    const like = home()
    const path = make(like.folder) ?? join(like.folder, 'next.csv')
    await verifyRefused(like, () => like.run(['import', path]), 2, message)
  })

  it('takes a file whose name begins like a flag, after --, and one with line ends and blanks in its name', async () => {
    const like = home()
    like.write('--force.csv', NEXT)
    expect(await like.run(['import', '--', '--force.csv'], { cwd: like.folder })).toMatchObject({ code: 3, stdout: expect.stringContaining('--force.csv: upload 2, 3 rows') })
    const odd = like.write(' a\nb .csv', FILE.replaceAll('70000412', '70000413'))
    expect(await like.run(['import', odd])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ a b \.csv: upload 3, 2 rows/) })
  })
})

describe.concurrent('a file that changes while it is imported', () => {
  it.each([1, 2, 3, 4, 5, 6])('is refused, and nothing of it is applied: at the %i. read', async (at) => {
    const like = home()
    const path = like.write('next.csv', NEXT)
    const env = { CHANGING: path, CHANGING_AT: String(at), NODE_OPTIONS: `--import ${join(import.meta.dirname, 'changing-file.js')}` }
    await verifyRefused(like, () => like.run(['import', path], { env }), 2, /^error: next\.csv changed while it was being read\n/)
    expect(readFileSync(path, 'utf8')).toBe(`${NEXT}\n`)
    expect(query(like.database, 'select status from file_uploads where id > 1').map(({ status }) => status)).toEqual(['failed'])
    expect(await like.run(['import', path]), 'once it stands still').toMatchObject({ code: 3 })
  })
})

/** Reading the tables leaves a log behind, which is empty. */
function removeLog({ database }: Home) {
  ['-wal', '-shm'].forEach(end => rmSync(`${database}${end}`, { force: true }))
}

/** The home becomes that user's, but for what stays root's. */
function giveAway(like: Home) {
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, like.folder])
}

/** What that user may not read cannot be executed either: the test would say nothing. */
function canRun(): boolean {
  try {
    execFileSync(process.execPath, [BIN, '--version'], { uid: NOBODY, gid: NOBODY, stdio: 'pipe', cwd: '/' })
    return true
  }
  catch {
    return false
  }
}

// Root passes every permission, so vacli runs as nobody; whoever is not root cannot become somebody else.
describe.skipIf(!IS_ROOT || !canRun())('import by a user who may not (needs root, and a checkout that everybody may read)', { concurrent: true }, () => {
  const asNobody = (like: Home, args: string[]) => like.run(args, { uid: NOBODY })

  it.each<[string, (like: Home, path: string) => void]>([
    ['of another user', (_, path) => {
      chownSync(path, 0, 0)
      chmodSync(path, 0o600)
    }],
    ['that nobody may read', (_, path) => chmodSync(path, 0)],
    ['in a folder that is shut', ({ folder }) => {
      mkdirSync(join(folder, 'shut'))
      execFileSync('mv', [join(folder, 'next.csv'), join(folder, 'shut')])
      chmodSync(join(folder, 'shut'), 0)
      symlinkSync('shut/next.csv', join(folder, 'next.csv'))
    }],
  ])('refuses a file %s', async (_, shut) => {
    const like = home()
    const path = like.write('next.csv', NEXT)
    giveAway(like)
    shut(like, path)
    await verifyRefused(like, () => asNobody(like, ['import', path]), 2, /^error: next\.csv cannot be opened: EACCES/)
  })

  it.each<[string, (like: Home) => void, RegExp]>([
    ['a database that is read-only', ({ database }) => chmodSync(database, 0o400), /^error: the database cannot be written to\n/],
    ['a database of another user', ({ database }) => {
      chownSync(database, 0, 0)
      chmodSync(database, 0o600)
    }, /^error: the database cannot be opened\n/],
    ['a folder of the database that is read-only', ({ database }) => chmodSync(join(database, '..'), 0o500), /^error: the database cannot be (?:opened|written to)\n/],
    ['a folder of locks that is read-only', ({ folder }) => {
      execFileSync('rm', ['-r', join(folder, 'state/vacli')])
      chmodSync(join(folder, 'state'), 0o500)
    }, /^error: EACCES: permission denied, mkdir/],
  ])('says which right is missing: %s', async (_, shut, message) => {
    const like = home()
    const path = like.write('next.csv', NEXT)
    const before = book(like.tables())
    removeLog(like)
    giveAway(like)
    shut(like)
    await verifyRefused(like, () => asNobody(like, ['import', path]), 4, message, before)
  })

  it('imports from a folder that is read-only, and says that the rejects have no place', async () => {
    const like = home()
    const shut = join(like.folder, 'shared')
    mkdirSync(shut)
    writeFileSync(join(shut, 'next.csv'), NEXT)
    giveAway(like)
    chmodSync(shut, 0o500)
    const { code, stdout } = await asNobody(like, ['import', join(shut, 'next.csv')])
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringMatching(/3 rows: 1 created, 1 matched, 1 rejected[^]*noted: REJECTS_FILE\n.*EACCES.*--rejects/) })
    expect(readdirSync(shut)).toEqual(['next.csv'])
    const elsewhere = join(like.folder, 'mine.csv')
    expect(await asNobody(like, ['import', '--force', '--rejects', elsewhere, join(shut, 'next.csv')])).toMatchObject({ code: 3, stdout: expect.stringContaining(`rejected rows: ${elsewhere}`) })
    expect(statSync(elsewhere)).toMatchObject({ uid: NOBODY, mode: 0o100600 })
  })

  it('tells with a dry run what a read-only database would become', async () => {
    const like = home()
    const path = like.write('next.csv', NEXT)
    const before = book(like.tables())
    removeLog(like)
    giveAway(like)
    chmodSync(like.database, 0o400)
    expect(await asNobody(like, ['import', '--dry-run', path])).toMatchObject({ code: 3, stdout: expect.stringContaining('1 created, 1 matched, 1 rejected') })
    expect(book(like.tables())).toEqual(before)
  })
})

describe.concurrent('a place that is none', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['a database in a file', ['--db', '/dev/null/x.db'], {}, /EEXIST|ENOTDIR/],
    ['a database of a name too long', ['--db', `/tmp/${'x'.repeat(300)}.db`], {}, /ENAMETOOLONG/],
    ['a database that is a folder', ['--db', '/tmp'], {}, /the database cannot be opened/],
    ['a folder of locks in a file', [], { XDG_STATE_HOME: '/dev/null/x' }, /ENOTDIR/],
  ])('is told as one, not as a fault of vacli: %s', async (_, flags, env, message) => {
    const like = home()
    await verifyRefused(like, () => like.run(['import', like.write('next.csv', NEXT), ...flags], { env }), 4, message)
  })

  it.each(['import -', 'import --dry-run next.csv'])('is told where temporary files have none: vacli %s', async (line) => {
    const like = home()
    like.write('next.csv', NEXT)
    await verifyRefused(like, () => like.run(line, { stdin: NEXT, cwd: like.folder, env: { TMPDIR: '/nowhere' } }), 4, /^error: there is no folder for temporary files: /)
  })
})

describe.concurrent('a disk without room', () => {
  // A limit on the size of a file is the full disk that needs no right to mount one; tests/faults has the real one.
  it.each([0, 64, 200])('for more than %i kB in a file is told, and the same command completes the import later', async (kilobytes) => {
    const [like, calm] = [home(), home()]
    const many = `${HEADER}\n${Array.from({ length: 1500 }, (_, at) => loanFile([{ name: `Borrower ${'ABCDEFGHIJ'[at % 10]}a`, phone: String(7_000_041_000 + at), loan: `M${at}` }]).split('\n')[1]).join('\n')}\n`
    for (const one of [like, calm])
      one.write('many.csv', many)
    const before = book(like.tables())
    removeLog(like)
    const limit = statSync(like.database).size / 1024 + kilobytes
    const limited = await start('bash', ['-c', `trap "" XFSZ; ulimit -f ${Math.ceil(limit)}; exec "$@"`, 'bash', process.execPath, BIN, 'import', join(like.folder, 'many.csv')], like.env).ended
    expect({ code: limited.code, stdout: limited.stdout }).toEqual({ code: 4, stdout: '' })
    expect(limited.stderr).toMatch(/^error: (?:the disk failed under the database: .*|the disk is full|EFBIG.*)\n/)
    expect(book(like.tables())).toEqual(before)
    expect(await like.json('db check')).toMatchObject({ sound: true })

    const { code: again } = await like.run(['import', join(like.folder, 'many.csv')])
    const { code: once } = await calm.run(['import', join(calm.folder, 'many.csv')])
    expect([again, once]).toEqual([0, 0])
    const figures = (one: Home) => query(one.database, `select (select count(*) from customers) as customers, (select count(*) from loans) as loans, (select count(*) from upload_rows where status = 'created') as created, (select sum(due_amount) from loans) as due`)
    expect(figures(like)).toEqual(figures(calm))
  })

  it('for the answer is told without a stack, whatever the command did', async () => {
    const like = home()
    for (const line of ['list', 'list --json', 'import loans.csv --force'])
      expect(await start('bash', ['-c', `exec "$@" > /dev/full`, 'bash', process.execPath, BIN, ...line.split(' ')], like.env).ended).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(line.includes('json') ? /^\{"error":\{"code":"setup","message":"the disk is full"/ : /error: the disk is full\nMake room[^\n]*\n$/) })
    expect(existsSync(join(like.folder, 'core'))).toBe(false)
  })
})

// Below /proc no folder can be made, and what asks for one again until it is there never ends.
it.skipIf(!existsSync('/proc/self')).each<[string, Record<string, string>, string]>([
  ['database', { VACLI_DATABASE: '/proc/nowhere/deep/vacli.db' }, '/proc/nowhere'],
  ['database', { VACLI_DATABASE: '/proc/vacli.db' }, '/proc/vacli.db'],
  ['folder of locks', { XDG_STATE_HOME: '/proc/nowhere/deep' }, '/proc/nowhere'],
  ['folder of data', { XDG_DATA_HOME: '/proc/self/nowhere' }, '/proc/self/nowhere'],
])('is refused at once where the %s would have to be below /proc: %j', async (_, env, place) => {
  const like = home()
  const { code, stderr } = await like.run(['import', like.write('next.csv', NEXT)], { env })
  expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringMatching(new RegExp(`^error: .*${place}'?\\nName another place`)) })
}, 10_000)

it.skipIf(!existsSync('/proc/self'))('and so are settings that would have to be there', async () => {
  const like = home()
  expect(await like.run('config set lender.name Example', { env: { XDG_CONFIG_HOME: '/proc/nowhere' } })).toMatchObject({ code: 4, stderr: expect.stringContaining('/proc/nowhere') })
}, 10_000)
