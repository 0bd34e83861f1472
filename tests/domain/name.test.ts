import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayName, isDeceased, isLostScript, nameKey, nameWords, relativeName, withoutRelation } from '../../src/domain/name.ts'
import { anyText, HOSTILE_TEXTS } from './hostile-text.ts'

/** The name key of the relative whom a name tells. */
function keyOfRelative(name: string): string | undefined {
  const relative = relativeName(name)
  return relative === undefined ? undefined : nameKey(relative)
}

describe('nameKey', () => {
  it.each([
    ['match 1', 'Rajesh Kumar', 'RAJESH  KUMAR.'],
    ['match 5', 'Rajesh Kumar', 'Kumar Rajesh'],
    ['match 6', 'Shri Rajesh Kumar', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar s / o Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar S.O. Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar son of Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar,S/O Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar (S/O Ram Lal)', 'Rajesh Kumar'],
    ['match 9', 'Smt Sunita Devi W/o Late Ram', 'Sunita Devi'],
    ['match 9', 'Sunita Devi wife of Ram', 'Sunita Devi'],
    ['match 9', 'Sunita Devi D/O Ram', 'Sunita Devi C/O Shyam'],
    ['match 9', 'Sunita Devi H/O Ram', 'Sunita Devi F/O Shyam'],
    ['match 12', 'S.K. Mishra', 'S K Mishra'],
    ['match 12', 'S.K. Mishra', 'SK Mishra'],
    ['match 14', 'Lakshmi M', 'M. Lakshmi'],
    ['match 19', 'Mohd Salim', 'Mohammad Salim'],
    ['match 19', 'Md. Salim', 'Muhammad Salim'],
    ['match 19', 'Mohammed Salim', 'MOHD SALIM'],
    ['match 19', 'Sheikh Abdul', 'Shaikh Abdul'],
    ['match 22', '\u095e\u093e\u0924\u093f\u092e\u093e', '\u092b\u093c\u093e\u0924\u093f\u092e\u093e'],
    ['match 22', '\u092b\u093c\u093e\u200d\u0924\u093f\u092e\u093e', '\u092b\u093c\u093e\u0924\u093f\u092e\u093e'],
    ['match 7', 'Rajesh Kumar S/ORam Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh KumarS/O Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar S\\O Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar s/0 Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'Rajesh Kumar SO Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'SUNITA DEVI WO LATE RAM', 'Sunita Devi'],
    ['match 7', 'Sunita Devi Wd/o Ram', 'Sunita Devi widow of Ram'],
    ['match 7', 'Rajesh Kumar M/O Ram', 'Rajesh Kumar B/o Shyam'],
    ['match 7', 'Rajesh Kumar putra Ram Lal', 'Rajesh Kumar'],
    ['match 7', 'राजेश कुमार पुत्र राम लाल', 'राजेश कुमार'],
    ['match 7', 'राजेश कुमार सुपुत्र श्री राम लाल', 'राजेश कुमार'],
    ['match 7', 'राजेश कुमार पिता राम लाल', 'राजेश कुमार'],
    ['match 7', 'सुनीता देवी पति राम लाल', 'सुनीता देवी'],
    ['match 7', 'सुनीता देवी धर्मपत्नी श्री राम', 'सुनीता देवी पुत्री श्याम'],
    ['match 6', 'श्रीमती सुनीता देवी', 'सुनीता देवी'],
    ['match 6', 'स्व. श्री राम प्रसाद', 'राम प्रसाद'],
    ['apostrophes', 'D‘Souza Maria', 'Dsouza Maria'],
    ['brackets', 'Ram Prasad (Group 4)', 'Ram Prasad'],
    ['apostrophes', 'D\'Souza Maria', 'DSouza Maria'],
    ['apostrophes', 'D’Souza Maria', 'Dsouza Maria'],
    ['hyphens', 'Anne-Marie', 'Anne Marie'],
    ['two titles', 'Late Shri Ram Prasad', 'Ram Prasad'],
    ['full width', 'Ｒａｊｅｓｈ', 'Rajesh'],
  ])('%s: %j and %j are one name', (_, a, b) => {
    expect(nameKey(a)).toBe(nameKey(b))
  })

  it.each([
    ['match 11', 'R Kumar', 'Rajesh Kumar'],
    ['match 13', 'S K Mishra', 'Satish Kumar Mishra'],
    ['match 15', 'Rajesh', 'Rajesh Kumar'],
    ['match 16', 'Sunita Devi', 'Sunita Kumari'],
    ['match 17', 'Pooja Sharma', 'Puja Sharma'],
    ['match 18', 'Lakshmi', 'Laxmi'],
    ['match 20', 'Md Salim', 'Salim'],
    ['match 21', 'सुनीता देवी', 'Sunita Devi'],
    ['match 23', 'Rajesh Kumar', 'Sunita Devi'],
    ['match 24b', 'Rajesh Kumar', 'Ramesh Kumar'],
    ['vowel signs', 'राम', 'रमा'],
    ['Sk is not Shaikh', 'Sk Abdul', 'Shaikh Abdul'],
    ['Begum is a name', 'Shabana Begum', 'Shabana'],
    ['Kumari is a name', 'Kumari Asha', 'Asha'],
    ['initials that spell a title', 'K.M. Ramesh', 'Ramesh'],
    ['initials that spell a title', 'M R Ramesh', 'Ramesh'],
    ['initials that look like a clause', 'K.S.O. Prakash', 'K.S.O. Mohan'],
    ['a family name that looks like a clause', 'Anil Patni', 'Anil'],
    ['a family name that looks like a clause', 'राजेश पति', 'राजेश'],
    ['a name that looks like a clause', 'So Ram', 'So Shyam'],
    ['a part of a name that looks like a clause', 'Ram Pati Devi', 'Ram Devi'],
    ['a clause alone', 'S/O Ram Lal', 'S/O Shyam Lal'],
    ['a title and a clause alone', 'Smt W/o Ram Lal', 'Smt W/o Shyam Lal'],
    ['brackets alone', '(Ram Lal)', '(Shyam Lal)'],
  ])('%s: %j and %j are two names', (_, a, b) => {
    expect(nameKey(a)).not.toBe(nameKey(b))
  })

  it.each(['Shri', 'Shree', 'Sri', 'Sree', 'Smt', 'Shrimati', 'Mr', 'Mrs', 'Ms', 'Miss', 'Dr', 'Adv', 'Er', 'Prof', 'Thiru', 'Thirumathi', 'Selvi', 'Kum', 'Km', 'Janab', 'Haji', 'Late'])('drops the title %s, with a dot and without', (title) => {
    expect([nameKey(`${title} Ram Lal`), nameKey(`${title.toUpperCase()}. Ram Lal`)]).toEqual(['lal ram', 'lal ram'])
  })

  it.each([
    ['Rajesh Kumar', 'kumar rajesh'],
    ['S.K. Mishra', 'mishra sk'],
    ['K.M. Ramesh', 'km ramesh'],
    ['Smt.', 'smt'],
    ['सुनीता देवी', 'देवी सुनीता'],
    ['', ''],
    ['...', ''],
  ])('the key of %j is %j', (name, key) => {
    expect(nameKey(name)).toBe(key)
  })

  // A title or an initial counts by its place, so these have neither.
  const word = fc.constantFrom('Rajesh', 'KUMAR', 'sunita', 'Devi', 'Mohd', 'Sheikh', 'लक्ष्मी', 'ফাতিমা', 'கண்ணன்', 'D\'Souza', 'Begum', 'O’Brien')
  const words = fc.array(word, { minLength: 1, maxLength: 5 })

  it('does not depend on order, case, spacing, title or relation', () => {
    fc.assert(fc.property(words, fc.integer(), fc.constantFrom('', 'Smt. ', 'Late Shri '), fc.constantFrom('', ' W/o Late Ram', ' (Group 4)'), (name, seed, title, clause) => {
      const shuffled = [...name].sort((a, b) => (a.length * seed + a.charCodeAt(0)) % 7 - (b.length * seed + b.charCodeAt(0)) % 7)
      expect(nameKey(`${title}${shuffled.join('  ').toUpperCase()}${clause}`)).toBe(nameKey(name.join(' ')))
    }))
  })

  // Sorted, initials that spell a title (`K.M. Ramesh`) or a title from behind (`Ramesh Dr`) stand where titles stand; and initials that stood apart stand together.
  it('is its own key', () => {
    const titled = fc.tuple(fc.constantFrom('', 'Smt. ', 'Late Shri ', 'श्रीमती '), fc.constantFrom('', 'S.K. ', 'P V R '), words, fc.constantFrom('', ' S/O Ram Lal', ' WO LATE RAM', ' wife of Shyam', ' पुत्र राम', ' (Late)', ' [Group 4]', '.'))
    fc.assert(fc.property(titled, ([title, initials, name, clause]) => {
      const key = nameKey(`${title}${initials}${name.join(' ')}${clause}`)
      expect(nameKey(key)).toBe(key)
    }), { numRuns: 1000 })
  })

  it('is empty for no name that can be shown: strangers never share an empty key', () => {
    const piece = fc.constantFrom('S/O', 'W/o', 'wife of', '(', ')', '[', ']', 'Late', 'Smt', '.', ',', ' ', 'Ram', 'र', '\u200d', 'K')
    fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const name = displayName(pieces.join(' '))
      if (name !== undefined)
        expect(nameKey(name)).not.toBe('')
    }), { numRuns: 2000 })
  })
})

