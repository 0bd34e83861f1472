import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { openLoanFile } from '../../src/csv/loan-file.ts'
import { putStdinAside } from '../../src/csv/stdin-aside.ts'
import { csvLine } from '../../src/csv/write-csv.ts'
import { VacliError } from '../../src/errors.ts'
import { aFile, allOf, folder, readFile, readPath, refusal } from './a-file.ts'

const HEAD = 'name,phone,loan_id\n'
const HINDI = 'name,phone,loan_id\nसुनीता देवी,9812345678,A1\n'
const HINDI_ROWS = [[1, 'name', 'phone', 'loan_id'], [2, 'सुनीता देवी', '9812345678', 'A1']]
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()
const SMART = 'name,phone,loan_id\nO\u2019Brien \u2013 Rs\u2026 \u20ac,9812345678,A1\n'
const readOf = (rows: unknown, format: string, notices: unknown[] = []) => ({ rows, format, notices, kind: 'csv' })
const notice = (code: string, message: unknown = expect.any(String)) => ({ line: null, code, message })

describe('the encoding of a loan file', () => {
  it.each([
    ['case 1: UTF-8 with a mark', Buffer.from(`\ufeff${HINDI}`), 'utf-8, comma', []],
    ['UTF-8 without one', Buffer.from(HINDI), 'utf-8, comma', []],
    ['case 2: Unicode Text of Excel: UTF-16LE with a mark, tabs', Buffer.from(`\ufeff${HINDI.replaceAll(',', '\t')}`, 'utf16le'), 'utf-16le, tab', [notice('ENCODING'), notice('DELIMITER')]],
    ['UTF-16BE with a mark', bigEndian(`\ufeff${HINDI}`), 'utf-16be, comma', [notice('ENCODING')]],
    ['UTF-16LE without a mark', Buffer.from(HINDI, 'utf16le'), 'utf-16le, comma', [notice('ENCODING')]],
    ['UTF-16BE without a mark', bigEndian(HINDI), 'utf-16be, comma', [notice('ENCODING')]],
  ])('%s', async (_, bytes, format, notices) => {
    expect(await readFile(bytes)).toEqual(readOf(HINDI_ROWS, format, notices))
  })

  it('case 3: reads Windows-1252 whole, its quotes and dashes too, and names it', async () => {
    const { rows, format, notices } = await readFile(iconv.encode(SMART, 'windows-1252'))
    expect({ row: rows[1], format, notices }).toEqual({
      row: [2, 'O\u2019Brien \u2013 Rs\u2026 \u20ac', '9812345678', 'A1'], format: 'windows-1252, comma',
      notices: [notice('ENCODING', 'the file was read as windows-1252; if names look wrong, save it as "CSV UTF-8"')],
    })
  })

  it('keeps the five bytes that Windows-1252 lacks, so that a name decoded twice can be mended', async () => {
    const { rows: [, [, name] = []] } = await readFile(Buffer.concat([Buffer.from(HEAD), Buffer.from('81 8d 8f 90 9d ff'.replaceAll(' ', ''), 'hex'), Buffer.from(',9812345678,A1\n')]))
    expect(name).toBe('\x81\x8d\x8f\x90\x9dÿ')
  })

  it('takes a file for Windows-1252 as a whole where only its last line is no UTF-8', async () => {
    const lines = Array.from({ length: 30_000 }, (_, at) => `Ravi \u00e9,9812345678,A${at}\n`).join('')
    const { rows, format } = await readFile(Buffer.concat([Buffer.from(HEAD + lines), Buffer.from([0xe9]), Buffer.from(',9812345678,B1\n')]))
    expect({ format, length: rows.length, first: rows[1], last: rows.at(-1) }).toEqual({ format: 'windows-1252, comma', length: 30_002, first: [2, 'Ravi Ã©', '9812345678', 'A0'], last: [30_002, 'é', '9812345678', 'B1'] })
  })

  it('reads characters that chunks cut in two', async () => {
    const name = 'कु\u{1f600}€é'.repeat(10)
    for (const pad of ['', 'a', 'ab', 'abc']) {
      const text = `${pad}name,name,phone,loan_id\n${`${name},9812345678,A1,x\n`.repeat(4000)}`
      for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
        const { rows } = await readFile(bytes)
        expect(new Set(rows.slice(1).map(([, first]) => first))).toEqual(new Set([name]))
        expect(rows).toHaveLength(4001)
      }
    }
  })

  it.each([
    ['--encoding over a guess', Buffer.from(HINDI, 'latin1'), 'latin1', 'windows-1252, comma'],
    ['--encoding over UTF-8', Buffer.from('name,phone,loan_id\né,1,A1\n'), 'ansi', 'windows-1252, comma'],
    ['UTF-16 by name', Buffer.from(HINDI, 'utf16le'), 'UTF-16LE', 'utf-16le, comma'],
  ])('%s', async (_, bytes, encoding, format) => {
    expect(await readFile(bytes, { encoding })).toMatchObject({ format })
  })

  it.each([
    ['an encoding nobody knows', Buffer.from(HINDI), { encoding: 'ebcdic' }, 'there is no encoding "ebcdic"'],
    ['a name of every object', Buffer.from(HINDI), { encoding: 'constructor' }, 'there is no encoding "constructor"'],
    ['a mark of UTF-8 that lies', Buffer.concat([Buffer.from(`\ufeff${HEAD}`), Buffer.from([0xe9, 0x2c])]), {}, 'loans.csv says it is UTF-8 and is not'],
    ['--encoding utf-8 that is wrong', iconv.encode(SMART, 'windows-1252'), { encoding: 'utf-8' }, 'loans.csv says it is UTF-8 and is not'],
    ['UTF-16 that is cut off', Buffer.from(`\ufeff${HINDI}`, 'utf16le').subarray(0, -1), {}, 'loans.csv is not utf-16le to its end'],
    ['half a surrogate pair', Buffer.from('\ufeffname,phone,loan_id\n\ud800,1,2\n', 'utf16le'), {}, 'loans.csv is not utf-16le to its end'],
  ])('refuses %s', async (_, bytes, options, message) => {
    expect(await refusal(readFile(bytes, options))).toBe(message)
  })
})

