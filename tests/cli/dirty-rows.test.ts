import { beforeAll, describe, expect, it } from 'vitest'
import { blocked, type Case, type Cells, compared, importCases, kept, keyOf, rejected, review } from './dirty-rows.ts'

// domain.md 5.3, cases that one row shows; those of a whole file are in dirty-files.test.ts.
const all = (number: number, column: keyof Cells, inputs: string[], fate: Case[2]): Case[] => inputs.map(input => [number, { [column]: input }, fate])
const ONE = { phone: '+919812345678' }
const TWO = { ...ONE, second: '+919911223344' }

const CELLS: Case[] = [
  [5, { name: 'à¤¸à¥€à¤¤à¤¾' }, kept({ name: 'सीता' })],
  [5, { name: 'à¤°à¤¾à¤®à¥\x81' }, kept({ name: 'रामु' })],
  [5, { due: 'â‚¹ 1,500' }, kept({ due: 1500 })],
  [5, { name: 'à¤¸à¥?' }, rejected('MOJIBAKE')],
  [5, { name: 'Ram â€ Lal' }, rejected('MOJIBAKE')],
  ...['=A2', '#REF!', '#N/A', '#VALUE!', '########'].flatMap((residue): Case[] => [
    [23, { name: residue }, rejected('FORMULA_RESIDUE')],
    [23, { phone: residue }, rejected('FORMULA_RESIDUE')],
    [23, { loan: residue }, rejected('FORMULA_RESIDUE')],
    [23, { amount: residue }, kept({ amount: null }, 'FORMULA_RESIDUE')],
    [23, { dueDate: residue }, kept({ dueDate: null }, 'FORMULA_RESIDUE')],
    [23, { branch: residue }, kept({ due: 1500 }, 'FORMULA_RESIDUE')],
  ]),
  ...['=Ram Lal', '+Ram Lal', '-Ram Lal', '@Ram Lal'].map((name): Case => [24, { name }, kept({ name })]),
]

const PHONES: Case[] = [
  ...all(25, 'phone', ['9812345678', '98123 45678', '098123-45678', '+91 98123 45678', '919812345678', '00919812345678', '9109812345678'], kept(ONE)),
  [26, { phone: '9198123456' }, kept({ phone: '+919198123456' })],
  ...all(27, 'phone', ['9.81235E+09', '9.19812E+11'], rejected('PHONE_SCI_LOST')),
  [28, { phone: '9.812345678E+09' }, kept(ONE)],
  [28, { phone: '9.81234567E+09' }, rejected('PHONE_SCI_LOST')],
  [29, { phone: '9812345678.0' }, kept(ONE)],
  ...all(30, 'phone', ['\'9812345678', '98123\u00a045678', '98123\u200b45678', '\u202a9812345678\u202c'], kept(ONE)),
  ...all(31, 'phone', ['९८१२३४५६७८', '９８１２３４５６７８'], kept(ONE)),
  ...all(32, 'phone', ['9812345678/9911223344', '9812345678, 9911223344', '9812345678\n9911223344', '9812345678 or 9911223344'], kept(TWO, 'PHONE_SECOND')),
  [32, { phone: '9812345678/09812345678' }, kept({ ...ONE, second: null })],
  [33, { phone: '98123456789911223344' }, review('PHONE_GLUED', { phone: null })],
  [34, { phone: '9812345678 (husband)' }, kept(ONE, 'PHONE_NOTE')],
  ...all(35, 'phone', ['981234567', '98123456789'], rejected('PHONE_LENGTH')),
  ...all(36, 'phone', ['5812345678', '0123456789', '1600123456', '1401234567'], rejected('PHONE_NOT_MOBILE')),
  [37, { phone: '0522-2612345' }, blocked('LANDLINE', { phone: '+915222612345' }, 'LANDLINE')],
  [37, { phone: '080-22221235' }, blocked('LANDLINE', { phone: '+918022221235' }, 'LANDLINE')],
  [37, { phone: '8022221234' }, kept({ phone: '+918022221234' })],
  ...all(38, 'phone', ['9999999999', '0000000000', '1234567890', '9999999912'], rejected('PHONE_DUMMY')),
  [39, { phone: '9876543210' }, kept({ phone: '+919876543210' }, 'PHONE_PLACEHOLDER')],
  ...all(41, 'phone', ['98XXXXX678', '98*****678'], rejected('PHONE_MASKED')),
  [42, { phone: '+971501234567' }, rejected('PHONE_FOREIGN')],
  ...all(43, 'phone', ['', 'NA', '-', '0'], blocked('NO_PHONE', { phone: null, due: 1500 }, 'NO_PHONE')),
  [44, { phone: '9123000044' }, blocked('STAFF_PHONE')],
  [44, { phone: '9123000144' }, blocked('STAFF_PHONE')],
  [44, { employeePhone: '91230 00044' }, {}],
  [44, { branchPhone: '+91 91230 00144' }, {}],
  ...['Asha Rao', 'Meena Bibi', 'Rekha Naik', 'Farida Khatun', 'Lalita Oraon', 'Joymati Das'].map((name): Case => [45, { name, phone: '9123000045' }, blocked('PHONE_SHARED')]),
  ...['Asha Rao', 'Meena Bibi', 'Rekha Naik', 'Farida Khatun', 'Lalita Oraon'].map((name): Case => [45, { name, phone: '9123000046' }, {}]),
]

