import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REJECT_FIXES } from '../../src/domain/reject-fixes.ts'
import { createHome, type Home, type Row } from './run-vacli.ts'

const SCI_FIX = 'in Excel select the column, Format Cells → Number with 0 decimals, and save as CSV UTF-8'
const row = (at: number, phone: string) => `Rajesh Kumar,${phone},LN${at}`
const file = (home: Home, phones: string[]) => home.write('loans.csv', ['name,phone,loan_id', ...phones.map((phone, at) => row(at + 1, phone)), ''].join('\n'))
const many = (count: number, phone: string) => Array.from({ length: count }, () => phone)

describe.concurrent('the report of an import', () => {
  it('groups what was rejected by code: how many, three of them with their lines, and once what to do', async () => {
    const home = createHome()
    const { code, stdout } = await home.run(['import', file(home, [...many(4, '9.81235E+09'), '981234567', '9812345678'])])
    expect({ code, rejected: stdout.split('\n').filter(line => /^ {2}rejected|^ {4}/.test(line)) }).toEqual({
      code: 3,
      rejected: [
        '  rejected: PHONE_SCI_LOST, 4 rows',
        ...[2, 3, 4].map(line => `    line ${line}: "9.81235E+09" has lost its last digits`),
        `    fix: ${SCI_FIX}`,
        '  rejected: PHONE_LENGTH, 1 row',
        '    line 6: "981234567" has 9 digits; a mobile number has 10',
        '    fix: give all 10 digits of the mobile number; never fill in what is missing',
        `  rejected rows: ${home.folder}/loans.rejects.csv; correct them there and import that file`,
      ],
    })
  })

  it('has the fixes in JSON, one for each code that came', async () => {
    const home = createHome()
    const { uploads: [upload] } = await home.json<{ uploads: Row[] }>(['import', file(home, ['9.81235E+09', '981234567', '9812345678'])])
    expect(upload!.reject_fixes).toEqual({ PHONE_SCI_LOST: SCI_FIX, PHONE_LENGTH: REJECT_FIXES.PHONE_LENGTH })
  })

  it('says behind each row of the rejects file what to do', async () => {
    const home = createHome()
    const { uploads: [upload] } = await home.json<{ uploads: Row[] }>(['import', file(home, ['9.81235E+09'])])
    expect(readFileSync(`${home.folder}/loans.rejects.csv`, 'utf8').split('\r\n')[1]).toBe(`Rajesh Kumar,9.81235E+09,LN1,PHONE_SCI_LOST,"""9.81235E+09"" has lost its last digits; ${SCI_FIX}",2,upload-1-${String(upload!.sha256).slice(0, 8)}`)
  })

  it('has examples of a code that comes after a hundred others, and lists the first hundred in JSON', async () => {
    const home = createHome()
    const path = file(home, [...many(150, '9.81235E+09'), ...many(4, '981234567')])
    const { stdout } = await home.run(['import', path])
    expect(stdout).toContain('  rejected: PHONE_LENGTH, 4 rows\n    line 152: ')
    const { uploads: [upload] } = await home.json<{ uploads: { rejects: Row[], rejected_by_code: Row }[] }>(['import', '--force', path])
    expect({ listed: upload!.rejects.length, last: upload!.rejects.at(-1)?.line, counted: upload!.rejected_by_code }).toEqual({ listed: 100, last: 101, counted: { PHONE_SCI_LOST: 150, PHONE_LENGTH: 4 } })
  })
})
