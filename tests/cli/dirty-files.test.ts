import { strToU8, zipSync } from 'fflate'
import iconv from 'iconv-lite'
import { beforeAll, describe, expect, it } from 'vitest'
import { number, sheetXml, text, workbook } from '../csv/a-workbook.ts'
import { csv, fateOf, type FileCase, HEADER, importFiles, type Imported, messagesOf, row, rows } from './dirty-files.ts'

// domain.md 5.3, cases that take a whole file; those of one row are in dirty-rows.test.ts.
const HINDI = 'सुनीता देवी'
const LOST = (count: number) => (at: number) => at < count ? { name: '????? ????' } : {}
const reads = (loan: string, cells: Record<string, unknown> = { due_amount: 1500 }): Pick<FileCase, 'rows' | 'loans'> => ({ rows: { created: 1 }, loans: { [loan]: cells } })
const utf16 = (content: string) => Buffer.from(`\ufeff${content}`, 'utf16le')
const cp1252 = (content: string) => iconv.encode(content, 'windows-1252')
const sheet = workbook({ Loans: sheetXml({
  1: ['Name', 'Mobile No', 'Loan No', 'Due Amount', 'Due Date'].map(text),
  2: [text(HINDI), number('9812400006'), text('F6'), number('1500'), number('46331', 1)],
}) })

const ENCODINGS: FileCase[] = [
  { name: 'case 1: a byte order mark is no part of the first header', file: 'bom.csv', bytes: `\ufeff${csv(row('F1', { name: HINDI }))}`, ...reads('F1', { full_name: HINDI }) },
  { name: 'case 2: Unicode Text', file: 'unicode.txt', bytes: utf16(csv(row('F2', { name: HINDI })).replaceAll(',', '\t')), ...reads('F2', { full_name: HINDI }), codes: { ENCODING: 1, DELIMITER: 1 } },
  { name: 'case 3: Windows-1252', file: 'ansi.csv', bytes: cp1252(csv(row('F3', { name: 'Joe D’Souza', due: 'Rs.\u00a01500' }))), ...reads('F3', { full_name: 'Joe D’Souza', due_amount: 1500 }), codes: { ENCODING: 1 }, says: ['windows-1252'] },
  { name: 'case 4: a fifth of the names lost', file: 'lost.csv', bytes: csv(...rows('F4', 10, LOST(2))), rows: { created: 8, rejected: 2 }, codes: { NAME_LOST: 2 } },
  { name: 'case 4: more than a fifth', file: 'more-lost.csv', bytes: csv(...rows('F4b', 10, LOST(3))), stop: ['3 of 10 names were lost', 'save as CSV UTF-8'], loans: { 'F4b-10': null } },
  { name: 'case 5: UTF-8 in a file that is Windows-1252 by another row, with the bytes that this page lacks', file: 'mixed.csv', bytes: Buffer.concat([Buffer.from(csv(row('F5', { name: HINDI }))), cp1252(`${row('F5b', { name: 'Joe D’Souza' })}\n`)]), rows: { created: 2 }, codes: { ENCODING: 1 }, loans: { F5: { full_name: HINDI }, F5b: { full_name: 'Joe D’Souza' } } },
  { name: 'case 6: a workbook', file: 'loans.xlsx', bytes: sheet, ...reads('F6', { full_name: HINDI, primary_phone: '+919812400006', due_amount: 1500, due_date: '2026-11-05' }) },
  { name: 'case 6: a workbook by another name', file: 'really-xlsx.csv', bytes: workbook({ Loans: sheetXml({ 1: ['Name', 'Mobile No', 'Loan No'].map(text), 2: [text('Ravi Rao'), number('9812400106'), text('F6b')] }) }), ...reads('F6b', { full_name: 'Ravi Rao' }) },
  { name: 'case 6: an archive that is no workbook', file: 'archive.csv', bytes: Buffer.from(zipSync({ 'loans.csv': strToU8(csv(row('F6c'))) })), stop: ['archive.csv is a zip archive without a workbook', 'Unpack it first'], loans: { F6c: null } },
  { name: 'case 6: an old workbook', file: 'old.xls', bytes: Buffer.from('d0cf11e0a1b11ae1'.repeat(64), 'hex'), stop: ['old.xls is an old Excel workbook', 'CSV UTF-8'] },
  { name: 'case 7: a page with a table', file: 'page.xls', bytes: '<html><body><table><tr><td>name</td></tr></table></body></html>', stop: ['page.xls is an HTML page with a table', 'CSV UTF-8'] },
]