const DAY = { dueDate: '2026-11-05' }
const AMOUNTS_AND_DATES: Case[] = [
  ...all(46, 'amount', ['2,50,000.00', '250,000.00', '250000'], kept({ amount: 250_000 })),
  ...all(47, 'amount', ['₹ 2,50,000', 'Rs. 250000', 'Rs.250000/-', 'INR 2,50,000', '₹\u00a02,50,000', '2\u00a050\u00a0000'], kept({ amount: 250_000 })),
  ...all(48, 'due', ['2,5,000', '25,0000'], rejected('AMOUNT_GROUPING')),
  ...all(49, 'due', ['-', ' - '], blocked('ZERO_DUE', { due: 0 }, 'ZERO_DUE')),
  ...all(50, 'paid', ['-', ''], kept({ paid: null })),
  ...all(51, 'due', ['(1,200.00)', '-1200', '1,200.00 Cr', '1,200.00-'], blocked('CREDIT_BALANCE', { due: -1200 }, 'CREDIT_BALANCE')),
  [51, { due: '1,200.00 Dr' }, kept({ due: 1200 })],
  ...all(52, 'due', ['1.2L', '1.2 Lac', '50K'], rejected('AMOUNT_WORDS')),
  ...all(53, 'due', ['1E+05', '2.5E+05'], rejected('AMOUNT_SCI')),
  [53, { due: '2.50000E+05' }, kept({ due: 250_000 })],
  [54, { due: '1234.567' }, rejected('AMOUNT_PRECISION')],
  [55, { amount: '1000', due: '60000' }, kept({ due: 60_000 })],
  [55, { amount: '1000', due: '60000.01' }, kept({ due: 60_000.01 }, 'AMOUNT_OUTLIER')],
  [55, { amount: '40,00,000', due: '50,00,001' }, kept({ due: 5_000_001 }, 'AMOUNT_OUTLIER')],
  [56, { due: '' }, kept({ due: null, amount: 25_000 }, 'DUE_MISSING')],
  ...all(57, 'dueDate', ['05/11/2026', '5-11-26', '05.11.2026', '05-Nov-26', '5 Nov 2026', '2026-11-05', '2026-11-05 00:00:00', '05/11/2026 12:00:00 AM', '5-Nov-2026 00:00'], kept(DAY)),
  ...all(58, 'dueDate', ['46331', '46331.5'], kept(DAY)),
  ...all(58, 'dueDate', ['39999', '60001'], rejected('DATE_INVALID')),
  ...['00/00/0000', '1/0/1900', '01-01-1900', '-', 'NIL'].flatMap((date): Case[] => [[62, { paidDate: date }, kept({ paidDate: null })], [62, { dueDate: date }, rejected('DATE_INVALID')]]),
  [63, { dueDate: '31/02/2026' }, rejected('DATE_INVALID')],
  [64, { dueDate: '25/12/2026' }, blocked('PRE_DUE', { dueDate: '2026-12-25' })],
  [65, { dueDate: '22/11/2021' }, kept({ dueDate: '2021-11-22' }, 'DATE_ODD')],
  [65, { dueDate: '23/11/2021' }, kept({ dueDate: '2021-11-23' })],
  [65, { paidDate: '24/11/2026' }, kept({ paidDate: '2026-11-24' }, 'DATE_ODD')],
]

