import { VacliError } from '../errors.ts'

export const MAX_UNPACKED_BYTES = 100_000_000
const MAX_RATIO = 100
const MAX_ENTRIES = 1000
const END = 0x06054b50
const END_BYTES = 22
const LONGEST_COMMENT = 65_535
const ENTRY = 0x02014b50
const ENTRY_BYTES = 46
const LOCAL = 0x04034b50
const LOCAL_BYTES = 30
const ZIP64 = 0xffff_ffff

export interface ZipEntry { path: string, isDeflated: boolean, crc: number, size: number, packed: Buffer }

/**
 * The entries of a zip by its directory (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12).
 * Refuses what promises to unpack to more than 100 MB or a hundred times its size, and what is encrypted or damaged.
 */
export function readZipEntries(zip: Buffer, name: string): ZipEntry[] {
  const end = findEnd(zip)
  if (end === undefined)
    throw damaged(name)
  const count = zip.readUInt16LE(end + 10)
  if (count > MAX_ENTRIES)
    throw new VacliError('invalid', `${name} is an archive of more than ${MAX_ENTRIES} files, no workbook of loans`, { hint: 'Give the CSV or .xlsx file itself.' })
  try {
    const entries = readDirectory(zip, zip.readUInt32LE(end + 16), count, name)
    verifySizes(entries, zip.length, name)
    return entries
  }
  catch (error) {
    throw error instanceof RangeError ? damaged(name, error) : error
  }
}

export function damaged(name: string, cause?: unknown): VacliError {
  return new VacliError('invalid', `${name} begins like an .xlsx workbook and is none, or it is damaged`, { hint: 'Ask for it again, or open it in Excel and save it as "CSV UTF-8 (Comma delimited)".', cause })
}

function findEnd(zip: Buffer): number | undefined {
  for (let at = zip.length - END_BYTES; at >= 0 && at >= zip.length - END_BYTES - LONGEST_COMMENT; at--) {
    if (zip.readUInt32LE(at) === END)
      return at
  }
  return undefined
}

function readDirectory(zip: Buffer, start: number, count: number, name: string): ZipEntry[] {
  const entries: ZipEntry[] = []
  let at = start
  for (let left = count; left > 0; left--) {
    if (zip.readUInt32LE(at) !== ENTRY)
      throw damaged(name)
    const [flags, method] = [zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10)]
    const [crc, packedSize, size] = [zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)]
    const [pathLength, extraLength, commentLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)]
    const path = zip.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + pathLength)
    if (flags & 1)
      throw new VacliError('invalid', `${name} is protected with a password`, { hint: 'Open it in Excel and save it without one.' })
    if ((method !== 0 && method !== 8) || size === ZIP64 || packedSize === ZIP64)
      throw damaged(name)
    entries.push({ path, isDeflated: method === 8, crc, size, packed: packedBytes(zip, zip.readUInt32LE(at + 42), packedSize, name) })
    at += ENTRY_BYTES + pathLength + extraLength + commentLength
  }
  return entries
}

function packedBytes(zip: Buffer, local: number, length: number, name: string): Buffer {
  if (zip.readUInt32LE(local) !== LOCAL)
    throw damaged(name)
  const start = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  if (start + length > zip.length)
    throw damaged(name)
  return zip.subarray(start, start + length)
}

function verifySizes(entries: ZipEntry[], packed: number, name: string) {
  const unpacked = entries.reduce((sum, { size }) => sum + size, 0)
  if (unpacked > MAX_UNPACKED_BYTES || unpacked > packed * MAX_RATIO)
    throw new VacliError('invalid', `${name} would unpack from ${megabytes(packed)} to ${megabytes(unpacked)}; at most 100 MB and a hundred times its size are unpacked`, { hint: 'Open it in Excel and save the sheet as "CSV UTF-8 (Comma delimited)".' })
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 2 : 0)} MB`
