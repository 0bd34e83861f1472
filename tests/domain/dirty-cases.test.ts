import { describe, expect, it } from 'vitest'
import { distinctHeaders, mapColumns } from '../../src/domain/columns.ts'
import { type Sheet, stageRow } from '../../src/domain/stage-row.ts'

// domain.md 5.3, as far as one row can be judged by itself; what takes a whole file is in file-checks.test.ts and date-order.test.ts.
const HEADER = ['name', 'phone', 'loan id', 'amount', 'due date', 'state', 'branch', 'last paid date', 'last paid amount', 'due amount', 'mobile no 2']
const SHEET: Sheet = { headers: distinctHeaders(HEADER), columns: mapColumns(distinctHeaders(HEADER)), dataDate: '2026-11-22' }

const CLEAN = { name: 'Rajesh Kumar', phone: '9812345678', loan: 'LN1', amount: '25000', dueDate: '05/11/2026', state: 'Bihar', branch: 'Patna', paidDate: '10/10/2026', paid: '500', due: '1500', second: '' }
type Cells = Partial<typeof CLEAN>

/** What became of a row: the code of its refusal or review, else the codes of its notes and the values that are asked for. */
function fateOf(cells: Cells) {
  const { name, phone, loan, amount, dueDate, state, branch, paidDate, paid, due, second } = { ...CLEAN, ...cells }
  return stageRow([name, phone, loan, amount, dueDate, state, branch, paidDate, paid, due, second], SHEET)
}

function accepted(cells: Cells, values: object, notes: string[] = []) {
  const row = fateOf(cells)
  expect({ status: row.status, notes: row.notes.map(({ code }) => code), review: row.review, loan: row.loan }).toEqual({ status: 'pending', notes, review: null, loan: { ...fateOf({}).loan, fingerprint: row.loan?.fingerprint, ...values } })
}

function refusedAs(cells: Cells, code: string, column: string) {
  const row = fateOf(cells)
  expect([row.status, row.code, row.reject?.column, row.loan]).toEqual(['rejected', code, column, null])
}

