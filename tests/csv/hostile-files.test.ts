import { randomFillSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HEADER, lineOf, PEAK_MB, readLarge } from './child-reading.ts'

const READ_MB = 16

// What is read for longer, and archives that blow up, are tried in tests/faults/hostile-files.test.ts.
describe('a hostile file of 256 MB', () => {
  it.each<[string, string, (block: Buffer) => Buffer, string]>([
    ['random bytes', '', block => randomFillSync(block), 'hostile.csv is no text: it is full of bytes that no table holds'],
    ['zero bytes', '', block => block, 'hostile.csv has no column for name, phone, loan_id; there is no line at all'],
    ['one line', '', lineOf('a'), 'hostile.csv, line 1: the record is larger than 1 MB'],
    ['one line of commas', '', lineOf(','), 'hostile.csv, line 1: the record is larger than 1 MB'],
    ['blank lines', '', lineOf('\n'), 'hostile.csv has no column for name, phone, loan_id; its first line reads: column 1'],
    ['a quote that is never closed', `${HEADER}"`, lineOf('Ravi,9812345678,A1\n'), 'hostile.csv, line 2: a quote opened here is never closed'],
    ['quotes alone', HEADER, lineOf('"'), 'hostile.csv, line 2: a quote opened here is never closed'],
    ['no header', '', lineOf('Ravi,9812345678,A1\n'), 'hostile.csv has no column for name, phone, loan_id; its first line reads: Ravi, 9812345678, A1'],
    ['a header of 100,000 columns', `${HEADER.trim()}${',x'.repeat(100_000)}\n`, lineOf('Ravi,9812345678,A1\n'), 'hostile.csv, line 1: the record has 1,00,005 columns; at most 1,000 are read'],
  ])('is refused by its beginning: %s', (_, first, fill, refusal) => {
    const outcome = readLarge(first, fill)
    expect(outcome).toMatchObject({ refusal, records: 0 })
    expect(outcome.peakMb).toBeLessThan(PEAK_MB)
    expect(outcome.readMb).toBeLessThan(READ_MB)
  })
})
