import { describe, expect, it } from 'vitest'
import { VacliError } from '../../src/errors.ts'
import { emitJson, emitNdjson, pickFields } from '../../src/ui/emit.ts'
import { recordingIo } from './recording-io.ts'

const hostile = { name: '\u001b[31m\u0000\u007f\u009b\u202e\u2028\u2029\u200b\ufeff\u{e0041}\ud800', kept: 'लक्ष्मी क्\u200dष 👨‍👩‍👧' }
const escaped = '"\\u001b[31m\\u0000\\u007f\\u009b\\u202e\\u2028\\u2029\\u200b\\ufeff\\udb40\\udc41\\ud800"'

describe('emitJson', () => {
  it('writes one document, and nothing raw that a terminal obeys', () => {
    const io = recordingIo()
    emitJson(io, hostile)
    expect(io.answer()).toBe(`{\n  "name": ${escaped},\n  "kept": "लक्ष्मी क्\u200dष 👨‍👩‍👧"\n}\n`)
    expect(JSON.parse(io.answer())).toEqual(hostile)
    expect(io.talk()).toBe('')
  })
})

describe('emitNdjson', () => {
  it.each([
    ['a list', [{ id: 1 }, hostile]],
    ['rows that come one by one', (async function* () { yield { id: 1 }; yield hostile })()],
  ])('writes a line for each of %s', async (_, rows) => {
    const io = recordingIo()
    await emitNdjson(io, rows)
    expect(io.answer()).toBe(`{"id":1}\n{"name":${escaped},"kept":"लक्ष्मी क्\u200dष 👨‍👩‍👧"}\n`)
  })
})

describe('pickFields', () => {
  const row = { customer_id: 42, full_name: 'Rajesh Kumar', last_call: null }

  it('keeps the fields in the order asked for', () => {
    expect(Object.entries(pickFields(row, ['last_call', 'customer_id']))).toEqual([['last_call', null], ['customer_id', 42]])
  })

  it.each(['phone', '', 'toString', '__proto__'])('refuses the unknown field "%s" and lists the known ones', (field) => {
    expect(() => pickFields(row, ['customer_id', field])).toThrow(
      new VacliError('invalid', `there is no field "${field}"`, { hint: 'Known fields: customer_id, full_name, last_call' }),
    )
  })
})
