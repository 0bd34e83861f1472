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

/** The lender's loan number as a key: upper case, no spaces, leading zeros kept. */
export function loanKey(raw: string): string {
  return raw.normalize('NFKC').replace(/[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '').replace(/^'/, '').toUpperCase()
}
