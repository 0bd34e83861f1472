import { VacliError } from '../errors.ts'

export type FileKind = 'csv' | 'xlsx'

const EXPORT_CSV = 'Open it in Excel and save it as "CSV UTF-8 (Comma delimited)", then import that.'
const SIGNATURES: { bytes: number[], what: string, hint: string }[] = [
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook (.xls) or a workbook with a password', hint: EXPORT_CSV },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document', hint: 'Ask for the table itself, as CSV or .xlsx.' },
  { bytes: [0x1f, 0x8b], what: 'a gzip archive', hint: 'Unpack it first: gunzip -c file.gz | vacli import -' },
  { bytes: [0x52, 0x61, 0x72, 0x21], what: 'a RAR archive', hint: 'Unpack it first, then import the CSV inside.' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], what: 'a 7-Zip archive', hint: 'Unpack it first, then import the CSV inside.' },
  { bytes: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59], what: 'a bzip2 archive', hint: 'Unpack it first, then import the CSV inside.' },
]

const LOOKED_AT = 65_536
const MARKUP_WITHIN = 4096
// Tables hold a stray control byte at most; an image, a program or random bytes hold one in eight or more.
const CONTROLS_PER_TEXT = 50

/** What the first bytes of a file say it is. Refuses what is neither text nor a workbook, by its real name. */
export function readFileKind(head: Buffer, name: string): FileKind {
  if (startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, [0x50, 0x4b, 5, 6]))
    return 'xlsx'
  const known = SIGNATURES.find(({ bytes }) => startsWith(head, bytes))
  if (known)
    throw new VacliError('invalid', `${name} is ${known.what}, not CSV`, { hint: known.hint })

  const markup = head.subarray(0, MARKUP_WITHIN).toString('latin1').replace(/[\0\ufeff\u00ef\u00bb\u00bf\u00fe\u00ff]/g, '').trimStart().toLowerCase()
  if (markup.startsWith('<') && /<table|<html|<!doctype html/.test(markup))
    throw new VacliError('invalid', `${name} is an HTML page with a table, not CSV`, { hint: EXPORT_CSV })
  if (markup.startsWith('<?xml'))
    throw new VacliError('invalid', `${name} is an XML document, not CSV`, { hint: EXPORT_CSV })
  return 'csv'
}

function startsWith(head: Buffer, bytes: number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte)
}

/** Refuses what is no text once its encoding is known. */
export function verifyText(beginning: Buffer, name: string): void {
  if (!isText(beginning.subarray(0, LOOKED_AT)))
    throw new VacliError('invalid', `${name} is no text: it is full of bytes that no table holds`, { hint: 'Give the CSV or .xlsx file itself.' })
}

// NUL and Ctrl-Z are left out: they are stripped. TAB to CR and ESC stand in texts.
function isText(head: Buffer): boolean {
  let controls = 0
  for (const byte of head) {
    if (byte < 32 && byte !== 0 && byte !== 0x1a && byte !== 0x1b && (byte < 9 || byte > 13))
      controls++
  }
  return controls < 16 || controls * CONTROLS_PER_TEXT < head.length
}
