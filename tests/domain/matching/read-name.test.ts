import { expect, it } from 'vitest'
import { inLatin, readName } from '../../../src/domain/matching/read-name.ts'

const words = (name: string) => readName(name).words

it('reads whose name it is, of whom, and who stands beside', () => {
  expect(readName('Late Shri Ram Kumar Prasad S/O Late Hari Om')).toEqual({
    key: 'kumar prasad ram', words: ['ram', 'kumar', 'prasad'], given: ['ram', 'prasad'], givenKey: 'prasad ram', hasInitials: false, script: 'latin', isDeceased: true, second: null,
    relative: { key: 'hari om', words: ['hari', 'om'], given: ['hari', 'om'], givenKey: 'hari om', hasInitials: true, script: 'latin' },
  })
})

it.each([
  ['Rajesh Kumar & Sunita Devi', null, 'kumar rajesh', 'devi sunita'],
  ['Rajesh Kumar', 'Sunita Devi', 'kumar rajesh', 'devi sunita'],
  ['Rajesh Kumar', null, 'kumar rajesh', undefined],
])('%j beside %j is %s, with %s', (name, coBorrower, key, second) => {
  const read = readName(name, coBorrower)
  expect([read.key, read.second?.key]).toEqual([key, second])
})

it.each([
  ['Kumari Devi', ['kumari', 'devi']],
  ['Sunita Devi', ['sunita']],
  ['सुनीता देवी', ['सुनीता']],
])('the given words of %s are %j', (name, given) => {
  expect(readName(name).given).toEqual(given)
})

it.each([
  ['Sunita Devi', 'latin'],
  ['José', 'latin'],
  ['सुनीता', 'devanagari'],
  ['Sunita देवी', 'devanagari+latin'],
  ['கண்ணன்', 'tamil'],
  ['李', 'other'],
])('%s is written in %s', (name, script) => {
  expect(readName(name).script).toBe(script)
})

it.each([
  ['सुनीता देवी', ['suniitaa', 'devi']],
  ['मो. सलीम', ['mohammad', 'saliim']],
  ['Sunita देवी', ['sunita', 'devi']],
  ['கண்ணன்', undefined],
])('%s reads in Latin letters as %j', (name, latin) => {
  expect(inLatin(readName(name))?.words).toEqual(latin)
})

it('leaves a name in Latin letters as it is', () => {
  expect(inLatin(readName('Sunita Devi'))?.words).toEqual(words('Sunita Devi'))
})
