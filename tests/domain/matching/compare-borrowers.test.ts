import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Common, compareBorrowers } from '../../../src/domain/matching/compare-borrowers.ts'
import { readName } from '../../../src/domain/matching/read-name.ts'

const PHONE: Common = { phone: true, loan: false }
const LOAN: Common = { phone: false, loan: true }
const BOTH: Common = { phone: true, loan: true }

const compare = (a: string, b: string, common: Common = PHONE) => compareBorrowers(readName(a), readName(b), common)
const answer = (a: string, b: string, common?: Common) => {
  const { verdict, kind } = compare(a, b, common)
  return kind ?? verdict
}

describe('on one phone', () => {
  it.each([
    ['match 1', 'Rajesh Kumar', 'RAJESH  KUMAR.', 'same'],
    ['match 4', 'Rajesh Kumar', 'Rajesh Kumar', 'same'],
    ['match 5', 'Rajesh Kumar', 'Kumar Rajesh', 'same'],
    ['match 6', 'Shri Rajesh Kumar', 'Rajesh Kumar', 'same'],
    ['match 7', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar', 'same'],
    ['match 8', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar S/O Shyam Lal', 'RELATION_DIFFERS'],
    ['match 8', 'Rajesh Kumar (S/O Ram Lal)', 'Rajesh Kumar SO SHYAM LAL', 'RELATION_DIFFERS'],
    ['match 8, one father', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar s/o Shri Raam', 'same'],
    ['match 8, one father', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar S/O R. Lal', 'same'],
    ['match 9', 'Smt Sunita Devi W/o Late Ram', 'Sunita Devi', 'same'],
    ['match 10', 'Late Ram Prasad', 'Ram Prasad', 'DECEASED_DIFFERS'],
    ['match 10', 'Ram Prasad (Expired)', 'Ram Prashad', 'DECEASED_DIFFERS'],
    ['match 11', 'R Kumar', 'Rajesh Kumar', 'POSSIBLE_SAME'],
    ['match 12', 'S.K. Mishra', 'S K Mishra', 'same'],
    ['match 12', 'S.K. Mishra', 'SK Mishra', 'same'],
    ['match 13', 'S K Mishra', 'Satish Kumar Mishra', 'POSSIBLE_SAME'],
    ['match 14', 'Lakshmi M', 'M. Lakshmi', 'same'],
    ['match 15', 'Rajesh', 'Rajesh Kumar', 'POSSIBLE_SAME'],
    ['match 16', 'Sunita Devi', 'Sunita Kumari', 'POSSIBLE_SAME'],
    ['match 17', 'Pooja Sharma', 'Puja Sharma', 'POSSIBLE_SAME'],
    ['match 18', 'Lakshmi', 'Laxmi', 'POSSIBLE_SAME'],
    ['match 19', 'Mohd Salim', 'Mohammad Salim', 'same'],
    ['match 20', 'Md Salim', 'Salim', 'POSSIBLE_SAME'],
    ['match 21', 'सुनीता देवी', 'Sunita Devi', 'POSSIBLE_SAME'],
    ['match 21, a script that is not read', 'கண்ணன்', 'Kannan', 'POSSIBLE_SAME'],
    ['match 22', '\u095e\u093e\u0924\u093f\u092e\u093e', '\u092b\u093c\u093e\u0924\u093f\u092e\u093e', 'same'],
    ['match 22', '\u092b\u093c\u093e\u200d\u0924\u093f\u092e\u093e', '\u092b\u093c\u093e\u0924\u093f\u092e\u093e', 'same'],
    ['match 23', 'Rajesh Kumar', 'Sunita Devi', 'apart'],
    ['match 24', 'Rajesh Kumar', 'Rohit Kumar', 'apart'],
    ['match 24', 'Sunita Devi', 'Anita Devi', 'apart'],
    ['match 24b', 'Rajesh Kumar', 'Ramesh Kumar', 'POSSIBLE_SAME'],
    ['match 31', 'Rajesh Kumar', 'Vikas Singh', 'apart'],
    ['match 34', 'Rajesh Kumar & Sunita Devi', 'Rajesh Kumar', 'same'],
    ['match 35', 'Rajesh Kumar & Sunita Devi', 'Sunita Devi', 'CO_BORROWER'],
    ['match 35', 'Rajesh Kumar & Suneeta Devi', 'Sunita', 'CO_BORROWER'],
    ['match 35, both joint', 'Rajesh Kumar & Sunita Devi', 'Sunita Devi & Rajesh Kumar', 'CO_BORROWER'],
    ['another script and another name', 'राजेश कुमार', 'Sunita Devi', 'apart'],
    ['a shared surname', 'Suresh Sharma', 'Sunita Sharma', 'apart'],
    ['shared names that hide two strangers', 'Sayyad Mohammad Salim Khan', 'Sayyad Mohammad Rafiq Khan', 'apart'],
    ['one word for two', 'Ramprasad Sharma', 'Ram Prasad Sharma', 'POSSIBLE_SAME'],
    ['table of 7.2', 'Kamla Bai', 'Kamala Bai', 'POSSIBLE_SAME'],
    ['table of 7.2', 'Mohan Lal', 'Sohan Lal', 'apart'],
    ['table of 7.2', 'Asha Devi', 'Usha Devi', 'apart'],
  ])('%s: %s and %s: %s', (_, a, b, expected) => {
    expect([answer(a, b), answer(b, a)]).toEqual([expected, expected])
  })
})

describe('on one loan', () => {
  it.each([
    ['match 2', 'Rajesh Kumar', 'Rajesh Kumar', 'same'],
    ['match 28', 'Rajesh Kumar', 'Shri Rajesh Kumar', 'same'],
    ['match 30', 'Rajesh Kumar', 'Vikas Singh', 'LOAN_NAME_CONFLICT'],
    ['initials', 'S K Mishra', 'Satish Kumar Mishra', 'same'],
    ['a spelling', 'Pooja Sharma', 'Puja Sharma', 'same'],
    ['another placeholder', 'Sunita Devi', 'Sunita Kumari', 'same'],
    ['no surname', 'Jyoti Mishra', 'Jyoti', 'same'],
    ['another script', 'सुनीता देवी', 'Sunita Devi', 'same'],
    ['another script, too rough', 'सुनीता देवी', 'Savita Devi', 'LOAN_NAME_CONFLICT'],
    ['a script that is not read', 'கண்ணன்', 'Kannan', 'LOAN_NAME_CONFLICT'],
    ['the husband of that surname', 'Suresh Sharma', 'Sunita Sharma', 'LOAN_NAME_CONFLICT'],
    ['shared names that hide two strangers', 'Mohammad Salim', 'Mohammad Rafiq', 'LOAN_NAME_CONFLICT'],
    ['below 0.70', 'Geeta Devi', 'Sita Devi', 'LOAN_NAME_CONFLICT'],
    ['the lender has learned of a death', 'Ram Prasad', 'Late Ram Prasad', 'same'],
  ])('%s: %s and %s: %s', (_, a, b, expected) => {
    for (const common of [LOAN, BOTH])
      expect([answer(a, b, common), answer(b, a, common)]).toEqual([expected, expected])
  })
})

it.each([
  ['Rajesh Kumar', 'Kumar Rajesh', PHONE, { verdict: 'same', kind: null, rule: 'phone+name', score: 1 }],
  ['Pooja Sharma', 'Puja Sharma', PHONE, { verdict: 'review', kind: 'POSSIBLE_SAME', rule: 'phone+spelling', score: 0.975 }],
  ['Rajesh', 'Rajesh Kumar', PHONE, { verdict: 'review', kind: 'POSSIBLE_SAME', rule: 'phone+placeholder', score: 1 }],
  ['R Kumar', 'Rajesh Kumar', PHONE, { verdict: 'review', kind: 'POSSIBLE_SAME', rule: 'phone+initials', score: 0.85 }],
  ['கண்ணன்', 'Kannan', PHONE, { verdict: 'review', kind: 'POSSIBLE_SAME', rule: 'phone+script', score: null }],
  ['Rajesh Kumar', 'Rohit Kumar', PHONE, { verdict: 'apart', kind: null, rule: 'phone', score: 0.51 }],
  ['Pooja Sharma', 'Puja Sharma', LOAN, { verdict: 'same', kind: null, rule: 'loan+spelling', score: 0.975 }],
  ['Rajesh Kumar', 'Vikas Singh', BOTH, { verdict: 'review', kind: 'LOAN_NAME_CONFLICT', rule: 'loan', score: 0.578 }],
  ['Rajesh Kumar & Sunita Devi', 'Sunita Devi', PHONE, { verdict: 'review', kind: 'CO_BORROWER', rule: 'phone+co-borrower', score: 1 }],
] as const)('says of %s and %s on what it stands', (a, b, common, expected) => {
  expect(compare(a, b, common)).toEqual(expected)
})

const NAMES = ['Rajesh Kumar', 'Ramesh Kumar', 'R Kumar', 'RK', 'Rajesh', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar S/O Shyam', 'Late Rajesh Kumar', 'Raajesh Kumar & Sunita Devi', 'Sunita', 'Sunita Devi', 'Suneeta', 'सुनीता देवी', 'राजेश', 'கண்ணன்', 'Om Prakash', 'OP Sharma', 'Md Salim', 'Salim', 'Devi', '...', 'Ram Prasad', 'Ramprasad']
const name = fc.oneof(fc.constantFrom(...NAMES), fc.array(fc.constantFrom(...NAMES.flatMap(one => one.split(' ')), 'S/O'), { maxLength: 5 }).map(words => words.join(' ')))
const common = fc.constantFrom(PHONE, LOAN, BOTH)

it('does not depend on which of two comes first', () => {
  fc.assert(fc.property(name, name, common, (a, b, shared) => {
    expect(compare(a, b, shared)).toEqual(compare(b, a, shared))
  }), { numRuns: 3000 })
})

it('makes nobody one on a phone whose name keys differ, and asks about nobody whom nothing connects', () => {
  fc.assert(fc.property(name, name, (a, b) => {
    const { verdict, rule, score } = compare(a, b)
    if (verdict === 'same')
      expect(readName(a).key).toBe(readName(b).key)
    if (readName(a).key === readName(b).key)
      expect(verdict).not.toBe('apart')
    if (verdict === 'review' && (rule === 'phone+spelling' || rule === 'phone+co-borrower'))
      expect(score).toBeGreaterThanOrEqual(0.88)
    expect(verdict === 'review' && rule === 'phone').toBe(false)
  }), { numRuns: 3000 })
})