describe('the delimiter of a loan file', () => {
  it.each([[',', 'comma'], [';', 'semicolon'], ['\t', 'tab'], ['|', 'pipe']])('case 8: finds %j by the header alone, whatever the rows hold', async (delimiter, name) => {
    const rows = ['"1,23,456";|', '1,23,456', 'a;b;c;d;e', '|||||'].map(cell => ['Ravi', cell, 'A1'].map(text => `"${text.replaceAll('"', '""')}"`).join(delimiter))
    const { rows: read, format } = await readFile([['Customer Name', 'Mobile No', 'Loan A/c No'].join(delimiter), ...rows].join('\n'))
    expect({ read, format }).toEqual({ format: `utf-8, ${name}`, read: [[1, 'Customer Name', 'Mobile No', 'Loan A/c No'], [2, 'Ravi', '"1,23,456";|', 'A1'], [3, 'Ravi', '1,23,456', 'A1'], [4, 'Ravi', 'a;b;c;d;e', 'A1'], [5, 'Ravi', '|||||', 'A1']] })
  })

  it('looks past titles that hold other delimiters', async () => {
    const { rows, format } = await readFile('XYZ, Finance, Ltd, Mumbai\nas on, 22-Nov-2026\nname;phone;loan_id\nRavi;9812345678;A1\n')
    expect({ format, last: rows.at(-1) }).toEqual({ format: 'utf-8, semicolon', last: [4, 'Ravi', '9812345678', 'A1'] })
  })

  it.each([['tab', '\t', 'tab'], [';', ';', 'semicolon'], ['^', '^', '"^"'], ['PIPE', '|', 'pipe']])('--delimiter %s overrides', async (delimiter, used, name) => {
    expect(await readFile(`x,y,z${used}b\n`, { delimiter })).toEqual(readOf([[1, 'x,y,z', 'b']], `utf-8, ${name}`, [notice('DELIMITER')]))
  })

  it.each(['', ',,', '"', '\n', 'a', '7', 'क'])('refuses --delimiter %j', async (delimiter) => {
    expect(await refusal(readFile(HEAD, { delimiter }))).toBe(`the delimiter cannot be "${delimiter}"`)
  })
})

