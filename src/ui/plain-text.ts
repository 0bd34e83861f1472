/** Invisible marks that reorder or hide text, as a part of a `u` character class. ZWJ and ZWNJ are left out: Indic scripts need them. */
export const HIDDEN_MARKS = '\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}'

// Linear: no body may contain the start of another sequence, so a failed attempt never scans past the next one.
const ESCAPE_SEQUENCES = new RegExp([
  '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]', // CSI: colours, cursor
  '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c)', // OSC, DCS: titles, links
  '\\u001b[ -/]*[0-~]', // the rest, and the head of a sequence that never ends
].join('|'), 'g')

const BREAKS_BUT_NEWLINE = /\r\n?|[\t\v\f\u0085\u2028\u2029]/g
const NEVER_SHOWN = new RegExp(`[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f${HIDDEN_MARKS}]`, 'gu')
const HALF_CHARACTER = /\p{Surrogate}/gu

/** One line that is safe on a terminal, whatever a file or a provider put into it. */
export function plainText(value: string): string {
  return plainMessage(value).replaceAll('\n', ' ')
}

/** Like plainText, but keeps line ends, as `\n`. */
export function plainMessage(value: string): string {
  return value
    .replace(ESCAPE_SEQUENCES, '')
    .replace(BREAKS_BUT_NEWLINE, found => found === '\r\n' ? '\n' : ' ')
    .replace(NEVER_SHOWN, '')
    .replace(HALF_CHARACTER, '\ufffd')
}
