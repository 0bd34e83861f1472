import { findHeader, type MapColumns } from '../domain/find-header.ts'
import { VacliError } from '../errors.ts'
import { decodeHead } from './decode.ts'
import { completeEnd, createUtf8Check, type Encoding, findByteOrderMark, findUtf16 } from './encoding.ts'
import { slices } from './read-bytes.ts'
import { createRecordReader, PIECE } from './record-reader.ts'
import { firstRecords, hasRejectColumns } from './sniff-delimiter.ts'
import { withoutNuls } from './strip-bytes.ts'

/** How the bytes of a text become cells. */
export interface TextFormat {
  encoding: Encoding
  /** Bytes of the byte order mark. */
  skip: number
  delimiter: string
}

/** What was asked for by flag. */
export interface TextWishes { encoding?: Encoding, delimiter?: string, map?: MapColumns }

/** The encoding as far as the beginning tells it; `strict` where the text must keep to it, because a mark or a flag says so. */
export function sniffEncoding(head: Buffer, wish?: Encoding): { encoding: Encoding, skip: number, strict: boolean } {
  const mark = findByteOrderMark(head)
  if (wish)
    return { encoding: wish, skip: mark?.encoding === wish ? mark.length : 0, strict: true }
  if (mark)
    return { encoding: mark.encoding, skip: mark.length, strict: true }
  const utf16 = findUtf16(head)
  if (utf16)
    return { encoding: utf16, skip: 0, strict: true }
  const check = createUtf8Check()
  check.add(head.subarray(0, completeEnd(head)))
  return { encoding: check.isValid() ? 'utf-8' : 'windows-1252', skip: 0, strict: false }
}

/** The beginning of a file as the parser will see it; it may end within a character. */
export function readBeginning(head: Buffer, { encoding, skip }: Pick<TextFormat, 'encoding' | 'skip'>): Buffer {
  return withoutNuls(decodeHead(head.subarray(skip), encoding))
}

/** Refuses a large file by its beginning, before all of it is read: no header, a quote that stays open, a record without end. */
export async function verifyBeginning(beginning: Buffer, delimiter: string, name: string, map?: MapColumns): Promise<void> {
  const reader = createRecordReader(name, delimiter)
  for (const piece of slices(beginning, PIECE))
    await reader.write(piece)
  const top = firstRecords(beginning, delimiter)
  const header = findHeader(top, map)
  if (!header.ok && !hasRejectColumns(top))
    throw new VacliError('invalid', `${name} has ${header.message}`, { hint: 'One of the first 20 lines must name the columns: name, phone, loan_id, amount, due_date, …' })
}
