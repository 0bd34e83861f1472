import { cleanCell } from './cell.ts'
import { cutRelation, findRelative, isOnlyRelated, mayRelate } from './relation.ts'

const HONORIFICS = new Set([
  'shri', 'shree', 'sri', 'sree', 'smt', 'shrimati', 'mr', 'mrs', 'ms', 'miss', 'dr', 'adv', 'er', 'prof', 'thiru', 'thirumathi', 'selvi', 'kum', 'km', 'janab', 'haji', 'late',
  'श्री', 'श्रीमती', 'श्रीमति', 'सुश्री', 'डॉ', 'स्व', 'स्वर्गीय',
])
const ALIASES: Record<string, string> = { md: 'mohammad', mohd: 'mohammad', mohammed: 'mohammad', muhammad: 'mohammad', sheikh: 'shaikh' }
const DEATH_WORDS = new Set(['late', 'expired', 'deceased', 'dead', 'death', 'स्व', 'स्वर्गीय', 'स्वर्गवासी', 'मृत', 'मृतक', 'दिवंगत'])
// Words of ASCII letters; whether one of them means more than a name is asked of each.
const PLAIN = /^[a-z]{2,}(?: [a-z]+)*$/i
// A plain name without any of these says nothing but itself.
const TELLING = new RegExp(`\\b(?:lt|${[...DEATH_WORDS, ...HONORIFICS].join('|')})\\b`, 'i')
// Nothing to fold: visible ASCII with single spaces.
const TIDY = /^[!-~]+(?: [!-~]+)*$/
const BRACKETED = /\([^()]*\)|\[[^[\]]*\]/g
const NOT_NAMES = new Set(['test', 'abc', 'xyz', 'demo', 'dummy', 'name', 'customer', 'unknown', 'na', 'n/a', 'nil', 'null', 'none', '-', '.'])

/**
 * The key under which two spellings are one name: case, order, spacing, honorifics and relation clauses do not count.
 * Combining marks are kept: they are the vowels of Indic scripts.
 */
export function nameKey(name: string): string {
  const plainWords = findPlainWords(name)
  if (plainWords?.length === 2 && plainWords.every(word => word.length > 1 && !HONORIFICS.has(word))) {
    const [a, b] = plainWords.map(word => ALIASES[word] ?? word) as [string, string]
    return a < b ? `${a} ${b}` : `${b} ${a}`
  }
  return nameWords(name).sort().join(' ')
}

/** The words of the name key in the order in which they were written. */
export function nameWords(name: string): string[] {
  const own = findPlainWords(name) ?? splitWords(withoutRelation(name))
  // Where a clause or a title is all there is, the whole stands for the name: strangers must not share an empty key.
  const words = own.every(word => HONORIFICS.has(word)) ? splitWords(plain(name)) : own
  return collapseInitials(withoutHonorifics(words)).map(word => ALIASES[word] ?? word)
}

/** True when the borrower, not a relative named after "W/o", is marked as dead. A mark in brackets at the end is taken for the borrower's. */
export function isDeceased(name: string): boolean {
  if (PLAIN.test(name) && !TELLING.test(name))
    return false
  const text = plain(name)
  const lastBracket = /[([]([^()[\]]*)[)\]][.\s]?$/.exec(text)?.[1] ?? ''
  const own = [text.replace(/[()[\]]/g, ' '), lastBracket].flatMap(part => splitWords(cutRelation(part.replace(/\s+/g, ' '))))
  return own.some(word => DEATH_WORDS.has(word)) || withoutHonorifics(own)[0] === 'lt'
}

/** The name as shown: trimmed, single spaces, no closing dot; undefined when it cannot be a name. */
export function displayName(raw: string | undefined): string | undefined {
  if (raw !== undefined && PLAIN.test(raw))
    return NOT_NAMES.has(raw.toLowerCase()) || isOnlyRelated(raw) ? undefined : raw
  const name = cleanCell(raw).normalize('NFC').replace(/^['\s]+/, '').replace(/(?<![.,\s])[.,\s]+$/, '')
  const letters = name.match(/[\p{L}\p{M}]/gu)?.length ?? 0
  return letters < 2 || !/\p{L}/u.test(name) || NOT_NAMES.has(name.toLowerCase()) || /\d{3}/.test(name) || isOnlyRelated(plain(name)) ? undefined : name
}

/** The relative whom a clause such as "S/O Ram Lal" names, in brackets or without; undefined where there is none. */
export function relativeName(name: string): string | undefined {
  if (findPlainWords(name))
    return undefined
  const text = plain(name)
  const bracketed = text.match(BRACKETED)?.map(part => part.slice(1, -1)) ?? []
  return [withoutBracketed(text), ...bracketed].map(findRelative).find(relative => relative !== undefined && nameKey(relative) !== '')
}

/** True where a script was lost on the way: `?????`. */
export function isLostScript(raw: string | undefined): boolean {
  const text = raw ?? ''
  return text.includes('??') && !/[^?\s.]/.test(text)
}

/** The name without its relation clause and without what stands in brackets. */
export function withoutRelation(name: string): string {
  return cutRelation(withoutBracketed(plain(name)))
}

/** The lower-case words of a name that has nothing to strip; undefined for any other. */
function findPlainWords(name: string): string[] | undefined {
  if (!PLAIN.test(name))
    return undefined
  const words = name.toLowerCase().split(' ')
  return words.some(mayRelate) ? undefined : words
}

function withoutHonorifics(words: string[]): string[] {
  const first = words.findIndex(word => !HONORIFICS.has(word))
  return first === -1 ? words.slice(-1) : words.slice(first)
}

function plain(name: string): string {
  if (TIDY.test(name))
    return name
  return name.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/\s+/g, ' ').trim()
}

function withoutBracketed(text: string): string {
  return text.includes('(') || text.includes('[') ? text.replace(BRACKETED, ' ').replace(/ +/g, ' ') : text
}

function splitWords(name: string): string[] {
  return name.toLowerCase().replace(/['’‘ʼ`]/g, '').split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean)
}

/** `s k mishra` → `sk mishra`: initials are written apart or together by habit. */
function collapseInitials(words: string[]): string[] {
  const joined: string[] = []
  let runOpen = false
  for (const word of words) {
    const initial = [...word].length === 1
    if (initial && runOpen)
      joined.push(joined.pop()! + word)
    else
      joined.push(word)
    runOpen = initial
  }
  return joined
}
