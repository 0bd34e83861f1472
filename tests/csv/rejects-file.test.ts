import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRejectsPlace, openRejectsFile, rejectsPath } from '../../src/csv/rejects-file.ts'
import { findRejectColumns, findRejectOrigin, originalRow, rejectOrigin } from '../../src/domain/reject-columns.ts'
import { folder, readPath } from './a-file.ts'

const HEADERS = ['Customer Name', 'Mobile No', 'Loan No']
const ORIGIN = 'upload-7-0123abcd'
const place = () => join(mkdtempSync(join(folder, 'rejects-')), 'loans.rejects.csv')
const row = (cells: string[], line = 2, code = 'PHONE_LENGTH') => ({ cells, line, code, reason: 'it has 3 digits, not 10' })

function write(path: string, ...rows: string[][]) {
  const file = openRejectsFile({ path, there: 'nothing' }, HEADERS, ORIGIN)
  rows.forEach((cells, at) => file.add(row(cells, at + 2)))
  return file.close()
}

/** What a second import sees of the rejects: the rows as they stood in the first file, undefined for those still to be mended. */
async function reimport(path: string) {
  const { rows: [[, ...headers] = [1], ...rows] } = await readPath(path)
  const places = findRejectColumns(headers)!
  return { headers: originalRow(headers.map(header => header.startsWith('reject_') ? '' : header), places), rows: rows.map(([, ...cells]) => originalRow(cells, places)) }
}

