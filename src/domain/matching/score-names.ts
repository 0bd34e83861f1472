import jaro from 'wink-jaro-distance'
import { soundOf } from './phonetic.ts'
import type { Words } from './read-name.ts'

/** How far two names agree, and the worst of the pairs of words that are not equal; both between 0 and 1. */
export interface NameScore { score: number, weakest: number }

const SAME_SOUND = 0.95
const FITTING_INITIAL = 0.85
const UNMATCHED = 0.05
const PREFIX_WEIGHT = 0.1
const LONGEST_PREFIX = 4
// A cell may hold an essay; nobody has so many given names.
const MOST_WORDS = 10

/**
 * The score of domain 7.2: given words paired greedily, each pair 1 (equal), 0.95 (sounds equal) or its Jaro-Winkler likeness, their mean, and 0.05 less for every word
 * without a partner. A shared surname is not identity: what it hides, `weakest` tells.
 */
export function scoreNames(a: Words, b: Words): NameScore {
  const pairs = pairWords(a.given, b.given)
  const fines = UNMATCHED * Math.abs(a.given.length - b.given.length)
  const spoken = soundsJoined(a.words, b.words) ? SAME_SOUND : 0
  return {
    score: rounded(Math.max(spoken, mean(pairs) - fines)),
    weakest: pairs.length === 0 ? 0 : rounded(Math.max(spoken, Math.min(...pairs))),
  }
}

/** Likenesses of the pairs, the best first; as many as the shorter name has words. */
function pairWords(a: string[], b: string[]): number[] {
  if (a.length === 1 && b.length === 1)
    return [likeness(a[0]!, b[0]!)]
  const [openA, openB] = [a.slice(0, MOST_WORDS), b.slice(0, MOST_WORDS)]
  const pairs: number[] = []
  while (openA.length > 0 && openB.length > 0)
    pairs.push(takeBest(openA, openB))
  return pairs
}

/** Takes the most alike words out of both; among equals those that come first by their letters, whichever name they are in. */
function takeBest(a: string[], b: string[]): number {
  let best = { i: 0, j: 0, score: -1, text: '' }
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      const score = likeness(a[i]!, b[j]!)
      if (score > best.score || (score === best.score && pairText(a[i]!, b[j]!) < best.text))
        best = { i, j, score, text: pairText(a[i]!, b[j]!) }
    }
  }
  a.splice(best.i, 1)
  b.splice(best.j, 1)
  return best.score
}

/** How alike two words are, in either order the same. */
export function likeness(a: string, b: string): number {
  if (a === b)
    return 1
  if (a.length === 1 || b.length === 1)
    return a[0] === b[0] ? FITTING_INITIAL : 0
  return soundOf(a) === soundOf(b) ? SAME_SOUND : a < b ? jaroWinkler(a, b) : jaroWinkler(b, a)
}

// Winkler's share for a common beginning (1990), without a threshold, as the scores of domain 7.2 have it.
function jaroWinkler(a: string, b: string): number {
  const { similarity } = jaro(a, b)
  let prefix = 0
  while (prefix < LONGEST_PREFIX && prefix < a.length && a[prefix] === b[prefix])
    prefix++
  return similarity + prefix * PREFIX_WEIGHT * (1 - similarity)
}

/** `ramprasad` and `ram prasad`: the same letters, divided otherwise. */
function soundsJoined(a: string[], b: string[]): boolean {
  const [first, other] = [a[0], b[0]]
  if (a.length === b.length || first === undefined || other === undefined || soundOf(first)[0] !== soundOf(other)[0])
    return false
  return soundOf(a.join('')) === soundOf(b.join(''))
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length || 0
}

const rounded = (score: number) => Math.max(0, Math.round(score * 1000) / 1000)
const pairText = (a: string, b: string) => a < b ? `${a} ${b}` : `${b} ${a}`
