import { describe, expect, it } from 'vitest'
import { number, sheetXml, text, workbook } from '../csv/a-workbook.ts'
import { csv, HEADER, row, rows } from './dirty-files.ts'
import { createHome, type Home, readTables, type Row } from './run-vacli.ts'

// domain.md 5.3, cases that depend on flags or on what was imported before.
interface Upload { id: number, status: string, data_date: string, rows: Row, loans: Row, warnings: Row[] }

async function importFile(home: Home, file: string, bytes: string | Buffer, ...flags: string[]): Promise<Upload> {
  return (await home.json<{ uploads: Upload[] }>(['import', home.write(file, bytes), ...flags])).uploads[0]!
}

const loansOf = async (home: Home, ...keys: string[]) => (await home.json<{ data: Row[] }>('list loans --limit 0')).data.map(loan => keys.map(key => loan[key]))
const days = ['25', '26', '27'].map((day, at) => row(`D${at + 1}`, { date: `10/${day}/2026` }))

describe.concurrent('a dirty import', () => {
  it('case 6: the sheet by its name', async () => {
    const sheet = (loan: string) => sheetXml({ 1: ['Name', 'Mobile No', 'Loan No'].map(text), 2: [text('Ravi Rao'), number('9812400006'), text(loan)] })
    const home = createHome()
    await importFile(home, 'loans.xlsx', workbook({ Gaya: sheet('G1'), Patna: sheet('P1') }), '--sheet', 'Patna')
    expect(await loansOf(home, 'loan_id')).toEqual([['P1']])
    expect(await createHome().run(['import', `${home.folder}/loans.xlsx`, '--sheet', 'Ara'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/"Ara"[^]*Gaya/) })
  })

  it('case 9: takes the day of the title for that of the data, or --as-of where a person says that it holds', async () => {
    const titled = `XYZ Finance – DPD report as on 21-Nov-2026\n${csv(row('F9'))}`
    const [plain, given] = await Promise.all([importFile(createHome(), 'a.csv', titled), importFile(createHome(), 'a.csv', titled, '--as-of', '2026-11-20', '--accept-as-of')])
    expect([plain.data_date.slice(0, 10), plain.warnings]).toEqual(['2026-11-21', []])
    expect([given.data_date.slice(0, 10), given.warnings]).toEqual(['2026-11-20', [{ line: null, code: 'DATA_DATE_DIFFERS', message: 'the file says as on 2026-11-21; --as-of was taken' }]])
  })

  it('case 9: asks where the title and --as-of disagree, and refuses where nobody can be asked', async () => {
    const home = createHome()
    const path = home.write('a.csv', `XYZ Finance – DPD report as on 21-Nov-2026\n${csv(row('F9'))}`)
    const asOf = ['import', '--as-of', '2026-11-20', path]
    expect(await home.run(asOf)).toMatchObject({ code: 2, stdout: '', stderr: 'error: a.csv says as on 2026-11-21, and --as-of is 2026-11-20\nLeave --as-of out to take 2026-11-21, or add --accept-as-of to take 2026-11-20.\n' })
    expect(await home.run([...asOf, '--json'])).toMatchObject({ code: 2, stdout: '' })
    const cue = 'Is its data of 2026-11-20?'
    expect(await home.terminal(asOf, { type: [{ cue, keys: 'n\r' }] })).toMatchObject({ code: 8, screen: expect.stringContaining('nothing was applied') })
    expect(await loansOf(home, 'loan_id')).toEqual([])
    expect(await home.terminal(asOf, { type: [{ cue, keys: 'y\r' }] })).toMatchObject({ code: 0 })
    expect((await home.json<{ data: Row[] }>('list uploads')).data.map(({ status, data_date }) => [status, String(data_date).slice(0, 10)])).toEqual([['completed', '2026-11-20'], ...Array(3).fill(['failed', '2026-11-20'])])
    // The same day, or none, is no question.
    expect(await createHome().run(['import', '--as-of', '2026-11-21', path])).toMatchObject({ code: 0 })
    expect(await home.run(['import', '--accept-as-of', path])).toMatchObject({ code: 2, stderr: expect.stringContaining('no --as-of is given') })
  })

  it('case 20: a header alone is no snapshot', async () => {
    const home = createHome()
    await importFile(home, 'a.csv', csv(row('F20')), '--snapshot')
    expect(await home.run(['import', '--snapshot', home.write('b.csv', `${HEADER}\n`)])).toMatchObject({ code: 2, stderr: expect.stringContaining('it would say that everybody has paid') })
    expect(await loansOf(home, 'loan_id', 'absent')).toEqual([['F20', false]])
  })

  it('case 21: yesterday\'s file again changes nothing, and with --force it is read', async () => {
    const home = createHome()
    await importFile(home, 'a.csv', csv(row('F21')))
    const before = readTables(home.database)
    expect(await home.run(['import', `${home.folder}/a.csv`])).toMatchObject({ code: 0, stdout: 'a.csv: already imported as upload 1; nothing changed\n' })
    expect(readTables(home.database)).toEqual(before)
    expect(await importFile(home, 'a.csv', csv(row('F21')).replace(/98124\d{5}/, before.customers![0]!.primary_phone as string), '--force')).toMatchObject({ id: 2, rows: { matched: 1 } })
  })

  it('case 22: a file that would stop more than 40% of the loans is asked about', async () => {
    const home = createHome()
    const whole = rows('F22', 5)
    await importFile(home, 'a.csv', csv(...whole), '--snapshot')
    expect(await home.run(['import', '--snapshot', home.write('b.csv', csv(whole[0]!, whole[1]!))])).toMatchObject({ code: 2, stderr: expect.stringMatching(/3 of the 5 loans[^]*--accept-shrink --reason/) })
    expect((await loansOf(home, 'absent')).flat(), 'nothing is applied').toEqual([false, false, false, false, false])
    expect(await importFile(home, 'b.csv', csv(whole[0]!, whole[1]!), '--snapshot', '--accept-shrink', '--reason', 'the branch was closed')).toMatchObject({ status: 'completed', loans: { absent: 3 } })
    expect(await importFile(createHome({}, { like: home }), 'c.csv', csv(...whole.slice(0, 3)), '--snapshot'), 'the absent are not counted again').toMatchObject({ status: 'completed' })
  })

  it('case 24: what a spreadsheet takes for a formula is text in an export', async () => {
    const home = createHome()
    await importFile(home, 'a.csv', csv(row('F24', { name: '=Ram Lal' }), row('F24b', { name: '@Uma Rao' })))
    expect((await home.run('list customers --csv')).stdout.match(/,('?[=@][^,]*),/g)).toEqual([',\'=Ram Lal,', ',\'@Uma Rao,'])
  })

  it('cases 59 and 61: are imported once the order is given', async () => {
    const homes = [createHome(), createHome()] as const
    await Promise.all([importFile(homes[0], 'a.csv', csv(...days), '--date-order', 'mdy'), importFile(homes[1], 'a.csv', csv(row('F61', { date: '05/12/2026' })), '--date-order', 'mdy')])
    expect([await loansOf(homes[0], 'due_date'), await loansOf(homes[1], 'due_date')]).toEqual([[['2026-10-25'], ['2026-10-26'], ['2026-10-27']], [['2026-05-12']]])
  })

  it.each([['000123', '123'], ['123', '000123']])('case 72: %s that comes as %s waits for a person, and so does the stored one', async (stored, written) => {
    const home = createHome()
    await importFile(home, 'a.csv', csv(row(stored, { phone: '9812400072' }), row('LN7')))
    expect(await importFile(home, 'b.csv', csv(row(written, { phone: '9812400072', due: '3100' }), row('LN007')))).toMatchObject({ rows: { review: 1, created: 1 }, warnings: [{ line: 2, code: 'LOAN_ID_ZEROS', message: `loan ${written} may be ${stored} with other zeros before it` }] })
    expect((await loansOf(home, 'loan_id', 'due_amount', 'status')).sort()).toEqual([[stored, 1500, 'review'], ['LN007', 1500, 'ready'], ['LN7', 1500, 'ready']])
    expect(await importFile(home, 'other.csv', csv(row(written)), '--source', 'another lender'), 'ids are one lender\'s').toMatchObject({ rows: { created: 1 } })
  })

  it('a loan of yesterday with another amount, branch and employee is updated', async () => {
    const home = createHome()
    const file = (due: string, branch: string, employee: string) => `name,phone,loan_id,due_amount,branch,employee\nRavi Rao,9812400097,F97,${due},${branch},${employee}\n`
    await importFile(home, 'a.csv', file('2500', 'Gaya', 'Kiran Joseph'))
    expect(await importFile(home, 'b.csv', file('3100', 'Patna', 'Uma Nair'))).toMatchObject({ rows: { matched: 1, review: 0 } })
    expect(await loansOf(home, 'due_amount', 'branch', 'employee_name')).toEqual([[3100, 'Patna', 'Uma Nair']])
    const { rows: told } = await home.json<{ rows: { raw: Row }[] }>('show F97')
    expect(told.map(({ raw }) => raw.branch).sort(), 'the rows keep what was').toEqual(['Gaya', 'Patna'])
  })
})
