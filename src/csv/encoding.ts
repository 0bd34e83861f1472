import { isUtf8 } from 'node:buffer'
import { VacliError } from '../errors.ts'

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

const ALIASES: Record<string, Encoding> = { utf8: 'utf-8', utf16: 'utf-16le', utf16le: 'utf-16le', utf16be: 'utf-16be', unicode: 'utf-16le', windows1252: 'windows-1252', cp1252: 'windows-1252', ansi: 'windows-1252', latin1: 'windows-1252', iso88591: 'windows-1252', ascii: 'utf-8' }
const MARKS: { encoding: Encoding, bytes: Buffer }[] = [
  { encoding: 'utf-8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', bytes: Buffer.from([0xfe, 0xff]) },
]
const PATTERN_WITHIN = 4096
const LEAST_ZEROS = 0.4

/** Reads the name of an encoding as people write it; fails on one that is not known. */
export function parseEncoding(text: string): Encoding {
  const key = text.toLowerCase().replace(/[\s_-]/g, '')
  if (!Object.hasOwn(ALIASES, key))
    throw new VacliError('invalid', `there is no encoding "${text}"`, { hint: `It can be ${ENCODINGS.join(', ')}.` })
  return ALIASES[key]!
}

/** The byte order mark at the beginning of a file: what it says, and how many bytes it takes. */
export function findByteOrderMark(head: Buffer): { encoding: Encoding, length: number } | undefined {
  const mark = MARKS.find(({ bytes }) => head.subarray(0, bytes.length).equals(bytes))
  return mark && { encoding: mark.encoding, length: mark.bytes.length }
}

/** UTF-16 without a mark: delimiters, digits and Latin letters have a zero byte each, always on the same side. */
export function findUtf16(head: Buffer): Encoding | undefined {
  const within = head.subarray(0, Math.min(PATTERN_WITHIN, head.length) & ~1)
  const zeros = [0, 0]
  for (let at = 0; at < within.length; at++) {
    if (within[at] === 0)
      zeros[at & 1]!++
  }
  const [even, odd] = zeros.map(count => count / (within.length / 2)) as [number, number]
  if (odd > LEAST_ZEROS && even < odd / 8)
    return 'utf-16le'
  return even > LEAST_ZEROS && odd < even / 8 ? 'utf-16be' : undefined
}

/** Asks of a stream of bytes, chunk by chunk, whether the whole is UTF-8. */
export function createUtf8Check() {
  let rest = Buffer.alloc(0)
  let valid = true
  return {
    add(chunk: Buffer) {
      if (!valid)
        return
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const end = completeEnd(bytes)
      valid = isUtf8(bytes.subarray(0, end))
      rest = Buffer.from(bytes.subarray(end))
    },
    isValid: () => valid && rest.length === 0,
  }
}

/** Where the last character that is whole ends: a chunk may cut one into two. */
export function completeEnd(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80)
      break
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}
