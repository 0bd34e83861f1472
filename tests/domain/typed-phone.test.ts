import { expect, it } from 'vitest'
import { parsePhone } from '../../src/domain/phone.ts'
import { findTypedPhone } from '../../src/domain/typed-phone.ts'

it.each([['9812345616'], ['98123 45616'], ['+91 98123-45616'], ['०९८१२३४५६१६'.replace('०', '')]])('%s is a phone, and its E.164 is read again as the same', (typed) => {
  const { phone } = findTypedPhone(typed)
  expect(phone).toBe('+919812345616')
  expect(parsePhone(phone)).toMatchObject({ ok: true, value: { number: phone } })
})

it.each([
  ['123', '"123" has 3 digits; a mobile number has 10'],
  ['0522-2612345', '0522-2612345 is a landline and is not dialled'],
  ['9999999999', '"9999999999" is a filler, not a number'],
  ['98123456159812345616', '"98123456159812345616" is not one phone number'],
  ['9812345615/9812345616', '"9812345615/9812345616" is not one phone number'],
  ['nobody', expect.any(String)],
  ['-', '"-" is not one phone number'],
])('%s is none', (typed, problem) => {
  expect(findTypedPhone(typed)).toEqual({ problem })
})
