import { soundOf } from './phonetic.ts'
import { isInitials, mayBeInitials, PLACEHOLDERS, type Words } from './read-name.ts'

/**
 * Whether two names can be one with some words cut to initials: `sk mishra` and `satish kumar mishra`, `lakshmi m` and `lakshmi murthy`.
 * Every initial fits a full word, those of a run in order, and no other words remain but placeholders; or one name is a single word (`j iyer`, `jyoti`).
 */
export function fitInitials(a: Words, b: Words): boolean {
  if (!a.hasInitials && !b.hasInitials)
    return false
  const [restOfA, restOfB] = withoutShared(a.words, b.words)
  const isAlone = (left: string[], { words }: Words) => left.length === 0 && words.length === 1
  return READINGS.some(([isRunOfA, isRunOfB]) => {
    const [runsOfA, runsOfB] = [restOfA.filter(isRunOfA), restOfB.filter(isRunOfB)]
    if (runsOfA.length + runsOfB.length === 0)
      return false
    const leftOfB = consume(runsOfA, restOfB.filter(word => !isRunOfB(word)))
    const leftOfA = leftOfB && consume(runsOfB, restOfA.filter(word => !isRunOfA(word)))
    return leftOfA !== undefined && (isAlone(leftOfA, a) || isAlone(leftOfB!, b) || [...leftOfA, ...leftOfB!].every(word => PLACEHOLDERS.has(word)))
  })
}

// `op` is initials and `om` a name, in the same two names.
const READINGS = [isInitials, mayBeInitials].flatMap(one => [isInitials, mayBeInitials].map(other => [one, other] as const))

/** The words of each that the other does not have, by sound. */
function withoutShared(a: string[], b: string[]): [string[], string[]] {
  const unmatched = b.map(word => ({ word, sound: soundOf(word) }))
  const restOfA = a.filter((word) => {
    const at = unmatched.findIndex(other => other.word === word || (other.sound === soundOf(word) && word.length > 1 && other.word.length > 1))
    if (at !== -1)
      unmatched.splice(at, 1)
    return at === -1
  })
  return [restOfA, unmatched.map(({ word }) => word)]
}

/** The full words that no initial stands for; undefined where an initial fits none. */
function consume(runs: string[], fullWords: string[]): string[] | undefined {
  const left: (string | null)[] = [...fullWords]
  for (const run of runs) {
    let from = 0
    for (const letter of run) {
      const at = left.findIndex((word, place) => place >= from && word !== null && startsWith(word, letter))
      if (at === -1)
        return undefined
      left[at] = null
      from = at + 1
    }
  }
  return left.filter(word => word !== null)
}

function startsWith(word: string, letter: string): boolean {
  return word.startsWith(letter) || soundOf(word).startsWith(soundOf(letter))
}
