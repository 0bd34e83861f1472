import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { aFile, folder } from './a-file.ts'
import { workbookParts } from './a-workbook.ts'

const CHILD = join(import.meta.dirname, 'child-reader.js')
const MB = 1_048_576
const LARGE = 256
const PEAK_MB = 300
const READ_MB = 16
const HEADER = 'name,phone,loan_id,amount,due_date\n'
const GOOD = `${HEADER}${'Ravi Kumar,9812345678,A1,"2,50,000",05/11/2026\n'.repeat(80_000)}`
const GOOD_LINES = 80_001

/** `readMb`: what the process read, its own program among it. */
interface Outcome { refusal: string | null, records: number, peakMb: number, readMb: number }

/** The file is made, read in a process of its own and removed. */
function read(first: string, fill: (block: Buffer) => Buffer, megabytes = LARGE): Outcome {
  const path = join(folder, 'hostile.csv')
  const file = openSync(path, 'w')
  writeSync(file, first)
  for (let left = megabytes; left > 0; left -= 8)
    writeSync(file, fill(Buffer.alloc(8 * MB)))
  closeSync(file)
  try {
    return readIn(path)
  }
  finally {
    rmSync(path)
  }
}

function readIn(path: string): Outcome {
  return JSON.parse(execFileSync(process.execPath, [CHILD, path], { encoding: 'utf8' })) as Outcome
}

const lineOf = (text: string) => (block: Buffer) => block.fill(text)

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
    const outcome = read(first, fill)
    expect(outcome).toMatchObject({ refusal, records: 0 })
    expect(outcome.peakMb).toBeLessThan(PEAK_MB)
    expect(outcome.readMb).toBeLessThan(READ_MB)
  })

  it.each<[string, string, (block: Buffer) => Buffer, string]>([
    ['a quote that is never closed', '"', lineOf('Ravi,9812345678,A1\n'), `hostile.csv, line ${GOOD_LINES + 1}: a quote opened here is never closed`],
    ['one line', '', lineOf('a'), `hostile.csv, line ${GOOD_LINES + 1}: the record is larger than 1 MB`],
    ['one line of commas', '', lineOf(','), `hostile.csv, line ${GOOD_LINES + 1}: the record is larger than 1 MB`],
  ])('is refused where it turns hostile after 80,000 good rows: %s', (_, turn, fill, refusal) => {
    const outcome = read(`${GOOD}${turn}`, fill)
    expect(outcome).toMatchObject({ refusal })
    expect(outcome.records).toBeGreaterThan(75_000)
    expect(outcome.peakMb).toBeLessThan(PEAK_MB)
  })
})

describe('memory', () => {
  it('stays flat for a long file, of blank lines too', () => {
    const outcomes = ['Ravi Kumar,9812345678,A1,50000,05/11/2026\n', '\n', ',,,,\n'].map(line => read(HEADER, lineOf(line), 8))
    expect(outcomes.map(({ refusal }) => refusal)).toEqual([null, null, null])
    expect(Math.max(...outcomes.map(({ peakMb }) => peakMb))).toBeLessThan(PEAK_MB)
  })

  it('is bounded for archives that blow up', () => {
    const parts = workbookParts({ Loans: '' })
    const bombs = [
      zipSync({ ...parts, 'xl/worksheets/sheet1.xml': new Uint8Array(200 * MB) }),
      zipSync({ ...parts, 'xl/worksheets/sheet1.xml': strToU8(`<worksheet><sheetData>${'<row r="5000"><c r="ALL5000"><v>1</v></c></row>'}</sheetData></worksheet>`) }),
    ]
    const outcomes = bombs.map(bomb => readIn(aFile(Buffer.from(bomb), 'bomb.xlsx')))
    expect(outcomes.map(({ refusal }) => refusal?.slice(0, 30) ?? null)).toEqual(['bomb.xlsx would unpack from 0.', null])
    expect(Math.max(...outcomes.map(({ peakMb }) => peakMb))).toBeLessThan(PEAK_MB)
  })

  it('is bounded where the directory of an archive says less than there is', () => {
    const size = 400 * MB
    const bomb = Buffer.from(zipSync({ ...workbookParts({ Loans: '' }), 'xl/worksheets/sheet1.xml': new Uint8Array(size) }))
    const [said, truth] = [Buffer.alloc(4), Buffer.alloc(4)]
    said.writeUInt32LE(1000)
    truth.writeUInt32LE(size)
    let lies = 0
    for (let at = bomb.indexOf(truth); at !== -1; at = bomb.indexOf(truth, at), lies++)
      said.copy(bomb, at)
    const outcome = readIn(aFile(bomb, 'bomb.xlsx'))
    expect({ lies, refusal: outcome.refusal }).toEqual({ lies: 2, refusal: expect.stringContaining('or it is damaged') })
    expect(outcome.peakMb).toBeLessThan(PEAK_MB)
  })
})
