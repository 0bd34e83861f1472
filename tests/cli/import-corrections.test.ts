import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHome, type Home, query, type Row } from './run-vacli.ts'

const OLD = 'Report as on 10-Nov-2026,,\nname,phone,loan_id\nAsha Rao,9812345611,LN1\nOm Rao,98123,LN2\n'
const uploadsOf = (home: Home) => query(home.database, 'select id, source, status, data_date from file_uploads order by id')
/** The rejects of a file as a person corrects them. */
const corrected = (home: Home, name: string, from = '98123,', to = '9812345612,') => readFileSync(join(home.folder, `${name}.rejects.csv`), 'utf8').replaceAll(from, to)

async function imported(flags: string[] = [], text = OLD): Promise<Home> {
  const home = createHome()
  expect(await home.run(['import', ...flags, home.write('day1.csv', text)])).toMatchObject({ code: 3 })
  return home
}

describe.concurrent('corrected rejects', () => {
  it('are of the source and the date of the upload that rejected them, so that old data stays old', async () => {
    const home = await imported(['--source', 'axis'])
    expect(await home.run(['import', home.write('fixed.csv', corrected(home, 'day1'))])).toMatchObject({ code: 0 })
    const [first, second] = uploadsOf(home)
    expect(second).toEqual({ ...first, id: 2 })
    expect(query(home.database, 'select source, loan_id from loans order by id')).toEqual([{ source: 'axis', loan_id: 'LN1' }, { source: 'axis', loan_id: 'LN2' }])
    expect(await home.json('list --loan LN2')).toMatchObject({ data: [{ status: 'blocked', blocked_by: 'STALE_DATA' }] })
  })

  it('that are rejected again and corrected again still are', async () => {
    const home = await imported(['--source', 'axis'])
    expect(await home.run(['import', home.write('fixed.csv', corrected(home, 'day1', '98123,', '981,'))])).toMatchObject({ code: 3 })
    expect(await home.run(['import', home.write('again.csv', corrected(home, 'fixed', '981,', '9812345612,'))])).toMatchObject({ code: 0 })
    const [first, , third] = uploadsOf(home)
    expect(third).toEqual({ ...first, id: 3 })
  })

  it('are what flags say, where they say it', async () => {
    const home = await imported(['--source', 'axis'])
    expect(await home.run(['import', '--source', 'north', '--as-of', '2026-11-22', home.write('fixed.csv', corrected(home, 'day1'))])).toMatchObject({ code: 0 })
    expect(await home.json('list uploads')).toMatchObject({ data: [{ id: 2, source: 'north', data_date: '2026-11-22T00:00:00+05:30' }, { id: 1 }] })
  })

  it('are read by the columns and the order of dates that the first file was', async () => {
    const home = await imported(['--map', 'Wer=name', '--map', 'Cell=phone', '--map', 'Nr=loan_id', '--date-order', 'mdy'], 'Wer,Cell,Nr,due_date\nOm Rao,98123,LN2,11/05/2026\n')
    // As a spreadsheet of another country saves it.
    expect(await home.run(['import', home.write('fixed.csv', corrected(home, 'day1').replaceAll(',', ';'))])).toMatchObject({ code: 0 })
    expect(query(home.database, 'select loan_id, due_date from loans')).toEqual([{ loan_id: 'LN2', due_date: '2026-11-05' }])
  })

  it('are not read by the encoding, the delimiter and the sheet of their source, and leave those as they are', async () => {
    const home = createHome()
    const file = home.write('day1.csv', Buffer.from('name;phone;loan_id\nRené Rao;98123;LN2\n', 'latin1'))
    const flags = ['import', '--source', 'axis', '--encoding', 'windows-1252', '--delimiter', 'semicolon']
    expect(await home.run([...flags, file])).toMatchObject({ code: 3 })
    for (const [at, more] of [[], ['--source', 'axis'], ['--delimiter', 'tab']].entries()) {
      const text = corrected(home, 'day1').replace('LN2', `LN${at}`).replaceAll(',', more.includes('tab') ? '\t' : ',')
      expect(await home.run(['import', ...more, home.write(`fixed${at}.csv`, text)]), more.join(' ')).toMatchObject({ code: 0 })
    }
    expect(query(home.database, 'select distinct l.source, c.full_name from loans l join customers c on c.id = l.customer_id')).toEqual([{ source: 'axis', full_name: 'René Rao' }])
    expect(await home.run(['import', '--source', 'axis', home.write('day2.csv', Buffer.from('name;phone;loan_id\nZoé Rao;9812345613;LN9\n', 'latin1'))]), 'as before').toMatchObject({ code: 0 })
  })

  it('come in through standard input, too', async () => {
    const home = await imported(['--source', 'axis'])
    expect(await home.run('import -', { stdin: corrected(home, 'day1') })).toMatchObject({ code: 0 })
    expect(uploadsOf(home)[1]).toMatchObject({ source: 'axis', data_date: uploadsOf(home)[0]!.data_date })
  })

  it.each([
    ['of an upload that this database does not know', (text: string) => text, 'fixed.csv has rejects of upload 1 of another database'],
    ['that do not say of which', (text: string) => text.replace(/upload-1-\w+/g, ''), 'does not say of which upload'],
    ['whose last column was deleted', (text: string) => text.replace(/,(reject_upload|upload-1-\w+)/g, ''), 'does not say of which upload'],
  ])('%s are refused, until a date is given', async (_, change, message) => {
    const first = await imported(['--source', 'axis'])
    const home = await imported([], 'name,phone,loan_id\nUma Rao,98,LN5\n')
    const file = home.write('fixed.csv', change(corrected(first, 'day1')))
    const { code, stderr } = await home.run(['import', file])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('--as-of 2026-11-21 --source axis')
    expect(uploadsOf(home)).toHaveLength(1)
    expect(await home.run(['import', '--as-of', '2026-11-10', file])).toMatchObject({ code: 0 })
    expect(await home.json('list uploads')).toMatchObject({ data: [{ source: '', data_date: '2026-11-10T00:00:00+05:30' }, { id: 1 }] })
  })

  it('of two uploads in one file are refused by the lines that name them', async () => {
    const home = await imported()
    await home.run(['import', home.write('day2.csv', 'name,phone,loan_id\nUma Rao,98,LN5\n')])
    const both = corrected(home, 'day1') + corrected(home, 'day2', ',98,', ',9812345615,').split('\r\n').slice(1).join('\r\n')
    const { code, stderr } = await home.run(['import', home.write('both.csv', both)])
    expect({ code, stderr: stderr.split('\n')[0] }).toEqual({ code: 2, stderr: 'error: both.csv has rejects of more than one upload: line 2 is of upload 1, and line 3 of upload 2' })
    expect((await home.json<{ data: Row[] }>('list uploads')).data).toHaveLength(2)
  })

  it('may have a row that somebody added, which is of the same upload', async () => {
    const home = await imported(['--source', 'axis'])
    expect(await home.run(['import', home.write('fixed.csv', `${corrected(home, 'day1')}Uma Rao,9812345615,LN5,,,,\r\n`)])).toMatchObject({ code: 0 })
    expect(query(home.database, 'select source, count(*) as n from loans group by source')).toEqual([{ source: 'axis', n: 3 }])
  })
})
