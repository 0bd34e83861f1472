import { asciiDigits, cleanCell, isAbsent, parsed, type Parsed, refused } from './cell.ts'

/** In which order a file writes day, month and year. A year of four digits in front is always year, month, day. */
export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const
export type DateOrder = (typeof DATE_ORDERS)[number]

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
// Zeros, and what Excel shows for its day zero.
const EMPTY_DATES = new Set(['00/00/0000', '0/0/0000', '1/0/1900', '00/01/1900', '0/1/1900', '01/00/1900', '01/01/1900', '1/1/1900', '00/jan/00', '0/jan/00', '00/jan/1900', '0000/00/00', '1900/01/00', '1900/01/01', '0'])
const PLAIN = /^(\d\d)[-/.](\d\d)[-/.]((?:19[5-9]|20\d)\d)$/
// A time of the day behind the date, of 24 hours or of 12. A zone behind it could make it another day, so none is read.
const TIME = /[ T](?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,7})?)?|(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d)? ?[ap]m)$/i
const SERIALS = { first: 40_000, last: 60_000 }
const EXCEL_EPOCH_MS = Date.UTC(1899, 11, 30)
const SHAPES: Record<DateOrder, string> = { dmy: 'DD/MM/YYYY', mdy: 'MM/DD/YYYY', ymd: 'YYYY-MM-DD' }

/**
 * Reads a date cell as `YYYY-MM-DD`; null where the cell says "no date". The order is the file's, never guessed for a row.
 * Two-digit years are 2000s; Excel serials between 40000 and 60000 are read. A time of the day behind either is left out.
 */
export function parseLoanDate(raw: string | undefined, order: DateOrder = 'dmy'): Parsed<string | null> {
  const plain = raw === undefined || order === 'ymd' ? null : PLAIN.exec(raw)
  if (plain)
    return readDay(raw!, ordered(plain[1]!, plain[2]!, plain[3]!, order)!)

  const cell = asciiDigits(cleanCell(raw))
  if (isAbsent(cell) || EMPTY_DATES.has(cell.toLowerCase().replace(/[-.]/g, '/').split(' ')[0]!))
    return parsed(null)
  const serial = /^\d{5}(?:\.\d+)?$/.test(cell) ? Number.parseInt(cell, 10) : 0
  if (serial >= SERIALS.first && serial <= SERIALS.last)
    return parsed(new Date(EXCEL_EPOCH_MS + serial * 86_400_000).toISOString().slice(0, 10))

  const parts = readParts(cell.replace(TIME, ''), order)
  return parts ? readDay(cell, parts) : refused('DATE_INVALID', `"${cell}" is not a date; write it as ${SHAPES[order]}`)
}

interface Parts { year: number, month: number, day: number }

function readDay(cell: string, parts: Parts): Parsed<string | null> {
  return exists(parts)
    ? parsed(`${parts.year}-${pad(parts.month)}-${pad(parts.day)}`)
    : refused('DATE_INVALID', `"${cell}" does not exist in the calendar`)
}

function readParts(cell: string, order: DateOrder): Parts | undefined {
  const yearFirst = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(cell)
  if (yearFirst)
    return ordered(yearFirst[1]!, yearFirst[2]!, yearFirst[3]!, 'ymd')

  const figures = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{1,2})$/.exec(cell)
  if (figures)
    return ordered(figures[1]!, figures[2]!, figures[3]!, order)

  const named = /^(\d{1,2})[-/. ]([a-z]{3,9})[-/., ]+(\d{4}|\d{2})$/i.exec(cell)
  const month = named ? monthOf(named[2]!.toLowerCase()) : 0
  return named && month > 0 ? { year: fullYear(named[3]!), month, day: Number(named[1]) } : undefined
}

/** A year has two digits or four, and stands where the order says. */
function ordered(first: string, second: string, third: string, order: DateOrder): Parts | undefined {
  const [year, month, day] = order === 'dmy' ? [third, second, first] : order === 'mdy' ? [third, first, second] : [first, second, third]
  return year.length === 1 || day.length > 2 ? undefined : { year: fullYear(year), month: Number(month), day: Number(day) }
}

/** 1 to 12 for a month's name or its beginning; 0 for any other word. */
function monthOf(word: string): number {
  return MONTHS.findIndex(month => month.startsWith(word) || (word === 'sept' && month === 'september')) + 1
}

function exists({ year, month, day }: Parts): boolean {
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return year >= 1900 && day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0) + (isLeap ? 1 : 0)
}

const fullYear = (text: string) => text.length === 2 ? 2000 + Number(text) : Number(text)
const pad = (n: number) => n < 10 ? `0${n}` : String(n)
