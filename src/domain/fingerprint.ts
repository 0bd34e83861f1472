import { hash } from 'node:crypto'
import { nameKey } from './name.ts'

// Versioned, so that another rule re-keys in a migration and never mixes with the old. It is personal data: the ten digits can be enumerated.
const VERSION = 'v1'

/** SHA-256 that stands for one borrower: the phone and the name key. Without a phone the loan sets the borrower apart. */
export function customerFingerprint(phone: string | null, name: string, loanId: string): string {
  return keyFingerprint(phone, nameKey(name), loanId)
}

/** The same, given the name key; what else sets a borrower apart from others of that phone and name follows it. */
export function keyFingerprint(phone: string | null, key: string, loanId: string, ...apart: string[]): string {
  return hash('sha256', [VERSION, phone ?? `loan:${loanId}`, key, ...apart].join('|'))
}

/** SHA-256 of a row's cells: the same cells are the same row, wherever they stand. */
export function rowFingerprint(cells: string[]): string {
  return hash('sha256', cells.join('\u001f'))
}

const PLAIN_ID = /^[!-&(-~][!-~]*$/

/** The lender's loan number as a key: upper case, no spaces nor anything else that nobody sees, leading zeros kept. A key is its own key. */
export function loanKey(raw: string): string {
  if (PLAIN_ID.test(raw))
    return raw.toUpperCase()
  // Upper case may take a letter and its marks apart: they are put together again.
  return raw.normalize('NFKC').replace(/[\s\p{Cc}\p{Cf}]/gu, '').replace(/^'+/, '').toUpperCase().normalize('NFKC')
}
