import fc from 'fast-check'

const LENGTH = 300_000
const fill = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH)

/** Long cells that nearly match, again and again: a regular expression that goes back over them runs into the time limit of the suite, a plain one needs milliseconds. */
export const HOSTILE_TEXTS = [
  ...['(', '[', ')', '(a', '()', '.', ' ', '\u00a0', '\n', '?', 'x', '*', '#', '0', '9', '-', '+', '+ (', ',', '1,', '/', '|', '.0', 'e', '1e', 'a ', 'ब', '\u0930\u093e', '\u200d', '९', '\ud83d\ude00', '\ud800', '\0', 's/o ', 's . o ', 'w/', 'wife of ', 'late ', '& ', '1 ', '1-', '₹', 'cr', '01-', '=', '\'']
    .flatMap(piece => [`${fill(piece)}!`, `x${fill(piece)}7`]),
  `9${fill(' ')}8`,
  `?${fill('?')}x?`,
]

/** Any string at all, among them those that cells hold. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'0123456789+-.,()/\'eExX*#₹ \n\u00a0\u200b९०', 'Rs', 'Late', 'W/o', 'NA') }),
)
