import { asciiDigits, cleanCell, parsed, type Parsed, refused } from './cell.ts'

const MISSING = /^(?:na|n\/a|null|none|#n\/a|#ref!|#value!|#name\?|#div\/0!|#+)?$/i
const ZERO = /^(?:[-–—]+|nil)$/i
const WORDS = /\d\s*(?:l|lac|lakh|lacs|lakhs|k|crores?|thousand)\b\.?$/i
const PLAIN = /^\d{1,10}(?:\.\d{2})?$/
// SAP sets the sign behind the figure. It must have its paise and no currency: `5000-` may be what is left of `5000/-`.
const TRAILING_MINUS = /^([\d,]+\.\d{2})-$/
// Bracket, sign, currency, sign, figure, `/-`, Dr or Cr, bracket: nothing may stand between the digits but commas and a dot.
const AMOUNT = /^(\()? ?(-)? ?(?:(?:₹|rs\.?|inr) ?)?(-)? ?([\d.,]+(?:e\+?\d+)?) ?(?:\/-)? ?(?:(cr|dr)\.?)? ?(\))?$/i

/**
 * Reads an amount as integer paise; null where the cell is blank. A lone dash is how Excel shows zero.
 * Grouping must be whole thousands or lakhs: `2,5,000` may be a slip of a factor of ten, so it is refused.
 */
export function parseMoney(raw: string | undefined): Parsed<number | null> {
  if (raw !== undefined && PLAIN.test(raw))
    return parsed(raw.length > 3 && raw.at(-3) === '.' ? Number(raw.slice(0, -3)) * 100 + Number(raw.slice(-2)) : Number(raw) * 100)

  // A hard space between digits is a typist's comma; a plain one may part two amounts.
  const cell = asciiDigits(cleanCell((raw ?? '').replace(/(?<=\d)[\u00a0\u2009\u202f](?=\d)/g, ','))).replace(/^'/, '').replaceAll('\u2212', '-')
  if (MISSING.test(cell))
    return parsed(null)
  if (ZERO.test(cell))
    return parsed(0, { code: 'AMOUNT_DASH', message: `"${cell}" was read as zero` })
  // "Cr" beside a figure is the ledger's credit, not a crore.
  if (WORDS.test(cell))
    return refused('AMOUNT_WORDS', `"${cell}" is rounded`)

  const [whole, open, sign, innerSign, figure, side, close] = AMOUNT.exec(cell.replace(TRAILING_MINUS, '-$1')) ?? []
  const negative = open ?? sign ?? innerSign
  if (whole === undefined || Boolean(open) !== Boolean(close) || (negative && side?.toLowerCase() === 'dr'))
    return refused('AMOUNT_INVALID', `"${cell}" is not an amount in rupees`)

  const paise = /e/i.test(figure!) ? readScientific(figure!) : readPlain(figure!)
  const credit = negative ?? side?.toLowerCase() === 'cr'
  return paise.ok && paise.value !== null && credit ? parsed(-paise.value || 0) : paise
}

function readPlain(figure: string): Parsed<number | null> {
  const match = /^([\d,]+)(?:\.(\d*))?$/.exec(figure)
  if (!match)
    return refused('AMOUNT_INVALID', `"${figure}" is not an amount in rupees`)
  const [, whole, decimals = ''] = match
  if (whole!.includes(',') && !/^\d{1,3}(?:,\d{3})+$/.test(whole!) && !/^\d{1,2}(?:,\d{2})*,\d{3}$/.test(whole!))
    return refused('AMOUNT_GROUPING', `the commas in "${figure}" fit neither thousands nor lakhs`)
  // Three decimals, even 5.000, may be the thousands of another country's spelling.
  if (decimals.length === 3 || /[1-9]/.test(decimals.slice(2)))
    return refused('AMOUNT_PRECISION', `"${figure}" has parts of a paisa`)

  const paise = Number(whole!.replaceAll(',', '')) * 100 + Number(decimals.slice(0, 2).padEnd(2, '0'))
  return Number.isSafeInteger(paise) && paise <= 1e14
    ? parsed(paise)
    : refused('AMOUNT_INVALID', `"${figure}" is too large to be an amount in rupees`)
}

// Excel shows what the cell's width allows: digits that are not there any more cannot be guessed back.
function readScientific(figure: string): Parsed<number | null> {
  const match = /^(\d)(?:\.(\d+))?e\+?(\d{1,2})$/i.exec(figure)
  const decimals = match?.[2] ?? ''
  if (!match || decimals.length < Number(match[3]))
    return refused('AMOUNT_SCI', `"${figure}" has lost digits`)
  const power = Number(match[3])
  return readPlain(`${match[1]}${decimals.slice(0, power)}.${decimals.slice(power)}`)
}