describe('the rejects file', () => {
  it('holds the rows as they came, with code, reason and line, for Excel and for its owner alone', () => {
    const path = place()
    expect(write(path, ['सुनीता', '123', 'A1'], ['Ravi, K', '', 'A2'])).toEqual({ path, rows: 2, warning: null })
    expect(readFileSync(path, 'utf8')).toBe('\ufeffCustomer Name,Mobile No,Loan No,reject_code,reject_reason,reject_line,reject_upload\r\nसुनीता,123,A1,PHONE_LENGTH,"it has 3 digits, not 10",2,upload-7-0123abcd\r\n"Ravi, K",,A2,PHONE_LENGTH,"it has 3 digits, not 10",3,upload-7-0123abcd\r\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is not made where no row was rejected', () => {
    const path = place()
    expect(write(path)).toEqual({ path: null, rows: 0, warning: null })
    expect(existsSync(path)).toBe(false)
  })

  it('is never written over another file, nor through a link', () => {
    const path = place()
    writeFileSync(path, 'precious')
    const target = `${path}.target`
    symlinkSync(target, path.replace('.csv', '.2.csv'))
    expect([write(path, ['a', 'b', 'c']).path, write(path, ['a', 'b', 'c']).path]).toEqual([path.replace('.csv', '.3.csv'), path.replace('.csv', '.4.csv')])
    expect([readFileSync(path, 'utf8'), existsSync(target)]).toEqual(['precious', false])
  })

  it.each([
    ['loans.csv', 'loans.rejects.csv'], ['/data/axis/loans.xlsx', '/data/axis/loans.rejects.csv'], ['loans', 'loans.rejects.csv'], ['-', 'stdin.rejects.csv'], ['a.b.csv', 'a.b.rejects.csv'],
  ])('of %s is %s', (input, path) => {
    expect(rejectsPath(input)).toBe(path)
  })

  it('case 24: neutralises formulas and leaves phones and negative amounts as they are', () => {
    const path = place()
    write(path, ['=1+1', '+919812345678', '-1,200.50'], ['@cmd', '\t=1', '\'=1+1'])
    expect(readFileSync(path, 'utf8').split('\r\n').slice(1, 3).map(line => line.split(',PHONE_LENGTH')[0])).toEqual(['\'=1+1,+919812345678,"-1,200.50"', '\'@cmd,\'\t=1,\'\'=1+1'])
  })

  it('is written row by row: a hundred thousand are on disk before it is closed', () => {
    const path = place()
    const file = openRejectsFile({ path, there: 'nothing' }, HEADERS, ORIGIN)
    for (let at = 0; at < 100_000; at++)
      file.add(row(['Ravi', '123', `A${at}`], at))
    expect(statSync(path).size).toBeGreaterThan(5_000_000)
    expect(file.close()).toEqual({ path, rows: 100_000, warning: null })
    expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(100_002)
  })

  it('has the place again that an interrupted import left, and no other of its kind', () => {
    const path = place()
    writeFileSync(path, 'precious')
    const second = path.replace('.csv', '.2.csv')
    const first = findRejectsPlace(path, null)
    expect(first).toEqual({ path: second, absolute: second, there: 'nothing' })
    const had = { absolute: second, origin: ORIGIN, isComplete: false }
    expect(findRejectsPlace(path, had), 'not made yet').toEqual(first)
    writeFileSync(second, '')
    expect(findRejectsPlace(path, had), 'of no bytes').toMatchObject({ path: second, there: 'begun' })
    const torn = openRejectsFile(findRejectsPlace(path, had), HEADERS, ORIGIN)
    torn.add(row(['a', 'b', 'c']))
    torn.close()
    expect(findRejectsPlace(path, null), 'to any other import').toMatchObject({ path: path.replace('.csv', '.3.csv') })

    const again = findRejectsPlace(path, had)
    const file = openRejectsFile(again, HEADERS, ORIGIN)
    file.add(row(['d', 'e', 'f']))
    expect(file.close()).toEqual({ path: second, rows: 1, warning: null })
    expect(readFileSync(second, 'utf8')).toMatch(/reject_upload\r\nd,e,f,.*\r\n$/)
    expect([readFileSync(path, 'utf8'), statSync(second).mode & 0o777, readdirSync(join(path, '..')).length]).toEqual(['precious', 0o600, 2])
  })

  it.each([
    ['somebody else\'s file', (path: string) => writeFileSync(path, `name,reject_upload\r\nRavi,upload-8-${'0'.repeat(8)}\r\n`)],
    ['a link', (path: string) => symlinkSync('/dev/null', path)],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('is not written over %s that came to lie at its place meanwhile', (_, make) => {
    const path = place()
    make(path)
    expect(findRejectsPlace(path, { absolute: path, origin: ORIGIN, isComplete: false })).toMatchObject({ path: path.replace('.csv', '.2.csv'), there: 'nothing' })
  })

  it('that was complete stays as it is: somebody may be correcting it', () => {
    const path = place()
    write(path, ['a', 'b', 'c'])
    writeFileSync(path, readFileSync(path, 'utf8').replace('a,b,c', 'a,9812345678,c'))
    const kept = findRejectsPlace(path, { absolute: path, origin: ORIGIN, isComplete: true })
    const file = openRejectsFile(kept, HEADERS, ORIGIN)
    file.add(row(['a', 'b', 'c']))
    expect(file.close()).toEqual({ path, rows: 1, warning: null })
    file.discard()
    expect(readFileSync(path, 'utf8')).toContain('a,9812345678,c')
  })

  it('is a warning where it cannot be made, and the import goes on', () => {
    const path = join(folder, 'no-such-folder', 'loans.rejects.csv')
    const { warning, ...outcome } = write(path, ['a', 'b', 'c'], ['d', 'e', 'f'])
    expect({ outcome, warning }).toEqual({ outcome: { path: null, rows: 2 }, warning: expect.stringMatching(/^the rejected rows could not be written to .*no-such-folder.*ENOENT.*--rejects$/) })
  })

  it('is a warning where the disk has no room for all of it; what fits stays', () => {
    const path = place()
    const program = `
      import { openRejectsFile } from './dist/csv/rejects-file.js'
      const file = openRejectsFile({ path: process.argv[1], there: 'nothing' }, ['name', 'phone', 'loan_id'], 'upload-7-0123abcd')
      for (let at = 0; at < 5000; at++)
        file.add({ cells: ['Ravi', '123', 'A1'], code: 'PHONE_LENGTH', reason: 'short', line: at })
      console.log(JSON.stringify(file.close()))`
    const outcome: unknown = JSON.parse(execFileSync('bash', ['-c', 'trap "" XFSZ; ulimit -f 100; exec "$@"', 'bash', process.execPath, '--input-type=module', '-e', program, path], { encoding: 'utf8' }))
    expect(outcome).toEqual({ path, rows: 5000, warning: `${path} is not complete: EFBIG: file too large, write` })
    expect(statSync(path).size).toBe(102_400)
  })

  it('gives up after a thousand files of that name', () => {
    const path = place()
    writeFileSync(path, '')
    for (let number = 2; number <= 1000; number++)
      writeFileSync(path.replace('.csv', `.${number}.csv`), '')
    expect(write(path, ['a', 'b', 'c'])).toMatchObject({ path: null, warning: expect.stringContaining('EEXIST') })
    expect(readdirSync(join(path, '..'))).toHaveLength(1000)
  })

  it('does not write into a folder of its name', () => {
    const path = place()
    mkdirSync(path)
    expect(write(path, ['a', 'b', 'c'])).toMatchObject({ path: path.replace('.csv', '.2.csv') })
  })
})

describe('a corrected rejects file', () => {
  it('is imported again as the rows stood, any cells at all', async () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('\'', '=', '+', '-', '@', '1', '\t', '\r', '\n', ',', '"', ' ') })).filter(text => !/[\0\x1a]/.test(text))
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
      expect((await reimport(write(place(), ...rows).path!)).rows).toEqual(rows)
    }), { numRuns: 300 })
  })

  it('has the headers of the first file', async () => {
    expect((await reimport(write(place(), ['a', 'b', 'c']).path!)).headers).toEqual(HEADERS)
  })

  it.each([
    ['too short', ['Ravi', '98']], ['too long', ['Ravi', '98', 'A1', '50', '000']], ['much too long', ['Ravi', '98', 'A1', '2', '50', '000', 'x', 'y']],
  ])('leaves a row out that was %s and that nobody mended, also after a spreadsheet filled it up', async (_, cells) => {
    const path = place()
    const file = openRejectsFile({ path, there: 'nothing' }, HEADERS, ORIGIN)
    file.add(row(cells, 2, 'COLUMN_COUNT'))
    file.close()
    const { rows: [[, ...headers] = [1], [, ...ragged] = [2]] } = await readPath(path)
    const padded = [...ragged, ...Array.from({ length: 10 - ragged.length }, () => '')]
    expect([ragged, padded].map(one => originalRow(one, findRejectColumns(headers)!))).toEqual([undefined, undefined])
  })

  it('takes rows whose code was cleared', () => {
    expect(originalRow(['Ravi', '9812345678', 'A1', '', '', ''], [3, 4, 5])).toEqual(['Ravi', '9812345678', 'A1'])
  })

  it.each([
    ['as it was written', ['Ravi', '98', 'A1', 'PHONE_LENGTH', 'short', '2', ORIGIN], { uploadId: 7, sha256: '0123abcd' }],
    ['behind too many cells', ['Ravi', '98', 'A1', '2', '50', 'COLUMN_COUNT', 'long', '2', ` ${ORIGIN} `, ''], { uploadId: 7, sha256: '0123abcd' }],
    ['nowhere', ['Ravi', '98', 'A1', 'PHONE_LENGTH', 'short', '2', ''], undefined],
    ['in no form of ours', ['Ravi', '98', 'A1', 'PHONE_LENGTH', 'short', '2', 'upload-7'], undefined],
  ])('says of a row of which upload it is: %s', (_, cells, origin) => {
    expect(findRejectOrigin(cells)).toEqual(origin)
    expect(rejectOrigin({ id: 7, sha256: '0123abcdef' })).toBe(ORIGIN)
  })

  it.each([
    [['name', 'reject_code', 'reject_reason', 'reject_line', 'reject_upload'], [1, 2, 3, 4]], [['name', 'reject_code', 'reject_reason', 'reject_line'], [1, 2, 3]], [['Reject Line', 'name', 'REJECT_CODE', 'reject reason'], [2, 3, 0]],
    [['name', 'reject_code'], undefined], [['name', 'phone', 'loan_id'], undefined],
  ])('is known by its columns, also without the last: %j', (headers, places) => {
    expect(findRejectColumns(headers)).toEqual(places)
  })
})
