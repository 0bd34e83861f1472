import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiDigits, cleanCell, isAbsent } from '../../src/domain/cell.ts'
import { anyText } from './hostile-text.ts'

describe('cleanCell', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['  Rajesh  Kumar ', 'Rajesh Kumar'],
    ['Rajesh\tKumar', 'Rajesh Kumar'],
    ['Rajesh\r\nKumar', 'Rajesh Kumar'],
    ['98123\u00a045678', '98123 45678'],
    ['\ufeffname', 'name'],
    ['98\u200b12\u200d34', '981234'],
    ['\u202a+91 98123 45678\u202c', '+91 98123 45678'],
    ['\u3000x\u3000', 'x'],
    ['\u00adGa\u2066ya\u{e0041}', 'Gaya'],
  ])('folds %j to %j', (raw, cell) => {
    expect(cleanCell(raw)).toBe(cell)
  })

  it('changes nothing the second time', () => {
    fc.assert(fc.property(anyText, (text) => {
      expect(cleanCell(cleanCell(text))).toBe(cleanCell(text))
    }))
  })
})

describe('isAbsent', () => {
  it.each(['', '-', '--', '–', '—', '.', 'NA', 'na', 'N/A', 'nil', 'NULL', 'None', '#N/A', '#REF!', '#VALUE!', '#NAME?', '#DIV/0!', '########'])('takes %j for nothing', (cell) => {
    expect(isAbsent(cell)).toBe(true)
  })

  it.each(['0', 'Nagaland', 'no', '-5', 'n', '#1', 'x'])('takes %j for something', (cell) => {
    expect(isAbsent(cell)).toBe(false)
  })
})

describe('asciiDigits', () => {
  it.each([
    ['Devanagari', '०१२३४५६७८९'],
    ['Bengali', '০১২৩৪৫৬৭৮৯'],
    ['Gurmukhi', '੦੧੨੩੪੫੬੭੮੯'],
    ['Gujarati', '૦૧૨૩૪૫૬૭૮૯'],
    ['Odia', '୦୧୨୩୪୫୬୭୮୯'],
    ['Tamil', '௦௧௨௩௪௫௬௭௮௯'],
    ['Telugu', '౦౧౨౩౪౫౬౭౮౯'],
    ['Kannada', '೦೧೨೩೪೫೬೭೮೯'],
    ['Malayalam', '൦൧൨൩൪൫൬൭൮൯'],
    ['Ol Chiki', '᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙'],
    ['Meetei Mayek', '꯰꯱꯲꯳꯴꯵꯶꯷꯸꯹'],
    ['Urdu', '۰۱۲۳۴۵۶۷۸۹'],
    ['full-width', '０１２３４５６７８９'],
    ['plain', '0123456789'],
  ])('reads %s digits', (_, digits) => {
    expect(asciiDigits(digits)).toBe('0123456789')
  })

  it('leaves letters as they are', () => {
    expect(asciiDigits('सुनीता ९८')).toBe('सुनीता 98')
  })
})
