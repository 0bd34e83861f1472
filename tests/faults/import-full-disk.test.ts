import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHome, type Home, loanFile, query, readTables } from '../cli/run-vacli.ts'
import { seeded } from './seeded.ts'
import { mountSmallDisk } from './small-disk.ts'
import { SEED, sizeOf, tell } from './tell.ts'

const ROWS = sizeOf('FULL_DISK_ROWS', 8000, 50_000)
const TRIES = sizeOf('FULL_DISK_TRIES', 6, 30)
const DISK_MB = 64
const MB = 1_048_576

const random = seeded(SEED)

/** A day's file: a borrower with two loans here and there, a row in a hundred that cannot be used. */
function fileOfDay(due: number): string {
  return loanFile(Array.from({ length: ROWS }, (_, at) => ({
    name: `Borrower ${'ABCDEFGHIJ'[at % 10]}a`, phone: at % 100 === 99 ? '981' : String(9_812_000_000 + at % Math.ceil(ROWS * 0.8) * 7), loan: `M${at}`, due: String(due + at % 500),
  })))
}

const figures = ({ database }: Home) => query(database, `select (select count(*) from customers) as customers, (select count(*) from loans) as loans, (select sum(due_amount) from loans) as due,
  (select count(*) from upload_rows) as rows, (select count(*) from upload_rows where status = 'pending') as pending, (select count(*) from file_uploads where status = 'completed') as completed`)[0]

/** Fills the disk but for so many bytes. */
function fill(disk: string, ballast: string, room: number) {
  const free = Number(execFileSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' }).split('\n')[1])
  writeFileSync(ballast, Buffer.alloc(Math.max(0, free - room)))
}

it('an import that meets a full disk again and again says so, breaks nothing, and is completed once there is room', async () => {
  const disk = mountSmallDisk(DISK_MB)
  const full = createHome({ VACLI_DATABASE: join(disk, 'vacli.db') })
  full.database = join(disk, 'vacli.db')
  const calm = createHome()
  const ballast = join(disk, 'ballast')
  let [failures, completed] = [0, 0]
  for (const due of [1000, 700]) {
    for (const home of [full, calm])
      home.write(`day${due}.csv`, fileOfDay(due))
    const import_ = (home: Home) => home.run(['import', join(home.folder, `day${due}.csv`)])
    expect(await import_(calm)).toMatchObject({ code: 3 })

    for (let at = 0; at < TRIES; at++) {
      fill(disk, ballast, Math.round(random() * (at + 1) * MB))
      const { code, stdout, stderr } = await import_(full)
      rmSync(ballast)
      if (code !== 4) {
        expect(code).toBe(3)
        completed++
        break
      }
      failures++
      expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.stringMatching(/^error: the disk (?:is full|failed under the database: .*)\n.*run the command again; what was committed is safe\.\n$/) })
      expect(await full.json('db check')).toEqual({ sound: true, damage: [] })
    }
    expect([0, 3]).toContain((await import_(full)).code) // unchanged, where it was through already
    expect(figures(full)).toEqual(figures(calm))
  }
  tell(`seed ${SEED}: two imports of ${ROWS} rows met a full disk ${failures} times, and were through in spite of it ${completed} times`)
  expect(failures).toBeGreaterThan(1)
  expect(await full.json('db check --deep')).toEqual({ sound: true, damage: [] })
})

it('standard input that does not fit where temporary files go is refused, and nothing is left there', async () => {
  const disk = mountSmallDisk(1)
  const home = createHome()
  await home.run('db migrate')
  const before = home.tables()
  expect(await home.run('import -', { stdin: fileOfDay(1000), env: { TMPDIR: disk } })).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(/^error: the disk is full\n/) })
  expect(home.tables()).toEqual(before)
  expect(execFileSync('ls', ['-A', disk], { encoding: 'utf8' })).toBe('')
})

it('a database on a disk that is mounted read-only is told as one that cannot be written to', async () => {
  const disk = mountSmallDisk(16)
  const home = createHome({ VACLI_DATABASE: join(disk, 'vacli.db') })
  home.database = join(disk, 'vacli.db')
  await home.run(['import', home.write('a.csv', loanFile([{ name: 'Asha Rao', phone: '7000041201', loan: 'A1' }]))])
  const before = readTables(home.database)
  execFileSync('rm', ['-f', `${home.database}-wal`, `${home.database}-shm`])
  execFileSync('mount', ['-o', 'remount,ro', disk])
  const run = await home.run(['import', home.write('b.csv', loanFile([{ name: 'Uma Rao', phone: '7000041202', loan: 'A2' }]))])
  execFileSync('mount', ['-o', 'remount,rw', disk])
  expect(run).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(/^error: .*(?:cannot be written to|cannot be opened|read-only file system).*\n/i) })
  expect(readTables(home.database)).toEqual(before)
})
