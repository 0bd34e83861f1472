import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row } from './run-vacli.ts'

const HEADER = 'name,phone,loan_id,due_date,Branch,Due Amount'
const rowOf = (n: number, { branch = 'Gaya', due = '2500', phone = `98123456${10 + n}` } = {}) => `Borrower ${String.fromCharCode(65 + n)}a,${phone},LN${n},15/11/2026,${branch},${due}`
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const absentOf = async (home: Home) => (await home.json<{ data: Row[] }>('list loans --sort id')).data.flatMap(({ loan_id, absent }) => absent ? [loan_id] : [])
const blockOf = async (home: Home, loan: string) => (await home.json<{ data: Row[] }>(`list --loan ${loan}`)).data.map(({ status, blocked_by }) => [status, blocked_by])
const DAYS = ['2026-11-21', '2026-11-22', '2026-11-23']

/** Imports a file of one of the days; what is noted of it as a whole. */
async function tell(home: Home, name: string, day: number, rows: string[], flags: string[] = []): Promise<[unknown, unknown][]> {
  const { uploads: [upload] } = await home.json<{ uploads: [{ warnings: Row[] }] }>(['import', '--as-of', DAYS[day - 1]!, ...flags, home.write(name, fileOf(...rows))])
  return upload.warnings.map(({ code, message }) => [code, message])
}
const snapshot = (home: Home, name: string, day: number, rows: string[]) => tell(home, name, day, rows, ['--snapshot', '--accept-shrink', '--reason', 'camp day'])

/** Day 1 names three loans, and the second is gone on day 2. */
async function payOff(home: Home) {
  await snapshot(home, 'day1.csv', 1, [rowOf(1), rowOf(2), rowOf(3)])
  await snapshot(home, 'day2.csv', 2, [rowOf(1), rowOf(3)])
  expect(await absentOf(home)).toEqual(['LN2'])
}

const STAYS = 'its data is of 2026-11-21, and 1 of its loans stays absent and is not called: a newer snapshot no longer names it, upload 2 (day2.csv) of 2026-11-22; if that is wrong: import a file of that day or later that names it, or vacli import undo 2 if that file was not whole'

describe.concurrent('a file that is older than a snapshot', () => {
  it('brings back no loan that the snapshot no longer names, and says so', async () => {
    const home = createHome()
    await payOff(home)
    expect(await tell(home, 'found.csv', 1, [rowOf(2, { due: '2400' })])).toEqual([['STILL_ABSENT', STAYS]])
    expect(await blockOf(home, 'LN2')).toEqual([['blocked', 'ABSENT']])
    expect(query(home.database, `select due_amount, absent_by from loans where loan_id = 'LN2'`), 'its figures are written').toEqual([{ due_amount: 240_000, absent_by: 2 }])
    expect(await home.run('call --loan LN2 --yes')).toMatchObject({ code: 6 })

    await home.run('import undo 3 --yes')
    expect(await absentOf(home), 'nor does its undo').toEqual(['LN2'])
    expect(await tell(home, 'again.csv', 1, [rowOf(2, { due: '2300' })])).toMatchObject([['STILL_ABSENT', STAYS]])
    await home.run('import undo 2 --yes')
    expect(await absentOf(home), 'without the snapshot it is owed').toEqual([])
    expect(await home.run('db check --deep')).toMatchObject({ code: 0 })
  })

  it('of the snapshot\'s day or later brings it back', async () => {
    const home = createHome()
    await payOff(home)
    expect(await tell(home, 'same.csv', 2, [rowOf(2)])).toEqual([])
    expect(await absentOf(home)).toEqual([])
    await snapshot(home, 'day3.csv', 3, [rowOf(1, { due: '2100' }), rowOf(3)])
    expect(await absentOf(home)).toEqual(['LN2'])
    expect(await tell(home, 'late.csv', 3, [rowOf(2, { due: '2400' })])).toEqual([])
    expect(await blockOf(home, 'LN2')).toEqual([['ready', null]])
  })

  it('brings in a new loan as absent where the snapshot covers its branch', async () => {
    const home = createHome()
    await payOff(home)
    expect(await tell(home, 'found.csv', 1, [rowOf(7), rowOf(8), rowOf(9, { branch: 'Patna' })]))
      .toEqual([['STILL_ABSENT', STAYS.replace('1 of its loans stays absent and is', '2 of its loans stay absent and are').replace('names it,', 'names them,').replace('names it,', 'names them,')]])
    expect(await absentOf(home)).toEqual(['LN2', 'LN7', 'LN8'])
    expect(await tell(home, 'other.csv', 1, [rowOf(7)], ['--source', 'axis']), 'another lender').toEqual([])
  })

  it('is as old where it is the corrected rejects of that day', async () => {
    const home = createHome()
    await snapshot(home, 'day1.csv', 1, [rowOf(1), rowOf(2), rowOf(3)])
    await home.run(['import', '--snapshot', '--as-of', DAYS[1]!, home.write('day2.csv', fileOf(rowOf(1), rowOf(2, { phone: '98123' }), rowOf(3)))])
    await snapshot(home, 'day3.csv', 3, [rowOf(1), rowOf(3)])
    const { stdout } = await home.run(['import', home.write('fixed.csv', readFileSync(join(home.folder, 'day2.rejects.csv'), 'utf8').replace(',98123,', ',9812345612,'))])
    expect(stdout).toContain('  noted: STILL_ABSENT\n    its data is of 2026-11-22, and 1 of its loans stays absent')
    expect(await absentOf(home)).toEqual(['LN2'])
  })

  it('says so where it is applied later', async () => {
    const home = createHome()
    await snapshot(home, 'day1.csv', 1, [rowOf(1), rowOf(2), rowOf(3)])
    await tell(home, 'waits.csv', 1, [rowOf(2, { due: '2400' })], ['--no-match'])
    await snapshot(home, 'day2.csv', 2, [rowOf(1), rowOf(3)])
    expect((await home.run('match')).stdout).toContain(`  noted: STILL_ABSENT\n    ${STAYS.replaceAll('upload 2', 'upload 3').replace('undo 2', 'undo 3')}\n`)
    expect(await absentOf(home)).toEqual(['LN2'])
  })

  it('as a snapshot itself stops nobody whom a newer file names, and is not asked about them', async () => {
    const home = createHome()
    await tell(home, 'day2.csv', 2, [rowOf(1), rowOf(2), rowOf(3)])
    await tell(home, 'day1.csv', 1, [rowOf(4)])
    const older = await home.json<{ uploads: [{ loans: Row }] }>(['import', '--snapshot', '--as-of', DAYS[0]!, home.write('older.csv', fileOf(rowOf(5)))])
    expect(older.uploads[0].loans).toMatchObject({ absent: 1 })
    expect(await absentOf(home)).toEqual(['LN4'])
  })
})
