import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { POSTGRES_PROGRAMS, type PostgresServer, startPostgres } from '../cli/postgres-server.ts'
import { createHome, FIXTURES, type Home, loanFile, type Row, until } from '../cli/run-vacli.ts'

// What is asked in turn of either database. Ids, counts and words are the same; so are the times, because the clock is held still below.
const LINES = [
  'import branch-clean.csv branch-messy.csv', 'import branch-clean.csv', 'import --snapshot --accept-shrink --reason moved branch-clean-day2.csv', 'import shared.csv', 'import shared.csv --force --dry-run',
  'match decide 9812345677 accept', 'match decide 9812345601 accept', 'match decide 9876543210 accept',
  'list --limit 0', 'list --limit 0 --sort name', 'list --limit 0 --sort due', 'list loans --limit 0', 'list rows --limit 0', 'list uploads', 'list --search % --limit 0', 'list --search RAO', 'list --state KARNATAKA --dpd 1-60', 'list --blocked-by PHONE_SHARED',
  'show LOAN204', 'show 1', 'import undo 2 --dry-run', 'import undo 2 --yes', 'import undo 3 --yes', 'list --limit 0', 'list loans --limit 0', 'list --status withdrawn', 'db check --deep',
]
const SHARED = loanFile([...['Asha Rao', 'Meena Bibi', 'Rekha Naik', 'Farida Khatun', 'Lalita Oraon', 'Joymati Das'].map((name, at) => ({ name, phone: '9812345677', loan: `SH${at}` })), { name: 'Kiran Joseph', phone: '9812345601', loan: 'ST1' }]).replaceAll('7000090121', '9812345601')

// The moments of two runs differ by what they took; nothing else may.
const withoutMoments = (text: string) => text.replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"a moment"')

describe.skipIf(!POSTGRES_PROGRAMS)('on a PostgreSQL server (needs its programs, here or in /usr/lib/postgresql)', () => {
  let server: PostgresServer
  let home: Home
  const onServer = () => ({ env: { VACLI_DATABASE: server.url }, cwd: FIXTURES })

  beforeAll(async () => {
    server = await startPostgres()
    home = createHome()
    expect(await home.run('db migrate', onServer())).toMatchObject({ code: 0 })
  })
  afterAll(() => server?.remove())

  it('everything is answered as on SQLite', async () => {
    const here = createHome()
    for (const line of LINES) {
      const args = (like: Home) => [...line.split(' ').map(word => word === 'shared.csv' ? like.write(word, SHARED) : word), ...(/^import (?!undo)/.test(line) ? ['--rejects', join(like.folder, 'rejected.csv')] : []), '--json']
      const answer = async (like: Home, options: object) => {
        const { code, stdout, stderr } = await like.run(args(like), options)
        return { line, code, stdout: withoutMoments(stdout).replaceAll(like.folder, 'home'), stderr }
      }
      expect(await answer(home, onServer())).toEqual(await answer(here, { cwd: FIXTURES }))
    }
  })

  it('an import whose server falls over says so, and is completed by the next', async () => {
    const people = Array.from({ length: 8000 }, (_, at) => ({ name: `Borrower ${'ABCDEFGHIJ'[at % 10]}a`, phone: String(7_123_400_000 + at), loan: `C${at}` }))
    const path = home.write('many.csv', loanFile(people))
    const importing = home.spawn(['import', path], onServer())
    const upload = await until('the upload', async () => (await home.json<{ data: Row[] }>('list uploads --limit 1', onServer())).data.find(({ filename }) => filename === 'many.csv'))
    await until('its rows', async () => (await home.json<{ total: number }>(`list rows --upload ${String(upload.id)} --limit 1`, onServer())).total > 0)
    await server.crash()
    expect(await importing.ended).toMatchObject({ code: 5, stderr: expect.stringMatching(/error: the database server [^]*then run the command again/) })
    expect(await home.run('list', onServer())).toMatchObject({ code: 5, stderr: expect.stringContaining('does not answer') })
    await server.start()
    expect(await home.json(['import', path], onServer())).toMatchObject({ uploads: [{ status: 'completed', rows: { total: 8000, pending: 0 } }] })
    expect(await home.json('db check --deep', onServer())).toEqual({ sound: true, damage: [] })
  })
})