describe('isDeceased', () => {
  it.each([
    'Late Ram Prasad',
    'LATE RAM PRASAD',
    'Late. Ram Prasad',
    'Lt. Ram Prasad',
    'Late Shri Ram Prasad',
    'Shri Late Ram Prasad',
    'Smt. Late Sunita Devi W/o Ram',
    'Ram Prasad (Late)',
    'Ram Prasad Late',
    'Ram Prasad, Late',
    'Late Ram Prasad S/o Late Shyam',
    '(Expired)',
    'Ram Prasad (Expired)',
    'Ram Prasad [expired].',
    'Ram Prasad - expired',
    'Sunita Devi W/o Ram (Expired)',
    'Sunita Devi W/o Ram (Expired). ',
    'Death case',
    'Ram Prasad DEATH CASE',
    'Ram Prasad deceased',
    'स्व. राम प्रसाद',
    'स्वर्गीय श्री राम प्रसाद',
    'राम प्रसाद (मृतक)',
  ])('names 68: %j is marked as dead', (name) => {
    expect(isDeceased(name)).toBe(true)
  })

  it.each([
    'Ram Prasad',
    'Smt. Sunita Devi W/o Late Ram',
    'Sunita Devi W/O (Late) Ram Prasad',
    'Sunita Devi,W/o Late Ram',
    'Sunita Devi (W/o Late Ram)',
    'Sunita Devi wife of late Ram',
    'Sunita Devi wife Late Ram',
    'Rajesh S.O. Late Ram',
    'Rajesh D/o expired Ram',
    'SUNITA DEVI WO LATE RAM',
    'सुनीता देवी पत्नी स्व. राम',
    'स्वाति देवी',
    'Latesh Kumar',
    'Latha M',
    'Platel Dsouza',
    'Deadar Singh',
    '',
  ])('names 67: %j is alive', (name) => {
    expect(isDeceased(name)).toBe(false)
  })
})

