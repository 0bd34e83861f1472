import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latinOf } from '../../../src/domain/matching/devanagari.ts'
import { fitInitials } from '../../../src/domain/matching/initials.ts'
import { soundOf } from '../../../src/domain/matching/phonetic.ts'
import { readName } from '../../../src/domain/matching/read-name.ts'
import { likeness, scoreNames } from '../../../src/domain/matching/score-names.ts'
import { anyText, HOSTILE_TEXTS } from '../hostile-text.ts'

const score = (a: string, b: string) => scoreNames(readName(a), readName(b))

describe('scoreNames', () => {
  it.each([
    ['Pooja Sharma', 'Puja Sharma', 0.97],
    ['Shekhar Patil', 'Sekhar Patil', 0.97],
    ['Wahid Khan', 'Vahid Khan', 0.97],
    ['Lakshmi', 'Laxmi', 0.95],
    ['Geeta Devi', 'Gita Devi', 0.95],
    ['Suneeta Devi', 'Sunita Devi', 0.95],
    ['Meena Kumari', 'Mina Kumari', 0.95],
    ['Rajesh Kumar', 'Ramesh Kumar', 0.91],
    ['Kamla Bai', 'Kamala Bai', 0.91],
    ['Mohan Lal', 'Sohan Lal', 0.87],
    ['Asha Devi', 'Usha Devi', 0.83],
    ['Sunita Devi', 'Anita Devi', 0.82],
    ['Sunita Devi', 'Savita Devi', 0.8],
    ['Rekha Devi', 'Renu Devi', 0.71],
    ['Geeta Devi', 'Sita Devi', 0.63],
    ['Rajesh Kumar', 'Rohit Kumar', 0.51],
  ])('domain 7.2: %s and %s score %d', (a, b, expected) => {
    expect(Math.abs(score(a, b).score - expected)).toBeLessThanOrEqual(0.0051)
    expect(score(b, a)).toEqual(score(a, b))
  })

  it.each([
    ['every word without a partner costs 0.05', 'Rajesh Sharma', 'Rajesh', { score: 0.95, weakest: 1 }],
    ['two cost 0.1', 'Rajesh Mohan Sharma', 'Rajesh', { score: 0.9, weakest: 1 }],
    ['placeholders cost nothing', 'Rajesh Kumar Singh', 'Rajesh', { score: 1, weakest: 1 }],
    ['placeholders count where nothing else remains', 'Kumari Devi', 'Kumari', { score: 0.95, weakest: 1 }],
    ['the best partners find each other in any order', 'Sharma Pooja', 'Puja Sharma', { score: 0.975, weakest: 0.95 }],
    ['spaces in a name', 'Ramprasad Sharma', 'Ram Prasad Sharma', { score: 0.95, weakest: 0.95 }],
    ['spaces in a name, spelled otherwise', 'Om Prakash', 'Omprakaash', { score: 0.95, weakest: 0.95 }],
    ['a shared surname is seen through', 'Suresh Sharma', 'Sunita Sharma', { score: 0.822, weakest: 0.644 }],
    ['no names', '...', '...', { score: 0, weakest: 0 }],
  ])('%s: %s and %s', (_, a, b, expected) => {
    expect(score(a, b)).toEqual(expected)
  })

  const word = fc.oneof(fc.constantFrom('Rajesh', 'Ramesh', 'Laxmi', 'Lakshmi', 'Kumar', 'Devi', 'R', 'SK', 'Om', 'Sharma', 'Md', 'सुनीता', 'Aaa', 'Aa', 'Ya'), fc.string({ unit: fc.constantFrom(...'abehiksy'), minLength: 1, maxLength: 7 }))
  const name = fc.array(word, { maxLength: 5 }).map(words => words.join(' '))

  it('does not depend on which name comes first, and stays between 0 and 1', () => {
    fc.assert(fc.property(name, name, (a, b) => {
      const there = score(a, b)
      expect(score(b, a)).toEqual(there)
      expect(Math.min(there.score, there.weakest)).toBeGreaterThanOrEqual(0)
      expect(Math.max(there.score, there.weakest)).toBeLessThanOrEqual(1)
      expect(fitInitials(readName(a), readName(b))).toBe(fitInitials(readName(b), readName(a)))
    }), { numRuns: 3000 })
  })

  it('is not slowed down by hostile names, and never throws', () => {
    HOSTILE_TEXTS.forEach(text => score(text.slice(0, 3000), `Ram ${text.slice(0, 2000)}`))
    fc.assert(fc.property(anyText, anyText, (a, b) => {
      score(a, b)
    }))
  })
})

