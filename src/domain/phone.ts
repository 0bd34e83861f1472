import { asciiDigits, cleanCell, isAbsent, type Note, parsed, type Parsed, refused } from './cell.ts'

export interface Phone {
  /** E.164, or null when the cell holds no number. */
  number: string | null
  kind: 'mobile' | 'landline'
  /** A second number of the cell, in E.164: kept, and not dialled. */
  alternate: string | null
}

const NO_PHONE: Phone = { number: null, kind: 'mobile', alternate: null }
const PLAIN = /^[6-9]\d{9}$/
const FILLER = /(\d)(?:\d*\1){7}/
const GLUED = /^(?:91|0)?([6-9]\d{9})(?:91|0)?([6-9]\d{9})$/
const DASHES = /[\u2010-\u2015\u2212]/g
const PLACEHOLDER = '9876543210'
const SCIENTIFIC = /^(\d)(?:[.,](\d+))?e\+?(\d{1,2})$/i
// An STD code set apart from the number: `0522-2612345`, `080 2222 1234`. No STD code begins with 9.
const LANDLINE = /^0[1-8]\d{1,3}[\s().-]+\d[\d\s-]+$/

/**
 * Reads an Indian phone cell; never guesses digits that are not there.
 * A second number in the cell is kept as the alternate. A blank cell is a loan without a phone, not an error.
 */