describe('a row of a dirty file', () => {
  it('case 4: a name whose script was lost is rejected', () => refusedAs({ name: '????? ????' }, 'NAME_LOST', 'name'))

  it.each<[Cells, object]>([
    [{ name: 'à¤¸à¥€à¤¤à¤¾' }, { fullName: 'सीता' }],
    [{ due: 'â‚¹ 1,500' }, {}],
    [{ branch: 'à¤ªà¤Ÿ' }, { branch: 'पट' }],
  ])('case 5: %j is repaired', (cells, values) => accepted(cells, values))

  it.each<[Cells, string]>([[{ name: 'à¤¸à¥' }, 'name'], [{ name: 'Ram â€ Lal' }, 'name'], [{ name: 'Ram â€' }, 'name'], [{ name: 'Ram à¤ Lal' }, 'name'], [{ due: 'â‚ 500' }, 'due_amount'], [{ branch: 'à¤¸à¥?' }, 'branch'], [{ due: 'â‚¹ ₹ 100' }, 'due_amount']])('case 5: %j cannot be repaired', (cells, column) => refusedAs(cells, 'MOJIBAKE', column))

  it.each(['=A2', '#REF!', '#N/A', '#VALUE!', '########'])('case 23: %s rejects the row in a required column, and is blank with a warning in any other', (residue) => {
    refusedAs({ name: residue }, 'FORMULA_RESIDUE', 'name')
    refusedAs({ phone: residue }, 'FORMULA_RESIDUE', 'phone')
    refusedAs({ loan: residue }, 'FORMULA_RESIDUE', 'loan_id')
    accepted({ amount: residue }, { outstandingAmount: null }, ['FORMULA_RESIDUE'])
    accepted({ dueDate: residue }, { dueDate: null }, ['FORMULA_RESIDUE'])
    accepted({ state: residue }, { state: null, language: null }, ['FORMULA_RESIDUE'])
    accepted({ branch: residue }, { branch: null }, ['FORMULA_RESIDUE'])
  })

  it('case 23: digits that Excel was told to keep as text are digits', () => accepted({ phone: '="9812345678"', loan: '="LN1"' }, {}))

  it.each(['=Ram Lal', '+Ram Lal', '-Ram Lal', '@Ram Lal'])('case 24: keeps %s as text', name => accepted({ name }, { fullName: name }))

  it.each(['9812345678', '98123 45678', '098123-45678', '+91 98123 45678', '919812345678', '00919812345678', '9109812345678'])('case 25: %s', phone => accepted({ phone }, {}))
  it('case 26: ten digits that begin with 91 are whole', () => accepted({ phone: '9198123456' }, { phone: '+919198123456' }))
  it.each(['9.81235E+09', '9.19812E+11'])('case 27: %s is never expanded', phone => refusedAs({ phone }, 'PHONE_SCI_LOST', 'phone'))
  it('case 28: a mantissa of ten digits is whole, one of nine is not', () => {
    accepted({ phone: '9.812345678E+09' }, {})
    refusedAs({ phone: '9.81234567E+09' }, 'PHONE_SCI_LOST', 'phone')
  })
  it('case 29: a number with .0', () => accepted({ phone: '9812345678.0' }, {}))
  it.each(['\'9812345678', '98123\u00a045678', '98123\u200b45678', '\u202a9812345678\u202c'])('case 30: %j', phone => accepted({ phone }, {}))
  it.each(['९८१२३४५६७८', '９８１２３４５６７８'])('case 31: %s', phone => accepted({ phone }, {}))
  it.each(['9812345678/9911223344', '9812345678, 9911223344', '9812345678\n9911223344', '9812345678 or 9911223344'])('case 32: the second number of %j is the alternate', phone => accepted({ phone }, { alternatePhone: '+919911223344' }, ['PHONE_SECOND']))
  it('case 33: glued numbers wait for a person, with a proposal', () => {
    const row = fateOf({ phone: '98123456789911223344' })
    expect([row.status, row.code, row.review?.proposal, row.loan?.phone, row.notes]).toEqual(['pending', 'PHONE_GLUED', '9812345678/9911223344', null, []])
  })
  it('case 34: a note beside the number', () => accepted({ phone: '9812345678 (husband)' }, {}, ['PHONE_NOTE']))
  it.each(['981234567', '98123456789'])('case 35: %s', phone => refusedAs({ phone }, 'PHONE_LENGTH', 'phone'))
  it.each(['5812345678', '0123456789', '1600123456', '1401234567'])('case 36: %s', phone => refusedAs({ phone }, 'PHONE_NOT_MOBILE', 'phone'))
  it.each([['0522-2612345', '+915222612345'], ['080-22221234', '+918022221234']])('case 37: %s is a landline', (cell, phone) => accepted({ phone: cell }, { phone, phoneKind: 'landline' }, ['LANDLINE']))
  it('case 37: a bare 8022221234 cannot be told from a mobile', () => accepted({ phone: '8022221234' }, { phone: '+918022221234' }))
  it.each(['9999999999', '0000000000', '1234567890', '9999999912'])('case 38: %s', phone => refusedAs({ phone }, 'PHONE_DUMMY', 'phone'))
  it('case 39: the sample number is accepted with a warning', () => accepted({ phone: '9876543210' }, { phone: '+919876543210' }, ['PHONE_PLACEHOLDER']))
  it.each(['98XXXXX678', '98*****678'])('case 41: %s', phone => refusedAs({ phone }, 'PHONE_MASKED', 'phone'))
  it('case 42: a number of another country', () => refusedAs({ phone: '+971501234567' }, 'PHONE_FOREIGN', 'phone'))
  it.each(['', 'NA', '-', '0'])('case 43: %j is a loan without a phone', phone => accepted({ phone }, { phone: null }, ['NO_PHONE']))

  it.each<[string, string, string[]]>([['9911223344', '+919911223344', []], ['9812345678', '', []], ['', '', []], ['991122', '', ['ALTERNATE_INVALID']]])('case 18: a second phone column with %j', (second, alternate, notes) => accepted({ second }, { alternatePhone: alternate || null }, notes))

  it.each(['2,50,000.00', '250,000.00', '250000', '₹ 2,50,000', 'Rs. 250000', 'Rs.250000/-', 'INR 2,50,000', '₹\u00a02,50,000'])('cases 46 and 47: %j is ₹2,50,000', amount => accepted({ amount }, { outstandingAmount: 25_000_000 }))
  it.each([['2,5,000', 'AMOUNT_GROUPING'], ['25,0000', 'AMOUNT_GROUPING'], ['1.2L', 'AMOUNT_WORDS'], ['1.2 Lac', 'AMOUNT_WORDS'], ['50K', 'AMOUNT_WORDS'], ['1E+05', 'AMOUNT_SCI'], ['2.5E+05', 'AMOUNT_SCI'], ['1234.567', 'AMOUNT_PRECISION']])('cases 48 and 52 to 54: %s is refused as %s', (due, code) => refusedAs({ due }, code, 'due_amount'))
  it.each(['-', ' - '])('case 49: %j due is zero', due => accepted({ due }, { dueAmount: 0 }, ['ZERO_DUE']))
  it.each(['-', ''])('case 50: %j last paid is nothing', paid => accepted({ paid }, { lastPaidAmount: null }))
  it.each(['(1,200.00)', '-1200', '1,200.00 Cr'])('case 51: %s is a credit', due => accepted({ due }, { dueAmount: -120_000 }, ['CREDIT_BALANCE']))
  it('case 51: Dr is a debt', () => accepted({ due: '1,200.00 Dr' }, { dueAmount: 120_000 }))
  it.each<[Cells, object]>([[{ amount: '1000', due: '60001' }, { outstandingAmount: 100_000, dueAmount: 6_000_100 }], [{ amount: '', due: '5000001' }, { outstandingAmount: null, dueAmount: 500_000_100 }]])('case 55: %j is an outlier', (cells, values) => accepted(cells, values, ['AMOUNT_OUTLIER']))
  it('case 56: no due amount beside an amount', () => accepted({ due: '' }, { dueAmount: null }, ['DUE_MISSING']))

  it.each(['05/11/2026', '5-11-26', '05.11.2026', '05-Nov-26', '5 Nov 2026', '2026-11-05', '2026-11-05 00:00:00', '46331'])('cases 57 and 58: %s', dueDate => accepted({ dueDate }, {}))
  it.each(['00/00/0000', '1/0/1900', '01-01-1900', '-', 'NIL'])('case 62: %s is no date, and no due date', (date) => {
    accepted({ paidDate: date }, { lastPaidDate: null })
    refusedAs({ dueDate: date }, 'DATE_INVALID', 'due_date')
  })
  it('case 63: 31/02/2026', () => refusedAs({ dueDate: '31/02/2026' }, 'DATE_INVALID', 'due_date'))
  it('case 64: a due date to come', () => accepted({ dueDate: '05/12/2026' }, { dueDate: '2026-12-05' }))
  it.each<[Cells, object, string[]]>([
    [{ dueDate: '21/11/2021' }, { dueDate: '2021-11-21' }, ['DATE_ODD']],
    [{ dueDate: '22/11/2021' }, { dueDate: '2021-11-22' }, []],
    [{ paidDate: '23/11/2026' }, { lastPaidDate: '2026-11-23' }, ['DATE_ODD']],
    [{ paidDate: '22/11/2026' }, { lastPaidDate: '2026-11-22' }, []],
  ])('case 65: %j', (cells, values, notes) => accepted(cells, values, notes))

  it.each([['RAJESH  KUMAR.', 'RAJESH KUMAR'], ['\tRajesh\tKumar ', 'Rajesh Kumar']])('case 66: %j', (name, fullName) => {
    accepted({ name }, { fullName })
    expect(fateOf({ name }).loan?.fingerprint).toBe(fateOf({}).loan?.fingerprint)
  })
  it('case 67: a widow is alive', () => {
    accepted({ name: 'Smt. Sunita Devi W/o Late Ram' }, { fullName: 'Smt. Sunita Devi W/o Late Ram' })
    expect(fateOf({ name: 'Smt. Sunita Devi W/o Late Ram' }).loan?.fingerprint).toBe(fateOf({ name: 'Sunita Devi' }).loan?.fingerprint)
  })
  it.each(['Late Ram Prasad', 'Ram Prasad (Expired)', 'Ram Prasad Death case'])('case 68: %s', name => accepted({ name }, { fullName: name }, ['DECEASED']))
  it.each([
    ['Rajesh Kumar & Sunita Devi', 'Rajesh Kumar', 'Sunita Devi'],
    ['Ram/Sita', 'Ram', 'Sita'],
    ['Ram Lal and Sita Devi', 'Ram Lal', 'Sita Devi'],
    ['Ram & Late Sita', 'Ram', 'Late Sita'],
    ['राम और सीता', 'राम', 'सीता'],
    ['राम लाल एवं सीता देवी', 'राम लाल', 'सीता देवी'],
    ['राम तथा सीता', 'राम', 'सीता'],
    ['राम आणि सीता', 'राम', 'सीता'],
    ['রাম এবং সীতা', 'রাম', 'সীতা'],
    ['ராமன் மற்றும் சீதா', 'ராமன்', 'சீதா'],
    ['రామ మరియు సీత', 'రామ', 'సీత'],
    ['ರಾಮ ಮತ್ತು ಸೀತೆ', 'ರಾಮ', 'ಸೀತೆ'],
    ['રામ અને સીતા', 'રામ', 'સીતા'],
    ['ਰਾਮ ਅਤੇ ਸੀਤਾ', 'ਰਾਮ', 'ਸੀਤਾ'],
    ['ରାମ ଏବଂ ସୀତା', 'ରାମ', 'ସୀତା'],
  ])('case 69: of %s the first is called', (name, fullName, coBorrower) => {
    accepted({ name }, { fullName, coBorrower }, ['JOINT_NAME'])
    expect(fateOf({ name }).loan?.fingerprint).toBe(fateOf({ name: fullName }).loan?.fingerprint)
  })
  it.each(['M/s Ram & Sons', 'Ram & Co', 'Rajesh Kumar S/o Ram & Sita', 'Sandhya Anand', 'Ram (A & B)', 'और सीता', 'औरंगजेब खान', 'गौर सिंह'])('case 69: %s is one name', name => accepted({ name }, { fullName: name }))
  it.each(['Ram & Sita (Expired)', 'Ram & Sita Death case'])('case 69: %s may be either, so nobody is called', name => accepted({ name }, { fullName: name }, ['DECEASED']))
  it.each(['', '12345', 'Test', 'ABC', 'PATNA', 'S/O Ram'])('case 70: %j is no name', name => refusedAs({ name }, 'NAME_INVALID', 'name'))
  it.each(['सुनीता देवी', 'கண்ணன்', 'ফাতিমা'])('case 71: %s', name => accepted({ name }, { fullName: name }))
  it.each(['1.23457E+14', '1.234567890123456E+15'])('case 72: the loan id %s', loan => refusedAs({ loan }, 'LOAN_ID_SCI_LOST', 'loan_id'))
  it('case 72: leading zeros are kept', () => accepted({ loan: '000123' }, { loanId: '000123' }))

  it.each<[string, object, string[]]>([
    ['Karnatakka', { state: 'Karnataka', language: 'Kannada' }, ['STATE_GUESSED']],
    ['Uttar Pardesh', { state: 'Uttar Pradesh', language: 'Hindi' }, ['STATE_GUESSED']],
    ['Manipal', { state: 'Manipal', language: null }, ['STATE_UNKNOWN']],
    ['Bangalore', { state: 'Bangalore', language: null }, ['STATE_UNKNOWN']],
    ['UT', { state: 'UT', language: null }, ['STATE_UNKNOWN']],
    ['Behir', { state: 'Behir', language: null }, ['STATE_UNKNOWN']],
  ])('state: %s', (state, values, notes) => accepted({ state }, values, notes))
})