describe('the records of a loan file', () => {
  it.each<[string, string, unknown[][]]>([
    ['case 13: blank lines and rows of commas are records', 'a,b\n\n,,\nc,d', [[1, 'a', 'b'], [2, ''], [3, '', '', ''], [4, 'c', 'd']]],
    ['case 14: a ragged row keeps its cells', 'a,b\n1,2,3\n4\n', [[1, 'a', 'b'], [2, '1', '2', '3'], [3, '4']]],
    ['case 15: line ends, commas and doubled quotes in quotes', 'a,"x\ny"\n"p,q","the ""old"" one"\nend,1', [[1, 'a', 'x\ny'], [3, 'p,q', 'the "old" one'], [4, 'end', '1']]],
    ['case 15: CRLF in quotes counts as one line', '"x\r\ny\r\n",1\r\nend,2\r\n', [[1, 'x\r\ny\r\n', '1'], [4, 'end', '2']]],
    ['case 17: CR alone', 'a,b\r1,2\r', [[1, 'a', 'b'], [2, '1', '2']]],
    ['case 17: mixed line ends', 'a,b\r\n1,2\n3,4\r5,6\n\r7,8', [[1, 'a', 'b'], [2, '1', '2'], [3, '3', '4'], [4, '5', '6'], [5, ''], [6, '7', '8']]],
    ['case 24: formulas stay text', '=1+1,+2,-3,@x\n', [[1, '=1+1', '+2', '-3', '@x']]],
    ['quotes within a cell that does not begin with one', '5" pipe,the "old" one\nend,1\n', [[1, '5" pipe', 'the "old" one'], [2, 'end', '1']]],
    ['text after a closing quote', '"Ram" Kumar,1\nend,2\n', [[1, '"Ram" Kumar', '1'], [2, 'end', '2']]],
    ['headers that are names of every object', '__proto__,constructor,toString\n1,2,3\n', [[1, '__proto__', 'constructor', 'toString'], [2, '1', '2', '3']]],
    ['a byte order mark in the middle', 'a,b\n\ufeffc,d\n', [[1, 'a', 'b'], [2, '\ufeffc', 'd']]],
    ['case 20: no bytes', '', []],
  ])('%s', async (_, text, rows) => {
    expect((await readFile(text)).rows).toEqual(rows)
  })

  it.each([
    ['case 17: NULs are left out and counted', 'na\0me,phone,loan_id\0\nRa\0vi,1,A1\n', [[1, 'name', 'phone', 'loan_id'], [2, 'Ravi', '1', 'A1']], [notice('NUL_STRIPPED', '3 NUL bytes were left out')]],
    ['case 17: a Ctrl-Z at the end', `${HEAD}a,b,c\r\n\x1a`, [[1, 'name', 'phone', 'loan_id'], [2, 'a', 'b', 'c']], [notice('CTRL_Z_STRIPPED', 'a Ctrl-Z at the end was left out')]],
    ['case 17: Ctrl-Z up to the end of a block', `${HEAD}a,b,c${'\x1a'.repeat(128)}`, [[1, 'name', 'phone', 'loan_id'], [2, 'a', 'b', 'c']], [notice('CTRL_Z_STRIPPED')]],
    ['a Ctrl-Z that is not at the end stays', `${HEAD}a\x1a,b,c\n`, [[1, 'name', 'phone', 'loan_id'], [2, 'a\x1a', 'b', 'c']], []],
  ])('%s', async (_, text, rows, notices) => {
    expect(await readFile(text)).toEqual(readOf(rows, 'utf-8, comma', notices))
  })

  it.each([
    ['case 16: a quote open to the end', `${HEAD}Asha,1,A1\n"Ravi,2,A2\nUma,3,A3\n`, 'loans.csv, line 3: a quote opened here is never closed'],
    ['case 16: that of the second cell, lines below the first', `${HEAD}"a\nb",1,"Ravi\nUma,3,A3\n`, 'loans.csv, line 3: a quote opened here is never closed'],
    ['case 16: one that swallows the opening quote of a later row', `${HEAD}"Ravi,2,A2\n"Uma, Rao",3,A3\nAsha,4,A4\n`, 'loans.csv, line 2: a quote opened here is never closed'],
    ['case 16: so that the columns fit by chance', `${HEAD}"Ravi,2,A2\n"Uma",3,A3\n`, 'loans.csv, line 2: a quote opened here is never closed'],
    ['a record of more than a megabyte', `${HEAD}${'a'.repeat(1_100_000)},1,A1\n`, 'loans.csv, line 2: the record is larger than 1 MB'],
    ['a megabyte of commas', `${HEAD}1,2,3\n${','.repeat(1_500_000)}\n`, 'loans.csv, line 3: the record is larger than 1 MB'],
    ['100,000 columns', `${Array.from({ length: 100_000 }, (_, at) => `c${at}`).join(',')}\n`, 'loans.csv, line 1: the record has 1,00,000 columns; at most 1,000 are read'],
    ['a row of 1,001 columns', `${HEAD}${','.repeat(1000)}\n`, 'loans.csv, line 2: the record has 1,001 columns; at most 1,000 are read'],
  ])('refuses %s, naming the line', async (_, text, message) => {
    expect(await refusal(readFile(text))).toBe(message)
  })

  it('reads 1,000 columns, and a record of just under a megabyte', async () => {
    const { rows } = await readFile(`${','.repeat(999)}\n${'a'.repeat(999_990)}\n`)
    expect(rows.map(row => row.length - 1)).toEqual([1000, 1])
  })

  it.each([1_000_001, 1_000_500, 1_020_000])('refuses a record of %i bytes, wherever its end lies', async (length) => {
    // Where rows follow, the record ends within a piece, and its bytes are not there to be counted when the piece is done.
    for (const [before, after] of [[0, 0], [1, 0], [60_000, 0], [100_000, 0], [0, 9], [1, 9], [60_000, 9], [100_000, 9]] as const)
      expect(await refusal(readFile(`name,phone,loan_id\n${'x,1,2\n'.repeat(before)}${'a'.repeat(length)}\n${'x,1,2\n'.repeat(after)}`))).toBe(`loans.csv, line ${before + 2}: the record is larger than 1 MB`)
  })

  it('counts lines right over many chunks, with line ends in quotes anywhere', async () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r')
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('x', '"a\nb"', '"a\r\nb\rc"', ''), ends), { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 400 }), async (parts, times) => {
      const rows = Array.from({ length: times }, () => parts).flat()
      const text = rows.map(([cell, end]) => `${cell},${'p'.repeat(100)}${end}`).join('')
      let line = 1
      const expected = rows.map(([cell]) => {
        const at = line
        line += 1 + (cell.match(/\r\n|\n|\r/g)?.length ?? 0)
        return at
      })
      const { rows: read } = await readFile(text)
      expect(read.map(([at]) => at)).toEqual(expected)
    }), { numRuns: 20 })
  })

  it('can be read twice, and counts what it stripped once', async () => {
    const file = await openLoanFile(aFile(`${HEAD}a\0,b,c\n`), Readable.from([]))
    const lines = async () => (await allOf(file.recordBatches())).flat().map(({ line }) => line)
    expect([await lines(), await lines(), file.notices()]).toEqual([[1, 2], [1, 2], [notice('NUL_STRIPPED', '1 NUL bytes were left out')]])
    await file.close()
  })
})

