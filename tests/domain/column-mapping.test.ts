import { expect, it } from 'vitest'
import { mapWith, parseMapping } from '../../src/domain/column-mapping.ts'
import { distinctHeaders, mapColumns } from '../../src/domain/columns.ts'
import { mappingHint, suggestHeaders } from '../../src/domain/suggest-headers.ts'

it.each([
  ['Mobile No=phone', ['Mobile No', 'phone']],
  [' A=B = Due Amount ', ['A=B', 'due_amount']],
  ['phone', undefined],
  ['=phone', undefined],
  ['Mobile No=fone', undefined],
])('reads %j as %j', (pair, entry) => {
  expect(parseMapping(pair)).toEqual(entry)
})

it('finds what a person named before the usual names', () => {
  expect(mapWith({ 'Cell No': 'phone' })(['Mobile', 'cell_no', 'name']).positions).toEqual({ phone: 1, name: 2, alternate_phone: 0 })
  expect(mapWith({})).toBe(mapColumns)
})

it.each([
  ['Custmer Name,Moblie No,Loan Acct No,Branch Contact Number,Guarantor Mobile', 'Did you mean --map "Custmer Name=name" --map "Moblie No=phone" --map "Loan Acct No=loan_id"?'],
  ['name,loan id,Customer Mobile Phone,Alt Mobil', 'Did you mean --map "Customer Mobile Phone=phone"?'],
  ['name,loan id,remarks,guarantor phone', undefined],
])('case 19: of %s it suggests %s', (header, hint) => {
  const headers = distinctHeaders(header.split(','))
  expect(mappingHint(headers, mapColumns(headers))).toBe(hint)
})

it('case 19: says of each missing field what comes near, also where nothing does', () => {
  const headers = ['Mobil', 'Colour']
  expect(suggestHeaders(headers, mapColumns(headers))).toEqual([{ field: 'name', headers: [] }, { field: 'phone', headers: ['Mobil'] }, { field: 'loan_id', headers: [] }])
})
