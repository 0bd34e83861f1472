import { describe, expect, it } from 'vitest'
import { type ListedCall, mayBeNumber, mayBeOurs, readListedCall, spellingsOf, wholeNumberOf } from '../../src/domain/listed-call.ts'

describe('a listed number', () => {
  it.each([
    ['09810000011', true], ['+919810000011', true], ['919810000011', true], ['9810000011', true], ['+91 98100-00011', true],
    ['0XXXXX00011', true], ['0xxxxx00011', true], ['0•••••00011', true], ['0XXXXXX0011', true],
    ['09810000012', false], ['0XXXXX00012', false], ['XXXXXXX011', false], ['XXXXXXXXXX', false], ['', false], [null, false], ['00011', false], ['anonymous', false],
  ])('%s may be +919810000011: %s', (listed, may) => {
    expect(mayBeNumber(listed, '+919810000011')).toBe(may)
  })

  it.each([
    ['09810000011', '+919810000011'], ['+919810000011', '+919810000011'], ['919810000011', '+919810000011'], ['9810000011', '+919810000011'],
    ['08047100000', '+918047100000'], ['+14155550123', '+14155550123'], ['0XXXXX00011', undefined], ['', undefined], [null, undefined], ['null', undefined], ['12345', undefined],
  ])('%s is %s in whole', (listed, whole) => {
    expect(wholeNumberOf(listed)).toBe(whole)
  })

  it('is asked for in both spellings, where there are two', () => {
    expect([spellingsOf('+919810000011'), spellingsOf('+14155550123')]).toEqual([['09810000011', '+919810000011'], ['+14155550123']])
  })
})

describe('a listed call', () => {
  const read = (raw: Record<string, unknown>, to: string | null = null) => readListedCall({ sid: 's1', from: '09810000011', to, raw })

  it('tells whose it is', () => {
    expect(read({ CustomField: 'ref1', Direction: 'outbound-api', PhoneNumberSid: '08047100000', DateCreated: '2026-11-23 12:00:00' })).toEqual({
      sid: 's1', from: '09810000011', customField: 'ref1', direction: 'outbound-api', exophone: '08047100000', createdAt: new Date('2026-11-23T06:30:00Z'),
    })
  })

  it('may leave everything out, or say null in words', () => {
    const nothing = { customField: null, direction: null, exophone: null, createdAt: null }
    expect(read({})).toMatchObject(nothing)
    expect(read({ CustomField: 'null', Direction: '', PhoneNumberSid: null, DateCreated: 'soon' })).toMatchObject(nothing)
  })

  it('has the ExoPhone in To, and a time in StartTime, where it is nowhere else', () => {
    expect(read({ StartTime: '2026-11-23 12:00:00' }, '08047100000')).toMatchObject({ exophone: '08047100000', createdAt: new Date('2026-11-23T06:30:00Z') })
  })

  it.each<[string, Partial<ListedCall>, boolean]>([
    ['ours by number and direction', {}, true],
    ['silent on both', { direction: null, exophone: null }, true],
    ['inbound', { direction: 'inbound' }, false],
    ['from the dashboard', { direction: 'outbound-dial' }, false],
    ['from another number', { exophone: '08047199999' }, false],
    ['from a masked number that fits', { exophone: '0XXXXXX0000' }, true],
  ])('%s', (_, values, ours) => {
    const call: ListedCall = { sid: 's1', from: null, customField: null, direction: 'outbound-api', exophone: '+918047100000', createdAt: null, ...values }
    expect(mayBeOurs(call, '08047100000')).toBe(ours)
  })
})
