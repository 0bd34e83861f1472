import { cleanCell } from './cell.ts'

const HONORIFICS = new Set(['shri', 'shree', 'sri', 'sree', 'smt', 'shrimati', 'mr', 'mrs', 'ms', 'miss', 'dr', 'adv', 'er', 'prof', 'thiru', 'thirumathi', 'selvi', 'kum', 'km', 'janab', 'haji', 'late'])
const ALIASES: Record<string, string> = { md: 'mohammad', mohd: 'mohammad', mohammed: 'mohammad', muhammad: 'mohammad', sheikh: 'shaikh' }
const RELATION = /(?:^|\s)(?:[swdchf]\s*[/.]\s*o\b|(?:son|wife|daughter|care|husband|father) of\b).*$/iu
const NOT_NAMES = new Set(['test', 'abc', 'xyz', 'demo', 'dummy', 'name', 'customer', 'unknown', 'na', 'n/a', 'nil', 'null', 'none', '-', '.'])

/**
 * The key under which two spellings are one name: case, order, spacing, honorifics and relation clauses do not count.
 * Combining marks are kept: they are the vowels of Indic scripts.
 */
export function nameKey(name: string): string {
  const words = collapseInitials(splitWords(withoutRelation(name)))
  while (words.length > 1 && HONORIFICS.has(words[0]!))
    words.shift()
  return words.map(word => ALIASES[word] ?? word).sort().join(' ')
}

/** True when the borrower, not a relative named after "W/o", is marked as dead. */
export function isDeceased(name: string): boolean {
  const own = plain(name).replace(/\(([^)]*)\)/g, ' $1 ').replace(RELATION, '').toLowerCase()
  return /^(?:late|lt)\b|\b(?:expired|deceased|death case|dead)\b/.test(own.trim()) || /\(\s*late\s*\)/i.test(name)
}

/** The name as shown: trimmed, single spaces, no closing dot; undefined when it cannot be a name. */
export function displayName(raw: string | undefined): string | undefined {
  const name = cleanCell(raw).normalize('NFC').replace(/^['=+@]+/, '').replace(/[.,\s]+$/, '')
  const letters = name.match(/\p{L}/gu)?.length ?? 0
  return letters < 2 || NOT_NAMES.has(name.toLowerCase()) || /\d{3}/.test(name) ? undefined : name
}

/** True where a script was lost on the way: `?????`. */
export function isLostScript(raw: string | undefined): boolean {
  return /^[?\s.]*\?{2,}[?\s.]*$/.test(raw ?? '')
}

function withoutRelation(name: string): string {
  return plain(name).replace(/\([^)]*\)|\[[^\]]*\]/g, ' ').replace(RELATION, '')
}

function plain(name: string): string {
  return name.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/\s+/g, ' ').trim()
}

function splitWords(name: string): string[] {
  return name.toLowerCase().replace(/['’`]/g, '').replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim().split(' ')
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
