// What stands before a relative's name. `W/o` may touch the name before it; `W.O.` may not, for it could be initials.
// Core banking drops the stroke and writes `SUNITA DEVI WO RAM`: such a word counts between two names only.
const HEADS = [
  /(?<![\p{L}\p{M}\p{N}])(?:[swdchfmb]|wd) ?[/\\] ?[o0]\b/iu,
  /(?<![\p{L}\p{M}\p{N}])[SWDCHFswdchf]\/[oO](?=\p{Lu}\p{Ll})/u,
  /(?<=\p{Ll})[SWDCHF]\/[oO](?![\p{L}\p{M}])/u,
  /(?:^|[\s,])[swdchf] ?\. ?o\b/iu,
  /\b(?:son|wife|daughter|care|husband|father|widow|mother|brother) (?:of|late)\b/iu,
  /(?<=[\p{L}\p{M}]{2}(?: |[.,] ?))(?:so|wo|do|(?:su)?put(?:ra|ri)|(?:dharm)?patni|walad)(?=[.:]? \p{L}[\p{L}\p{M}])/iu,
  /(?<=[\p{L}\p{M}] )(?:(?:सु)?पुत्री?|(?:धर्म)?पत्नी|पति|पिता|आत्मजा?|बेवा|वल्द)(?=[.:]? \p{L})/u,
]
// Whoever is only somebody's son has no name. `S.O. Mathew` has initials.
const AT_THE_START = [
  /^[^\p{L}\p{M}\p{N}]*(?:[swdchfmb]|wd) ?[/\\] ?[o0]\b/iu,
  /^[^\p{L}\p{M}\p{N}]*[SWDCHFswdchf]\/[oO](?=\p{Lu}\p{Ll})/u,
  /^[^\p{L}\p{M}\p{N}]*(?:son|wife|daughter|care|husband|father|widow|mother|brother) of\b/iu,
]
const MAY_BEGIN = /[/\\]|\bof\b/i

// Letters of which a head without a stroke or a dot is made: a name without these words has no clause.
const HEAD_WORDS = new Set(['of', 'late', 'so', 'wo', 'do', 'putra', 'putri', 'suputra', 'suputri', 'patni', 'dharmpatni', 'walad'])

// Nearly every name has none of these and need not be looked through seven times.
const SIGNS = /[/\\.,\u0900-\u097f]|\b(?:of|late|so|wo|do|put|suput|patni|dharmpatni|walad)/i

/** True for a lower-case word that may begin a clause such as `son of Ram`; heads with a stroke are not asked for here. */
export function mayRelate(word: string): boolean {
  return HEAD_WORDS.has(word)
}

/** True where a clause such as `S/O Ram` has no name before it. Expects single spaces. */
export function isOnlyRelated(text: string): boolean {
  return MAY_BEGIN.test(text) && AT_THE_START.some(head => head.test(text))
}

/** The text before its first relation clause. Expects single spaces. */
export function cutRelation(text: string): string {
  const head = findHead(text)
  return head ? text.slice(0, head.index) : text
}

/** What follows the first `S/O`, `wife of`, `पुत्र`; undefined where there is none. */
export function findRelative(text: string): string | undefined {
  const head = findHead(text)
  return head && text.slice(head.index + head[0].length).replace(/^[.:\-\s]+/, '')
}

function findHead(text: string): RegExpExecArray | undefined {
  if (!SIGNS.test(text))
    return undefined
  let first: RegExpExecArray | undefined
  for (const spelling of HEADS) {
    const head = spelling.exec(text)
    if (head && (!first || head.index < first.index))
      first = head
  }
  return first
}