const PEOPLE: Case[] = [
  [66, { name: 'RAJESH  KUMAR.', phone: '9123000066' }, kept({ name: 'RAJESH KUMAR' })],
  [66, { name: '\tMeena\tBibi ' }, kept({ name: 'Meena Bibi' })],
  [67, { name: 'Smt. Sunita Devi W/o Late Ram', phone: '9123000067' }, kept({ name: 'Smt. Sunita Devi W/o Late Ram' })],
  [68, { name: 'Late Ram Prasad' }, blocked('DECEASED', { name: 'Late Ram Prasad' }, 'DECEASED')],
  [68, { name: 'Ram Prasad (Expired)' }, blocked('DECEASED', {}, 'DECEASED')],
  [68, { name: 'Ram Prasad Death case' }, blocked('DECEASED', {}, 'DECEASED')],
  [69, { name: 'Rajesh Kumar & Sunita Devi' }, kept({ name: 'Rajesh Kumar', co: 'Sunita Devi' }, 'JOINT_NAME')],
  [69, { name: 'Ram/Sita' }, kept({ name: 'Ram', co: 'Sita' }, 'JOINT_NAME')],
  [69, { name: 'राम और सीता' }, kept({ name: 'राम', co: 'सीता' }, 'JOINT_NAME')],
  ...all(70, 'name', ['', '12345', 'Test', 'ABC', 'PATNA', 'S/O Ram', 'Wife of Ram Lal'], rejected('NAME_INVALID')),
  [67, { name: 'S.O. Mathew' }, kept({ name: 'S.O. Mathew' })],
  ...['सुनीता देवी', 'கண்ணன்', 'ফাতিমা'].map((name): Case => [71, { name }, kept({ name })]),
  [72, { loan: '1.23457E+14' }, rejected('LOAN_ID_SCI_LOST')],
  [72, { loan: '000723' }, kept({ loan: '000723' })],
]
// The same borrowers again, as other files write them.
const AGAIN: Case[] = [
  [66, { name: 'Rajesh Kumar', phone: '9123000066' }, {}],
  [67, { name: 'Sunita Devi', phone: '9123000067' }, {}],
]

const TABLES = { cells: CELLS, phones: PHONES, figures: AMOUNTS_AND_DATES, people: PEOPLE, again: AGAIN }
let told: Awaited<ReturnType<typeof importCases>>

beforeAll(async () => {
  told = await importCases({ again: AGAIN, cells: CELLS, phones: PHONES, figures: AMOUNTS_AND_DATES, people: PEOPLE })
})

describe.each(Object.entries(TABLES))('a row of %s.csv', (file, cases) => {
  it.each(cases.map(([number, cells], at) => [number, JSON.stringify(cells), at] as const))('case %i: %s', (_, __, at) => {
    const { real, wanted } = compared(told.fates.get(keyOf(file, at))!, cases[at]!)
    expect(real).toEqual(wanted)
  })
})

describe('the rows of dirty files', () => {
  const find = (file: keyof typeof TABLES, number: number) => keyOf(file, TABLES[file].findIndex(([one]) => one === number))

  it('are imported but for the rejected ones', () => {
    expect({ code: told.code, stopped: told.reports.filter(({ status }) => status !== 'completed') }).toEqual({ code: 3, stopped: [] })
  })

  it('case 33: the proposal says where to part the numbers', () => {
    const { warnings } = told.reports.find(({ filename }) => filename === 'phones.csv') as { warnings: { code: string, message: string }[] }
    expect(warnings.find(({ code }) => code === 'PHONE_GLUED')?.message).toContain('9812345678 and 9911223344')
  })

  it.each([66, 67])('case %i: is one borrower in every spelling, and the raw one is kept', (number) => {
    expect(told.borrowers.get(find('people', number))).toBe(told.borrowers.get(find('again', number)))
    expect(told.raw.get(find('people', number))!.name).toBe(PEOPLE.find(([one]) => one === number)![1].name)
  })
})
