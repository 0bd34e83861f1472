import { crc32, inflateRawSync } from 'node:zlib'
import { type Zippable, zipSync } from 'fflate'
import { VacliError } from '../errors.ts'
import { MAX_COLUMNS } from './record-reader.ts'
import { damaged, readZipEntries, type ZipEntry } from './zip-entries.ts'

const MAX_CELLS = 5_000_000
const BOOK = 'xl/workbook.xml'
const OTHER_BOOKS: [path: string, what: string][] = [
  ['xl/workbook.bin', 'a binary workbook (.xlsb)'],
  ['content.xml', 'an OpenDocument file (.ods)'],
  ['word/document.xml', 'a Word document'],
]

/**
 * The workbook packed anew, without compression, from what its directory names: the library that reads it would unpack
 * whatever follows the local headers, without a bound. Sizes in a directory may lie, so unpacking stops at each.
 */
export function repackWorkbook(zip: Buffer, name: string): Uint8Array {
  const entries = readZipEntries(zip, name)
  const paths = new Set(entries.map(({ path }) => path))
  if (paths.size < entries.length)
    throw damaged(name)
  if (!paths.has(BOOK)) {
    const what = OTHER_BOOKS.find(([path]) => paths.has(path))?.[1] ?? 'a zip archive without a workbook'
    throw new VacliError('invalid', `${name} is ${what}, not .xlsx`, { hint: what.startsWith('a zip') ? 'Unpack it first, then import the file inside.' : 'Open it and save it as "CSV UTF-8 (Comma delimited)", then import that.' })
  }
  const parts: Zippable = Object.create(null) as Zippable
  for (const entry of entries.filter(({ path }) => /\.(?:xml|rels)$/.test(path)))
    parts[entry.path] = readPart(entry, name)
  return zipSync(parts, { level: 0 })
}

function readPart(entry: ZipEntry, name: string): Uint8Array {
  const bytes = unpack(entry, name)
  return entry.path.startsWith('xl/worksheets/') ? readSheetPart(bytes, name) : bytes
}

function unpack({ isDeflated, packed, size, crc }: ZipEntry, name: string): Buffer {
  let bytes = packed
  try {
    if (isDeflated)
      bytes = size === 0 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: size })
  }
  catch (error) {
    throw damaged(name, error)
  }
  if (bytes.length !== size || crc32(bytes) !== crc)
    throw damaged(name)
  return bytes
}

// Two cells far apart make a table of millions between them; and the library leaves out cells such as #REF!, which a row must show.
function readSheetPart(bytes: Buffer, name: string): Buffer {
  const xml = bytes.toString('latin1')
  let columns = 0
  let rows = 0
  for (const [, letters, digits] of xml.matchAll(/\br\s*=\s*["']([A-Za-z]{0,9})(\d{1,9})["']/g)) {
    columns = Math.max(columns, columnNumber(letters!))
    rows = Math.max(rows, Number(digits))
  }
  if (columns > MAX_COLUMNS || rows * columns > MAX_CELLS)
    throw new VacliError('invalid', `${name} has a sheet of ${rows.toLocaleString('en-IN')} rows and ${columns.toLocaleString('en-IN')} columns; at most ${MAX_COLUMNS.toLocaleString('en-IN')} columns and 50 lakh cells are read`, { hint: 'Copy the table of loans to a sheet of its own, or save it as CSV.' })
  return xml.includes('t="e"') ? Buffer.from(xml.replace(/(<c\b[^<>]{0,200}) t="e"/g, '$1 t="str"'), 'latin1') : bytes
}

function columnNumber(letters: string): number {
  return Array.from(letters.toUpperCase()).reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0)
}
