// Longer ids are no account numbers; and each length is a key to look up.
const MOST_DIGITS = 20
const ZERO = 48

/** What an id is without the zeros before it, which a spreadsheet drops: 000123 and 123 may be one loan. Undefined where it is no number, and keeps its zeros. */
export function zerolessId(loanId: string): string | undefined {
  if (loanId.length > MOST_DIGITS || !isNumber(loanId))
    return undefined
  return loanId.charCodeAt(0) === ZERO ? loanId.replace(/^0+(?=.)/, '') : loanId
}

/** The other ids that this one may have been with fewer zeros or more. */
export function zeroSpellings(loanId: string): string[] {
  const digits = zerolessId(loanId)
  if (digits === undefined)
    return []
  return Array.from({ length: MOST_DIGITS - digits.length + 1 }, (_, zeros) => '0'.repeat(zeros) + digits).filter(spelling => spelling !== loanId)
}

// Asked of every row of a million.
function isNumber(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < ZERO || code > ZERO + 9)
      return false
  }
  return text !== ''
}
