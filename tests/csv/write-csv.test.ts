import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvLine } from '../../src/csv/write-csv.ts'

describe('csvLine', () => {
  it.each([
    ['plain cells', ['LOAN001', 42, true, 15000.5], 'LOAN001,42,true,15000.5\r\n'],
    ['nothing known', ['a', null, undefined, '', 'b'], 'a,,,,b\r\n'],
    ['one empty cell', [''], '""\r\n'],
    ['a comma, quotes and line ends', ['Kumar, R', 'the "old" one', 'a\nb', 'a\r\nb'], '"Kumar, R","the ""old"" one","a\nb","a\r\nb"\r\n'],
    ['blanks at an end', [' a', 'b ', 'c d'], '" a","b ",c d\r\n'],
    ['Hindi', ['लक्ष्मी देवी'], 'लक्ष्मी देवी\r\n'],
    ['formulas', ['=1+1', '+SUM(A1)', '-2+3', '@cmd', '\tx', '\rx'], '\'=1+1,\'+SUM(A1),\'-2+3,\'@cmd,\'\tx,"\'\rx"\r\n'],
    ['a formula with a quote', ['=HYPERLINK("http://x.invalid","pay")'], '"\'=HYPERLINK(""http://x.invalid"",""pay"")"\r\n'],
    ['wide formulas', ['＝1', '＋1', '－1', '＠a'], '\'＝1,\'＋1,\'－1,\'＠a\r\n'],
    ['numbers and phones', ['-1200.50', '+919812345678', '-1,20,000.50', -5, '+5'], '-1200.50,+919812345678,"-1,20,000.50",-5,+5\r\n'],
    ['what only begins like a number', ['-1200.50+2', '+91 98123 45678', '-1e5', '-', '-.5'], '\'-1200.50+2,\'+91 98123 45678,\'-1e5,\'-,\'-.5\r\n'],
    ['signs inside', ['a=b', 'a-b', '\'=kept'], 'a=b,a-b,\'=kept\r\n'],
  ])('writes %s', (_, cells, line) => {
    expect(csvLine(cells)).toBe(line)
  })

  it('starts a file for Excel with a byte order mark', () => {
    expect(csvLine(['Name', 'राज्य'], { bom: true })).toBe('\ufeffName,राज्य\r\n')
  })

  it('is read back as it was written, but for the mark before a formula', () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', '\'', ' ', '1', '.', '\ufeff', 'क') }))
    fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 }), fc.boolean(), (rows, bom) => {
      const file = rows.map((cells, index) => csvLine(cells, { bom: bom && index === 0 })).join('')
      const read: string[][] = parse(file, { bom: true, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true })

      expect(read.map((cells, row) => cells.map((text, index) => text === `'${rows[row]?.[index]}` ? text.slice(1) : text))).toEqual(rows)
      expect(read.flat().filter(text => /^[=+\-@\t\r]/.test(text) && !/^[+-]\d[\d,.]*$/.test(text))).toEqual([])
    }), { numRuns: 500 })
  })
})