const ROWS_OF_TEXT: FileCase[] = [
  ...([[';', 'semicolon'], ['\t', 'tab'], ['|', 'pipe']] as const).map(([delimiter, name]): FileCase => ({ name: `case 8: ${name}`, file: `${name}.csv`, bytes: csv(row(`F8${name}`)).replaceAll(',', delimiter), ...reads(`F8${name}`), codes: { DELIMITER: 1 }, says: [name] })),
  { name: 'case 9: titles above, which say as on when', file: 'titles.csv', bytes: `XYZ Finance – DPD report as on 21-Nov-2026\n\n${csv(row('F9'))}`, ...reads('F9') },
  { name: 'case 10: a header over two rows', file: 'merged.csv', bytes: 'Customer,,Loan,Branch,\nName,Mobile No,No,Name,Contact No\nRavi Rao,9812400010,F10,Gaya,9123400010\n', ...reads('F10', { full_name: 'Ravi Rao', primary_phone: '+919812400010', branch: 'Gaya', branch_contact_number: '9123400010' }) },
  { name: 'case 10: two rows that make no header', file: 'unmapped.csv', bytes: 'Who,,What,\nTitle,Digits,Ref,Sum\nRavi Rao,9812400110,F10b,1500\n', stop: ['unmapped.csv has no column for name, phone, loan_id', '--map'], loans: { F10b: null } },
  { name: 'case 11: the header again', file: 'appended.csv', bytes: csv(row('F11'), HEADER, row('F11b'), HEADER), rows: { created: 2, skipped: 2 }, codes: { HEADER: 1 }, says: ['2 repeated headers left out'] },
  { name: 'case 12: totals that fit', file: 'totals.csv', bytes: csv(row('F12'), row('F12b'), 'Gaya Total,,,3000,', row('F12c'), 'Grand Total,,,4500,'), rows: { created: 3, skipped: 2 }, codes: { TOTAL: 1 } },
  { name: 'case 12: a total that does not', file: 'no-total.csv', bytes: csv(row('F12d'), 'Total,,,4500,'), rows: { created: 1, skipped: 1 }, codes: { TOTAL: 1, TOTAL_MISMATCH: 1 }, says: ['₹4500', '₹1500'] },
  { name: 'case 12: a borrower named Total', file: 'mr-total.csv', bytes: csv(row('F12e', { name: 'Total Ram' })), ...reads('F12e', { full_name: 'Total Ram' }) },
  { name: 'case 13: blank rows, commas and a footer', file: 'blank.csv', bytes: csv(row('F13'), '', ',,,,', 'Generated by CoreBank on 22-Nov-2026'), rows: { created: 1, skipped: 3 }, codes: { BLANK: 1, FOOTER: 1 }, says: ['2 blank rows left out', '1 footer left out'] },
  { name: 'case 14: a row whose amount was not quoted', file: 'ragged.csv', bytes: csv(row('F14', { due: '2,50,000' }), ...rows('F14', 30)), rows: { created: 30, rejected: 1 }, codes: { COLUMN_COUNT: 1 }, loans: { F14: null, 'F14-1': { due_amount: 1500 } } },
  { name: 'case 14: more than a twentieth of them', file: 'more-ragged.csv', bytes: csv(...rows('F14b', 2, () => ({ due: '2,50,000' })), ...rows('F14c', 30)), stop: ['2 of 32 rows have more or fewer cells', 'quotes'], loans: { 'F14c-1': null } },
  { name: 'case 15: a quoted cell with a line break, a comma and quotes', file: 'quoted.csv', bytes: csv(row('F15', { name: '"Ravi ""Ram""\nRao, Gaya"' })), ...reads('F15', { full_name: 'Ravi "Ram" Rao, Gaya' }) },
  { name: 'case 16: a quote that stays open', file: 'open.csv', bytes: csv(row('F16'), row('F16b', { name: '"Ravi' }), row('F16c')), stop: ['line 3', 'quote'], loans: { F16: null } },
  { name: 'case 17: CR alone', file: 'cr.csv', bytes: csv(row('F17')).replaceAll('\n', '\r'), ...reads('F17') },
  { name: 'case 17: line ends of all kinds', file: 'ends.csv', bytes: `${HEADER}\r\n${row('F17b')}\n${row('F17c')}\r${row('F17d')}`, rows: { created: 3 } },
  { name: 'case 17: NULs and Ctrl-Z', file: 'nul.csv', bytes: `${csv(row('F17e')).replace('Rajesh', 'Raj\0esh')}\x1a`, ...reads('F17e', { full_name: 'Rajesh Kumar' }), codes: { NUL_STRIPPED: 1, CTRL_Z_STRIPPED: 1 } },
]

