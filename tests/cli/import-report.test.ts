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
    await home.run(['import', file(home, ['9.81235E+09'])])
    expect(readFileSync(`${home.folder}/loans.rejects.csv`, 'utf8').split('\r\n')[1]).toBe(`Rajesh Kumar,9.81235E+09,LN1,PHONE_SCI_LOST,"""9.81235E+09"" has lost its last digits; ${SCI_FIX}",2`)
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

describe.concurrent('the report of an import on phones that are not called', () => {
  const HEADER = 'name,phone,loan_id,Branch Contact Number'
  const NAMES = ['Asha Rao', 'Meena Bibi', 'Rekha Naik', 'Farida Khatun', 'Lalita Oraon', 'Joymati Das']
  const ofStaff = (at: number) => `Kiran Joseph,981234560${at},ST${at},981234560${at}`
  const shared = NAMES.map((name, at) => `${name},9812345677,SH${at},`)
  const text = [HEADER, ...[1, 2, 3, 4].map(ofStaff), ...shared, 'Om Prakash,9812345678,LN1,', ''].join('\n')

  it('counts them and their borrowers, names three of each kind, masked, and what a person can do', async () => {
    const home = createHome()
    const { code, stdout } = await home.run(['import', home.write('a.csv', text)])
    expect({ code, told: stdout.split('\n').slice(2, -1) }).toEqual({
      code: 0,
      told: [
        '  not called: STAFF_PHONE, 4 borrowers on 4 phones: numbers of staff or branches',
        ...[1, 2, 3].map(at => `    line ${at + 1}: 98•••••60${at}, 1 borrower`),
        '    fix: vacli list --blocked-by STAFF_PHONE shows them; vacli match decide <phone> accept lets those on a phone be called',
        '  not called: PHONE_SHARED, 6 borrowers on 1 phone: shared by more than a person has allowed',
        '    line 6: 98•••••677, 6 borrowers',
        '    fix: vacli list --blocked-by PHONE_SHARED shows them; vacli match decide <phone> accept lets those on a phone be called',
      ],
    })
    expect((await home.json<{ total: number }>('list --blocked-by STAFF_PHONE')).total, 'as the list has it').toBe(4)
  })

  it('has them among the warnings in JSON, with whole numbers, also in a dry run', async () => {
    const home = createHome()
    const path = home.write('a.csv', text)
    const told = {
      warnings: [
        { line: 1, code: 'STAFF_PHONE', message: expect.stringMatching(/^not called, 4 borrowers on 4 phones: .*\+919812345601 of 1, .*vacli match decide <phone> accept/) },
        { line: 1, code: 'PHONE_SHARED', message: expect.stringContaining('6 borrowers on 1 phone') },
      ],
      warnings_by_code: { STAFF_PHONE: 4, PHONE_SHARED: 6 },
      blocked_phones: [
        { code: 'STAFF_PHONE', borrowers: 4, phones: 4, examples: [1, 2, 3].map(at => ({ phone: `+91981234560${at}`, borrowers: 1, line: at + 1 })) },
        { code: 'PHONE_SHARED', borrowers: 6, phones: 1, examples: [{ phone: '+919812345677', borrowers: 6, line: 6 }] },
      ],
    }
    expect((await home.json<{ uploads: Row[] }>(['import', '--dry-run', path])).uploads).toMatchObject([told])
    expect((await home.json<{ uploads: Row[] }>(['import', path])).uploads).toMatchObject([told])
    const later = await home.json<{ uploads: Row[] }>(['import', home.write('b.csv', [HEADER, 'Om Prakash,9812345678,LN1,', ''].join('\n'))])
    expect(later.uploads, 'a file speaks of its own borrowers').toMatchObject([{ warnings: [], blocked_phones: [] }])
  })
})
