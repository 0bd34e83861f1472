import type { RejectCode } from './reject-fixes.ts'

/** What a cell became: a value, or the reason why it cannot be used. With a review the row is kept and the doubtful value is empty. */
export type Parsed<T> = { ok: true, value: T, notes: Note[], review?: Review } | { ok: false, code: RejectCode, message: string }

/** Something accepted that a person may want to look at. */
export interface Note { code: string, message: string }

/** Something that a person must decide before anybody is called; `proposal` is what the cell should perhaps read. */
export interface Review extends Note { proposal?: string }

export function parsed<T>(value: T, ...notes: Note[]): Parsed<T> {
  return { ok: true, value, notes }
}

export function refused<T>(code: RejectCode, message: string): Parsed<T> {
  return { ok: false, code, message }
}

const LONGEST_ABSENT = 7
const TIDY = /^[!-~]+(?: [!-~]+)*$/
const ASCII = /^[\0-\x7f]*$/
const ABSENT = /^(?:-+|[–—]+|na|n\.a\.?|n\/a|nil|null|none|#n\/a|#ref!|#value!|#name\?|#div\/0!|#+|\.)$/i
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/** Trims a cell and folds the blanks, quotes and invisible marks that spreadsheets and chat apps leave behind. */
export function cleanCell(raw: string | undefined): string {
  if (raw === undefined || raw === '' || TIDY.test(raw))
    return raw ?? ''
  return raw.replace(INVISIBLE, '').replace(/[\s\u00a0\u3000]+/g, ' ').trim()
}

/** True for what people and Excel write where there is nothing: blank, `-`, `NA`, `#N/A`, `########`. */
export function isAbsent(cell: string): boolean {
  return cell === '' || ((cell.length <= LONGEST_ABSENT || /^[-#]/.test(cell)) && ABSENT.test(cell))
}

/** Digits of any script become ASCII, so that a Devanagari or full-width number reads like any other. */
export function asciiDigits(text: string): string {
  return ASCII.test(text) ? text : text.normalize('NFKC').replace(/(?![0-9])\p{Nd}/gu, digit => DIGIT_VALUES[digit] ??= digitValue(digit.codePointAt(0)!))
}

const DIGIT_VALUES: Record<string, string> = {}

// Unicode lays every decimal script out as ten consecutive code points; count down to its zero.
function digitValue(code: number): string {
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9)
    zero--
  return String(code - zero)
}
