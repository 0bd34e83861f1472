import { asciiDigits, cleanCell, parsed, type Parsed, refused } from './cell.ts'

const MISSING = /^(?:na|n\/a|nil|null|none|#n\/a|#ref!|#value!|#name\?|#div\/0!|#+)?$/i
const WORDS = /\d\s*(?:l|lac|lakh|lacs|lakhs|k|crores?|thousand)\b\.?$/i

/**
 * Reads an amount as integer paise; null where the cell is blank. A lone dash is how Excel shows zero.
 * Grouping must be whole thousands or lakhs: `2,5,000` may be a slip of a factor of ten, so it is refused.
 */
export function parseMoney(raw: string | undefined): Parsed<number | null> {
  const cell = asciiDigits(cleanCell(raw)).replace(/^'/, '')
  if (MISSING.test(cell))
    return parsed(null)
  if (/^[-–—]$/.test(cell))
    return parsed(0, { code: 'AMOUNT_DASH', message: '"-" was read as zero' })

  // "Cr" beside a figure is the ledger's credit, not a crore.
  const credit = /^\(.*\)$/.test(cell) || /^(?:(?:₹|rs\.?|inr)\s*)?-/i.test(cell) || /\d\s*cr\.?$/i.test(cell)
  if (!credit && WORDS.test(cell))
    return refused('AMOUNT_WORDS', `"${cell}" is rounded; give the exact amount in rupees`)

  const figure = cell.replace(/[()\s]/g, '').replace(/^-/, '').replace(/^(?:₹|rs\.?|inr)/i, '').replace(/^-/, '').replace(/(?:dr|cr)\.?$/i, '').replace(/\/-$/, '')
  const paise = /e\+?\d+$/i.test(figure) ? readScientific(figure) : readPlain(figure)
  return paise.ok && paise.value !== null && credit ? parsed(-paise.value || 0) : paise
}

function readPlain(figure: string): Parsed<number | null> {
  const match = /^([\d,]+)(?:\.(\d*))?$/.exec(figure)
  if (!match)
    return refused('AMOUNT_INVALID', `"${figure}" is not an amount in rupees`)
  const [, whole, decimals = ''] = match
  if (whole!.includes(',') && !/^\d{1,3}(?:,\d{3})+$/.test(whole!) && !/^\d{1,2}(?:,\d{2})*,\d{3}$/.test(whole!))
    return refused('AMOUNT_GROUPING', `the commas in "${figure}" fit neither thousands nor lakhs; write the amount without commas`)
  if (/[1-9]/.test(decimals.slice(2)) || decimals.length > 2 && !/^\d{2}0*$/.test(decimals))
    return refused('AMOUNT_PRECISION', `"${figure}" has parts of a paisa; is it the right column?`)

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
    return refused('AMOUNT_SCI', `"${figure}" has lost digits; in Excel set Format Cells → Number, then save again`)
  const power = Number(match[3])
  return readPlain(`${match[1]}${decimals.slice(0, power)}.${decimals.slice(power)}`)
}