describe('displayName', () => {
  it.each([
    ['names 66', 'RAJESH  KUMAR.', 'RAJESH KUMAR'],
    ['names 66', '\tRajesh\tKumar ', 'Rajesh Kumar'],
    ['names 66', 'Poonam\nJha', 'Poonam Jha'],
    ['names 67', 'Smt. Sunita Devi W/o Late Ram', 'Smt. Sunita Devi W/o Late Ram'],
    ['names 68', 'Late Ram Prasad', 'Late Ram Prasad'],
    ['names 69', 'Rajesh Kumar & Sunita Devi', 'Rajesh Kumar & Sunita Devi'],
    ['names 71', 'सुनीता देवी', 'सुनीता देवी'],
    ['names 71', 'கண்ணன்', 'கண்ணன்'],
    ['names 71', 'ফাতিমা', 'ফাতিমা'],
    ['names 71', 'Jose\u0301', 'José'],
    ['names 71', 'मा', 'मा'],
    ['names 24', '=Ram Lal', '=Ram Lal'],
    ['names 24', '@Ram', '@Ram'],
    ['an apostrophe of Excel\'s', '\'Ram Lal', 'Ram Lal'],
    ['an apostrophe and a blank', '\' Ram Lal', 'Ram Lal'],
    ['two letters', 'Jo', 'Jo'],
    ['a small number', 'Ram 2', 'Ram 2'],
  ])('%s: shows %j as %j', (_, raw, name) => {
    expect(displayName(raw)).toBe(name)
  })

  it.each([undefined, '', '  ', '.', '-', 'R', 'र', '12', '9812345678', 'Ram 9812345678', 'Test', 'TEST.', 'ABC', 'xyz', 'NA', 'n/a', 'Nil', 'null', 'name', 'Unknown', '?????', '\u0301\u0301'])('names 70: %j is no name', (raw) => {
    expect(displayName(raw)).toBeUndefined()
  })

  it.each(['S/O Ram', 's / o Ram Lal', 'W\\O Ram', 'C/0 Ram', '(S/O Ram)', '. D/o Ram', 'S/ORam', 'Wd/o Ram', 'Wife of Ram Lal', 'SON OF RAM', 'Ｓ／Ｏ Ram', 'S/O'])('%j is a relative, and no name', (raw) => {
    expect(displayName(raw)).toBeUndefined()
  })

  it.each(['S.O. Mathew', 'D O Pillai', 'Ram S/O Shyam', 'M/s Ram', 'So Devi', 'Sonia of Gaya', 'Wife', 'R/O Gaya'])('%j may be a name', (raw) => {
    expect(displayName(raw)).toBe(raw)
  })

  it('changes nothing the second time', () => {
    fc.assert(fc.property(anyText, (raw) => {
      const name = displayName(raw)
      if (name !== undefined && !/^'|[.,\s]$/.test(name))
        expect(displayName(name)).toBe(name)
    }))
  })
})

describe('isLostScript', () => {
  it.each([['?????', true], ['???? ????', true], ['??. ??', true], ['?', false], ['Ram??', false], ['', false], [undefined, false]])('%j: %s', (raw, lost) => {
    expect(isLostScript(raw)).toBe(lost)
  })
})

it.each([
  ['Smt. Sunita Devi W/o Late Ram', ['sunita', 'devi']],
  ['S.K. Mishra', ['sk', 'mishra']],
  ['Mishra Md. Salim', ['mishra', 'mohammad', 'salim']],
])('keeps the words of %j in their order', (name, words) => {
  expect(nameWords(name)).toEqual(words)
})

it('cuts a relation clause once for all', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('Ram', 'S/O', 'WO', 'wife', 'of', 'D.O.', 'पुत्र', 'राम', '(Late)', 'Late', 'S', 'O'), { maxLength: 7 }), (words) => {
    const own = withoutRelation(words.join(' ')).trim()
    expect(withoutRelation(own).trim()).toBe(own)
  }), { numRuns: 1000 })
})