describe('what is no loan file', () => {
  it.each([
    ['case 6: an old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'loans.csv is an old Excel workbook (.xls) or a workbook with a password, not CSV'],
    ['case 7: an HTML table', Buffer.from('\r\n <TABLE border=1><tr><td>name</td></tr></TABLE>'), 'loans.csv is an HTML page with a table, not CSV'],
    ['case 7: a whole page', Buffer.from('\ufeff<!DOCTYPE html><html><body><table>'), 'loans.csv is an HTML page with a table, not CSV'],
    ['case 7: a page in UTF-16', Buffer.from('\ufeff<html><table>', 'utf16le'), 'loans.csv is an HTML page with a table, not CSV'],
    ['a spreadsheet in XML', Buffer.from('<?xml version="1.0"?><Workbook>'), 'loans.csv is an XML document, not CSV'],
    ['a PDF', Buffer.from('%PDF-1.7\n'), 'loans.csv is a PDF document, not CSV'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), 'loans.csv is a gzip archive, not CSV'],
    ['a picture', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 131 + (at >> 3)) & 0xff))]), 'loans.csv is no text: it is full of bytes that no table holds'],
  ])('refuses %s by its real name', async (_, bytes, message) => {
    expect(await refusal(readFile(bytes))).toBe(message)
  })

  it('refuses --sheet for a text', async () => {
    expect(await refusal(readFile(HEAD, { sheet: 'Loans' }))).toBe('loans.csv is no workbook; it has no sheet "Loans"')
  })

  it('refuses what is not a regular file without waiting for it', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const directory = join(folder, 'dir.csv')
    mkdirSync(directory)
    const missing = join(folder, 'no\n\x1b[31m.csv')
    expect(await Promise.all([pipe, directory, '/dev/zero', missing].map(path => refusal(readPath(path))))).toEqual([
      'pipe is not a regular file', 'dir.csv is a folder', 'zero is not a regular file', `there is no file ${missing}`,
    ])
  })

  it('follows a link to a file', async () => {
    const link = join(folder, 'link.csv')
    symlinkSync(aFile(HEAD), link)
    expect(await readPath(link)).toEqual(readOf([[1, 'name', 'phone', 'loan_id']], 'utf-8, comma'))
  })
})