const COLUMNS: FileCase[] = [
  { name: 'case 18: Mobile twice', file: 'mobile.csv', bytes: 'name,Mobile,loan_id,Mobile\nRavi Rao,9812400018,F18,9812400118\nUma Rao,9812400218,F18b,\n', rows: { created: 2 }, codes: { PHONE_ALTERNATE: 1 }, loans: { F18: { primary_phone: '+919812400018' } }, says: ['line 1: column "Mobile (2)" is a second phone'] },
  { name: 'case 18: Mobile No 1 and 2', file: 'mobiles.csv', bytes: 'name,Mobile No 2,Mobile No 1,loan_id\nRavi Rao,9812400318,9812400418,F18c\n', rows: { created: 1 }, codes: { PHONE_ALTERNATE: 1 }, loans: { F18c: { primary_phone: '+919812400418' } } },
  { name: 'case 19: a required header is not there', file: 'no-loan.csv', bytes: 'Customer Nam,Mobile No,Loan Acc No\nRavi Rao,9812400019,F19\n', stop: ['no-loan.csv has no column for name, loan_id', '--map "Customer Nam=name" --map "Loan Acc No=loan_id"'], loans: { F19: null } },
  { name: 'case 20: no bytes', file: 'empty.csv', bytes: '', stop: ['empty.csv is empty', 'Export'] },
  { name: 'case 20: no header', file: 'headless.csv', bytes: `${row('F20')}\n`, stop: ['headless.csv has no column for name, phone, loan_id', ''], loans: { F20: null } },
  { name: 'case 20: a header alone', file: 'header.csv', bytes: `${HEADER}\n`, rows: {}, codes: { NO_ROWS: 1 } },
  { name: 'case 40: phones that Excel rounded', file: 'rounded.csv', bytes: csv(...rows('F40', 6, at => ({ phone: `98124${at + 1}0000` })), ...rows('F40b', 4)), rows: { created: 4, review: 6 }, codes: { PHONE_ROUNDED: 7 }, loans: { 'F40-1': { status: 'review', primary_phone: null }, 'F40b-1': { status: 'ready' } }, says: ['6 of 10 phones end in 0000; numbers may already be rounded by Excel'] },
  { name: 'case 40: one round phone is a borrower\'s own', file: 'round.csv', bytes: csv(row('F40c', { phone: '9812480000' }), ...rows('F40d', 4)), rows: { created: 5 }, loans: { F40c: { status: 'ready' } } },
  { name: 'case 49: nothing but dashes', file: 'dashes.csv', bytes: csv(...rows('F49', 3, () => ({ due: '-' }))), rows: { created: 3 }, codes: { ZERO_DUE: 3, ALL_ZERO_DUE: 1 }, loans: { 'F49-1': { due_amount: 0, status: 'blocked' } } },
  { name: 'case 59: the month first', file: 'month-first.csv', bytes: csv(row('F59', { date: '11/05/2026' }), row('F59b', { date: '10/25/2026' })), stop: ['look like MM/DD: 1 such as 10/25/2026, and none has the day first (DATE_ORDER)', '--date-order mdy'], loans: { F59: null } },
  { name: 'case 60: both orders', file: 'both.csv', bytes: csv(row('F60', { date: '25/10/2026' }), row('F60b', { date: '10/25/2026' })), stop: ['in two orders: 1 such as 25/10/2026, and 1 such as 10/25/2026 (DATE_MIXED)', 'Excel'], loans: { F60: null } },
  { name: 'case 61: either order', file: 'either.csv', bytes: csv(row('F61', { date: '05/11/2026' }), row('F61b', { date: '03/02/2026' })), rows: { created: 2 }, codes: { DATE_AMBIGUOUS: 1 }, loans: { F61: { due_date: '2026-11-05' } }, says: ['read day first, as 2026-02-03 to 2026-11-05'] },
  { name: 'case 61: either order, and most of them in the future', file: 'future.csv', bytes: csv(row('F61c', { date: '05/12/2026' }), row('F61d', { date: '06/12/2026' }), row('F61e', { date: '05/11/2026' })), stop: ['2 of the 3 dates in due_date would lie after 2026-11-23', '--date-order mdy or --date-order dmy'], loans: { F61c: null } },
  { name: 'case 72: ids that Excel cut off', file: 'cut.csv', bytes: csv(row('1234567890123450'), row('1234567890123450', { name: 'Uma Rao' }), row('1234567890123460')), rows: { created: 1, review: 2 }, codes: { ID_TRUNCATED: 1, LOAN_TWICE: 2 }, loans: { 1234567890123450: { status: 'review' }, 1234567890123460: { status: 'ready' } } },
  { name: 'an identical row', file: 'twice.csv', bytes: csv(row('F98', { phone: '9812400098' }), row('F98', { phone: '9812400098' })), rows: { created: 1, skipped: 1 } },
  { name: 'one loan with two amounts', file: 'two-truths.csv', bytes: csv(row('F99', { phone: '9812400099' }), row('F99', { phone: '9812400099', due: '3100' })), rows: { review: 2 }, codes: { LOAN_TWICE: 2 }, loans: { F99: { due_amount: null, status: 'review' } } },
]

const CASES = [...ENCODINGS, ...ROWS_OF_TEXT, ...COLUMNS]
let imported: Imported

beforeAll(async () => {
  imported = await importFiles(CASES)
})

describe('a dirty file', () => {
  it.each(CASES.filter(({ stop }) => !stop))('$name', (one) => {
    expect(fateOf(imported, one)).toEqual({ status: 'completed', rows: one.rows, codes: one.codes ?? {}, loans: one.loans ?? {} })
    for (const said of one.says ?? [])
      expect(messagesOf(imported, one.file)).toContain(said)
  })

  it.each(CASES.filter(({ stop }) => stop))('$name: nothing of it is imported', (one) => {
    const [message, hint] = one.stop!
    const told = imported.errors.find(error => error.message.startsWith(one.file))
    expect(fateOf(imported, one)).toEqual({ status: undefined, rows: {}, codes: {}, loans: one.loans ?? {} })
    expect(told).toEqual({ code: 'invalid', message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })

  it('keeps none of the others out', () => {
    expect({ code: imported.code, read: imported.reports.length }).toEqual({ code: 3, read: CASES.filter(({ stop }) => !stop).length })
  })
})
