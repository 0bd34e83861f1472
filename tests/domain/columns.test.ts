import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distinctHeaders, type Field, FIELDS, headerKey, mapColumns } from '../../src/domain/columns.ts'

const PLAIN = { repeated: [], alternate: null, hasNextDueDate: false, unmatched: [] }
const GUIDE = 'name,phone,loan_id,amount,due_date,state,Cluster,Branch,Branch Contact Number,Employee,Employee ID,Employee Contact Number,Last Paid Date,Last Paid Amount,Due Amount'

// domain.md 5.2, as it stands there.
const ALIASES: [Field, string][] = [
  ['name', 'name, customer name, cust name, member name, borrower name, client name, applicant name, name of customer, party name, ग्राहक का नाम'],
  ['phone', 'phone, mobile, mobile no, mobile number, mob no, contact no, contact number, customer mobile, primary mobile, cell, ph no, मोबाइल'],
  ['loan_id', 'loan id, loan no, loan account no, loan a/c no, account no, a/c no, lan, agreement no, contract no, loan code'],
  ['amount', 'amount, emi, emi amount, instalment, installment amt, demand'],
  ['due_amount', 'due amount, overdue, overdue amount, od amt, arrears, total due, outstanding due, pos overdue'],
  ['due_date', 'due date, emi date, demand date, installment date, next due date'],
  ['last_paid_date', 'last paid date, last payment date, last receipt date, lpd'],
  ['last_paid_amount', 'last paid amount, last paid amt, last collection amt'],
  ['state', 'state, state name'],
  ['cluster', 'cluster, area, region, division, zone'],
  ['branch', 'branch, branch name, unit, branch code'],
  ['branch_contact_number', 'branch contact number, branch contact, branch mobile, bm mobile'],
  ['employee', 'employee, officer, fo name, cro, field officer, collection officer, ro name'],
  ['employee_id', 'employee id, emp id, emp code, staff id'],
  ['employee_contact_number', 'employee contact number, fo mobile, officer mobile'],
  ['email', 'email, e-mail, email id'],
]

