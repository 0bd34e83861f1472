// Spellings that sound alike in the names of North and South India: those of domain 7.2, and `q` and a first `y`. The order counts: `ksh` before `kh` and `sh`, doubles before `y`.
const SOUNDS: [RegExp, string][] = [
  [/^y/, 'j'],
  [/ksh?/g, 'x'],
  [/aa/g, 'a'],
  [/ee|ii|y/g, 'i'],
  [/oo|uu/g, 'u'],
  [/ph/g, 'f'],
  [/([stdbkgj])h/g, '$1'],
  [/[wv]/g, 'b'],
  [/z/g, 'j'],
  [/q|ck/g, 'k'],
  [/(.)\1+/g, '$1'],
  [/(?<=..)a$/, ''],
]

const MOST_KEPT = 20_000
const LONGEST_KEPT = 30
const kept = new Map<string, string>()

/** What a lower-case Latin word sounds like: `lakshmi` and `laxmi`, `pooja` and `puja`, `yashoda` and `jashoda` are one. Other scripts stay as they are. */
export function soundOf(word: string): string {
  const known = kept.get(word)
  if (known !== undefined)
    return known
  const sound = SOUNDS.reduce((text, [spelling, letter]) => text.replace(spelling, letter), word)
  // Names come again and again; a stream of ever new words must not fill the memory.
  if (kept.size >= MOST_KEPT)
    kept.clear()
  if (word.length <= LONGEST_KEPT)
    kept.set(word, sound)
  return sound
}
