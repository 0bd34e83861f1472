import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapColumns } from '../../src/domain/columns.ts'
import { countKnown, findHeader } from '../../src/domain/find-header.ts'
import { HOSTILE_TEXTS } from './hostile-text.ts'

/** The records of lines that commas separate. */
const recordsOf = (...lines: string[]) => lines.map((line, at) => ({ cells: line.split(','), line: at + 1 }))
const find = (...lines: string[]) => findHeader(recordsOf(...lines))
const found = (...lines: string[]) => {
  const header = find(...lines)
  return header.ok ? { line: header.line, rows: header.rows, headers: header.headers.join('|'), dataDate: header.dataDate } : header.message
}

describe('findHeader', () => {
  it('finds the header of the first line whole', () => {
    expect(find('name,phone,loan_id', 'Ravi,9812345678,A1')).toEqual({
      ok: true, index: 0, rows: 1, line: 1, headers: ['name', 'phone', 'loan_id'], columns: mapColumns(['name', 'phone', 'loan_id']), titles: [], dataDate: null,
    })
  })

  it.each<[string, string[], unknown]>([
    ['case 9: below titles', ['XYZ Finance – DPD report as on 22-Nov-2026', '', 'Branch: Jayanagar,,', 'Customer Name,Mobile No,Loan No', 'Ravi,98,A1'], { line: 4, rows: 1, headers: 'Customer Name|Mobile No|Loan No', dataDate: '2026-11-22' }],
    ['case 9: the title that knows a word or two does not win', ['Branch,State,Report', 'name,phone,loan_id,Branch', 'Ravi,98,A1,B'], { line: 2, rows: 1, headers: 'name|phone|loan_id|Branch', dataDate: null }],
    ['case 9: a title of a word and its value is no group', ['Branch,Jayanagar', 'name,phone,loan_id'], { line: 2, rows: 1, headers: 'name|phone|loan_id', dataDate: null }],
    ['case 11: the first of two that are the same', ['name,phone,loan_id', 'Ravi,98,A1', 'name,phone,loan_id'], { line: 1, rows: 1, headers: 'name|phone|loan_id', dataDate: null }],
    ['the twentieth line', [...Array.from({ length: 19 }, () => 'title'), 'name,phone,loan_id'], { line: 20, rows: 1, headers: 'name|phone|loan_id', dataDate: null }],
    ['case 10: Branch over Name and Contact No', [',,,Branch,', 'Customer Name,Mobile No,Loan No,Name,Contact No'], { line: 1, rows: 2, headers: 'Customer Name|Mobile No|Loan No|Branch Name|Branch Contact No', dataDate: null }],
    ['case 10: the branch stands first', ['Branch,,Customer,,Loan', 'Name,Contact No,Name,Contact No,Loan No'], { line: 1, rows: 2, headers: 'Branch Name|Branch Contact No|Customer Name|Contact No|Loan No', dataDate: null }],
    ['case 10: groups over all columns', ['Customer,,Loan,,Branch,', 'Name,Contact No,No,Due Amount,Name,Contact No'], { line: 1, rows: 2, headers: 'Customer Name|Contact No|Loan No|Due Amount|Branch Name|Branch Contact No', dataDate: null }],
    ['case 10: cells merged downwards', ['Member Name,Mobile,Loan Account No,Branch,', ',,,Name,Contact No'], { line: 1, rows: 2, headers: 'Member Name|Mobile|Loan Account No|Branch Name|Branch Contact No', dataDate: null }],
    ['case 10: below a title', ['as on 05/11/2026', 'Member,,Loan', 'Name,Contact No,ID'], { line: 2, rows: 2, headers: 'Member Name|Contact No|Loan ID', dataDate: '2026-11-05' }],
  ])('%s', (_, lines, expected) => {
    expect(found(...lines)).toEqual(expected)
  })

  it.each<[string, string[], string]>([
    ['case 10: a phone that is the branch\'s is never the borrower\'s', ['Customer,Loan,Branch,', 'Name,Loan No,Name,Contact No'], 'no column for phone; line 2 reads: Customer Name, Loan No, Branch Name, Branch Contact No'],
    ['case 10: nor where each group is one column', ['Branch,Customer,Loan', 'Contact No,Name,Loan No'], 'no column for phone; line 2 reads: Branch Contact No, Customer Name, Loan No'],
    ['case 19: a header that lacks one', ['report', 'name,phone,amount'], 'no column for loan_id; line 2 reads: name, phone, amount'],
    ['case 20: no header at all', ['Ravi,9812345678,A1', 'Uma,9812345679,A2'], 'no column for name, phone, loan_id; its first line reads: Ravi, 9812345678, A1'],
    ['case 20: no line at all', [], 'no column for name, phone, loan_id; there is no line at all'],
    ['the twenty-first line is too late', [...Array.from({ length: 20 }, () => 'title'), 'name,phone,loan_id'], 'no column for name, phone, loan_id; its first line reads: title'],
    ['long headers are cut', [`${'x'.repeat(100)},name`], `no column for phone, loan_id; its first line reads: ${'x'.repeat(60)}, name`],
  ])('refuses: %s', (_, lines, message) => {
    expect(found(...lines)).toBe(message)
  })

  it('shows twenty headers of a refused line at most', () => {
    const header = find(Array.from({ length: 50 }, (_, at) => `c${at}`).join(','))
    expect(header).toMatchObject({ ok: false, line: 1, missing: ['name', 'phone', 'loan_id'], message: expect.stringMatching(/c19$/) })
  })

  it('knows the columns that a mapping adds', () => {
    const map = (headers: string[]) => mapColumns(headers.map(header => header === 'Handy' ? 'phone' : header))
    expect(findHeader(recordsOf('title', 'name,Handy,loan_id'), map)).toMatchObject({ ok: true, index: 1 })
  })

  it.each([
    ['as on 22-Nov-2026', '2026-11-22'], ['DPD AS ON: 22/11/2026', '2026-11-22'], ['as of 22.11.2026', '2026-11-22'], ['Outstanding as on date 2026-11-22', '2026-11-22'],
    ['as on 22nd Nov 2026', '2026-11-22'], ['as on - 5 Nov 26', '2026-11-05'], ['As  on\u00a022-11-2026 06:00', '2026-11-22'], ['as at 22-11-26', '2026-11-22'],
    ['as on 31/02/2026', null], ['as on Monday', null], ['report of 22-11-2026', null], ['has onions 22-11-2026', null],
  ])('reads the date of %j', (title, dataDate) => {
    expect(find(title, 'name,phone,loan_id')).toMatchObject({ ok: true, dataDate })
  })

  it('reads a date that stands in the cell beside its words, and never one below the header', () => {
    expect(find('Report,as on,22/11/2026', 'name,phone,loan_id')).toMatchObject({ dataDate: '2026-11-22' })
    expect(find('name,phone,loan_id', 'as on 22/11/2026,,')).toMatchObject({ dataDate: null })
  })

  it('is quick with hostile titles', () => {
    for (const text of HOSTILE_TEXTS)
      expect(findHeader([{ cells: [text, `as on ${text}`], line: 1 }, { cells: ['name', 'phone', 'loan_id'], line: 2 }])).toMatchObject({ ok: true })
  })

  it('answers for any records', () => {
    const cell = fc.oneof(fc.constantFrom('name', 'phone', 'loan_id', 'Branch', 'Contact No', '', '__proto__', 'as on 1/1/2026'), fc.string())
    fc.assert(fc.property(fc.array(fc.array(cell)), (rows) => {
      const records = rows.map((cells, at) => ({ cells, line: at + 1 }))
      const header = findHeader(records)
      expect(header.ok ? header.columns.missing : []).toEqual([])
      expect(countKnown(records)).toBeGreaterThanOrEqual(header.ok ? Object.keys(header.columns.positions).filter(field => field !== 'alternate_phone').length : 0)
    }))
  })
})
