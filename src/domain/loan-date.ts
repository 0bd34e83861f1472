import { asciiDigits, cleanCell, isAbsent, parsed, type Parsed, refused } from './cell.ts'

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
// Zeros, and what Excel shows for its day zero.
const EMPTY_DATES = new Set(['00/00/0000', '0/0/0000', '1/0/1900', '00/01/1900', '0/1/1900', '01/01/1900', '1/1/1900', '00/jan/00', '0/jan/00', '00/jan/1900', '0000/00/00', '0'])
const SERIALS = { first: 40_000, last: 60_000 }
const EXCEL_EPOCH_MS = Date.UTC(1899, 11, 30)

/**
 * Reads a date cell, day first, as `YYYY-MM-DD`; null where the cell says "no date".
 * Two-digit years are 2000s; Excel serials between 40000 and 60000 are read.
 */
export function parseLoanDate(raw: string | undefined): Parsed<string | null> {
  const cell = asciiDigits(cleanCell(raw))
  if (isAbsent(cell) || EMPTY_DATES.has(cell.toLowerCase().replace(/[-.]/g, '/').split(' ')[0]!))
    return parsed(null)
  const serial = /^\d{5}(?:\.0+)?$/.test(cell) ? Number.parseInt(cell, 10) : 0
  if (serial >= SERIALS.first && serial <= SERIALS.last)
    return parsed(new Date(EXCEL_EPOCH_MS + serial * 86_400_000).toISOString().slice(0, 10))

  const parts = readParts(cell)
  if (!parts)
    return refused('DATE_INVALID', `"${cell}" is not a date; write it as DD/MM/YYYY`)
  return exists(parts)
    ? parsed(`${parts.year}-${pad(parts.month)}-${pad(parts.day)}`)
    : refused('DATE_INVALID', `"${cell}" does not exist in the calendar`)
}

interface Parts { year: number, month: number, day: number }

function readParts(cell: string): Parts | undefined {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$/.exec(cell)
  if (iso)
    return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) }

  const dayFirst = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?$/.exec(cell)
  if (dayFirst)
    return { year: fullYear(dayFirst[3]!), month: Number(dayFirst[2]), day: Number(dayFirst[1]) }

  const named = /^(\d{1,2})[-/. ]([a-z]{3,9})[-/., ]+(\d{4}|\d{2})$/i.exec(cell)
  const month = named ? monthOf(named[2]!.toLowerCase()) : 0
  return named && month > 0 ? { year: fullYear(named[3]!), month, day: Number(named[1]) } : undefined
}

/** 1 to 12 for a month's name or its beginning; 0 for any other word. */
function monthOf(word: string): number {
  return MONTHS.findIndex(month => month.startsWith(word) || (word === 'sept' && month === 'september')) + 1
}

function exists({ year, month, day }: Parts): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

const fullYear = (text: string) => text.length === 2 ? 2000 + Number(text) : Number(text)
const pad = (n: number) => String(n).padStart(2, '0')
