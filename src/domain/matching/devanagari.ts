const VIRAMA = '\u094d'
const NUKTA = '\u093c'
const CONSONANTS: Record<string, string> = {
  क: 'k', ख: 'kh', ग: 'g', घ: 'gh', ङ: 'n', च: 'ch', छ: 'chh', ज: 'j', झ: 'jh', ञ: 'n', ट: 't', ठ: 'th', ड: 'd', ढ: 'dh', ण: 'n', त: 't', थ: 'th', द: 'd', ध: 'dh', न: 'n',
  प: 'p', फ: 'ph', ब: 'b', भ: 'bh', म: 'm', य: 'y', र: 'r', ल: 'l', ळ: 'l', व: 'v', श: 'sh', ष: 'sh', स: 's', ह: 'h',
}
const WITH_NUKTA: Record<string, string> = { क: 'q', ख: 'kh', ग: 'g', ज: 'z', ड: 'r', ढ: 'rh', फ: 'f' }
const VOWELS: Record<string, string> = { अ: 'a', आ: 'aa', इ: 'i', ई: 'ii', उ: 'u', ऊ: 'uu', ऋ: 'ri', ए: 'e', ऐ: 'ai', ओ: 'o', औ: 'au', ऑ: 'o' }
const SIGNS: Record<string, string> = {
  '\u093e': 'aa', '\u093f': 'i', '\u0940': 'ii', '\u0941': 'u', '\u0942': 'uu', '\u0943': 'ri', '\u0947': 'e', '\u0948': 'ai', '\u0949': 'o', '\u094b': 'o', '\u094c': 'au',
  '\u0902': 'n', '\u0901': 'n', '\u0903': 'h',
}

/** A Devanagari word in Latin letters, roughly as it is spoken: the vowel that every consonant carries is kept but for the last. Supports a guess, proves nothing. */
export function latinOf(word: string): string {
  const letters = [...word.normalize('NFD')]
  let latin = ''
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!
    const hasNukta = letters[at + 1] === NUKTA
    const consonant = hasNukta ? WITH_NUKTA[letter] ?? CONSONANTS[letter] : CONSONANTS[letter]
    if (consonant === undefined) {
      latin += VOWELS[letter] ?? SIGNS[letter] ?? ''
      continue
    }
    at += hasNukta ? 1 : 0
    latin += consonant + vowelAfter(letters[at + 1])
    at += letters[at + 1] === VIRAMA ? 1 : 0
  }
  return latin
}

function vowelAfter(next: string | undefined): string {
  const isSilent = next === undefined || next === VIRAMA || (next in SIGNS && !'\u0902\u0901\u0903'.includes(next))
  return isSilent ? '' : 'a'
}