it('never throws on a name, whatever it is', () => {
  fc.assert(fc.property(anyText, (name) => {
    displayName(name)
    nameKey(name)
    isDeceased(name)
    isLostScript(name)
    relativeName(name)
  }), { numRuns: 1000 })
})

it('is not slowed down by hostile names', () => {
  HOSTILE_TEXTS.forEach((name) => {
    displayName(name)
    nameKey(name)
    isDeceased(name)
    isLostScript(name)
    relativeName(name)
  })
})

it.each([
  ['Rajesh Kumar S/O Ram Lal', 'lal ram'],
  ['Rajesh Kumar s/o Shri RAM  LAL.', 'lal ram'],
  ['Sunita Devi W/o Late Ram Prasad', 'prasad ram'],
  ['Sunita Devi wife of Ram Prasad', 'prasad ram'],
  ['Rajesh Kumar', undefined],
  ['Rajesh Kumar (S/O Ram Lal)', 'lal ram'],
  ['Rajesh Kumar (Group 4) [s/o Ram Lal]', 'lal ram'],
  ['Rajesh Kumar S/O', undefined],
  ['Rajesh Kumar S/O: Ram Lal S/O Shyam', 'lal ram'],
  ['RAJESH KUMAR SO RAM LAL', 'lal ram'],
  ['राजेश कुमार पुत्र श्री राम लाल', 'राम लाल'],
  ['Anil Patni', undefined],
])('reads the relative of %j as %j', (name, key) => {
  expect(keyOfRelative(name)).toBe(key)
})
