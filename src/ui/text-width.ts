import stringWidth from 'string-width'

const PRINTABLE_ASCII = /^[ -~]*$/
const EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u
let segmenter: Intl.Segmenter | undefined
const widthOfCharacter = new Map<string, number>()

/**
 * Columns that a terminal gives to one line of plain text.
 *
 * Added up by code point, as terminals do (tmux, VTE, xterm): string-width counts by cluster and would take
 * the conjuncts of लक्ष्मी for one column each, 3 in place of 5. Only emoji are clusters to a terminal too.
 */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text))
    return text.length
  if (!EMOJI.test(text))
    return sumOfCharacters(text)

  let width = 0
  for (const { segment } of graphemes(text))
    width += graphemeWidth(segment)
  return width
}

/** Cuts plain text to the width, with `…` in its last column; never through a cluster. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width)
    return text

  let kept = ''
  let left = width - 1
  for (const { segment } of graphemes(text)) {
    left -= graphemeWidth(segment)
    if (left < 0)
      break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** What a reader takes for one sign each. The segmenter is made on first need: its tables take 13 ms to load. */
export function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(text)
}

function graphemeWidth(grapheme: string) {
  return EMOJI.test(grapheme) ? stringWidth(grapheme) : sumOfCharacters(grapheme)
}

function sumOfCharacters(text: string) {
  let sum = 0
  for (const character of text) {
    let width = widthOfCharacter.get(character)
    if (width === undefined)
      widthOfCharacter.set(character, width = stringWidth(character))
    sum += width
  }
  return sum
}
