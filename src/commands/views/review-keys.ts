import { isPairKind, type ReviewKind } from '../../domain/review-kinds.ts'
import type { Tones } from '../../ui/tones.ts'
import { wrapText } from '../../ui/wrap-text.ts'

/** What a key does, in a word and in a sentence. */
interface KeyHelp { key: string, word: string, sentence: string }

const UNDO: KeyHelp = { key: 'u', word: 'undo', sentence: 'take the last answer of this sitting back' }
const QUIT: KeyHelp = { key: 'q', word: 'quit', sentence: 'end; every answer is kept already' }
const SKIP: KeyHelp = { key: 's', word: 'skip', sentence: 'leave it for the next time' }

const PAIR_KEYS: KeyHelp[] = [
  { key: 'm', word: 'merge', sentence: 'they are one borrower: one customer has the loans of both' },
  { key: 'a', word: 'keep apart', sentence: 'they are two: nobody is asked about them again, also after later files' },
  SKIP, UNDO, QUIT,
]

const OF_LOAN: KeyHelp = { key: 'a', word: 'keep apart', sentence: 'they are two, and not asked about again: the loan is the one\'s whom its newest file names alone' }

const PHONE: KeyHelp = { key: 'p', word: 'type the phone', sentence: 'type the borrower\'s phone' }

const ROW_WORDS: Record<string, { yes: string, no: string }> = {
  PHONE_GLUED: { yes: 'they are two numbers: the first is called, the second is kept', no: 'they are no numbers: the loan stays without a phone' },
  PHONE_ROUNDED: { yes: 'the number is right', no: 'the number is wrong: the loan stays without a phone' },
  LOAN_TWICE: { yes: 'this row is true, and the others of this loan in its file are not', no: 'this row is not true' },
  LOAN_ID_ZEROS: { yes: 'it is a loan of its own', no: 'the row does not count' },
  LOAN_ID_SEPARATORS: { yes: 'it is a loan of its own', no: 'the row does not count' },
}

export const isAboutPhone = (kind: ReviewKind) => kind.startsWith('PHONE_')

/** The keys that answer a question of this kind. */
export function keysFor(kind: ReviewKind): KeyHelp[] {
  if (isPairKind(kind))
    return kind.startsWith('LOAN_') ? PAIR_KEYS.map(key => key.key === 'a' ? OF_LOAN : key) : PAIR_KEYS
  const { yes, no } = ROW_WORDS[kind]!
  return [{ key: 'y', word: 'accept', sentence: yes }, { key: 'n', word: 'reject', sentence: no }, ...isAboutPhone(kind) ? [PHONE] : [], SKIP, UNDO, QUIT]
}

/** The keys in a line, or each with its sentence. */
export function keyLines(kind: ReviewKind, { width, paint, help, marked }: { width: number, paint: Tones, help?: boolean, marked: boolean }): string[] {
  const keys = keysFor(kind)
  if (help)
    return [...keys.flatMap(({ key, sentence }) => wrapText(`${key}  ${sentence}`, width)), ...wrapText('?  hide this', width)]
  // A key stays with its word.
  const words = [...keys.map(({ key, word }) => `${key} ${word}`), '? help', ...marked ? ['≠ differs'] : []]
  return wrapText(words.map(word => `${word} `.replaceAll(' ', '\u00a0')).join(' '), width).map(line => paint.muted(line.replaceAll('\u00a0', ' ').trimEnd()))
}