describe('the identity of a loan file', () => {
  it('knows its name, its bytes and their hash', async () => {
    const file = await openLoanFile(aFile(HINDI), Readable.from([]))
    expect({ name: file.name, bytes: file.bytes, sha256: file.sha256 }).toEqual({ name: 'loans.csv', bytes: Buffer.byteLength(HINDI), sha256: createHash('sha256').update(HINDI).digest('hex') })
    await file.close()
  })

  it.each<[string, (path: string) => void]>([
    ['grew', path => appendFileSync(path, 'x')],
    ['was written over', path => writeFileSync(path, HINDI.replace('A1', 'A2'))],
    ['was touched', path => utimesSync(path, new Date(0), new Date(0))],
    ['gave its place to another file', (path) => {
      writeFileSync(`${path}.new`, HINDI)
      renameSync(`${path}.new`, path)
    }],
  ])('fails when the file %s while it was read', async (_, change) => {
    const path = aFile(HINDI)
    const file = await openLoanFile(path, Readable.from([]))
    await file.verifyUnchanged()
    change(path)
    expect(await refusal(file.verifyUnchanged())).toBe('loans.csv changed while it was being read')
    await file.close()
  })

  it('puts standard input aside for its owner alone, and removes it', async () => {
    const before = new Set(readdirSync(tmpdir()))
    const file = await openLoanFile('-', Readable.from([Buffer.from(HINDI.slice(0, 25)), Buffer.from(HINDI.slice(25))]))
    const [aside] = readdirSync(tmpdir()).filter(name => !before.has(name) && /^vacli-\w{6}$/.test(name))
    expect(statSync(join(tmpdir(), aside!, 'stdin')).mode & 0o777).toBe(0o600)
    expect({ name: file.name, lines: (await allOf(file.recordBatches())).flat().length }).toEqual({ name: 'stdin', lines: 2 })
    await file.close()
    expect(readdirSync(tmpdir())).not.toContain(aside)
  })

  it('stops at an input without end and leaves nothing behind', async () => {
    let pulled = 0
    const endless = new Readable({ read() {
      pulled++
      this.push(Buffer.alloc(65_536, 'a'))
    } })
    expect(await refusal(putStdinAside(endless, 3_000_000))).toBe('stdin is larger than 2 MB')
    expect(pulled).toBeLessThan(60)
  })

  it('leaves nothing of standard input behind that it refused', async () => {
    const aside = await putStdinAside(Readable.from([Buffer.from('x')]))
    const before = readdirSync(dirname(dirname(aside.path))).filter(name => name.startsWith('vacli-')).length
    expect(await refusal(openLoanFile('-', Readable.from([Buffer.from('%PDF-')])))).toBe('stdin is a PDF document, not CSV')
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('vacli-')).length).toBeLessThanOrEqual(before)
    await aside.remove()
  })
})

describe('any file', () => {
  const piece = fc.oneof(
    fc.constantFrom('name,phone,loan_id\n', '"', ',', ';', '\t', '\n', '\r', '\r\n', '\ufeff', '\0', '\x1a', 'PK\x03\x04', '<table', 'क'),
    fc.string({ unit: 'binary' }),
  ).map(text => Buffer.from(text))
  const bytes = fc.oneof(fc.array(fc.oneof(piece, fc.uint8Array().map(array => Buffer.from(array)))).map(parts => Buffer.concat(parts)))

  it('is read or refused with words, never anything else', async () => {
    await fc.assert(fc.asyncProperty(bytes, async (content) => {
      const outcome = await readFile(content).catch((error: unknown) => error)
      if (outcome instanceof Error)
        expect(outcome).toBeInstanceOf(VacliError)
    }), { numRuns: 1000 })
  })

  it('that write-csv wrote comes back the same', async () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ';', ' ', 'a', 'क', '\ufeff', '1') }))
      .filter(text => !/[\0\x1a]/.test(text) && !/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text))
    await fc.assert(fc.asyncProperty(fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), fc.boolean(), async (rows, bom) => {
      const table = [['name', 'phone', 'loan_id'], ...rows]
      const file = table.map((cells, at) => csvLine(cells, { bom: bom && at === 0 })).join('')
      expect((await readFile(file)).rows.map(([, ...cells]) => cells)).toEqual(table)
    }), { numRuns: 500 })
  })
})