export function parsePhone(raw: string | undefined): Parsed<Phone> {
  if (raw !== undefined && PLAIN.test(raw))
    return judgeNational(raw, raw, raw)
  const cell = cleanPhone(raw ?? '')
  if (isAbsent(cell) || cell === '0')
    return parsed(NO_PHONE)
  if (SCIENTIFIC.test(cell))
    return readNumber(cell)
  if (/\d[\s-]?[x*•#]{2}|[x*•#]{2}[\s-]?\d/i.test(cell))
    return refused('PHONE_MASKED', `"${cell}" is masked`)

  const notes: Note[] = []
  const [first, ...others] = splitNumbers(cell)
  const words = /\p{L}+/u.exec(first!.replace(/^(?:phone|ph|mobile|mob|tel)[.:\s]*/i, ''))
  if (words)
    notes.push({ code: 'PHONE_NOTE', message: `the phone carries a note: "${cell}"` })
  const phone = readNumber(first!)
  if (!phone.ok)
    return phone
  const seconds = others.map(text => ({ text, number: numberOf(text) })).filter(({ number }) => number === null || number !== phone.value.number)
  if (seconds.length > 0)
    notes.push({ code: 'PHONE_SECOND', message: `a second number (${seconds.map(({ text }) => text).join(', ')}) is kept in the row and not dialled` })
  const alternate = seconds.find(({ number }) => number !== null)?.number ?? null
  return { ...phone, value: { ...phone.value, alternate }, notes: [...notes, ...phone.notes] }
}

/** Every number that a cell may hold, in E.164, also of two that stand without anything between them: more than is called, for whom nobody may call. */
export function everyNumber(raw: string): string[] {
  return splitNumbers(cleanPhone(raw)).flatMap((part) => {
    const [, ...glued] = GLUED.exec(part.replace(/[\s().+-]/g, '')) ?? []
    return (glued.length > 0 ? glued : [part]).flatMap(text => numberOf(text) ?? [])
  })
}

// A line break parts two numbers, so it must not be folded into a space.
function cleanPhone(raw: string): string {
  return asciiDigits(cleanCell(raw.trim().replace(/[\r\n]+/g, '/'))).replace(/^'/, '').replace(DASHES, '-')
}

function numberOf(text: string): string | null {
  const phone = readNumber(text)
  return phone.ok ? phone.value.number : null
}

/** Reads a number as an operator types it; undefined when it cannot be one. Ten digits are always a phone. */
export function findPhone(text: string): string | undefined {
  const cell = asciiDigits(cleanCell(text))
  const phone = /[^\d\s().+-]/.test(cell) ? undefined : readNumber(cell)
  return phone?.ok ? phone.value.number ?? undefined : undefined
}

// The mantissa must hold every digit: 9.81235E+09 would expand to somebody else's number.
function readScientific(cell: string, mantissa: string, power: number): Parsed<Phone> {
  const digits = mantissa.replace(/0+$/, '')
  const complete = power + 1 === mantissa.length && digits.length >= mantissa.length - 1
  return complete && (power === 9 || power === 11)
    ? readNumber(mantissa)
    : refused('PHONE_SCI_LOST', `"${cell}" has lost its last digits`)
}

function splitNumbers(cell: string): string[] {
  const parts = cell.split(/[/,;|&]|\bor\b|\band\b/i).map(part => part.trim()).filter(part => /\d{5}/.test(part.replace(/[\s-]/g, '')))
  return parts.length > 0 ? parts : [cell]
}

function readNumber(text: string): Parsed<Phone> {
  const scientific = SCIENTIFIC.exec(text)
  if (scientific)
    return readScientific(text, scientific[1]! + (scientific[2] ?? ''), Number(scientific[3]))

  const found = /\d(?:.*\d)?/.exec(text)
  const core = (found?.[0] ?? '').replace(/\.0+$/, '')
  const digits = core.replace(/\D/g, '')
  // Letters among the digits, or a fraction: whatever this is, its digits are not one number.
  if (/[^\d\s().-]/.test(core) || /^\d+\.\d{1,2}$/.test(core))
    return refused('PHONE_LENGTH', `"${text}" is not one whole number; a mobile number has 10 digits`)
  const glued = GLUED.exec(digits)
  if (glued)
    return { ok: true, value: NO_PHONE, notes: [], review: { code: 'PHONE_GLUED', message: `"${text}" may be two numbers, ${glued[1]} and ${glued[2]}; neither is called until a person says so`, proposal: `${glued[1]}/${glued[2]}` } }

  const national = nationalDigits(core, /\+\s*\(?\s*$/.test(text.slice(0, found?.index)))
  return national === undefined ? refused('PHONE_FOREIGN', `"${text}" is not an Indian number`) : judgeNational(text, core, national)
}

function judgeNational(text: string, core: string, national: string): Parsed<Phone> {
  const whole = national.length === 10
  if (whole && (FILLER.test(national) || national === '1234567890'))
    return refused('PHONE_DUMMY', `"${text}" is a filler, not a number`)
  if (whole && LANDLINE.test(core))
    return parsed({ number: `+91${national}`, kind: 'landline', alternate: null }, { code: 'LANDLINE', message: `${text} is a landline and is not dialled` })
  if (/^(?:1600|140)/.test(national) || (whole && /^[0-5]/.test(national)))
    return refused('PHONE_NOT_MOBILE', `"${text}" is not a mobile number`)
  if (!whole)
    return refused('PHONE_LENGTH', `"${text}" has ${national.length} digits; a mobile number has 10`)

  return national === PLACEHOLDER
    ? parsed({ number: `+91${national}`, kind: 'mobile', alternate: null }, { code: 'PHONE_PLACEHOLDER', message: `${national} is often used as a sample number` })
    : parsed({ number: `+91${national}`, kind: 'mobile', alternate: null })
}

/** The digits behind the country code; undefined where the code is another country's. Where the code is written out, it is never part of the number. */
function nationalDigits(core: string, hasPlus: boolean): string | undefined {
  const digits = core.replace(/\D/g, '')
  const international = hasPlus ? /^[1-9]\d*/.exec(digits)?.[0] : /^00([1-9]\d*)/.exec(digits)?.[1]
  if (international !== undefined && !international.startsWith('91'))
    return undefined
  if (international !== undefined || /^91[\s().-]/.test(core))
    return (international ?? digits).slice(2).replace(/^0+/, '')
  return stripPrefixes(digits)
}

/** Drops trunk zeros and the country code, but only where ten digits remain: 9198123456 is complete as it is. */
function stripPrefixes(digits: string): string {
  const trimmed = digits.replace(/^0+/, '')
  const domestic = trimmed.startsWith('91') ? trimmed.slice(2).replace(/^0/, '') : trimmed
  if (domestic.length === 10)
    return domestic
  return digits.length === 10 ? digits : trimmed
}
