import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Field, FIELDS } from '../../src/domain/columns.ts'
import { customerFingerprint } from '../../src/domain/fingerprint.ts'
import { parseLoanRow } from '../../src/domain/loan-row.ts'
import { anyText } from './hostile-text.ts'

type Cells = Partial<Record<Field, string>>

const GUIDE: Cells = {
  name: 'Rajesh Kumar', phone: '9812345678', loan_id: 'LOAN001', amount: '250000', due_date: '2024-01-15', state: 'Karnataka', cluster: 'South Cluster', branch: 'Bangalore Main Branch',
  branch_contact_number: '080-12345678', employee: 'Priya Sharma', employee_id: 'EMP001', employee_contact_number: '9876543211', last_paid_date: '2023-12-10', last_paid_amount: '5000', due_amount: '15000',
}

const parse = (cells: Cells) => parseLoanRow(field => cells[field])
const parseGuide = (changes: Cells) => parse({ ...GUIDE, ...changes })

function loanOf(changes: Cells) {
  const row = parseGuide(changes)
  return row.ok ? row.loan : row.reject
}

function notesOf(changes: Cells) {
  const row = parseGuide(changes)
  return row.ok ? row.notes.map(({ code }) => code) : row.reject
}

describe('parseLoanRow', () => {
  it('reads the row of the guide', () => {
    expect(parse(GUIDE)).toEqual({
      ok: true,
      notes: [],
      review: null,
      loan: {
        fingerprint: customerFingerprint('+919812345678', 'Rajesh Kumar', 'LOAN001'),
        fullName: 'Rajesh Kumar', phone: '+919812345678', phoneKind: 'mobile', state: 'Karnataka', language: 'Kannada', email: null,
        loanId: 'LOAN001', outstandingAmount: 25_000_000, dueAmount: 1_500_000, dueDate: '2024-01-15', lastPaidDate: '2023-12-10', lastPaidAmount: 500_000,
        cluster: 'South Cluster', branch: 'Bangalore Main Branch', branchContactNumber: '080-12345678', employeeName: 'Priya Sharma', employeeId: 'EMP001', employeeContactNumber: '9876543211', alternatePhone: null, coBorrower: null,
      },
    })
  })

  it('reads a row of the three required columns', () => {
    expect(parse({ name: 'Rajesh Kumar', phone: '9812345678', loan_id: 'LOAN001' })).toEqual({
      ok: true,
      notes: [],
      review: null,
      loan: {
        fingerprint: customerFingerprint('+919812345678', 'Rajesh Kumar', 'LOAN001'),
        fullName: 'Rajesh Kumar', phone: '+919812345678', phoneKind: 'mobile', state: null, language: null, email: null,
        loanId: 'LOAN001', outstandingAmount: null, dueAmount: null, dueDate: null, lastPaidDate: null, lastPaidAmount: null,
        cluster: null, branch: null, branchContactNumber: null, employeeName: null, employeeId: null, employeeContactNumber: null, alternatePhone: null, coBorrower: null,
      },
    })
  })

  it.each<[string, Cells, object]>([
    ['phone 27', { phone: '9.81235E+09' }, { code: 'PHONE_SCI_LOST', column: 'phone', value: '9.81235E+09' }],
    ['phone 35', { phone: '981234567' }, { code: 'PHONE_LENGTH', column: 'phone', value: '981234567' }],
    ['amount 48', { amount: '2,5,000' }, { code: 'AMOUNT_GROUPING', column: 'amount', value: '2,5,000' }],
    ['amount 52', { due_amount: '1.2L' }, { code: 'AMOUNT_WORDS', column: 'due_amount', value: '1.2L' }],
    ['amount 53', { last_paid_amount: '1E+05' }, { code: 'AMOUNT_SCI', column: 'last_paid_amount', value: '1E+05' }],
    ['dates 62', { due_date: '00/00/0000' }, { code: 'DATE_INVALID', column: 'due_date', value: '00/00/0000' }],
    ['dates 62', { due_date: '01-01-1900' }, { code: 'DATE_INVALID', column: 'due_date', value: '01-01-1900' }],
    ['dates 62', { due_date: '-' }, { code: 'DATE_INVALID', column: 'due_date', value: '-' }],
    ['dates 62', { due_date: 'NIL' }, { code: 'DATE_INVALID', column: 'due_date', value: 'NIL' }],
    ['dates 63', { last_paid_date: '31/02/2026' }, { code: 'DATE_INVALID', column: 'last_paid_date', value: '31/02/2026' }],
    ['names 70', { name: '' }, { code: 'NAME_INVALID', column: 'name', value: '' }],
    ['names 70', { name: 'Test' }, { code: 'NAME_INVALID', column: 'name', value: 'Test' }],
    ['names 70', { name: '9812345678' }, { code: 'NAME_INVALID', column: 'name', value: '9812345678' }],
    ['names 70', { name: 'BANGALORE MAIN BRANCH' }, { code: 'NAME_INVALID', column: 'name', value: 'BANGALORE MAIN BRANCH' }],
    ['file 4', { name: '????? ????' }, { code: 'NAME_LOST', column: 'name', value: '????? ????' }],
    ['identity 72', { loan_id: '1.23457E+14' }, { code: 'LOAN_ID_SCI_LOST', column: 'loan_id', value: '1.23457E+14' }],
    ['identity 72', { loan_id: '1e+05' }, { code: 'LOAN_ID_SCI_LOST', column: 'loan_id', value: '1e+05' }],
    ['no loan id', { loan_id: '' }, { code: 'LOAN_ID_MISSING', column: 'loan_id', value: '' }],
    ['no loan id', { loan_id: 'na' }, { code: 'LOAN_ID_MISSING', column: 'loan_id', value: 'na' }],
    ['no loan id', { loan_id: undefined }, { code: 'LOAN_ID_MISSING', column: 'loan_id', value: '' }],
  ])('%s: rejects the row of %j, naming code, column and value', (_, changes, reject) => {
    expect(parseGuide(changes)).toEqual({ ok: false, reject: { ...reject, message: expect.any(String) } })
  })

  it.each([
    ['', 'the name is missing'],
    ['Test', '"Test" is not a name'],
    ['????', 'the name was lost when the file was saved'],
    ['Sun\ufffdta Devi', 'the name was lost when the file was saved'],
  ])('names 70: says of the name %j what is wrong with it', (name, message) => {
    expect(loanOf({ name })).toMatchObject({ column: 'name', message })
  })

  it('rejects for the first cell that cannot be used', () => {
    expect(loanOf({ phone: '981234567', amount: '1.2L', due_date: 'soon' })).toMatchObject({ code: 'PHONE_LENGTH' })
  })

  it.each<[string, Cells, string[]]>([
    ['phone 32', { phone: '9812345678/9911223344' }, ['PHONE_SECOND']],
    ['phone 33', { phone: '98123456789911223344' }, []],
    ['phone 37', { phone: '0522-2612345' }, ['LANDLINE']],
    ['amount 49', { due_amount: ' - ' }, ['ZERO_DUE']],
    ['amount 50', { last_paid_amount: '-' }, []],
    ['amount 50', { last_paid_amount: '' }, []],
    ['amount 55', { amount: '1000', due_amount: '60000.01' }, ['AMOUNT_OUTLIER']],
    ['amount 55', { amount: '1000', due_amount: '60000' }, []],
    ['amount 55', { amount: '10000000', due_amount: '5000000.01' }, ['AMOUNT_OUTLIER']],
    ['amount 55', { amount: '10000000', due_amount: '5000000' }, []],
    ['amount 55', { amount: '0', due_amount: '15000' }, []],
    ['amount 56', { due_amount: '' }, ['DUE_MISSING']],
    ['amount 56', { due_amount: '', amount: '' }, []],
    ['names 67', { name: 'Smt. Sunita Devi W/o Late Ram' }, []],
    ['names 68', { name: 'Late Ram Prasad' }, ['DECEASED']],
    ['names 68', { name: 'Ram Prasad (Expired)' }, ['DECEASED']],
    ['names 69', { name: 'Rajesh Kumar & Sunita Devi' }, ['JOINT_NAME']],
    ['names 69', { name: 'Ram/Sita' }, ['JOINT_NAME']],
    ['names 69', { name: 'Ram and Sita' }, ['JOINT_NAME']],
    ['names 69', { name: 'Sandhya Anand' }, []],
    ['names 69', { name: 'Rajesh Kumar S/o Ram' }, []],
    ['states', { state: 'Patna' }, ['STATE_UNKNOWN']],
    ['states', { state: '' }, []],
  ])('%s: accepts %j with the notes %j', (_, changes, notes) => {
    expect(notesOf(changes)).toEqual(notes)
  })

  it.each<[string, Cells, object]>([
    ['phone 33', { phone: '98123456789911223344' }, { phone: null }],
    ['phone 37', { phone: '0522-2612345' }, { phone: '+915222612345', phoneKind: 'landline' }],
    ['phone 43', { phone: '-' }, { phone: null, fingerprint: customerFingerprint(null, 'Rajesh Kumar', 'LOAN001') }],
    ['amount 49', { due_amount: '-' }, { dueAmount: 0 }],
    ['amount 50', { last_paid_amount: '-' }, { lastPaidAmount: null }],
    ['amount 51', { due_amount: '1,200.00 Cr' }, { dueAmount: -120_000 }],
    ['amount 56', { due_amount: '' }, { dueAmount: null, outstandingAmount: 25_000_000 }],
    ['dates 57', { due_date: '05/11/2026' }, { dueDate: '2026-11-05' }],
    ['dates 62', { due_date: '' }, { dueDate: null }],
    ['dates 62', { last_paid_date: '-' }, { lastPaidDate: null }],
    ['dates 62', { last_paid_date: '00/00/0000' }, { lastPaidDate: null }],
    ['dates 64', { due_date: '05/11/2099' }, { dueDate: '2099-11-05' }],
    ['names 66', { name: 'RAJESH  KUMAR.' }, { fullName: 'RAJESH KUMAR', fingerprint: customerFingerprint('+919812345678', 'Rajesh Kumar', '') }],
    ['names 71', { name: 'सुनीता देवी' }, { fullName: 'सुनीता देवी' }],
    ['identity 72', { loan_id: ' ln 000123 ' }, { loanId: 'LN000123' }],
    ['states', { state: 'W.B.' }, { state: 'West Bengal', language: 'Bengali' }],
    ['states', { state: 'Patna' }, { state: 'Patna', language: null }],
    ['descriptions', { branch: ' - ', employee: 'NA', cluster: ' East ', email: '#N/A' }, { branch: null, employeeName: null, cluster: 'East', email: null }],
  ])('%s: of %j it reads %j', (_, changes, loan) => {
    expect(loanOf(changes)).toMatchObject(loan)
  })

  it('never throws, whatever the cells hold', () => {
    fc.assert(fc.property(fc.record(Object.fromEntries(FIELDS.map(field => [field, anyText])), { requiredKeys: [] }), (cells) => {
      parse(cells)
      parseGuide(cells)
    }), { numRuns: 500 })
  })
})
