import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseLoanDate } from '../../src/domain/loan-date.ts'
import { splitJointName } from '../../src/domain/joint-name.ts'
import { parseMoney } from '../../src/domain/money.ts'
import { displayName, isDeceased, nameKey, nameWords, relativeName } from '../../src/domain/name.ts'
import { parsePhone } from '../../src/domain/phone.ts'
import { findState } from '../../src/domain/states.ts'
import { anyText, HOSTILE_TEXTS } from './hostile-text.ts'

// A clean cell takes a short way through each parser; a mark that nobody sees sends it the long way.
const unseen = (text: string) => `${text}\u200b`
const digits = (min: number, max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })

it('reads a phone the short way as the long way', () => {
  fc.assert(fc.property(digits(9, 11), (cell) => {
    expect(parsePhone(cell)).toEqual(parsePhone(unseen(cell)))
  }), { numRuns: 2000 })
})

it('reads an amount the short way as the long way', () => {
  const figure = fc.tuple(digits(1, 13), fc.option(digits(1, 3))).map(([whole, decimals]) => decimals === null ? whole : `${whole}.${decimals}`)
  fc.assert(fc.property(figure, (cell) => {
    expect(parseMoney(cell)).toEqual(parseMoney(unseen(cell)))
  }), { numRuns: 2000 })
})

it('reads a date the short way as the long way', () => {
  const date = fc.tuple(fc.nat(40), fc.nat(40), fc.integer({ min: 1890, max: 2110 })).map(([a, b, year]) => `${String(a).padStart(2, '0')}/${String(b).padStart(2, '0')}/${year}`)
  fc.assert(fc.property(date, fc.constantFrom('dmy', 'mdy', 'ymd'), (cell, order) => {
    const [short, long] = [parseLoanDate(cell, order), parseLoanDate(unseen(cell), order)]
    expect(short).toEqual(long)
  }), { numRuns: 2000 })
})

it('reads a name the short way as the long way', () => {
  const words = fc.array(fc.constantFrom('Ram', 'KUMAR', 'devi', 'Late', 'lt', 'Smt', 'Mohd', 'of', 'wife', 'S', 'K', 'Md', 'Test', 'expired', 'Dr', 'name', 'WO', 'so', 'putra'), { minLength: 1, maxLength: 4 })
  fc.assert(fc.property(words.map(all => all.join(' ')), (name) => {
    expect([nameKey(name), nameWords(name), isDeceased(name), nameKey(relativeName(name) ?? ''), displayName(name)]).toEqual([nameKey(`${name}.`), nameWords(`${name}.`), isDeceased(`${name}.`), nameKey(relativeName(`${name}.`) ?? ''), displayName(unseen(name))])
  }), { numRuns: 3000 })
})

it('finds for the name of a state the same state again', () => {
  fc.assert(fc.property(fc.oneof(anyText, fc.constantFrom('Karnatakka', 'Tamil Nadoo', 'U.P.', 'westbengal')), (text) => {
    const found = findState(text)
    if (found)
      expect(findState(found.name)).toEqual({ ...found, isGuess: false })
  }))
})

it('splits the first of two names no further, and never throws', () => {
  fc.assert(fc.property(fc.oneof(anyText, fc.constantFrom('Ram & Sita', 'Ram/Sita & Gita', 'A/B')), (text) => {
    const { first, second } = splitJointName(text)
    expect(second === null ? first : splitJointName(first).second).toBe(second === null ? text : null)
  }), { numRuns: 1000 })
})

it('is not slowed down by hostile names and states', () => {
  HOSTILE_TEXTS.forEach((text) => {
    splitJointName(text)
    splitJointName(`Ram & ${text}`)
    findState(text)
  })
})
