import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customerFingerprint, loanKey, rowFingerprint } from '../../src/domain/fingerprint.ts'
import { anyText } from './hostile-text.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('customerFingerprint', () => {
  it('is the SHA-256 of version, phone and name key', () => {
    expect(customerFingerprint('+919876543210', 'Shri Rajesh  KUMAR.', 'LOAN001')).toBe(sha256('v1|+919876543210|kumar rajesh'))
  })

  it('stands on the loan where there is no phone', () => {
    expect(customerFingerprint(null, 'Rajesh Kumar', 'LOAN001')).toBe(sha256('v1|loan:LOAN001|kumar rajesh'))
  })

  it.each([
    ['another phone', '+919812345678', 'Rajesh Kumar', 'LOAN001'],
    ['another name', '+919876543210', 'Sunita Devi', 'LOAN001'],
    ['no phone', null, 'Rajesh Kumar', 'LOAN001'],
    ['no phone and another loan', null, 'Rajesh Kumar', 'LOAN002'],
  ])('%s is another borrower', (_, phone, name, loanId) => {
    const others = [customerFingerprint('+919876543210', 'Rajesh Kumar', 'LOAN001'), customerFingerprint(null, 'Rajesh Kumar', 'LOAN003')]
    expect(others).not.toContain(customerFingerprint(phone, name, loanId))
  })

  it('asks for no loan where there is a phone: another loan is the same borrower', () => {
    expect(customerFingerprint('+919876543210', 'Rajesh Kumar', 'LOAN001')).toBe(customerFingerprint('+919876543210', 'Rajesh Kumar', 'LOAN002'))
  })
})

describe('rowFingerprint', () => {
  it('is the same for the same cells and another for any other cells', () => {
    fc.assert(fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string(), { minLength: 1 }), (a, b) => {
      expect(rowFingerprint([...a])).toBe(rowFingerprint(a))
      expect(rowFingerprint(a) === rowFingerprint(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }))
  })

  it.each([
    [['a', 'b'], ['ab']],
    [['a', 'b'], ['ab', '']],
    [['a', ''], ['a']],
    [['1', '23'], ['12', '3']],
  ])('tells %j from %j', (a, b) => {
    expect(rowFingerprint(a)).not.toBe(rowFingerprint(b))
  })
})

describe('loanKey', () => {
  it.each([
    ['LOAN001', 'LOAN001'],
    [' loan 001 ', 'LOAN001'],
    ['ln/123', 'LN/123'],
    ['000123', '000123'],
    ['\'000123', '000123'],
    [' \'000123', '000123'],
    ['ＬＮ１', 'LN1'],
    ['\ufeffLN\u200b1\u00a0', 'LN1'],
    ['\'\'LN1', 'LN1'],
    ['LN\u00ad1\u061c\u001b', 'LN1'],
    ['\u00ad\u180e', ''],
    ['ΰ1', 'Ϋ́1'.normalize('NFKC')],
    ['', ''],
  ])('the key of %j is %j', (raw, key) => {
    expect(loanKey(raw)).toBe(key)
  })

  it.each([['000123', '123'], ['LN/123', 'LN123'], ['LN-1', 'LN1']])('identity 72: %s and %s stay two loans', (a, b) => {
    expect(loanKey(a)).not.toBe(loanKey(b))
  })

  it('is its own key', () => {
    fc.assert(fc.property(anyText, (raw) => {
      expect(loanKey(loanKey(raw))).toBe(loanKey(raw))
    }), { numRuns: 1000 })
  })
})
