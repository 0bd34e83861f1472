import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { workbookCellText } from '../../src/csv/workbook-cell.ts'
import { number, sheetXml, text, typed, workbook, workbookParts } from './a-workbook.ts'
import { readFile, refusal } from './a-file.ts'
import { IS_LONG, SEED, tell } from '../faults/tell.ts'

// Every byte in the long run, every so manyth otherwise, others each time: each takes a thread of its own.
const STEP = IS_LONG ? 1 : 29
tell(`damaged bytes of a workbook: seed ${SEED}`)

const HEADER = [text('name'), text('phone'), text('loan_id')]
const LOANS = sheetXml({ 1: HEADER, 2: [text('Ravi'), number('9812345678'), text('A1')] })
const LOAN_ROWS = [[1, 'name', 'phone', 'loan_id'], [2, 'Ravi', '9812345678', 'A1']]
const ENTRY = Buffer.from('504b0102', 'hex')
const zip = (parts: Record<string, Uint8Array | string>) => Buffer.from(zipSync(Object.fromEntries(Object.entries(parts).map(([path, part]) => [path, typeof part === 'string' ? strToU8(part) : part]))))

/** The archive with a number of its directory overwritten, in each entry. */
function forged(bytes: Buffer, field: 'flags' | 'size', value: number): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(ENTRY); at >= 0; at = copy.indexOf(ENTRY, at + 1)) {
    if (field === 'flags')
      copy.writeUInt16LE(value, at + 8)
    else
      copy.writeUInt32LE(value, at + 24)
  }
  return copy
}

describe('a workbook', () => {
  it('case 6: is read as what a person would have typed, its line is the row of the sheet', async () => {
    const sheet = sheetXml({
      1: [text('DPD report as on 22-Nov-2026')],
      3: [text('name'), text('phone'), text('loan_id'), text('due_date'), text('amount'), text('remark'), text('paid')],
      4: [text('सुनीता  देवी '), number('9812345678'), number('100000000000'), number('46331', 1), number('15000.5'), typed('b', '1'), number('46331.5', 2)],
      6: [text('=1+1'), number('9.812345678E9'), text('000123'), number('46388', 1), number('0.30000000000000004'), typed('e', '#REF!'), null],
      7: [typed('str', 'from a formula'), number('9.19812E+11'), number('1.23456789012345E+15'), text('05/11/2026'), number('-250000'), typed('b', '0'), text('a\nb')],
    })
    expect(await readFile(workbook({ Loans: sheet }), { name: 'loans.xlsx' })).toEqual({
      kind: 'xlsx', format: 'xlsx', notices: [], rows: [
        [1, 'DPD report as on 22-Nov-2026', '', '', '', '', '', ''],
        [2, '', '', '', '', '', '', ''],
        [3, 'name', 'phone', 'loan_id', 'due_date', 'amount', 'remark', 'paid'],
        [4, 'सुनीता  देवी ', '9812345678', '100000000000', '2026-11-05', '15000.5', 'TRUE', '2026-11-05 12:00:00'],
        [5, '', '', '', '', '', '', ''],
        [6, '=1+1', '9812345678', '000123', '2027-01-01', '0.3', '#REF!', ''],
        [7, 'from a formula', '919812000000', '1234567890123450', '05/11/2026', '-250000', 'FALSE', 'a\nb'],
      ],
    })
  })

  it('case 6: is known by its bytes, whatever its name', async () => {
    expect(await readFile(workbook({ Loans: LOANS }), { name: 'loans.csv' })).toMatchObject({ kind: 'xlsx', rows: LOAN_ROWS })
  })

  it('case 6: gives the sheet that --sheet names, the first one else', async () => {
    const bytes = workbook({ Cover: sheetXml({ 1: [text('hello')] }), Loans: LOANS })
    expect((await readFile(bytes)).rows).toEqual([[1, 'hello']])
    expect((await readFile(bytes, { sheet: 'Loans' })).rows).toEqual(LOAN_ROWS)
    expect(await refusal(readFile(bytes, { sheet: 'loans' }))).toBe('loans.csv has no sheet "loans"; it has Cover, Loans')
  })

  it('is empty where its sheet is', async () => {
    expect((await readFile(workbook({ Loans: sheetXml({}) }))).rows).toEqual([])
  })

  it('comes in batches with their lines going on', async () => {
    const rows = Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [at + 1, [text(`Ravi ${at}`), number(String(9_800_000_000 + at))]]))
    const { rows: read } = await readFile(workbook({ Loans: sheetXml(rows) }))
    expect([read.length, read[999], read[1000], read.at(-1)]).toEqual([2500, [1000, 'Ravi 999', '9800000999'], [1001, 'Ravi 1000', '9800001000'], [2500, 'Ravi 2499', '9800002499']])
  })
})

