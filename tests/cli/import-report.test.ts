import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

  it('says of no line what is said of the file, and of a row its own', async () => {
    const home = createHome()
    const path = home.write('loans.csv', Buffer.from(`Report as on 20-Nov-2026\nname;phone;loan_id;due_date;Due Amount;Mobile\nRené Rao;9812345611;LN1;05/11/2026;100;\nUma Rao;9812345612;LN2;06/11/2026;200;\nGrand Total;;;;301;\n`, 'latin1'))
    const { stdout } = await home.run(['import', '--as-of', '2026-11-21', '--accept-as-of', path])
    expect(stdout.split('\n').filter(line => /^ {2}noted|^ {4}/.test(line))).toEqual([
      '  noted: PHONE_ALTERNATE, 1 row', '    line 2: column "Mobile" is a second phone; it is kept and not dialled',
      '  noted: ENCODING', '    the file was read as windows-1252; if names look wrong, save it as "CSV UTF-8"',
      '  noted: DELIMITER', '    the columns are separated by semicolon',
      '  noted: TOTAL', '    1 total left out',
      '  noted: TOTAL_MISMATCH, 1 row', '    line 5: the total of Due Amount is ₹301, and its rows sum up to ₹300',
      '  noted: DATE_AMBIGUOUS', '    every date in due_date could be day or month first; they were read day first, as 2026-11-05 to 2026-11-06',
      '  noted: DATA_DATE_DIFFERS', '    the file says as on 2026-11-20; --as-of was taken',
    ])
    const { uploads: [upload] } = await home.json<{ uploads: [{ warnings: Row[] }] }>(['import', '--force', path])
    expect(upload.warnings.map(({ line, code }) => [line, code])).toEqual([[2, 'PHONE_ALTERNATE'], [null, 'ENCODING'], [null, 'DELIMITER'], [null, 'TOTAL'], [5, 'TOTAL_MISMATCH'], [null, 'DATE_AMBIGUOUS'], [null, 'OLDER_FILE']])
  })

  it('counts rows of a code apart from what the file is told of it', async () => {
    const home = createHome()
    const { stdout } = await home.run(['import', home.write('loans.csv', 'name,phone,loan_id\nAsha Rao,9812340000,LN1\nUma Rao,9812350000,LN2\nRavi Rao,9812345613,LN3\n')])
    expect(stdout).toContain('  noted: PHONE_ROUNDED, 2 rows\n    2 of 3 phones end in 0000; numbers may already be rounded by Excel\n    line 2: ')
  })

  it('names the rejects as --help and the README do', async () => {
    const home = createHome()
    expect((await home.run('import --help')).stdout.replace(/\s+/g, ' ')).toContain('beside the file; those of loans.csv in loans.rejects.csv')
    await home.run(['import', home.write('branch.csv', 'name,phone,loan_id\nAsha Rao,98,LN1\n')])
    expect(existsSync(`${home.folder}/branch.rejects.csv`)).toBe(true)
    expect(readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')).toContain('`branch.rejects.csv`')
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
        { line: null, code: 'STAFF_PHONE', message: expect.stringMatching(/^not called, 4 borrowers on 4 phones: .*\+919812345601 of 1, .*vacli match decide <phone> accept/) },
        { line: null, code: 'PHONE_SHARED', message: expect.stringContaining('6 borrowers on 1 phone') },
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

  it('of other files where a file is the first to name their number as one of staff', async () => {
    const home = createHome()
    const [HEAD, names] = ['name,phone,loan_id,Employee Contact Number', ['Ravi Rao', 'Uma Rao', 'Om Rao', 'Asha Rao']]
    const fileOf = (...rows: string[]) => [HEAD, ...rows, ''].join('\n')
    const rowOf = (at: number, phone: string, staff = '') => `${names[at]},${phone},LN${at},${staff}`
    await home.run(['import', home.write('a.csv', fileOf(rowOf(0, '9812345601'), rowOf(1, '9812345602')))])
    const path = home.write('b.csv', fileOf(rowOf(2, '9812345603', '9812345601'), rowOf(3, '9812345604', '9812345604')))
    const { stdout } = await home.run(['import', '--dry-run', path])
    expect(stdout.split('\n').slice(2, -1)).toEqual([
      '  not called: STAFF_PHONE, 1 borrower on 1 phone: numbers of staff or branches',
      '    line 3: 98•••••604, 1 borrower',
      '    fix: vacli list --blocked-by STAFF_PHONE shows them; vacli match decide <phone> accept lets those on a phone be called',
      '  not called: STAFF_PHONE, 1 borrower of other files on 1 phone: numbers of staff or branches, as this file is the first to say',
      '    98•••••601, 1 borrower',
      '    fix: vacli list --blocked-by STAFF_PHONE shows them; vacli match decide <phone> accept lets those on a phone be called',
    ])
    expect((await home.json<{ uploads: Row[] }>(['import', path])).uploads).toMatchObject([{
      warnings: [{ code: 'STAFF_PHONE' }, { line: null, code: 'STAFF_PHONE', message: expect.stringContaining('1 borrower of other files on 1 phone') }],
      warnings_by_code: { STAFF_PHONE: 2 },
      blocked_phones: [{ of_other_files: false }, { code: 'STAFF_PHONE', borrowers: 1, phones: 1, examples: [{ phone: '+919812345601', borrowers: 1, line: null }], of_other_files: true }],
    }])
    const next = await home.json<{ uploads: Row[] }>(['import', home.write('c.csv', fileOf(rowOf(2, '9812345603', '9812345601')))])
    expect(next.uploads, 'known by now').toMatchObject([{ warnings: [], blocked_phones: [] }])
  })
})
