/** A cell as the library hands it over: a number in brackets is one of a numeric cell, as it stands in the file. */
export type WorkbookCell = string | boolean | Date | [number: string] | null

const EXCEL_DIGITS = 15

/** What a person would have typed into the cell. */
export function workbookCellText(cell: WorkbookCell): string {
  if (cell === null)
    return ''
  if (Array.isArray(cell))
    return numberText(cell[0])
  if (cell instanceof Date)
    return dateText(cell)
  return typeof cell === 'boolean' ? String(cell).toUpperCase() : cell.replaceAll('\0', '')
}

/** A number without exponent, to the fifteen digits that Excel keeps: `9.812345678E9` is 9812345678, not more and not less. */
function numberText(text: string): string {
  const number = Number(text)
  if (/^-?\d+$/.test(text) || !Number.isFinite(number) || text.trim() === '')
    return text
  const [mantissa, exponent] = number.toExponential(EXCEL_DIGITS - 1).split('e') as [string, string]
  const place = Number(exponent)
  if (Math.abs(place) > 30)
    return text
  const digits = mantissa.replace(/[-.]/g, '')
  const whole = place < 0 ? '0' : digits.slice(0, place + 1).padEnd(place + 1, '0')
  const rest = (place < 0 ? '0'.repeat(-place - 1) + digits : digits.slice(place + 1)).replace(/0+$/, '')
  return `${number < 0 ? '-' : ''}${whole}${rest ? `.${rest}` : ''}`
}

function dateText(date: Date): string {
  if (Number.isNaN(date.getTime()))
    return ''
  // A time that Excel keeps as a fraction is rounded to its second.
  const [day, time] = new Date(Math.round(date.getTime() / 1000) * 1000).toISOString().split('T') as [string, string]
  return time.startsWith('00:00:00') ? day : `${day} ${time.slice(0, 8)}`
}
