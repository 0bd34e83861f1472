import { WINDOWS_1252_SPECIALS } from './windows-1252.ts'

const BYTE_OF = new Map(WINDOWS_1252_SPECIALS.map((char, at) => [char, 0x80 + at]))

// UTF-8 read as Windows-1252: a leading byte as a Latin letter with its following bytes behind it. Latin names do not look so.
const FOLLOWING = '[\\u0080-\\u00bf\\u0152\\u0153\\u0160\\u0161\\u0178\\u017d\\u017e\\u0192\\u02c6\\u02dc\\u2013-\\u203a\\u20ac\\u2122]'
const MOJIBAKE = new RegExp(`[\\u00c2-\\u00df]${FOLLOWING}|[\\u00e0-\\u00ef]${FOLLOWING}{2}|[\\u00f0-\\u00f4]${FOLLOWING}{3}`)
// What is left where a program dropped a byte that Windows-1252 lacks: the beginning of a dash or quote (â€), of a rupee sign (â‚) or of an Indian letter (à¤ to à·).
const CUT = /\u00e2[\u20ac\u201a]|\u00e0[\u00a4-\u00b7]/
const SUSPECT = /[\u00c2-\u00f4]/
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The text that a cell held before UTF-8 was read as Windows-1252: `â‚¹` is ₹ again, `à¤¸` is स.
 * Any other text comes back as it is; undefined where the way back is not exact, because bytes were lost on the way.
 */
export function repairMojibake(text: string): string | undefined {
  if (!SUSPECT.test(text) || !(MOJIBAKE.test(text) || CUT.test(text)))
    return text
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const byte = byteOf(text, at)
    if (byte === undefined)
      return undefined
    bytes[at] = byte
  }
  try {
    return UTF8.decode(bytes)
  }
  catch {
    return undefined
  }
}

function byteOf(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at)
  return code <= 0xff ? code : BYTE_OF.get(text[at]!)
}
