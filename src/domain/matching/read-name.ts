import { splitJointName } from '../joint-name.ts'
import { isDeceased, nameWords, relativeName } from '../name.ts'
import { latinOf } from './devanagari.ts'

/** Family names that so many share, or so many leave out, that they tell nobody apart (domain 7.2). */
export const PLACEHOLDERS = new Set([
  'kumar', 'kumari', 'devi', 'singh', 'bai', 'lal', 'begum', 'khatun', 'bhai', 'ben', 'kaur', 'das',
  'कुमार', 'कुमारी', 'देवी', 'सिंह', 'बाई', 'लाल', 'बेगम', 'खातून', 'भाई', 'बेन', 'कौर', 'दास',
])

/** The words of one person's name. */
export interface Words {
  /** The name key: the words sorted. */
  key: string
  /** In the order written, without titles and clauses, aliases replaced. */
  words: string[]
  /** Those of them that are no placeholder; all of them where nothing else remains. */
  given: string[]
  /** The given words sorted: equal where only placeholders differ. */
  givenKey: string
  /** Whether a word may be an initial or a run of them. */
  hasInitials: boolean
  /** `latin`, `devanagari`, another script's name, or several joined by `+`. */
  script: string
}

/** What a name says: whose it is, of whom, and whether the borrower is marked as dead. */
export interface BorrowerName extends Words {
  relative: Words | null
  isDeceased: boolean
  /** The second of two borrowers. */
  second: Words | null
}

/** Reads a name as it is shown; a second borrower may stand in it or be given beside it. */
export function readName(name: string, coBorrower: string | null = null): BorrowerName {
  const joint = coBorrower === null ? splitJointName(name) : { first: name, second: coBorrower }
  const relative = relativeName(joint.first)
  return {
    ...readWords(nameWords(joint.first)),
    relative: relative === undefined ? null : readWords(nameWords(relative)),
    isDeceased: isDeceased(joint.first),
    second: joint.second === null ? null : readWords(nameWords(joint.second)),
  }
}

/** The words in Latin letters; undefined where one is of a script that is not read. */
export function inLatin(name: Words): Words | undefined {
  if (name.script === 'latin')
    return name
  if (!/^(?:devanagari|devanagari\+latin)$/.test(name.script))
    return undefined
  return readWords(name.words.map(word => PLACEHOLDER_SPELLINGS[word] ?? latinOf(word) + word.replace(/[^a-z]/g, '')))
}

const PLACEHOLDER_SPELLINGS: Record<string, string> = {
  कुमार: 'kumar', कुमारी: 'kumari', देवी: 'devi', सिंह: 'singh', बाई: 'bai', लाल: 'lal', बेगम: 'begum', खातून: 'khatun', भाई: 'bhai', बेन: 'ben', कौर: 'kaur', दास: 'das', मो: 'mohammad', मोहम्मद: 'mohammad', शेख: 'shaikh',
}

function readWords(words: string[]): Words {
  const telling = words.filter(word => !PLACEHOLDERS.has(word))
  const given = telling.length > 0 ? telling : words
  const key = sortedText(words)
  return { key, words, given, givenKey: given.length === words.length ? key : sortedText(given), hasInitials: words.some(mayBeInitials), script: scriptOf(key) }
}

const sortedText = (words: string[]) => words.length === 1 ? words[0]! : [...words].sort().join(' ')

const LONGEST_RUN = 4
const LETTERS = /^[a-z]+$/
const VOWEL = /[aeiou]/

/** `s`, `sk`, `pvr`: a short word with a vowel is as likely a name. */
export function isInitials(word: string): boolean {
  return word.length <= 1 || (word.length <= LONGEST_RUN && LETTERS.test(word) && !VOWEL.test(word))
}

/** Those, and two letters with a vowel: `ak`, `op`, but also `om`. */
export function mayBeInitials(word: string): boolean {
  return word.length <= 2 ? word.length <= 1 || LETTERS.test(word) : isInitials(word)
}

const ASCII = /^[ -~]*$/
const SCRIPTS = ['Arabic', 'Bengali', 'Devanagari', 'Gujarati', 'Gurmukhi', 'Kannada', 'Latin', 'Malayalam', 'Oriya', 'Tamil', 'Telugu'].map(script => [script.toLowerCase(), new RegExp(`\\p{Script=${script}}`, 'u')] as const)

function scriptOf(key: string): string {
  if (ASCII.test(key))
    return 'latin'
  return SCRIPTS.filter(([, letters]) => letters.test(key)).map(([script]) => script).join('+') || 'other'
}