describe('mapColumns', () => {
  it('finds the fifteen columns of the guide', () => {
    expect(mapColumns(GUIDE.split(','))).toEqual({
      positions: {
        name: 0, phone: 1, loan_id: 2, amount: 3, due_date: 4, state: 5, cluster: 6, branch: 7, branch_contact_number: 8,
        employee: 9, employee_id: 10, employee_contact_number: 11, last_paid_date: 12, last_paid_amount: 13, due_amount: 14,
      },
      missing: [],
      ...PLAIN,
    })
  })

  it.each(ALIASES.flatMap(([field, aliases]) => aliases.split(', ').map(alias => [alias, field] as const)))('takes "%s" for %s, however it is written', (alias, field) => {
    const spellings = [alias, alias.toUpperCase(), alias.replaceAll(' ', '_'), ` ${alias.replaceAll(' ', '.')}. `, `\ufeff${alias.replaceAll(' ', '\u00a0')}`, alias.replaceAll(' ', '')]
    expect(spellings.map(spelling => mapColumns([spelling]).positions)).toEqual(spellings.map(() => ({ [field]: 0 })))
  })

  it.each(['POS', 'principal outstanding', 'loan amount', 'guarantor mobile', 'guarantor mobile no 2', 'nominee phone', 'remarks', '', '__proto__', 'constructor', 'toString'])('takes "%s" for no field', (header) => {
    expect(mapColumns([header]).positions).toEqual({})
  })

  it.each(['Branch Contact No', 'Branch Phone', 'BM Mobile No'])('case 10: takes "%s" for the number of the branch, which is not dialled', (header) => {
    expect(mapColumns([header]).positions).toEqual({ branch_contact_number: 0 })
  })

  it.each(['Employee Contact No', 'Employee Mobile', 'FO Contact No', 'Officer Mobile No', 'Staff Mobile'])('takes "%s" for the number of the employee, which is not dialled', (header) => {
    expect(mapColumns([header]).positions).toEqual({ employee_contact_number: 0 })
  })

  it('never takes the phone of the branch or the staff for the borrower\'s', () => {
    expect(mapColumns(['Branch Contact Number', 'Employee Contact Number']).missing).toContain('phone')
  })

  it('case 18: the first of two phone columns is the borrower\'s, the second is the alternate', () => {
    const headers = distinctHeaders(['name', 'Mobile', 'Mobile', 'loan no', 'Phone', 'loan id'])
    expect(mapColumns(headers)).toEqual({ ...PLAIN, positions: { name: 0, phone: 1, loan_id: 3, alternate_phone: 2 }, missing: [], repeated: ['Phone', 'loan id'], alternate: 'Mobile (2)' })
  })

  it.each(['Mobile No 2', 'Alternate Mobile', 'alternate', 'ALT_MOBILE', 'Phone 2', 'mobile no2'])('case 18: takes "%s" for the alternate phone, and never for the phone', (header) => {
    expect(mapColumns(['name', header, 'loan id'])).toEqual({ ...PLAIN, positions: { name: 0, loan_id: 2, alternate_phone: 1 }, missing: ['phone'], alternate: header })
    expect(mapColumns([header, 'Mobile No']).positions).toEqual({ alternate_phone: 0, phone: 1 })
  })

  it.each(['Mobile No 1', 'MOBILE_1', 'Mobile No.1', 'Mobile Number 1', 'Phone 1', 'Phone No 1', 'Contact No 1', 'Contact 1'])('case 18: takes "%s" for the phone, beside any second one', (header) => {
    expect(mapColumns(['name', header, 'Mobile No 2', 'loan id'])).toEqual({ ...PLAIN, positions: { name: 0, phone: 1, loan_id: 3, alternate_phone: 2 }, missing: [], alternate: 'Mobile No 2' })
    expect(mapColumns(['Branch Mobile No 1', 'Guarantor Mobile 1', 'FO Phone 1']).positions).toEqual({})
  })

  it('case 18: a column named as the alternate goes before one that repeats the phone', () => {
    expect(mapColumns(['Mobile', 'Phone', 'Mobile No 2'])).toMatchObject({ positions: { phone: 0, alternate_phone: 2 }, repeated: ['Phone'], alternate: 'Mobile No 2' })
  })

  it('takes an explicit mapping before the names it knows, and says what it did not find', () => {
    const explicit = new Map<string, Field>([['Customer Cell', 'phone'], ['NAME OF PARTY', 'name'], ['Sanction', 'loan_id']])
    expect(mapColumns(['Mobile', 'customer_cell', 'Name of  Party', 'Loan No'], explicit)).toEqual({ ...PLAIN, positions: { phone: 1, name: 2, loan_id: 3, alternate_phone: 0 }, missing: [], alternate: 'Mobile', unmatched: ['Sanction'] })
  })

  it('knows that the next due date may lie in the future', () => {
    expect([mapColumns(['Next Due Date']).hasNextDueDate, mapColumns(['Due Date']).hasNextDueDate]).toEqual([true, false])
  })

  it('case 5: reads headers whose encoding was mistaken', () => {
    expect(mapColumns(['à¤®à¥‹à¤¬à¤¾à¤‡à¤²']).positions).toEqual({ phone: 0 })
  })

  it('names the required fields that no column gives', () => {
    expect(mapColumns(['amount', 'phone'])).toEqual({ ...PLAIN, positions: { amount: 0, phone: 1 }, missing: ['name', 'loan_id'] })
  })

  it('knows a header for every field', () => {
    expect(FIELDS.filter(field => mapColumns([field]).positions[field] !== 0)).toEqual([])
  })
})

describe('headerKey', () => {
  it('changes nothing the second time', () => {
    fc.assert(fc.property(fc.string(), (header) => {
      expect(headerKey(headerKey(header))).toBe(headerKey(header))
    }))
  })
})

describe('distinctHeaders', () => {
  it.each([
    [['name', 'phone'], ['name', 'phone']],
    [[' name ', ''], ['name', 'column 2']],
    [['Mobile', 'Mobile', 'Mobile'], ['Mobile', 'Mobile (2)', 'Mobile (3)']],
    [['Mobile', 'Mobile', 'Mobile (2)'], ['Mobile', 'Mobile (2)', 'Mobile (2) (2)']],
    [['Mobile (2)', 'Mobile', 'Mobile'], ['Mobile (2)', 'Mobile', 'Mobile (3)']],
    [['column 2', ''], ['column 2', 'column 2 (2)']],
    [['__proto__', '__proto__'], ['__proto__', '__proto__ (2)']],
  ])('names %j as %j', (cells, headers) => {
    expect(distinctHeaders(cells)).toEqual(headers)
  })

  it('gives every column a key of its own', () => {
    const cell = fc.constantFrom('a', 'a (2)', 'a (3)', '', ' ', 'column 1', 'column 2', 'b')
    fc.assert(fc.property(fc.array(cell), (cells) => {
      expect(new Set(distinctHeaders(cells)).size).toBe(cells.length)
    }))
  })
})
