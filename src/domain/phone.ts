import { asciiDigits, cleanCell, isAbsent, type Note, parsed, type Parsed, refused } from './cell.ts'

export interface Phone {
  /** E.164, or null when the cell holds no number. */
  number: string | null
  kind: 'mobile' | 'landline'
}

const NO_PHONE: Phone = { number: null, kind: 'mobile' }
const PLACEHOLDER = '9876543210'

/**
 * Reads an Indian phone cell; never guesses digits that are not there.
 * A second number in the cell is noted, not used. A blank cell is a loan without a phone, not an error.
 */
export function parsePhone(raw: string | undefined): Parsed<Phone> {
  const cell = asciiDigits(cleanCell(raw)).replace(/^'/, '')
  if (isAbsent(cell) || cell === '0')
    return parsed(NO_PHONE)

  const scientific = /^(\d)(?:\.(\d+))?e\+?(\d{1,2})$/i.exec(cell)
  if (scientific)
    return readScientific(cell, scientific[1]! + (scientific[2] ?? ''), Number(scientific[3]))

  if (/\d[x*•#]{2,}|[x*•#]{2,}\d/i.test(cell))
    return refused('PHONE_MASKED', `"${cell}" is masked; ask for the whole number`)

  const notes: Note[] = []
  const [first, ...others] = splitNumbers(cell)
  const words = /\p{L}+/u.exec(first!.replace(/^(?:ph|tel|mob|mobile|phone)[.:\s]*/i, ''))
  if (words)
    notes.push({ code: 'PHONE_NOTE', message: `the phone carries a note: "${cell}"` })
  if (others.length > 0)
    notes.push({ code: 'PHONE_SECOND', message: `a second number (${others.join(', ')}) is kept in the row and not dialled` })
  return withNotes(readNumber(first!), notes)
}

/** Reads a number as an operator types it; undefined when it cannot be one. Ten digits are always a phone. */
export function findPhone(text: string): string | undefined {
  const phone = readNumber(asciiDigits(cleanCell(text)))
  return phone.ok ? phone.value.number ?? undefined : undefined
}

// The mantissa must hold every digit: 9.81235E+09 would expand to somebody else's number.
function readScientific(cell: string, mantissa: string, power: number): Parsed<Phone> {
  const digits = mantissa.replace(/0+$/, '')
  const complete = power + 1 === mantissa.length && digits.length >= mantissa.length - 1
  return complete && (power === 9 || power === 11)
    ? readNumber(mantissa)
    : refused('PHONE_SCI_LOST', `"${cell}" has lost its last digits; in Excel set the column to Number with 0 decimals and save as CSV UTF-8`)
}

function splitNumbers(cell: string): string[] {
  const parts = cell.split(/[/,;|&]|\bor\b|\band\b/i).map(part => part.trim()).filter(part => /\d{5}/.test(part.replace(/[\s-]/g, '')))
  return parts.length > 0 ? parts : [cell]
}

function readNumber(text: string): Parsed<Phone> {
  const foreign = /^\s*(?:\+|00)\s*(?!91|0)\d/.test(text)
  const digits = text.replace(/\.0+$/, '').replace(/\D/g, '')
  if (foreign && digits.length > 10)
    return refused('PHONE_FOREIGN', `"${text}" is not an Indian number`)

  const national = stripPrefixes(digits)
  if (/^0\d{2,4}[-\s)]+\d{6,8}$/.test(text.replace(/[(]/g, '').trim()) && national.length === 10 && !/^0[6-9]\d{4}[-\s]\d{5}$/.test(text.trim()))
    return parsed({ number: `+91${national}`, kind: 'landline' }, { code: 'LANDLINE', message: `${text} is a landline and is not dialled` })
  if (/^(?:1600|140)/.test(national) || national.length === 10 && /^[0-5]/.test(national))
    return refused('PHONE_NOT_MOBILE', `"${text}" is not a mobile number`)
  if (national.length !== 10)
    return refused('PHONE_LENGTH', `"${text}" has ${digits.length} digits; a mobile number has 10`)
  if (/(\d)\1{7}/.test(national) || national === '1234567890')
    return refused('PHONE_DUMMY', `"${text}" is a filler, not a number`)

  return national === PLACEHOLDER
    ? parsed({ number: `+91${national}`, kind: 'mobile' }, { code: 'PHONE_PLACEHOLDER', message: `${national} is often used as a sample number` })
    : parsed({ number: `+91${national}`, kind: 'mobile' })
}

/** Drops trunk zeros and the country code, but only where ten digits remain: 9198123456 is complete as it is. */
function stripPrefixes(digits: string): string {
  const trimmed = digits.replace(/^0+/, '')
  if (trimmed.length === 10)
    return trimmed
  const domestic = trimmed.startsWith('91') ? trimmed.slice(2).replace(/^0/, '') : trimmed
  if (domestic.length === 10)
    return domestic
  return digits.length === 10 ? digits : trimmed
}

function withNotes(phone: Parsed<Phone>, notes: Note[]): Parsed<Phone> {
  return phone.ok ? parsed(phone.value, ...notes, ...phone.notes) : phone
}