describe('likeness', () => {
  it.each([['rajesh', 'rajesh', 1], ['r', 'rajesh', 0.85], ['r', 'sunita', 0], ['r', 's', 0], ['laxmi', 'lakshmi', 0.95], ['a', '', 0]])('of %j and %j is %d', (a, b, expected) => {
    expect([likeness(a, b), likeness(b, a)]).toEqual([expected, expected])
  })
})

describe('soundOf', () => {
  it.each([
    ['pooja', 'puja'], ['shekhar', 'sekhar'], ['wahid', 'vahid'], ['vijay', 'bijay'], ['lakshmi', 'laxmi'], ['lakshmy', 'laxmee'], ['geeta', 'githa'], ['suneeta', 'sunita'], ['aalok', 'alok'], ['raadha', 'radha'], ['rekhaa', 'rekh'],
    ['dharmendra', 'darmendra'], ['bharat', 'barat'], ['ghanshyam', 'ganshyam'], ['phulwati', 'fulvati'], ['zakir', 'jakir'], ['yashoda', 'jashoda'], ['krishnna', 'krishna'], ['rama', 'ram'], ['iqbal', 'ikbal'], ['deepack', 'dipak'],
  ])('%s sounds like %s', (a, b) => {
    expect(soundOf(a)).toBe(soundOf(b))
  })

  it.each([['rajesh', 'ramesh'], ['asha', 'usha'], ['mohan', 'sohan'], ['sita', 'gita'], ['ramesh', 'rameshwar'], ['kamla', 'vimla'], ['uma', 'om'], ['राम', 'रमा']])('%s does not sound like %s', (a, b) => {
    expect(soundOf(a)).not.toBe(soundOf(b))
  })

  it('says the same the second time', () => {
    fc.assert(fc.property(fc.string(), (word) => {
      expect(soundOf(word)).toBe(soundOf(word))
    }))
  })
})

describe('fitInitials', () => {
  it.each([
    ['match 11', 'R Kumar', 'Rajesh Kumar'],
    ['match 13', 'S K Mishra', 'Satish Kumar Mishra'],
    ['match 13', 'SK Mishra', 'Satish Kumar Misra'],
    ['match 14', 'Lakshmi M', 'Lakshmi Murthy'],
    ['match 14', 'M. Lakshmi', 'Lakshmi Murthy'],
    ['initials on both sides', 'S Kumar Mishra', 'Satish K Mishra'],
    ['two letters with a vowel', 'OP Sharma', 'Om Prakash Sharma'],
    ['a sound', 'W Kumari', 'Vahid Kumari'],
    ['a sound', 'Y Rao', 'Jashoda Rao'],
    ['Sk may be Sheikh or initials', 'Sk Abdul', 'Salim Karim Abdul'],
    ['a name alone', 'J Iyer', 'Jyoti'],
    ['a placeholder left out', 'S K Mishra', 'Satish Kumar Mishra Devi'],
  ])('%s: %s and %s may be one', (_, a, b) => {
    expect([fitInitials(readName(a), readName(b)), fitInitials(readName(b), readName(a))]).toEqual([true, true])
  })

  it.each([
    ['another letter', 'S Kumar', 'Rajesh Kumar'],
    ['another order', 'K S Mishra', 'Satish Kumar Mishra'],
    ['a letter too many', 'S K R Mishra', 'Satish Kumar Mishra'],
    ['another surname', 'R Sharma', 'Rajesh Verma'],
    ['another name left over', 'R Sharma', 'Rajesh Mohan Verma'],
    ['two initials', 'Lakshmi M', 'Lakshmi K'],
    ['no initials', 'Rajesh Kumar', 'Rajesh'],
    ['a short name is no run', 'Ram Lal', 'Rakesh Amit Mohan Lal'],
  ])('%s: %s and %s do not fit', (_, a, b) => {
    expect([fitInitials(readName(a), readName(b)), fitInitials(readName(b), readName(a))]).toEqual([false, false])
  })
})

it.each([
  ['सुनीता', 'sunita'], ['राजेश', 'rajesh'], ['लक्ष्मी', 'lakshmi'], ['ज्योति', 'jyoti'], ['संतोष', 'santosh'], ['श्रीनिवास', 'srinivas'], ['फ़ातिमा', 'fatima'], ['विजय', 'vijay'], ['ज़ाहिद', 'zahid'], ['अशोक', 'ashok'], ['ऋषि', 'rishi'], ['कौशल्या', 'kaushalya'],
])('reads %s roughly as %s', (word, latin) => {
  expect(soundOf(latinOf(word))).toBe(soundOf(latin))
})
