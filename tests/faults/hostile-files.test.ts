import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { aFile } from '../csv/a-file.ts'
import { workbookParts } from '../csv/a-workbook.ts'
import { HEADER, lineOf, MB, PEAK_MB, readIn, readLarge } from '../csv/child-reading.ts'

const GOOD = `${HEADER}${'Ravi Kumar,9812345678,A1,"2,50,000",05/11/2026\n'.repeat(80_000)}`
const GOOD_LINES = 80_001

describe('a hostile file of 256 MB', () => {
  it.each<[string, string, (block: Buffer) => Buffer, string]>([
    ['a quote that is never closed', '"', lineOf('Ravi,9812345678,A1\n'), `hostile.csv, line ${GOOD_LINES + 1}: a quote opened here is never closed`],
    ['one line', '', lineOf('a'), `hostile.csv, line ${GOOD_LINES + 1}: the record is larger than 1 MB`],
    ['one line of commas', '', lineOf(','), `hostile.csv, line ${GOOD_LINES + 1}: the record is larger than 1 MB`],
  ])('is refused where it turns hostile after 80,000 good rows: %s', (_, turn, fill, refusal) => {
    const outcome = readLarge(`${GOOD}${turn}`, fill)
    expect(outcome).toMatchObject({ refusal })
    expect(outcome.records).toBeGreaterThan(75_000)
    expect(outcome.peakMb).toBeLessThan(PEAK_MB)
  })
})

describe('memory', () => {
  it('stays flat for a long file, of blank lines too', () => {
    const outcomes = ['Ravi Kumar,9812345678,A1,50000,05/11/2026\n', '\n', ',,,,\n'].map(line => readLarge(HEADER, lineOf(line), 8))
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