describe('what only begins like a workbook', () => {
  const loans = workbook({ Loans: LOANS })
  it.each<[string, Buffer, string]>([
    ['case 6: an archive of a CSV', zip({ 'loans.csv': 'name,phone\n' }), 'loans.csv is a zip archive without a workbook, not .xlsx'],
    ['an .xlsb', zip({ 'xl/workbook.bin': 'x' }), 'loans.csv is a binary workbook (.xlsb), not .xlsx'],
    ['an .ods', zip({ mimetype: 'x', 'content.xml': 'x' }), 'loans.csv is an OpenDocument file (.ods), not .xlsx'],
    ['a Word document', zip({ 'word/document.xml': 'x' }), 'loans.csv is a Word document, not .xlsx'],
    ['case 6: two letters and text', Buffer.from('PK\x03\x04 name,phone,loan_id\n'), 'loans.csv begins like an .xlsx workbook and is none, or it is damaged'],
    ['one that is cut off', loans.subarray(0, -40), 'loans.csv begins like an .xlsx workbook and is none, or it is damaged'],
    ['one whose sheet is no XML', workbook({ Loans: 'nothing' }), 'loans.csv begins like an .xlsx workbook and is none, or it is damaged'],
    ['one that lacks its sheet', zip(Object.fromEntries(Object.entries(workbookParts({ Loans: LOANS })).filter(([path]) => !path.includes('sheet1')))), 'loans.csv begins like an .xlsx workbook and is none, or it is damaged'],
    ['one with a password on its entries', forged(loans, 'flags', 1), 'loans.csv is protected with a password'],
    ['one whose directory lies of less', forged(loans, 'size', 10), 'loans.csv begins like an .xlsx workbook and is none, or it is damaged'],
    ['one whose directory lies of more', forged(loans, 'size', 2000), 'loans.csv begins like an .xlsx workbook and is none, or it is damaged'],
    ['one that would unpack to gigabytes', forged(loans, 'size', 0x3fff_ffff), expect.stringMatching(/^loans.csv would unpack from 0.00 MB to \d{4} MB; at most 100 MB/) as unknown as string],
    ['one that packs a thousand to one', zip({ ...workbookParts({ Loans: LOANS }), 'xl/x.xml': ' '.repeat(3_000_000) }), expect.stringMatching(/^loans.csv would unpack from 0.0. MB to 3.00 MB/) as unknown as string],
    ['more files than a workbook has', zip(Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`f${at}`, '']))), 'loans.csv is an archive of more than 1000 files, no workbook of loans'],
    ['a sheet with cells far apart', workbook({ Loans: LOANS.replace('</sheetData>', '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>') }), 'loans.csv has a sheet of 10,48,576 rows and 16,384 columns; at most 1,000 columns and 50 lakh cells are read'],
  ])('refuses %s', async (_, bytes, message) => {
    expect(await refusal(readFile(bytes))).toEqual(message)
  })

  it('is refused at any byte that was damaged, or read as it was', async () => {
    for (let at = SEED % STEP; at < loans.length; at += STEP) {
      const bytes = Buffer.from(loans)
      bytes[at]! ^= 0x55
      const outcome = await readFile(bytes).then(({ rows }) => rows, async (error: unknown) => refusal(Promise.reject(error)))
      expect(typeof outcome === 'string' || JSON.stringify(outcome) === JSON.stringify(LOAN_ROWS), `byte ${at}: ${JSON.stringify(outcome)}`).toBe(true)
    }
  })
})

describe('workbookCellText', () => {
  it.each([
    ['9812345678', '9812345678'], ['9.812345678E9', '9812345678'], ['9.812345678E+9', '9812345678'], ['1E+05', '100000'], ['1.5E-3', '0.0015'], ['-2.5E2', '-250'], ['0', '0'], ['0.0', '0'],
    ['15000.50', '15000.5'], ['0.1', '0.1'], ['15000.299999999999', '15000.3'], ['12345678901234567', '12345678901234567'], ['1E+300', '1E+300'], ['1.0', '1'], ['x', 'x'], ['', ''],
  ])('writes the number %s as %s', (stored, written) => {
    expect(workbookCellText([stored])).toBe(written)
  })

  it.each([
    [null, ''], ['text', 'text'], ['1E+05', '1E+05'], [true, 'TRUE'], [false, 'FALSE'], ['a\0b', 'ab'],
    [new Date('2026-11-05T00:00:00Z'), '2026-11-05'], [new Date('2026-11-04T23:59:59.9999Z'), '2026-11-05'], [new Date('2026-11-05T09:30:00Z'), '2026-11-05 09:30:00'], [new Date(Number.NaN), ''],
  ])('writes %j as %j', (cell, written) => {
    expect(workbookCellText(cell)).toBe(written)
  })
})
