import { expect, it } from 'vitest'
import { contradictedLoans } from '../../src/domain/contradicted-loans.ts'
import { aRow } from './a-row.ts'

it.each([
  ['another due amount', { due_amount: '3,100' }],
  ['another amount', { amount: '1' }],
  ['another due date', { due_date: '06/11/2026' }],
  ['another last payment', { last_paid_amount: '1' }],
  ['another last payment date', { last_paid_date: '01/11/2026' }],
])('match 3: %s in the same file makes two truths of a loan', (_, changes) => {
  expect(contradictedLoans([aRow(), aRow({ loan_id: 'LN2' }), aRow(changes)])).toEqual(new Set(['LN1']))
})

it.each([
  ['another phone, which is the matching\'s to judge,', { phone: '9911223344' }],
  ['another name, which is so, too,', { name: 'Sunita Devi' }],
  ['another spelling of the name', { name: 'SHRI  KUMAR RAJESH.' }],
  ['another spelling of the phone', { phone: '+91 98123-45678' }],
  ['another spelling of the amount', { due_amount: '₹ 2,500.00' }],
  ['another spelling of the date', { due_date: '5-Nov-26' }],
  ['another spelling of the loan id', { loan_id: ' ln 1 ' }],
  ['another employee', { employee: 'Asha' }],
])('match 3: %s is the same story', (_, changes) => {
  expect(contradictedLoans([aRow(), aRow(changes)])).toEqual(new Set())
})

it('finds a loan of whose three rows the last differs', () => {
  expect(contradictedLoans([aRow(), aRow(), aRow({ due_amount: '1' })])).toEqual(new Set(['LN1']))
})
